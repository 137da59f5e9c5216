import { ClientError, GraphQLClient } from 'graphql-request';
import { getSdk, type Sdk } from '../generated/sdk.js';
import { type ChangeStreamListener, openChangeStream } from './change-stream.js';
import { fetchWithDocumentId } from './document-id.js';
import { ConnectError, toFailure } from './failure.js';

export interface ConnectClient {
  readonly sdk: Sdk;
  /** Converts an ISO 8601 time of the server, such as `expiresAt`, to milliseconds of this computer's clock. */
  readonly toLocalTime: (instant: string) => number;
  /** Opens one stream of account changes. `watchLinkedAccounts` opens it again after an interruption. */
  readonly openChangeStream: (options: { readonly renew: boolean }, listener: ChangeStreamListener) => () => void;
}

type RequestHeaders = Readonly<Record<string, string | undefined>>;
type ReadHeaders = (options: { readonly renew: boolean }) => RequestHeaders | Promise<RequestHeaders>;

export interface ConnectClientOptions {
  /** URL of the GraphQL endpoint, absolute or relative to the page. Default: `/graphql`. */
  readonly url?: string | undefined;
  /**
   * Returns the headers of a request, such as `{ authorization: 'Bearer …' }`. Called before each request with `renew:
   * false`. After `UNAUTHENTICATED` it is called with `renew: true` and the request is sent once more: return a new token.
   * Requests that fail at the same time share this call. A header that is undefined is not sent. If the function throws,
   * nothing is sent: the user is signed out, or offline after a `TypeError`, which is what `fetch` throws then.
   */
  readonly headers?: ReadHeaders | undefined;
  /** Same as for `fetch`. Default: `same-origin`, which sends cookies to the origin of the page only. */
  readonly credentials?: 'omit' | 'same-origin' | 'include' | undefined;
  /**
   * Sends the id of each operation instead of its text, which makes requests smaller. A server that does not know the id
   * gets the text. Default: false.
   */
  readonly sendDocumentIds?: boolean | undefined;
}

/** Creates a client with the typed operations. It renews headers and corrects for a clock difference to the server. */
export function createConnectClient(options: ConnectClientOptions = {}): ConnectClient {
  const { url = '/graphql', headers, credentials = 'same-origin', sendDocumentIds = false } = options;
  const send: typeof fetch = sendDocumentIds ? fetchWithDocumentId : (input, init) => fetch(input, init);
  const clock = createServerClock();
  let renewal: Promise<Record<string, string>> | undefined;
  const readHeaders = async (renew: boolean) => {
    if (headers === undefined) {
      return {};
    }
    if (!renew) {
      return callHeaders(headers, false);
    }
    // Once for all requests that wait for it: many identity providers accept a refresh token only once.
    renewal ??= callHeaders(headers, true).finally(() => {
      renewal = undefined;
    });
    return renewal;
  };
  const client = new GraphQLClient(toAbsoluteUrl(url), {
    credentials,
    fetch: (input, init) => fetchGraphql(send, input, init),
    responseMiddleware: (response) => {
      if (!(response instanceof Error)) {
        clock.update(response.headers);
      }
    },
  });
  const sdk = getSdk(client, async (request) => {
    try {
      return await request(await readHeaders(false));
    } catch (error) {
      // The request was rejected before it was executed, so it is safe to send it again.
      if (!isUnauthenticated(error) || headers === undefined) {
        throw error;
      }
      return await request(await readHeaders(true));
    }
  });
  return {
    sdk,
    toLocalTime: clock.toLocalTime,
    openChangeStream: ({ renew }, listener) =>
      openChangeStream(
        {
          url: toAbsoluteUrl(url).replace(/\/*(\?.*)?$/, '/stream$1'),
          headers: () => readHeaders(renew),
          credentials,
          send,
        },
        listener,
      ),
  };
}

/** @throws ConnectError `UNAUTHENTICATED`, or a TypeError if the page is offline. Explains it to the developer of the page */
async function callHeaders(headers: ReadHeaders, renew: boolean): Promise<Record<string, string>> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new TypeError('no headers after 30 seconds')), responseTimeoutMs);
  });
  try {
    return onlyDefined(await Promise.race([headers({ renew }), late]));
  } catch (error) {
    // biome-ignore lint/suspicious/noConsole: the error is in a function of the page
    console.error('stackone-connect-client: the function `headers` of createConnectClient failed.', error);
    if (error instanceof TypeError) {
      throw error;
    }
    const message = 'Sign in again: the page has no headers for the request.';
    throw new ConnectError({ kind: 'server', code: 'UNAUTHENTICATED', message, retryAfterSeconds: null });
  } finally {
    clearTimeout(timer);
  }
}

/** `fetch` would send undefined as the text `undefined`. */
function onlyDefined(headers: RequestHeaders): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

/** The server responds within 8 seconds. Without a limit, a page behind a proxy that hangs would load for minutes. */
const responseTimeoutMs = 30_000;

/** @throws ConnectError for a response that is not from a GraphQL server, and explains it to the developer of the page */
async function fetchGraphql(send: typeof fetch, ...[input, init]: Parameters<typeof fetch>): Promise<Response> {
  init?.signal?.throwIfAborted();
  // Not `AbortSignal.any`, which browsers have since 2024 only.
  const request = new AbortController();
  const abort = () => request.abort(init?.signal?.reason);
  const timer = setTimeout(abort, responseTimeoutMs);
  init?.signal?.addEventListener('abort', abort);
  try {
    return await expectGraphql(await send(input, { ...init, signal: request.signal }));
  } finally {
    clearTimeout(timer);
    init?.signal?.removeEventListener('abort', abort);
  }
}

/** Reads the whole body, so that the time limit includes it. */
async function expectGraphql(response: Response): Promise<Response> {
  if (isGraphqlResponse(await response.clone().text())) {
    return response;
  }
  const { status, headers, url } = response;
  // biome-ignore lint/suspicious/noConsole: a wrong URL is a mistake of the page, which its users cannot fix
  console.error(
    `stackone-connect-client: ${url} sent HTTP ${status} (${headers.get('content-type') ?? 'no content type'}) instead ` +
      'of a GraphQL response. Check the option `url` of createConnectClient, and the proxy in front of the server.',
  );
  throw new ConnectError({ kind: 'unreachable', status });
}

function isGraphqlResponse(text: string): boolean {
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === 'object' && body !== null && ('data' in body || 'errors' in body);
  } catch {
    return false;
  }
}

declare const document: { readonly baseURI: string } | undefined;

/** graphql-request accepts absolute URLs only. */
function toAbsoluteUrl(url: string): string {
  return typeof document === 'undefined' ? url : new URL(url, document.baseURI).href;
}

function isUnauthenticated(error: unknown): boolean {
  const failure = error instanceof ClientError ? toFailure(error) : undefined;
  return failure?.kind === 'server' && failure.code === 'UNAUTHENTICATED';
}

/**
 * Measures the difference between the server's clock and this computer's clock with the header `Date` of each
 * response. A browser exposes `Date` of cross-origin responses only if the server allows it, as this server does.
 * Without the header, both clocks are assumed to be equal.
 */
function createServerClock() {
  let aheadMs = 0;
  return {
    update(headers: Headers): void {
      const difference = Date.parse(headers.get('date') ?? '') - Date.now();
      // `Date` has a resolution of one second: smaller differences are not significant.
      if (!Number.isNaN(difference)) {
        aheadMs = Math.abs(difference) < 2_000 ? 0 : difference;
      }
    },
    toLocalTime: (instant: string): number => Date.parse(instant) - aheadMs,
  };
}
