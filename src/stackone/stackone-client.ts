import { type Dispatcher, Pool } from 'undici';
import type { z } from 'zod';
import type { StackOneConfig } from '../config.js';
import { thisPackage } from '../package.js';
import { fromFailure, fromStatus, unusableAnswer } from './upstream-error.js';

/** Figures of one call to StackOne. */
const connectTimeoutMs = 2_000;
const headersTimeoutMs = 4_000;
const bodyTimeoutMs = 4_000;
/** The hard end: a body that drips never trips the body timeout. */
const attemptDeadlineMs = 5_000;
const maxSockets = 32;
const defaultMaxBytes = 64 * 1024;

export interface StackOneRequest<T> {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Begins with a slash. Ids in it are checked by the caller. */
  readonly path: string;
  readonly query?: readonly (readonly [name: string, value: string])[];
  readonly body?: object;
  /** What a good answer looks like; the rest is thrown away. */
  readonly answer: z.ZodType<T>;
  readonly maxBytes?: number;
  /** The caller's: when the client has gone, so does the call. */
  readonly signal?: AbortSignal;
}

/**
 * Calls to StackOne's API: one instance for the process, over one pool of sockets. It knows the key, the
 * deadline and what a usable answer is, and nothing of owners.
 */
export class StackOneClient {
  readonly #pool: Pool;
  readonly #basePath: string;
  readonly #headers: Record<string, string>;

  constructor(config: StackOneConfig) {
    const url = new URL(config.baseUrl);
    this.#basePath = url.pathname.replace(/\/+$/, '');
    this.#headers = {
      // The key is the user name and the password is empty; without the colon StackOne answers 401.
      authorization: `Basic ${Buffer.from(`${config.apiKey.reveal()}:`).toString('base64')}`,
      accept: 'application/json',
      'accept-encoding': 'identity',
      'user-agent': `${thisPackage.name}/${thisPackage.version}`,
    };
    // undici never follows a redirect by itself, so the key cannot travel.
    this.#pool = new Pool(url.origin, {
      connections: maxSockets,
      connect: { timeout: connectTimeoutMs },
      headersTimeout: headersTimeoutMs,
      bodyTimeout: bodyTimeoutMs,
    });
  }

  /**
   * @returns the parsed answer, or `undefined` when StackOne answers 404.
   * @throws AppError with one of the `UPSTREAM_…` codes
   */
  async request<T>(request: StackOneRequest<T>): Promise<T | undefined> {
    // One place for what surrounds an attempt: retry, breaker, bulkhead.
    return await this.#attempt(request);
  }

  async close(): Promise<void> {
    await this.#pool.close();
  }

  async #attempt<T>(request: StackOneRequest<T>): Promise<T | undefined> {
    const endpoint = `${request.method} ${request.path.replace(/^(\/[a-z_]+\/).+$/, '$1…')}`;
    const deadline = AbortSignal.timeout(attemptDeadlineMs);
    const signal = request.signal === undefined ? deadline : AbortSignal.any([deadline, request.signal]);
    try {
      const response = await this.#pool.request({
        method: request.method,
        path: this.#basePath + request.path + toQuery(request.query ?? []),
        headers:
          request.body === undefined
            ? this.#headers
            : { ...this.#headers, 'content-type': 'application/json' },
        body: request.body === undefined ? null : JSON.stringify(request.body),
        signal,
      });
      if (response.statusCode >= 200 && response.statusCode < 300) {
        const json = await readJson(response, request.maxBytes ?? defaultMaxBytes, endpoint);
        return parseShape(request.answer, json, endpoint);
      }
      await response.body.dump({ limit: defaultMaxBytes, signal });
      if (response.statusCode === 404) {
        return undefined;
      }
      throw fromStatus(response.statusCode, endpoint, headerOf(response, 'retry-after'));
    } catch (error) {
      throw fromFailure(error, endpoint);
    }
  }
}

function toQuery(parameters: readonly (readonly [name: string, value: string])[]): string {
  const query = new URLSearchParams();
  for (const [name, value] of parameters) {
    query.append(name, value);
  }
  return query.size === 0 ? '' : `?${query}`;
}

function headerOf(response: Dispatcher.ResponseData, name: string): string | undefined {
  const value = response.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

/** A body is read only as far as it is allowed to be long, and only if it says that it is JSON. */
async function readJson(
  response: Dispatcher.ResponseData,
  maxBytes: number,
  endpoint: string,
): Promise<unknown> {
  const refuse = async (reason: string): Promise<never> => {
    response.body.destroy();
    throw unusableAnswer(endpoint, reason);
  };
  if (!/^application\/json(;|$)/i.test(headerOf(response, 'content-type') ?? '')) {
    return refuse('not JSON by its content type');
  }
  if (Number(headerOf(response, 'content-length') ?? 0) > maxBytes) {
    return refuse('too large by its content length');
  }
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body) {
    const part: Uint8Array = chunk;
    bytes += part.byteLength;
    if (bytes > maxBytes) {
      return refuse('too large');
    }
    chunks.push(part);
  }
  return parseJson(Buffer.concat(chunks), endpoint);
}

function parseJson(bytes: Uint8Array, endpoint: string): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    // The parser's own message quotes the body.
    throw unusableAnswer(endpoint, 'not JSON in UTF-8');
  }
}

function parseShape<T>(shape: z.ZodType<T>, json: unknown, endpoint: string): T {
  const parsed = shape.safeParse(json);
  if (parsed.success) {
    return parsed.data;
  }
  const paths = parsed.error.issues.slice(0, 3).map((issue) => issue.path.join('.') || 'the whole');
  throw unusableAnswer(endpoint, `wrong shape at ${paths.join(', ')}`);
}
