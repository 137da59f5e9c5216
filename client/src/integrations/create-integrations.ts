import { applyChange } from '../core/account-list.js';
import type { ConnectClient } from '../core/connect-client.js';
import { ConnectError, type LinkedAccount, toFailure } from '../core/failure.js';
import { Listeners } from '../core/listeners.js';
import { onReturn } from '../core/page-visibility.js';
import { type LinkedAccountsWatch, watchLinkedAccounts } from '../core/watch-linked-accounts.js';
import type { Category } from '../generated/operations.js';
import { createGuidedFlow, type GuidedFlow } from './guided-flow.js';
import {
  type ConnectTarget,
  changeState,
  type IntegrationsDialog,
  type IntegrationsState,
  initialState,
  type Notice,
  noticeOf,
  type Provider,
} from './state.js';

export interface IntegrationsOptions {
  /** Loads the Hub on the first connection, for example with `loadHub`. */
  readonly prepare?: (() => Promise<unknown>) | undefined;
  /** Called with each account that is linked on this page, after the dialog is closed. */
  readonly onLinked?: ((account: LinkedAccount) => void) | undefined;
  /** Called with each account that is removed on this page. */
  readonly onRemoved?: ((account: LinkedAccount) => void) | undefined;
}

/** The state and the actions of a page with integrations. The actions are bound: they do not use `this`. */
export interface Integrations {
  readonly getState: () => IntegrationsState;
  /** Calls `listener` after each change. @returns ends the subscription */
  readonly subscribe: (listener: () => void) => () => void;
  /** Reads everything, and keeps the accounts up to date until `dispose`. */
  readonly load: () => void;
  /** Reads again, for example after a failure. */
  readonly refresh: () => void;
  readonly search: (text: string) => void;
  /** Shows the providers of one category; null: of all. */
  readonly filter: (category: Category | null) => void;
  /** Connects an account of a provider. If one is linked, the dialog asks whether to update it. */
  readonly connect: (provider: Provider) => void;
  /** Repairs or updates a linked account. */
  readonly reconnect: (account: LinkedAccount) => void;
  /** Opens the Hub with all providers, or with those of the selected category. */
  readonly browse: () => void;
  /** The connection in the dialog: for the Hub, for the questions, and to try again. */
  readonly connection: GuidedFlow;
  /** Asks the user before `remove`. */
  readonly askRemoval: (account: LinkedAccount) => void;
  /** Removes the account of the open dialog. */
  readonly remove: () => Promise<void>;
  /** Closes the dialog. */
  readonly close: () => void;
  /** Removes the notice. */
  readonly dismiss: () => void;
  /** Closes the dialog and ends all requests. `load` starts again. */
  readonly dispose: () => void;
}

const noticeMs = 10_000;
/** What is older is read again when the user returns: the permissions, the plan and the catalog can have changed. */
const freshMs = 30_000;

/** Creates the state and the actions of a page with integrations, without a design. It does nothing until `load`. */
export function createIntegrations(client: ConnectClient, options: IntegrationsOptions = {}): Integrations {
  const listeners = new Listeners();
  let state = initialState;
  let watch: LinkedAccountsWatch | undefined;
  let target: ConnectTarget = { kind: 'browse' };
  let noticeTimer: ReturnType<typeof setTimeout> | undefined;
  let loaded: AbortController | undefined;

  const update = (change: Partial<IntegrationsState>) => {
    state = changeState(state, change);
    listeners.notify();
  };
  const show = (notice: Notice | null) => {
    clearTimeout(noticeTimer);
    if (notice !== null) {
      noticeTimer = setTimeout(() => update({ notice: null }), noticeMs);
    }
    update({ notice });
  };
  const openDialog = (dialog: IntegrationsDialog) => update({ dialog, notice: null });

  let reads = 0;
  let readAt = 0;
  const read = async () => {
    reads += 1;
    readAt = Date.now();
    const current = reads;
    const result = await client.sdk
      .integrations()
      .then(({ viewer, providers, linkedAccounts }) => ({ viewer, providers, accounts: linkedAccounts.nodes }))
      // Also for JSON of another server without these fields.
      .catch((error: unknown) => ({ failure: toFailure(error) }));
    if (current !== reads) {
      return;
    }
    if ('failure' in result) {
      readAt = 0;
      update({ failure: result.failure, phase: state.phase === 'ready' ? 'ready' : 'failed' });
      return;
    }
    const { viewer, providers, accounts } = result;
    // The watch reads all accounts, the query the first ones.
    update({ viewer, providers, phase: 'ready', failure: null, ...(watch === undefined && { accounts }) });
    watch ??= startWatch();
  };
  const startWatch = () => {
    const started = watchLinkedAccounts(client);
    let isFirst = true;
    let shown: readonly LinkedAccount[] | null = null;
    started.subscribe(() => {
      const { accounts, failure } = started.getState();
      if (accounts === null || accounts === shown) {
        update({ failure });
        return;
      }
      shown = accounts;
      const before = state.accounts;
      update({ accounts, failure });
      // The first list also has the accounts that the query has left out. They are not new.
      const known = isFirst ? accounts.filter(({ id }) => before.some((other) => other.id === id)) : accounts;
      // Behind a dialog it would not be announced, and the dialog can be about this change.
      const notice = state.dialog !== null ? null : noticeOf(before, known);
      isFirst = false;
      if (notice !== null) {
        show(notice);
      }
      if (accounts.length !== before.length && state.viewer?.maxLinkedAccounts !== null) {
        // The availability of the providers depends on the number of accounts.
        void read();
      }
    });
    return started;
  };
  const refresh = () => {
    if (watch !== undefined) {
      watch.refresh();
    } else if (loaded !== undefined) {
      void read();
    }
  };

  const connection = createGuidedFlow(client, {
    prepare: options.prepare,
    onLinked: (account) => {
      const confirmed = new Set(state.confirmed).add(account.id);
      const change = { kind: 'UPDATED', account, accountId: account.id, at: '' } as const;
      update({ confirmed, accounts: applyChange(state.accounts, change) });
      show({ kind: 'linked', account });
      options.onLinked?.(account);
    },
  });
  connection.subscribe(() => {
    const current = connection.getState();
    if (current.phase !== 'closed') {
      openDialog({ kind: 'connect', target, connection: current });
    } else if (state.dialog?.kind === 'connect') {
      update({ dialog: null });
      refresh();
    }
  });
  const open = (newTarget: ConnectTarget) => {
    target = newTarget;
    switch (newTarget.kind) {
      case 'provider': {
        const { key } = newTarget.provider;
        const known = state.accounts.filter(({ providerKey }) => providerKey === key);
        return connection.open({ provider: key }, known);
      }
      case 'account':
        return connection.open({ accountId: newTarget.account.id });
      case 'browse':
        return connection.open(state.category === null ? {} : { category: state.category });
    }
  };

  const remove = async () => {
    const { dialog } = state;
    if (dialog?.kind !== 'remove' || dialog.isRemoving) {
      return;
    }
    const { account } = dialog;
    const removing = { ...dialog, isRemoving: true, failure: null };
    update({ dialog: removing });
    const failure = await removeAccount(client, account.id).then(() => null, toFailure);
    // The user may have closed the dialog meanwhile, and opened it again.
    const isShown = state.dialog?.kind === 'remove' && state.dialog.account.id === account.id;
    if (failure === null) {
      const accounts = state.accounts.filter(({ id }) => id !== account.id);
      update({ accounts, ...(isShown && { dialog: null }) });
      show({ kind: 'removed', account });
      options.onRemoved?.(account);
      refresh();
    } else if (isShown) {
      update({ dialog: { ...removing, isRemoving: false, failure } });
    } else {
      // The failure must still be shown.
      show({ kind: 'not-removed', account, failure });
    }
  };
  const close = () => {
    if (state.dialog?.kind !== 'remove') {
      connection.close();
      return;
    }
    const hasFailed = state.dialog.failure !== null;
    update({ dialog: null });
    if (hasFailed) {
      // The account may have been removed already.
      refresh();
    }
  };
  return {
    getState: () => state,
    subscribe: listeners.subscribe,
    load: () => {
      if (loaded === undefined) {
        loaded = new AbortController();
        onReturn(() => Date.now() - readAt > freshMs && void read(), loaded.signal);
      }
      if (watch === undefined) {
        update({ phase: state.viewer === null ? 'loading' : 'ready', failure: null });
        void read();
      }
    },
    refresh: () => {
      if (state.phase === 'failed') {
        update({ phase: 'loading', failure: null });
      }
      if (loaded !== undefined) {
        void read();
        watch?.refresh();
      }
    },
    search: (search) => update({ search }),
    filter: (category) => update({ category }),
    connect: (provider) => open({ kind: 'provider', provider }),
    reconnect: (account) => open({ kind: 'account', account }),
    browse: () => open({ kind: 'browse' }),
    connection: {
      ...connection,
      update: (account) => {
        target = { kind: 'account', account };
        connection.update(account);
      },
    },
    askRemoval: (account) => openDialog({ kind: 'remove', account, isRemoving: false, failure: null }),
    remove,
    close,
    dismiss: () => show(null),
    dispose: () => {
      // First: what is closed or ends from now on must not read again.
      loaded?.abort();
      loaded = undefined;
      watch?.stop();
      watch = undefined;
      connection.dispose();
      clearTimeout(noticeTimer);
      // A read that has not finished must not start a watch.
      reads += 1;
      if (state.dialog !== null) {
        update({ dialog: null });
      }
    },
  };
}

async function removeAccount({ sdk }: ConnectClient, accountId: string): Promise<void> {
  const { deletedAccountId, userErrors } = (await sdk.deleteLinkedAccount({ accountId })).deleteLinkedAccount;
  // Another tab or a lost request can have removed the account. An instance of the server does not know of the others.
  const isGone = userErrors.some(({ code }) => code === 'ACCOUNT_NOT_FOUND');
  if (deletedAccountId === null && !isGone) {
    throw new ConnectError({ kind: 'refused', userErrors });
  }
}
