import type { LinkedAccountChange } from './change-stream.js';
import type { ConnectClient } from './connect-client.js';
import type { LinkedAccount } from './failure.js';

export interface AccountList {
  /**
   * Reads all accounts. A call during a read makes this read start again when it is done: the pages that it has read may
   * be out of date. A change that arrives during a read is applied to its result, which may be older.
   */
  readonly read: () => Promise<readonly LinkedAccount[]>;
  /**
   * Remembers a change for a read that has not finished.
   * @returns false if a newer change of the same account has already arrived: ignore this one
   */
  readonly note: (change: LinkedAccountChange) => boolean;
}

const pageSize = 100;
/** 2,500 accounts, as many as the server lists. */
const maxPages = 25;

export function createAccountList(client: ConnectClient): AccountList {
  let changes: LinkedAccountChange[] = [];
  /** The time of the newest change of an account. */
  const newest = new Map<string, number>();
  let isOutdated = false;
  let running: Promise<readonly LinkedAccount[]> | undefined;
  const readUntilCurrent = async () => {
    for (;;) {
      isOutdated = false;
      changes = [];
      const accounts = await readAll(client);
      if (!isOutdated) {
        return changes.reduce(applyChange, accounts);
      }
    }
  };
  return {
    read: () => {
      isOutdated = true;
      running ??= readUntilCurrent().finally(() => {
        running = undefined;
      });
      return running;
    },
    note: (change) => {
      const time = Date.parse(change.at);
      if (time < (newest.get(change.accountId) ?? time)) {
        return false;
      }
      newest.set(change.accountId, time);
      if (running !== undefined) {
        changes.push(change);
      }
      return true;
    },
  };
}

async function readAll({ sdk }: ConnectClient): Promise<readonly LinkedAccount[]> {
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
export function applyChange(accounts: readonly LinkedAccount[], change: LinkedAccountChange): readonly LinkedAccount[] {
  const { account, accountId } = change;
  if (account === null) {
    return accounts.filter(({ id }) => id !== accountId);
  }
  return accounts.some(({ id }) => id === accountId)
    ? accounts.map((known) => (known.id === accountId ? account : known))
    : [...accounts, account];
}
