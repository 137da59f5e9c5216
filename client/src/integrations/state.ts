import type { ConnectFailure, LinkedAccount } from '../core/failure.js';
import type { Category, IntegrationsQuery } from '../generated/operations.js';
import type { GuidedState } from './guided-flow.js';

export type Viewer = IntegrationsQuery['viewer'];
export type Provider = IntegrationsQuery['providers'][number];

/** What the user connects: a provider, a linked account that is re-linked, or a provider that is chosen in the Hub. */
export type ConnectTarget =
  | { readonly kind: 'provider'; readonly provider: Provider }
  | { readonly kind: 'account'; readonly account: LinkedAccount }
  | { readonly kind: 'browse' };

/** The open dialog. There is at most one. */
export type IntegrationsDialog =
  | {
      readonly kind: 'connect';
      readonly target: ConnectTarget;
      readonly connection: Exclude<GuidedState, { readonly phase: 'closed' }>;
    }
  /** Asks the user before an account is removed. `failure` is that of the last try. */
  | {
      readonly kind: 'remove';
      readonly account: LinkedAccount;
      readonly isRemoving: boolean;
      readonly failure: ConnectFailure | null;
    };

/** What has happened to an account: this user caused `linked` and `removed`, not the others. */
export type Notice =
  | {
      readonly kind: 'linked' | 'removed' | 'was-linked' | 'was-removed' | 'broken' | 'repaired';
      readonly account: LinkedAccount;
    }
  | { readonly kind: 'not-removed'; readonly account: LinkedAccount; readonly failure: ConnectFailure }
  | { readonly kind: 'several'; readonly count: number; readonly isBroken: boolean };

/** The state of a page with integrations. A new object after each change. */
export interface IntegrationsState {
  /** `failed`: nothing could be read yet. A later failure keeps the phase `ready` and the data, see `failure`. */
  readonly phase: 'loading' | 'ready' | 'failed';
  /** Why the last read failed. In the phase `ready`, the data may be out of date while it is not null. */
  readonly failure: ConnectFailure | null;
  /** The signed-in user. Null until the first read. */
  readonly viewer: Viewer | null;
  readonly providers: readonly Provider[];
  /** The providers that match `search` and `category`. */
  readonly matches: readonly Provider[];
  /** The categories of all providers. */
  readonly categories: readonly Category[];
  /** All linked accounts, those that need a re-link first. */
  readonly accounts: readonly LinkedAccount[];
  /** The ids of accounts that the server has confirmed since the page was loaded. */
  readonly confirmed: ReadonlySet<string>;
  readonly search: string;
  /** Null: all categories. */
  readonly category: Category | null;
  readonly dialog: IntegrationsDialog | null;
  /** To announce. Null after some seconds, and while a dialog is open. */
  readonly notice: Notice | null;
}

export const initialState: IntegrationsState = {
  phase: 'loading',
  failure: null,
  viewer: null,
  providers: [],
  matches: [],
  categories: [],
  accounts: [],
  confirmed: new Set(),
  search: '',
  category: null,
  dialog: null,
  notice: null,
};

/** Completes a change with the parts of the state that depend on it. */
export function changeState(before: IntegrationsState, change: Partial<IntegrationsState>): IntegrationsState {
  const state = { ...before, ...change };
  const { providers, search, category, accounts } = state;
  const isFiltered = providers !== before.providers || search !== before.search || category !== before.category;
  return {
    ...state,
    ...(providers !== before.providers && {
      categories: [...new Set(providers.flatMap(({ categories }) => categories))],
    }),
    ...(isFiltered && { matches: findProviders(state) }),
    ...(accounts !== before.accounts && {
      accounts: [...accounts].sort((a, b) => Number(b.needsRelink) - Number(a.needsRelink)),
    }),
  };
}

function findProviders({ providers, search, category }: IntegrationsState): readonly Provider[] {
  const text = search.trim().toLowerCase();
  return providers.filter(
    ({ name, categories }) => (category === null || categories.includes(category)) && name.toLowerCase().includes(text),
  );
}

/** What has changed between two lists of accounts, for users who do not see the list. */
export function noticeOf(before: readonly LinkedAccount[], after: readonly LinkedAccount[]): Notice | null {
  const known = new Map(before.map((account) => [account.id, account]));
  const left = new Set(after.map(({ id }) => id));
  const notices = [
    ...after.flatMap((account) => changeOf(known.get(account.id), account) ?? []),
    ...before.filter(({ id }) => !left.has(id)).map((account): Notice => ({ kind: 'was-removed', account })),
  ];
  const [first = null] = notices;
  return notices.length < 2
    ? first
    : { kind: 'several', count: notices.length, isBroken: notices.some(({ kind }) => kind === 'broken') };
}

function changeOf(before: LinkedAccount | undefined, account: LinkedAccount): Notice | null {
  if (before === undefined) {
    return { kind: 'was-linked', account };
  }
  if (before.needsRelink === account.needsRelink) {
    return null;
  }
  return { kind: account.needsRelink ? 'broken' : 'repaired', account };
}
