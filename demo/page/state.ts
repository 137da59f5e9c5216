import type {
  Category,
  ConnectRequest,
  ConnectState,
  IntegrationsQuery,
  LinkedAccount,
} from '../../client/src/index.js';

export type Provider = IntegrationsQuery['providers'][number];
export type Account = LinkedAccount;

/** The demo customers. In a real product, the tenant is the customer of the signed-in user. */
export const tenants = { acme: 'Acme', globex: 'Globex', initech: 'Initech' } as const;
export type TenantKey = keyof typeof tenants;

/** A problem, as a message for the user. */
export interface Problem {
  readonly title: string;
  readonly text: string;
}

export type Result<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: Problem };

/** The signed-in user. */
export interface User {
  readonly ownerName: string;
  readonly username: string | null;
}

export interface Integrations {
  readonly user: User;
  readonly providers: readonly Provider[];
  readonly accounts: readonly Account[];
}

export type LoadState =
  | { readonly kind: 'loading' }
  | { readonly kind: 'failed'; readonly problem: Problem }
  /** `stale` is the problem of the last read of the accounts, if it failed. The page then shows that its data may be out of date. */
  | { readonly kind: 'ready'; readonly integrations: Integrations; readonly stale: Problem | null };

export interface ProviderTarget {
  readonly kind: 'provider';
  readonly provider: Provider;
  /** The linked accounts of the provider. */
  readonly accounts: readonly Account[];
}

/** What the user connects: a provider, an existing account that is re-linked, or a provider chosen in the Hub. */
export type Target =
  | ProviderTarget
  | { readonly kind: 'account'; readonly account: Account; readonly name: string }
  | { readonly kind: 'browse'; readonly category: Category | null };

/** State of the connect dialog. `flow` is the state of the client's `ConnectFlow`. */
export type Connect =
  | { readonly phase: 'closed' }
  /** The user names an account, or chooses a linked one to update. */
  | { readonly phase: 'naming'; readonly target: ProviderTarget }
  | { readonly phase: 'connecting'; readonly target: Target; readonly flow: ConnectState };

export type Removal =
  | { readonly phase: 'closed' }
  | { readonly phase: 'confirming'; readonly account: Account; readonly problem: Problem | null }
  | { readonly phase: 'removing'; readonly account: Account };

export interface Toast {
  readonly tone: 'success' | 'warning';
  readonly text: string;
}

export interface State {
  readonly tenant: TenantKey;
  readonly loadState: LoadState;
  readonly search: string;
  readonly category: Category | null;
  readonly connect: Connect;
  readonly removal: Removal;
  readonly toast: Toast | null;
  /** Ids of accounts that the server has confirmed since the page was loaded. */
  readonly confirmed: ReadonlySet<string>;
}

export function initialState(tenant: TenantKey): State {
  return {
    tenant,
    loadState: { kind: 'loading' },
    search: '',
    category: null,
    connect: { phase: 'closed' },
    removal: { phase: 'closed' },
    toast: null,
    confirmed: new Set(),
  };
}

export function isTenantKey(value: unknown): value is TenantKey {
  return typeof value === 'string' && Object.hasOwn(tenants, value);
}

export function withLoadResult(state: State, result: Result<Integrations>): State {
  return {
    ...state,
    loadState: result.ok
      ? { kind: 'ready', integrations: result.value, stale: null }
      : { kind: 'failed', problem: result.problem },
  };
}

/** The state after the accounts were read again, or one has changed. If a read fails, the page keeps its data. */
export function withAccounts(state: State, accounts: readonly Account[] | null, stale: Problem | null): State {
  if (state.loadState.kind !== 'ready') {
    return state;
  }
  const { integrations } = state.loadState;
  const shown = accounts === null ? integrations : { ...integrations, accounts };
  return { ...state, loadState: { kind: 'ready', integrations: shown, stale } };
}

/** The state after the server has confirmed an account, so that the list is correct before the next reload. */
export function withConfirmed(state: State, account: Account): State {
  const confirmed = new Set(state.confirmed).add(account.id);
  if (state.loadState.kind !== 'ready') {
    return { ...state, confirmed };
  }
  const { integrations } = state.loadState;
  const isKnown = integrations.accounts.some(({ id }) => id === account.id);
  const accounts = isKnown
    ? integrations.accounts.map((known) => (known.id === account.id ? account : known))
    : [...integrations.accounts, account];
  return {
    ...state,
    confirmed,
    loadState: { ...state.loadState, integrations: { ...integrations, accounts } },
  };
}

export function withoutAccount(state: State, accountId: string): State {
  if (state.loadState.kind !== 'ready') {
    return state;
  }
  const { integrations } = state.loadState;
  const accounts = integrations.accounts.filter(({ id }) => id !== accountId);
  return { ...state, loadState: { ...state.loadState, integrations: { ...integrations, accounts } } };
}

/** The accounts that need a re-link first, otherwise in the order of the server. */
export function accountsToShow({ accounts }: Integrations): readonly Account[] {
  return [...accounts.filter((account) => account.needsRelink), ...accounts.filter((a) => !a.needsRelink)];
}

export function providersToShow({ providers }: Integrations, { search, category }: State): readonly Provider[] {
  const searchText = search.trim().toLocaleLowerCase();
  return providers.filter(
    ({ name, categories }) =>
      (category === null || categories.includes(category)) && name.toLocaleLowerCase().includes(searchText),
  );
}

/** The categories of all providers, in the order of the providers. */
export function categoriesOf({ providers }: Integrations): readonly Category[] {
  return [...new Set(providers.flatMap(({ categories }) => categories))];
}

/** The arguments of `createConnectSession`. The server takes the owner from the access token. */
export function requestFor(target: Target, label: string): ConnectRequest {
  switch (target.kind) {
    case 'account':
      return { accountId: target.account.id };
    case 'browse':
      return target.category === null ? {} : { category: target.category };
    case 'provider':
      return {
        provider: target.provider.key,
        // FAIL: an account that was linked after this page was loaded must not be updated without a question.
        onExisting: target.accounts.length > 0 ? 'CREATE_ANOTHER' : 'FAIL',
        ...(label !== '' && { label }),
      };
  }
}
