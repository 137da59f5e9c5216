import type { Sdk } from '../generated/sdk.js';
import type { ConnectRequest, HubSession } from './connect-state.js';
import type { LinkedAccount } from './failure.js';
import { onReturn } from './page-visibility.js';

interface AccountWatcherOptions {
  readonly sdk: Sdk;
  readonly request: ConnectRequest;
  readonly session: HubSession;
  /** Called once, with the first account that became active. */
  readonly onFound: (account: LinkedAccount) => void;
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
export function createAccountWatcher({ sdk, request, session, onFound }: AccountWatcherOptions): AccountWatcher {
  const list = () => listAccounts(sdk, request, session);
  const stopped = new AbortController();
  const initiallyActive = list().then(activeIds);
  // Without this list, new accounts cannot be detected.
  initiallyActive.catch(() => stopped.abort());
  let checks = 0;

  const check = async () => {
    checks += 1;
    // After the expiry no account can be linked with this session. One check then: it may have been linked before, while
    // the user was away.
    const isLast = checks >= maxChecks || Date.now() > session.expiresAt;
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

/** The accounts that this session can add or re-link: the account with the request's id, or up to 100 of the provider. */
async function listAccounts(
  sdk: Sdk,
  { provider, accountId }: ConnectRequest,
  session: HubSession,
): Promise<readonly LinkedAccount[]> {
  const id = accountId ?? session.account?.id;
  if (typeof id === 'string') {
    const { linkedAccount } = await sdk.linkedAccount({ id });
    return linkedAccount === null ? [] : [linkedAccount];
  }
  const { linkedAccounts } = await sdk.linkedAccounts({ first: 100, ...(provider != null && { provider }) });
  return linkedAccounts.nodes;
}
