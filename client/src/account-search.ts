import type { LinkedAccount } from './failure.js';
import { onReturn } from './page.js';

export interface AccountSearchOptions {
  /** The accounts that may be meant: all of the customer's of a provider, or the one that is re-linked. */
  readonly list: () => Promise<readonly LinkedAccount[]>;
  readonly onFound: (account: LinkedAccount) => void;
  /** Milliseconds of this computer's clock: later nothing can be linked with this session. */
  readonly endsAt: number;
}

export interface AccountSearch {
  /** The Hub has gone without a word: look now, and whenever the person comes back to the page. */
  readonly begin: () => void;
  readonly stop: () => void;
}

/** Somebody who goes back and forth between windows. */
const maxLooks = 10;

/**
 * Finds an account that was linked out of sight: a Hub that is closed while its OAuth window is open hears
 * nothing of what happens there. What works now and did not when the search was made is what was linked.
 */
export function createAccountSearch({ list, onFound, endsAt }: AccountSearchOptions): AccountSearch {
  const stopped = new AbortController();
  const worked = list().then(idsOfActive);
  // Without it nothing can be told apart, and the search finds nothing.
  worked.catch(() => stopped.abort());
  let looks = 0;

  const look = async () => {
    looks += 1;
    // Somebody may come back long after the end, to an account that was linked before it: one look more.
    const isLast = looks >= maxLooks || Date.now() > endsAt;
    const before = await worked;
    const found = (await list()).find(({ id, status }) => status === 'ACTIVE' && !before.has(id));
    if (stopped.signal.aborted) return;
    if (isLast || found !== undefined) stopped.abort();
    if (found !== undefined) onFound(found);
  };
  // A look that fails is made up for by the next one.
  const tryToLook = () => void look().catch(() => {});
  return {
    begin: () => {
      if (looks > 0) return;
      tryToLook();
      onReturn(tryToLook, stopped.signal);
    },
    stop: () => stopped.abort(),
  };
}

function idsOfActive(accounts: readonly LinkedAccount[]): ReadonlySet<string> {
  return new Set(accounts.filter(({ status }) => status === 'ACTIVE').map(({ id }) => id));
}
