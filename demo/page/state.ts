import type {
  Category,
  ConnectRequest,
  ConnectState,
  IntegrationsQuery,
  LinkedAccount,
} from '../../client/src/index.js';

export type Provider = IntegrationsQuery['providers'][number];
export type Account = LinkedAccount;

/** The customers that the demo plays. A real product has one: whose people signed in. */
export const tenants = { acme: 'Acme', globex: 'Globex' } as const;
export type TenantKey = keyof typeof tenants;

/** What went wrong, in words for the person at the screen. */
export interface Problem {
  readonly title: string;
  readonly text: string;
}

export type Result<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problem: Problem };

/** Who is signed in. */
export interface Person {
  readonly ownerName: string;
  readonly username: string | null;
}

export interface Integrations {
  readonly person: Person;
  readonly providers: readonly Provider[];
  readonly accounts: readonly Account[];
}

export type Reading =
  | { readonly kind: 'loading' }
  | { readonly kind: 'failed'; readonly problem: Problem }
  /** `stale` says why the last re-read failed: what is shown may be old, and the person is told so. */
  | { readonly kind: 'ready'; readonly integrations: Integrations; readonly stale: Problem | null };

/** What a person asked to connect. */
export type Target =
  | { readonly kind: 'provider'; readonly provider: Provider; readonly another: boolean }
  | { readonly kind: 'account'; readonly account: Account; readonly name: string }
  | { readonly kind: 'browse'; readonly category: Category | null };

/** `flow` is the client's own state of a connection, from the fetching of a session to the confirmed account. */
export type Connect =
  | { readonly phase: 'closed' }
  | { readonly phase: 'naming'; readonly target: Target }
  | { readonly phase: 'connecting'; readonly target: Target; readonly flow: ConnectState };

export type Removal =
  | { readonly phase: 'closed' }
  | { readonly phase: 'asking'; readonly account: Account; readonly problem: Problem | null }
  | { readonly phase: 'removing'; readonly account: Account };

export interface State {
  readonly tenant: TenantKey;
  readonly reading: Reading;
  readonly search: string;
  readonly category: Category | null;
  readonly connect: Connect;
  readonly removal: Removal;
  readonly toast: string | null;
  /** Accounts that the server has confirmed after the Hub's `success`, since the page was opened. */
  readonly confirmed: ReadonlySet<string>;
}

export function initialState(tenant: TenantKey): State {
  return {
    tenant,
    reading: { kind: 'loading' },
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

/** A failure does not take away what is on the screen already: that would punish a focus with an error page. */
export function afterReading(state: State, result: Result<Integrations>): State {
  if (result.ok) {
    return { ...state, reading: { kind: 'ready', integrations: result.value, stale: null } };
  }
  const { problem } = result;
  return state.reading.kind === 'ready'
    ? { ...state, reading: { ...state.reading, stale: problem } }
    : { ...state, reading: { kind: 'failed', problem } };
}

/** With what the server has just said of one account, so that the list is right before it is read again. */
export function withConfirmed(state: State, account: Account): State {
  const confirmed = new Set(state.confirmed).add(account.id);
  if (state.reading.kind !== 'ready') {
    return { ...state, confirmed };
  }
  const { integrations } = state.reading;
  const isKnown = integrations.accounts.some(({ id }) => id === account.id);
  const accounts = isKnown
    ? integrations.accounts.map((known) => (known.id === account.id ? account : known))
    : [...integrations.accounts, account];
  return { ...state, confirmed, reading: { ...state.reading, integrations: { ...integrations, accounts } } };
}

export function withoutAccount(state: State, accountId: string): State {
  if (state.reading.kind !== 'ready') {
    return state;
  }
  const { integrations } = state.reading;
  const accounts = integrations.accounts.filter(({ id }) => id !== accountId);
  return { ...state, reading: { ...state.reading, integrations: { ...integrations, accounts } } };
}

/** Those that need a person first; otherwise in the server's order. */
export function accountsToShow({ accounts }: Integrations): readonly Account[] {
  return [...accounts.filter((account) => account.needsRelink), ...accounts.filter((a) => !a.needsRelink)];
}

export function providersToShow(
  { providers }: Integrations,
  { search, category }: State,
): readonly Provider[] {
  const wanted = search.trim().toLocaleLowerCase();
  return providers.filter(
    ({ name, categories }) =>
      (category === null || categories.includes(category)) && name.toLocaleLowerCase().includes(wanted),
  );
}

/** The categories that have a provider, in the order of the providers. */
export function categoriesOf({ providers }: Integrations): readonly Category[] {
  return [...new Set(providers.flatMap(({ categories }) => categories))];
}

/** The arguments of the mutation. The owner is not among them: the server takes it from the access token. */
export function requestFor(target: Target, label: string): ConnectRequest {
  switch (target.kind) {
    case 'account':
      return { accountId: target.account.id };
    case 'browse':
      return target.category === null ? {} : { category: target.category };
    case 'provider':
      return {
        provider: target.provider.key,
        ...(target.another && { onExisting: 'CREATE_ANOTHER' }),
        ...(label !== '' && { label }),
      };
  }
}
