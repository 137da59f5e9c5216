import { AppError, reasonOf } from '../domain/app-error.js';
import type { Caller } from '../domain/caller.js';
import { OnExistingAccount } from '../domain/connect-session.js';
import type { LinkedAccount } from '../domain/linked-account.js';
import type { Owner } from '../domain/owner.js';
import type { Category } from '../domain/provider.js';
import { type Result, userError } from '../domain/result.js';
import type { Logger } from '../observability/logger.js';
import type { RequestContext } from '../observability/request-context.js';
import { within } from '../stackone/http/deadline.js';
import { AccountList, type AccountListDependencies } from './account-list.js';
import type { ConnectRequest } from './connect-input.js';
import { accountNotFound, allowsAnother, limitReached, refuseProvider } from './policy.js';
import type { ProviderCatalog } from './provider-catalog.js';

/** A session waits no longer for the catalog, which may need several calls, or for the list of accounts. */
const patienceMs = 3_000;

interface Dependencies {
  readonly catalog: ProviderCatalog;
  readonly logger: Logger;
}

/**
 * Decides which account a connect session re-links, or that it links a new one, or that there must be no session. The
 * order of checks: the provider is allowed and enabled, the account is the owner's, existing accounts, limit.
 * @returns the account to re-link, or null for a new one
 */
export async function chooseAccount(
  { accountId, provider, category, onExisting }: ConnectRequest,
  caller: Caller,
  accounts: AccountList,
  dependencies: Dependencies,
): Promise<Result<LinkedAccount | null>> {
  // An account that is named brings its provider, which is compared when the account is known to be the owner's.
  const isKnown = provider !== undefined || accountId === undefined;
  const refused = isKnown ? refuseProvider(caller.grants, provider) : undefined;
  if (refused !== undefined) {
    return refused;
  }
  if (accountId !== undefined) {
    return proveOwnership(accountId, provider, caller, accounts);
  }
  if (provider !== undefined && !(await isEnabled(provider, category, dependencies))) {
    const message =
      category === undefined
        ? 'This provider is not available. Choose one of `providers`.'
        : 'This provider is not available in this category. Choose one of `providers(category:)`, or omit `category`.';
    return userError('PROVIDER_NOT_ENABLED', 'provider', message);
  }
  const existing = await chooseExisting(provider, onExisting, accounts);
  return existing.ok && existing.value === null ? checkLimit(provider, onExisting, caller, accounts) : existing;
}

async function proveOwnership(
  accountId: string,
  provider: string | undefined,
  { grants }: Caller,
  accounts: AccountList,
): Promise<Result<LinkedAccount>> {
  const account = await accounts.find(accountId);
  if (account === null) {
    return accountNotFound();
  }
  if (provider !== undefined && provider !== account.providerKey) {
    const message = 'The account belongs to another provider. Omit `provider`, or set it to that of the account.';
    return userError('ACCOUNT_PROVIDER_MISMATCH', 'provider', message, [account]);
  }
  return refuseProvider(grants, account.providerKey) ?? { ok: true, value: account };
}

/** When the catalog is slow, not available or not complete, StackOne decides. */
async function isEnabled(
  provider: string,
  category: Category | undefined,
  { catalog, logger }: Dependencies,
): Promise<boolean> {
  try {
    const known = catalog.isEnabled(provider, category);
    return known instanceof Promise ? await within(patienceMs, 'the catalog', known) : known;
  } catch (error) {
    const reason = reasonOf(error) ?? 'unknown';
    logger.warn({ reason }, 'The provider catalog is not available: StackOne decides whether the provider is enabled');
    return true;
  }
}

/** Compares the owner id only, unlike StackOne: a customer that was renamed keeps its account. */
async function chooseExisting(
  provider: string | undefined,
  onExisting: OnExistingAccount | undefined,
  list: AccountList,
): Promise<Result<LinkedAccount | null>> {
  if (onExisting === undefined || onExisting === OnExistingAccount.CREATE_ANOTHER) {
    return { ok: true, value: null };
  }
  const accounts = await list.all({ provider });
  if (onExisting === OnExistingAccount.FAIL && accounts.length > 0) {
    const message = 'An account of this provider is already linked. Re-link it, or link another one.';
    return userError('ACCOUNT_ALREADY_LINKED', 'provider', message, accounts);
  }
  if (accounts.length > 1) {
    const message = 'Several accounts of this provider are linked. Set `accountId` to the one to re-link.';
    return userError('AMBIGUOUS_ACCOUNT', 'provider', message, accounts);
  }
  return { ok: true, value: accounts[0] ?? null };
}

/** At the limit, a session must re-link the account that StackOne would update, or is refused. */
async function checkLimit(
  provider: string | undefined,
  onExisting: OnExistingAccount | undefined,
  { grants, owner }: Caller,
  list: AccountList,
): Promise<Result<LinkedAccount | null>> {
  const accounts = grants.maxAccounts === null ? [] : await list.all({});
  if (allowsAnother(grants, accounts.length)) {
    return { ok: true, value: null };
  }
  const canUpdate = provider !== undefined && onExisting === undefined;
  const account = canUpdate ? accounts.find((row) => isUpdatedBySession(row, provider, owner)) : undefined;
  return account === undefined ? limitReached(accounts) : { ok: true, value: account };
}

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
function isUpdatedBySession({ providerKey, ownerName }: LinkedAccount, provider: string, owner: Owner): boolean {
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
