import { type Attributes, SpanKind } from '@opentelemetry/api';
import type { Pool } from 'undici';
import { packageName, packageVersion } from '../../config/package-info.js';
import type { ConnectConfig } from '../../config/settings.js';
import { createPool, type ProxySettings } from '../../egress/pool.js';
import { portOf } from '../../egress/tunnel.js';
import type { RequestContext } from '../../observability/request-context.js';
import { runBelow, TraceSpan } from '../../observability/tracing.js';
import { sendRequest } from './request.js';
import type { ExpectedResponse, RawResponse } from './response.js';

const connectTimeoutMs = 2_000;
const headersTimeoutMs = 4_000;
const bodyTimeoutMs = 4_000;
const defaultMaxBytes = 64 * 1024;

export type QueryParameters = readonly (readonly [name: string, value: string])[];

export interface StackOneRequest<T> extends ExpectedResponse<T> {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Begins with a slash. The caller has checked the ids in it. */
  readonly path: string;
  readonly query?: QueryParameters;
  readonly body?: object;
  /** Limit of the response body. Default: 64 KiB. */
  readonly maxBytes?: number;
  readonly context: RequestContext;
}

interface AttemptOptions {
  /** For messages. */
  readonly endpoint: string;
  readonly timeoutMs: number;
  /** Whether to use a new socket, which cannot be one that the server is just closing. */
  readonly isFresh: boolean;
  readonly span: TraceSpan;
}

export type TransportConfig = Pick<ConnectConfig, 'apiKey' | 'baseUrl'> & ProxySettings;

/** Connections to StackOne with the API key. Sends one request; makes no decisions. */
export class Transport {
  readonly #pool: Pool;
  /** Without keep-alive. */
  readonly #freshPool: Pool;
  readonly #basePath: string;
  readonly #server: { readonly address: string; readonly port: number };
  /** Names and values in turn, the form that undici processes fastest. */
  readonly #headers: readonly string[];

  constructor(config: TransportConfig, maxConnections: number) {
    const { apiKey, baseUrl } = config;
    const url = new URL(baseUrl);
    this.#server = { address: url.hostname, port: Number(portOf(url)) };
    this.#basePath = url.pathname.replace(/\/+$/, '');
    // The key is the user name and the password is empty. Without the colon StackOne returns 401.
    const credentials = Buffer.from(`${apiKey.reveal()}:`).toString('base64');
    this.#headers = [
      ['authorization', `Basic ${credentials}`],
      ['accept', 'application/json'],
      ['accept-encoding', 'identity'],
      ['user-agent', `${packageName}/${packageVersion}`],
    ].flat();
    // undici follows no redirects, so the key is never sent elsewhere.
    const options = {
      connections: maxConnections,
      connectTimeoutMs,
      headersTimeout: headersTimeoutMs,
      bodyTimeout: bodyTimeoutMs,
    };
    // One request at a time on a socket, so that responses cannot be mixed up. 0 disables keep-alive.
    this.#pool = createPool(url, config, { ...options, pipelining: 1 });
    this.#freshPool = createPool(url, config, { ...options, pipelining: 0 });
  }

  /** As in https://opentelemetry.io/docs/specs/semconv/http/http-spans/, without the URL, which contains ids. */
  startSpan<T>({ method, context }: StackOneRequest<T>, endpoint: string, isRetry: boolean): TraceSpan {
    const attributes: Attributes = {
      'server.address': this.#server.address,
      'server.port': this.#server.port,
      'http.request.method': method,
      'http.request.resend_count': isRetry ? 1 : undefined,
    };
    return new TraceSpan(endpoint, context.traceContext, { kind: SpanKind.CLIENT, attributes });
  }

  /** @throws see `sendRequest` */
  send<T>(request: StackOneRequest<T>, { endpoint, timeoutMs, isFresh, span }: AttemptOptions): Promise<RawResponse> {
    const { context, body, maxBytes = defaultMaxBytes } = request;
    return runBelow(span.context, () =>
      sendRequest(
        isFresh ? this.#freshPool : this.#pool,
        {
          method: request.method,
          path: this.#basePath + request.path + toQuery(request.query ?? []),
          headers: this.#headersFor(context, span.traceparent, body !== undefined),
          body: body === undefined ? null : JSON.stringify(body),
        },
        { maxBytes, usesBody: request.schema !== undefined, timeoutMs, cancellation: context.cancellation, endpoint },
      ),
    );
  }

  async close(): Promise<void> {
    await Promise.all([this.#pool.close(), this.#freshPool.close()]);
  }

  #headersFor({ id }: RequestContext, traceparent: string | undefined, hasBody: boolean): string[] {
    const headers = [...this.#headers, 'x-request-id', id];
    if (traceparent !== undefined) {
      headers.push('traceparent', traceparent);
    }
    if (hasBody) {
      headers.push('content-type', 'application/json');
    }
    return headers;
  }
}

function toQuery(parameters: QueryParameters): string {
  if (parameters.length === 0) {
    return '';
  }
  const query = new URLSearchParams();
  for (const [name, value] of parameters) {
    query.append(name, value);
  }
  return `?${query}`;
}
