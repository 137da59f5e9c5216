import { type ConnectClient, ConnectError, createConnectClient, type Sdk, toFailure } from '../../client/src/index.js';
import { describeProblem } from './labels.js';
import type { Integrations, Result, TenantKey } from './state.js';

export interface Api {
  readonly client: ConnectClient;
  readonly loadIntegrations: () => Promise<Result<Integrations>>;
  readonly remove: (accountId: string) => Promise<Result<string>>;
  /** For the demo only: an account of the customer stops working. @returns false if none works */
  readonly breakAccount: () => Promise<boolean>;
}

/** The server's API for this page. Functions never throw: a failure is returned as a `Problem` to show. */
export function createApi(tenant: TenantKey): Api {
  // Relative to the page, so that the demo works behind a proxy that removes a prefix of the path.
  const client = createConnectClient({ url: 'graphql', headers: createTokenHeaders(tenant) });
  return {
    client,
    loadIntegrations: () => toResult(() => loadIntegrations(client.sdk)),
    remove: (accountId) => toResult(() => removeAccount(client.sdk, accountId)),
    breakAccount: async () => {
      const headers = { 'content-type': 'application/json' };
      const response = await fetch('demo/break-account', { method: 'POST', headers, body: JSON.stringify({ tenant }) });
      const body: unknown = await response.json();
      return typeof body === 'object' && body !== null && 'accountId' in body && body.accountId !== null;
    },
  };
}

/** The first 100 accounts. The watch reads all of them. */
async function loadIntegrations(sdk: Sdk): Promise<Integrations> {
  const { viewer, providers, linkedAccounts } = await sdk.integrations();
  return { user: viewer, providers, accounts: linkedAccounts.nodes };
}

async function removeAccount(sdk: Sdk, accountId: string): Promise<string> {
  const { deletedAccountId, userErrors } = (await sdk.deleteLinkedAccount({ accountId })).deleteLinkedAccount;
  if (deletedAccountId === null) {
    throw new ConnectError({ kind: 'refused', userErrors });
  }
  return deletedAccountId;
}

async function toResult<T>(call: () => Promise<T>): Promise<Result<T>> {
  try {
    return { ok: true, value: await call() };
  } catch (error) {
    return { ok: false, problem: describeProblem(toFailure(error)) };
  }
}

/** Returns headers with a token for a user of this tenant. The token is kept in memory only, not in web storage. */
function createTokenHeaders(tenant: TenantKey) {
  let token: Promise<string> | undefined;
  return async ({ renew }: { readonly renew: boolean }) => {
    if (renew) {
      token = undefined;
    }
    token ??= fetchToken(tenant);
    // A failure is not cached: the next call requests a token again.
    token.catch(() => {
      token = undefined;
    });
    return { authorization: `Bearer ${await token}` };
  };
}

async function fetchToken(tenant: TenantKey): Promise<string> {
  const response = await fetch(`demo/token?tenant=${tenant}`);
  const body: unknown = await response.json();
  if (typeof body === 'object' && body !== null && 'token' in body && typeof body.token === 'string') {
    return body.token;
  }
  throw new Error(`The token request failed with status ${response.status}`);
}
