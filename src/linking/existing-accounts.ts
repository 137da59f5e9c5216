import { AppError } from '../domain/app-error.js';
import type { LinkedAccount } from '../domain/linked-account.js';
import type { Owner } from '../domain/owner.js';
import type { RequestContext } from '../observability/request-context.js';
import { within } from '../stackone/http/deadline.js';
import { AccountList, type AccountListDependencies } from './account-list.js';

/** A session does not wait longer for the list. */
const patienceMs = 3_000;

/**
 * The accounts that a session updates when it names none: StackOne identifies an account by owner id, owner name and
 * provider. The first page of the list belongs to the session and does not count for the rate limit of the owner.
 * @returns nothing when the list cannot be read in time, because the session does not depend on it
 */
export async function findAccountsToUpdate(
  provider: string,
  { api, rateLimits, work, logger }: AccountListDependencies,
  owner: Owner,
  context: RequestContext,
): Promise<readonly LinkedAccount[]> {
  const list = new AccountList({ api, rateLimits: withOneFreeLookup(rateLimits), work, logger }, owner, context);
  try {
    const accounts = await within(patienceMs, 'GET /accounts', list.all({ provider }));
    return accounts.filter((account) => isUpdatedBySession(account, provider, owner));
  } catch (error) {
    if (!(error instanceof AppError)) {
      throw error;
    }
    const fields = { requestId: context.id, reason: error.message };
    logger.warn(fields, 'The existing accounts could not be read: the session is reported as LINK');
    return [];
  }
}

/** Whether StackOne updates the account by a session that names none. Without a name, a row can be any of the owner's. */
export function isUpdatedBySession({ providerKey, ownerName }: LinkedAccount, provider: string, owner: Owner): boolean {
  return providerKey === provider && (ownerName ?? owner.name).trim() === owner.name.trim();
}

type LookupLimit = AccountListDependencies['rateLimits'];

function withOneFreeLookup(rateLimits: LookupLimit): LookupLimit {
  let isFree = true;
  return {
    takeLookup: async (ownerId) => {
      if (!isFree) {
        await rateLimits.takeLookup(ownerId);
      }
      isFree = false;
    },
  };
}
