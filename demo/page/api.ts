import {
  type ConnectClient,
  ConnectError,
  createConnectClient,
  type Sdk,
  toFailure,
} from '../../client/index.js';
import type { Account, Integrations, Result, TenantKey } from './state.js';
import { problemOf } from './words.js';

export interface Api {
  readonly client: ConnectClient;
  readonly integrations: () => Promise<Result<Integrations>>;
  readonly remove: (accountId: string) => Promise<Result<string>>;
}

/** More accounts than this are left to a page that pages. */
const maxAccountPages = 10;

/** The server in this page's own terms: nothing is thrown, and every failure is words to show. */
export function createApi(tenant: TenantKey): Api {
  const client = createConnectClient({ headers: createSignIn(tenant) });
  return {
    client,
    integrations: () => attempt(() => readIntegrations(client.sdk)),
    remove: (accountId) => attempt(() => removeAccount(client.sdk, accountId)),
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

async function removeAccount(sdk: Sdk, accountId: string): Promise<string> {
  const { deletedAccountId, userErrors } = (await sdk.deleteLinkedAccount({ accountId })).deleteLinkedAccount;
  if (deletedAccountId === null) {
    throw new ConnectError({ kind: 'refused', userErrors });
  }
  return deletedAccountId;
}

async function attempt<T>(call: () => Promise<T>): Promise<Result<T>> {
  try {
    return { ok: true, value: await call() };
  } catch (error) {
    return { ok: false, problem: problemOf(toFailure(error)) };
  }
}

/** The headers of somebody of this tenant. The token stays in memory: what a script can read later, a stranger's can too. */
function createSignIn(tenant: TenantKey) {
  let token: Promise<string> | undefined;
  return async ({ renew }: { readonly renew: boolean }) => {
    if (renew) {
      token = undefined;
    }
    token ??= fetchToken(tenant);
    // A failure is not kept: the next call asks again.
    token.catch(() => {
      token = undefined;
    });
    return { authorization: `Bearer ${await token}` };
  };
}

async function fetchToken(tenant: TenantKey): Promise<string> {
  const response = await fetch(`/demo/token?tenant=${tenant}`);
  const body: unknown = await response.json();
  if (typeof body === 'object' && body !== null && 'token' in body && typeof body.token === 'string') {
    return body.token;
  }
  throw new Error(`No access token: status ${response.status}`);
}
