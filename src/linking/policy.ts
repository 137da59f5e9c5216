import { AppError } from '../domain/app-error.js';
import type { AuditFlag } from '../domain/audit-event.js';
import type { Grants } from '../domain/grants.js';
import type { LinkedAccount } from '../domain/linked-account.js';
import { type Failure, userError } from '../domain/result.js';

/** The accounts that one user error lists. */
const maxListedAccounts = 100;

/** @throws AppError `FORBIDDEN` */
export function requireManage({ canManage }: Grants): void {
  if (!canManage) {
    throw new AppError('FORBIDDEN', 'the caller does not have the permission to manage accounts');
  }
}

export function allowsProvider({ providers }: Grants, key: string): boolean {
  return providers === null || providers.includes(key);
}

/** @param provider undefined: the person chooses one in the Hub, which offers all of them */
export function refuseProvider(grants: Grants, provider: string | undefined): Failure | undefined {
  if (provider !== undefined) {
    return allowsProvider(grants, provider)
      ? undefined
      : userError('PROVIDER_NOT_ALLOWED', 'provider', 'Your plan does not include this provider.');
  }
  return grants.providers === null
    ? undefined
    : userError('PROVIDER_NOT_ALLOWED', 'provider', 'Choose a provider: your plan does not include all of them.');
}

/**
 * The same for an account that is unknown and for one of another owner.
 * @param field null: the caller did not name the account
 */
export function accountNotFound(field: 'accountId' | null = 'accountId'): Failure {
  return userError('ACCOUNT_NOT_FOUND', field, 'The linked account does not exist. Load the list of accounts again.');
}

export function allowsAnother({ maxAccounts }: Grants, count: number): boolean {
  return maxAccounts === null || count < maxAccounts;
}

export function limitReached(accounts: readonly LinkedAccount[]): Failure {
  const message = 'Your plan does not allow further accounts. Delete one of the linked accounts, or re-link it.';
  return userError('ACCOUNT_LIMIT_REACHED', null, message, accounts.slice(0, maxListedAccounts));
}

/** Whether the grants allow a further account of any provider. Counts the accounts only if that decides. */
export async function isAtLimit(grants: Grants, countAccounts: () => Promise<number>): Promise<boolean> {
  const allowsNone = grants.providers?.length === 0;
  return grants.maxAccounts !== null && !allowsNone && !allowsAnother(grants, await countAccounts());
}

/**
 * Whether an account exists that the grants do not allow: two sessions can be open at the same time, and a plan can
 * change while one is open. The account works, so it is reported and not hidden.
 */
export async function findFlag(
  grants: Grants,
  { providerKey }: Pick<LinkedAccount, 'providerKey'>,
  countAccounts: () => Promise<number>,
): Promise<AuditFlag | null> {
  if (!allowsProvider(grants, providerKey)) {
    return 'PROVIDER_NOT_ALLOWED';
  }
  if (grants.maxAccounts === null) {
    return null;
  }
  try {
    return (await countAccounts()) > grants.maxAccounts ? 'ACCOUNT_LIMIT_EXCEEDED' : null;
  } catch (error) {
    if (error instanceof AppError) {
      return 'LIMIT_NOT_CHECKED';
    }
    throw error;
  }
}
