import { ClientError, GraphQLClient } from 'graphql-request';
import { toFailure } from './failure.js';
import { getSdk, type Sdk } from './generated/sdk.js';

export interface ConnectClient {
  readonly sdk: Sdk;
  /** An instant of the server's, such as `expiresAt`, as milliseconds of this computer's clock. */
  readonly toLocalTime: (instant: string) => number;
}

export interface ConnectClientOptions {
  /** Of the GraphQL endpoint, absolute or from the page's own address. Default: `/graphql`. */
  readonly url?: string;
  /**
   * Headers for a request, such as `{ authorization: 'Bearer …' }`; asked for before each. After
   * `UNAUTHENTICATED` once more, with `renew`: then bring a fresh token, and the request is sent again, one time.
   */
  readonly headers?: (options: {
    readonly renew: boolean;
  }) => Record<string, string> | Promise<Record<string, string>>;
  /** As for `fetch`. Default: `same-origin`, which sends cookies to the page's own host. */
  readonly credentials?: 'omit' | 'same-origin' | 'include';
}

/** The typed operations, with headers that stay fresh and a clock that agrees with the server's. */
export function createConnectClient(options: ConnectClientOptions = {}): ConnectClient {
  const { url = '/graphql', headers = () => ({}), credentials = 'same-origin' } = options;
  const clock = createServerClock();
  const client = new GraphQLClient(absolute(url), {
    credentials,
    responseMiddleware: (response) => {
      if (!(response instanceof Error)) clock.note(response.headers);
    },
  });
  const sdk = getSdk(client, async (send) => {
    try {
      return await send(await headers({ renew: false }));
    } catch (error) {
      // Refused before anything ran, so to send it again is safe.
      if (!isUnauthenticated(error) || options.headers === undefined) throw error;
      return await send(await headers({ renew: true }));
    }
  });
  return { sdk, toLocalTime: clock.toLocalTime };
}

declare const document: { readonly baseURI: string } | undefined;

/** graphql-request takes absolute addresses only. */
function absolute(url: string): string {
  return typeof document === 'undefined' ? url : new URL(url, document.baseURI).href;
}

function isUnauthenticated(error: unknown): boolean {
  const failure = error instanceof ClientError ? toFailure(error) : undefined;
  return failure?.kind === 'server' && failure.code === 'UNAUTHENTICATED';
}

/**
 * The server says when a session ends by its own clock, and each answer's `Date` says what that clock shows.
 * Between origins a browser shows `Date` only where the server exposes it, as this one does; else the clocks
 * are taken to agree.
 */
function createServerClock() {
  let aheadMs = 0;
  return {
    note(headers: Headers): void {
      const difference = Date.parse(headers.get('date') ?? '') - Date.now();
      // `Date` has whole seconds: a smaller difference is noise.
      if (!Number.isNaN(difference)) aheadMs = Math.abs(difference) < 2_000 ? 0 : difference;
    },
    toLocalTime: (instant: string): number => Date.parse(instant) - aheadMs,
  };
}
