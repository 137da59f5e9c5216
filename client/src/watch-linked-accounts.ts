import type { LinkedAccountChange } from './change-stream.js';
import type { ConnectClient } from './connect-client.js';
import { type ConnectFailure, type LinkedAccount, toFailure } from './failure.js';
import { isPageVisible, onHide, onReturn } from './page.js';

export interface LinkedAccountsState {
  /** All linked accounts of the customer. Null until they have been read once. */
  readonly accounts: readonly LinkedAccount[] | null;
  /** Why the last read failed. Null after a success; the accounts of an earlier success stay. */
  readonly failure: ConnectFailure | null;
  /** Whether changes arrive at once. Otherwise the accounts are read again when the user returns to the page. */
  readonly isLive: boolean;
}

export interface LinkedAccountsWatch {
  readonly getState: () => LinkedAccountsState;
  /** Calls `listener` after each change. @returns ends the subscription */
  readonly subscribe: (listener: () => void) => () => void;
  /** Reads the accounts again, for example after a failure. */
  readonly refresh: () => void;
  /** Ends the watch for good. */
  readonly stop: () => void;
}

const pageSize = 100;
/** 2,500 accounts, as many as the server lists. */
const maxPages = 25;
/** A safeguard for changes that were lost on the way: no older than a sweep of the server. */
const rereadMs = 5 * 60_000;
/** A hidden page needs no stream. A short look at another tab does not close it. */
const hiddenMs = 2 * 60_000;
const maxPauseMs = 60_000;

/**
 * Watches the linked accounts of the customer: reads them, applies each change that the server reports, and reads them
 * again after each interruption, because a stream has no memory. Where streams are blocked, the accounts are read when the
 * user returns to the page.
 */
export function watchLinkedAccounts(client: ConnectClient): LinkedAccountsWatch {
  const listeners = new Set<() => void>();
  const stopped = new AbortController();
  let state: LinkedAccountsState = { accounts: null, failure: null, isLive: false };
  let closeStream: (() => void) | undefined;
  let failures = 0;
  let timers: ReturnType<typeof setTimeout>[] = [];

  const update = (change: Partial<LinkedAccountsState>) => {
    if (!stopped.signal.aborted) {
      state = { ...state, ...change };
      for (const listener of listeners) {
        listener();
      }
    }
  };
  const refresh = async () => {
    try {
      update({ accounts: await readAll(client), failure: null });
    } catch (error) {
      update({ failure: toFailure(error) });
    }
  };
  const after = (ms: number, action: () => void) => {
    timers.push(setTimeout(action, ms));
  };
  const close = () => {
    for (const timer of timers) {
      clearTimeout(timer);
    }
    timers = [];
    closeStream?.();
    closeStream = undefined;
    update({ isLive: false });
  };
  const open = (renew: boolean) => {
    close();
    closeStream = client.openChangeStream(
      { renew },
      {
        onOpen: () => {
          failures = 0;
          update({ isLive: true });
          void refresh();
          reread();
        },
        onChange: (change) => update({ accounts: applyChange(state.accounts ?? [], change) }),
        onEnd: (reason) => {
          failures += 1;
          close();
          // The first token may have expired. A second refusal is no matter of the token.
          const isRenewal = reason === 'unauthenticated' && !renew;
          after(isRenewal ? 0 : pauseMs(failures), () => open(isRenewal));
        },
      },
    );
  };
  const reread = () =>
    after(rereadMs, () => {
      void refresh();
      reread();
    });
  void refresh();
  open(false);
  onReturn(() => {
    void refresh();
    if (closeStream === undefined) {
      open(false);
    }
  }, stopped.signal);
  onHide(() => after(hiddenMs, () => !isPageVisible() && close()), stopped.signal);
  return {
    getState: () => state,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    refresh: () => void refresh(),
    stop: () => {
      close();
      stopped.abort();
      listeners.clear();
    },
  };
}

/** Doubles with each failure in a row, up to a minute. Random, so that pages of a stopped server do not return together. */
function pauseMs(failures: number): number {
  return Math.min(maxPauseMs, 500 * 2 ** failures) * (0.5 + Math.random() / 2);
}

async function readAll({ sdk }: ConnectClient): Promise<LinkedAccount[]> {
  const accounts: LinkedAccount[] = [];
  let after: string | null = null;
  for (let page = 0; page < maxPages; page++) {
    const { linkedAccounts } = await sdk.linkedAccounts({ first: pageSize, after });
    accounts.push(...linkedAccounts.nodes);
    const { hasNextPage, endCursor } = linkedAccounts.pageInfo;
    if (!hasNextPage) {
      break;
    }
    after = endCursor;
  }
  return accounts;
}

/** A change can arrive twice. */
function applyChange(accounts: readonly LinkedAccount[], change: LinkedAccountChange): readonly LinkedAccount[] {
  const { account, accountId } = change;
  if (account === null) {
    return accounts.filter(({ id }) => id !== accountId);
  }
  return accounts.some(({ id }) => id === accountId)
    ? accounts.map((known) => (known.id === accountId ? account : known))
    : [...accounts, account];
}
