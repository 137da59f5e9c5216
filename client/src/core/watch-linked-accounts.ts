import { applyChange, createAccountList } from './account-list.js';
import type { ConnectClient } from './connect-client.js';
import { type ConnectFailure, type LinkedAccount, toFailure } from './failure.js';
import { Listeners } from './listeners.js';
import { isPageVisible, onHide, onReturn } from './page-visibility.js';

export interface LinkedAccountsState {
  /** All linked accounts of the customer. Null until they have been read once. */
  readonly accounts: readonly LinkedAccount[] | null;
  /** Why the last read failed. Null after a success; the accounts of an earlier success stay. */
  readonly failure: ConnectFailure | null;
  /** Whether changes arrive at once. Otherwise the accounts are read again every few minutes, and when the user returns. */
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

/** A stream that opens earlier causes the read, so that there is one. Where streams are blocked, no read waits for them. */
const readDelayMs = 500;
/** A safeguard for changes that were lost on the way: no older than a sweep of the server. */
const rereadMs = 5 * 60_000;
/** A hidden page needs no stream. A short look at another tab does not close it. */
const hiddenMs = 2 * 60_000;
/** A stream that ends earlier counts as a failure, so that a proxy that cuts streams does not cause one read after another. */
const shortMs = 10_000;
const maxPauseMs = 60_000;

/**
 * Watches the linked accounts of the customer: reads them, applies each change that the server reports, and reads them
 * again after each interruption, because a stream has no memory. Where streams are blocked, the accounts are read every
 * five minutes, and when the user returns to the page.
 */
export function watchLinkedAccounts(client: ConnectClient): LinkedAccountsWatch {
  const listeners = new Listeners();
  const stopped = new AbortController();
  const timers = createTimers();
  const list = createAccountList(client);
  let state: LinkedAccountsState = { accounts: null, failure: null, isLive: false };
  let closeStream: (() => void) | undefined;
  let failedStreams = 0;
  let failedReads = 0;
  let isAsleep = false;

  const update = (change: Partial<LinkedAccountsState>) => {
    state = { ...state, ...change };
    listeners.notify();
  };
  const readIn = (ms: number) => timers.set('read', ms, () => void refresh());
  const refresh = async () => {
    timers.clear('read');
    const result = await list.read().then(
      (accounts) => ({ accounts, failure: null }),
      (error: unknown) => ({ failure: toFailure(error) }),
    );
    if (stopped.signal.aborted) {
      return;
    }
    failedReads = result.failure === null ? 0 : failedReads + 1;
    // A user who returned during this read waits for the next one.
    if (!isAsleep && !timers.isSet('read')) {
      readIn(failedReads === 0 ? rereadMs : pauseMs(failedReads));
    }
    update(result);
  };
  const open = (renew: boolean) => {
    const startedAt = Date.now();
    timers.clear('open');
    closeStream = client.openChangeStream(
      { renew },
      {
        onOpen: () => {
          update({ isLive: true });
          void refresh();
        },
        onChange: (change) => {
          if (list.note(change) && state.accounts !== null) {
            update({ accounts: applyChange(state.accounts, change) });
          }
        },
        onEnd: (reason) => {
          closeStream = undefined;
          const wasShort = Date.now() - startedAt < shortMs;
          failedStreams = wasShort ? failedStreams + 1 : 1;
          // The first token may have expired. While the server tolerates a clock difference, it accepts such a token and
          // completes the stream at once. If that happens twice, the token is not the cause.
          const isRenewal = !renew && (reason === 'unauthenticated' || (reason === 'completed' && wasShort));
          timers.set('open', isRenewal ? 0 : pauseMs(failedStreams), () => open(isRenewal));
          update({ isLive: false });
        },
      },
    );
  };
  const wake = () => {
    timers.clear('hide');
    isAsleep = false;
    readIn(readDelayMs);
    if (closeStream === undefined) {
      open(false);
    }
  };
  const sleep = () => {
    isAsleep = true;
    timers.clearAll();
    closeStream?.();
    closeStream = undefined;
    update({ isLive: false });
  };
  const sleepSoon = () => timers.set('hide', hiddenMs, sleep);

  wake();
  if (!isPageVisible()) {
    sleepSoon();
  }
  onReturn(wake, stopped.signal);
  onHide(sleepSoon, stopped.signal);
  return {
    getState: () => state,
    subscribe: listeners.subscribe,
    refresh: () => {
      if (!stopped.signal.aborted) {
        void refresh();
      }
    },
    stop: () => {
      listeners.clear();
      stopped.abort();
      sleep();
    },
  };
}

/** Timers by name. A new timer replaces that of the same name. */
function createTimers() {
  const timers = new Map<string, ReturnType<typeof setTimeout>>();
  const clear = (name: string) => {
    clearTimeout(timers.get(name));
    timers.delete(name);
  };
  return {
    set: (name: string, ms: number, action: () => void) => {
      clear(name);
      const run = () => {
        timers.delete(name);
        action();
      };
      timers.set(name, setTimeout(run, ms));
    },
    isSet: (name: string) => timers.has(name),
    clear,
    clearAll: () => {
      for (const name of timers.keys()) {
        clear(name);
      }
    },
  };
}

/** Doubles with each failure in a row, up to a minute. Random, so that pages of a stopped server do not return together. */
function pauseMs(failures: number): number {
  return Math.min(maxPauseMs, 500 * 2 ** failures) * (0.5 + Math.random() / 2);
}
