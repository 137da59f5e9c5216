import type { LinkedAccount } from './failure.js';
import { onReturn } from './page.js';

interface AccountWatcherOptions {
  /** Returns the accounts to watch: all accounts of the owner for a provider, or the account that is re-linked. */
  readonly list: () => Promise<readonly LinkedAccount[]>;
  /** Called once, with the first account that became active. */
  readonly onFound: (account: LinkedAccount) => void;
  /** When the session expires, in milliseconds of this computer's clock. Later no account can be linked with it. */
  readonly expiresAt: number;
}

export interface AccountWatcher {
  /** Checks now and each time the user returns to the page. Call it when the Hub is closed without a result. */
  readonly start: () => void;
  readonly stop: () => void;
}

/** Limits the number of requests when the user switches between windows repeatedly. */
const maxChecks = 10;

/**
 * Finds an account that is linked after the Hub was closed: a closed Hub does not receive the result of its OAuth
 * window. An account that is active now and was not active when the watcher was created counts as linked.
 */
export function createAccountWatcher({ list, onFound, expiresAt }: AccountWatcherOptions): AccountWatcher {
  const stopped = new AbortController();
  const initiallyActive = list().then(activeIds);
  // Without this list, new accounts cannot be detected.
  initiallyActive.catch(() => stopped.abort());
  let checks = 0;

  const check = async () => {
    checks += 1;
    // One check after the expiry: the account may have been linked before it while the user was away.
    const isLast = checks >= maxChecks || Date.now() > expiresAt;
    const before = await initiallyActive;
    const found = (await list()).find(({ id, status }) => status === 'ACTIVE' && !before.has(id));
    if (stopped.signal.aborted) {
      return;
    }
    if (isLast || found !== undefined) {
      stopped.abort();
    }
    return found;
  };
  // Errors of requests are ignored: the next check repeats them.
  const checkSafely = () =>
    void check().then(
      (found) => found && onFound(found),
      () => {},
    );
  return {
    start: () => {
      if (checks > 0) {
        return;
      }
      checkSafely();
      onReturn(checkSafely, stopped.signal);
    },
    stop: () => stopped.abort(),
  };
}

function activeIds(accounts: readonly LinkedAccount[]): ReadonlySet<string> {
  return new Set(accounts.filter(({ status }) => status === 'ACTIVE').map(({ id }) => id));
}
