import { ClientError, GraphQLClient } from 'graphql-request';
import { type CreateConnectSessionMutationVariables, getSdk, type Sdk } from '../../client/index.js';
import type { Account, Integrations, Result, TenantKey } from './state.js';
import { problemOf, serverUnreachable } from './words.js';

/** A session for the Hub. `endsAt` is by this computer's clock, which may be wrong without doing harm. */
export interface HubSession {
  readonly token: string;
  readonly endsAt: number;
}

export interface Api {
  readonly integrations: () => Promise<Result<Integrations>>;
  readonly createSession: (variables: CreateConnectSessionMutationVariables) => Promise<Result<HubSession>>;
  readonly confirm: (accountId: string) => Promise<Result<Account>>;
  readonly remove: (accountId: string) => Promise<Result<string>>;
}

/** More accounts than this are left to a page that pages. */
const maxAccountPages = 10;

/** The server in this page's own terms: nothing is thrown, and every failure is words to show. */
export function createApi(tenant: TenantKey): Api {
  const clock = createServerClock();
  const client = new GraphQLClient(new URL('/graphql', location.href).href, {
    responseMiddleware: (response) => {
      if (!(response instanceof Error)) clock.note(response.headers);
    },
  });
  const sdk = getSdk(client, withAccessToken(createTokenSource(tenant)));
  return {
    integrations: () => attempt(async () => ({ ok: true, value: await readIntegrations(sdk) })),
    createSession: (variables) =>
      attempt<HubSession>(async () => {
        const { createConnectSession } = await sdk.createConnectSession(variables);
        const { token, expiresAt, userErrors } = createConnectSession;
        return token === null || expiresAt === null
          ? refused('This could not be started', userErrors)
          : { ok: true, value: { token, endsAt: clock.toLocal(expiresAt) } };
      }),
    confirm: (accountId) =>
      attempt<Account>(async () => {
        const { account, userErrors } = (await sdk.confirmLinkedAccount({ accountId })).confirmLinkedAccount;
        return account === null
          ? refused('This was not connected', userErrors)
          : { ok: true, value: account };
      }),
    remove: (accountId) =>
      attempt<string>(async () => {
        const { deletedAccountId, userErrors } = (await sdk.deleteLinkedAccount({ accountId }))
          .deleteLinkedAccount;
        return deletedAccountId === null
          ? refused('This was not disconnected', userErrors)
          : { ok: true, value: deletedAccountId };
      }),
  };
}

async function readIntegrations(sdk: Sdk): Promise<Integrations> {
  const { viewer, providers, linkedAccounts } = await sdk.integrations();
  const accounts: Account[] = [...linkedAccounts.nodes];
  let { hasNextPage, endCursor } = linkedAccounts.pageInfo;
  for (let page = 1; hasNextPage && page < maxAccountPages; page += 1) {
    const next = (await sdk.linkedAccounts({ first: 100, after: endCursor })).linkedAccounts;
    accounts.push(...next.nodes);
    ({ hasNextPage, endCursor } = next.pageInfo);
  }
  return { person: viewer, providers, accounts };
}

function refused(title: string, userErrors: readonly { readonly message: string }[]): Result<never> {
  const text = userErrors.map(({ message }) => message).join(' ');
  return { ok: false, problem: { title, text } };
}

async function attempt<T>(call: () => Promise<Result<T>>): Promise<Result<T>> {
  try {
    return await call();
  } catch (error) {
    const failure = error instanceof ClientError ? error.response.errors?.[0] : undefined;
    if (failure === undefined) {
      return { ok: false, problem: serverUnreachable };
    }
    const { code, retryAfterSeconds } = failure.extensions ?? {};
    const seconds = typeof retryAfterSeconds === 'number' ? retryAfterSeconds : undefined;
    return { ok: false, problem: problemOf(String(code), failure.message, seconds) };
  }
}

interface TokenSource {
  readonly get: () => Promise<string>;
  /** Forgets the token, because the server did not accept it. */
  readonly renew: () => void;
}

/** The access token of this tenant. It stays in memory: what a script can read later, a stranger's can too. */
function createTokenSource(tenant: TenantKey): TokenSource {
  let known: Promise<string> | undefined;
  const fetchToken = async (): Promise<string> => {
    const response = await fetch(`/demo/token?tenant=${tenant}`);
    const body: unknown = await response.json();
    if (typeof body === 'object' && body !== null && 'token' in body && typeof body.token === 'string') {
      return body.token;
    }
    throw new Error(`No access token: status ${response.status}`);
  };
  return {
    get: () => {
      known ??= fetchToken();
      // A failure is not kept: the next call asks again.
      known.catch(() => {
        known = undefined;
      });
      return known;
    },
    renew: () => {
      known = undefined;
    },
  };
}

/** Sends the token along. Once it has ended, a fresh one is fetched and the call repeated, one time. */
function withAccessToken(tokens: TokenSource) {
  return async <T>(action: (headers: Record<string, string>) => Promise<T>): Promise<T> => {
    const call = async () => action({ authorization: `Bearer ${await tokens.get()}` });
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof ClientError) || !isUnauthenticated(error)) throw error;
      tokens.renew();
      return await call();
    }
  };
}

function isUnauthenticated({ response }: ClientError): boolean {
  return response.errors?.some(({ extensions }) => extensions?.['code'] === 'UNAUTHENTICATED') ?? false;
}

/** The server says when a session ends by its own clock, and each answer's `Date` says what that clock shows. */
function createServerClock() {
  let aheadMs = 0;
  return {
    note(headers: Headers): void {
      const serverNow = Date.parse(headers.get('date') ?? '');
      // `Date` has whole seconds: a smaller difference is noise.
      const difference = serverNow - Date.now();
      if (!Number.isNaN(difference)) aheadMs = Math.abs(difference) < 2_000 ? 0 : difference;
    },
    toLocal: (instant: string): number => Date.parse(instant) - aheadMs,
  };
}
