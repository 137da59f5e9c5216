import { reasonOf } from '../domain/app-error.js';
import type { Caller } from '../domain/caller.js';
import { OnExistingAccount } from '../domain/connect-session.js';
import type { LinkedAccount } from '../domain/linked-account.js';
import type { Category } from '../domain/provider.js';
import { type Result, userError } from '../domain/result.js';
import type { Logger } from '../observability/logger.js';
import { within } from '../stackone/http/deadline.js';
import type { AccountList } from './account-list.js';
import type { ConnectRequest } from './connect-input.js';
import { isUpdatedBySession } from './existing-accounts.js';
import { accountNotFound, allowsAnother, limitReached, refuseProvider } from './policy.js';
import type { ProviderCatalog } from './provider-catalog.js';

/** A session waits no longer for the catalog, which may need several calls. */
const catalogPatienceMs = 3_000;

interface Dependencies {
  readonly catalog: ProviderCatalog;
  readonly logger: Logger;
}

/** Decides which account a connect session re-links, or that it links a new one, or that there must be no session. */
export class AccountChoice {
  readonly #dependencies: Dependencies;
  readonly #caller: Caller;
  readonly #accounts: AccountList;

  constructor(dependencies: Dependencies, caller: Caller, accounts: AccountList) {
    this.#dependencies = dependencies;
    this.#caller = caller;
    this.#accounts = accounts;
  }

  /**
   * The order of checks: the provider is allowed and enabled, the account is the owner's, existing accounts, limit.
   * @returns the account to re-link, or null for a new one
   */
  async choose({ accountId, provider, category, onExisting }: ConnectRequest): Promise<Result<LinkedAccount | null>> {
    // An account that is named brings its provider, which is compared when the account is known to be the owner's.
    const isKnown = provider !== undefined || accountId === undefined;
    const refused = isKnown ? refuseProvider(this.#caller.grants, provider) : undefined;
    if (refused !== undefined) {
      return refused;
    }
    if (accountId !== undefined) {
      return this.#proveOwnership(accountId, provider);
    }
    if (provider !== undefined && !(await this.#isEnabled(provider, category))) {
      const message =
        category === undefined
          ? 'This provider is not available. Choose one of `providers`.'
          : 'This provider is not available in this category. Choose one of `providers(category:)`, or omit `category`.';
      return userError('PROVIDER_NOT_ENABLED', 'provider', message);
    }
    const existing = await this.#chooseExisting(provider, onExisting);
    return existing.ok && existing.value === null ? this.#checkLimit(provider, onExisting) : existing;
  }

  async #proveOwnership(accountId: string, provider: string | undefined): Promise<Result<LinkedAccount>> {
    const account = await this.#accounts.find(accountId);
    if (account === null) {
      return accountNotFound();
    }
    if (provider !== undefined && provider !== account.providerKey) {
      const message = 'The account belongs to another provider. Omit `provider`, or set it to that of the account.';
      return userError('ACCOUNT_PROVIDER_MISMATCH', 'provider', message, [account]);
    }
    return refuseProvider(this.#caller.grants, account.providerKey) ?? { ok: true, value: account };
  }

  /** At the limit, a session must re-link the account that StackOne would update, or is refused. */
  async #checkLimit(
    provider: string | undefined,
    onExisting: OnExistingAccount | undefined,
  ): Promise<Result<LinkedAccount | null>> {
    const { grants, owner } = this.#caller;
    const accounts = grants.maxAccounts === null ? [] : await this.#accounts.all({});
    if (allowsAnother(grants, accounts.length)) {
      return { ok: true, value: null };
    }
    const canUpdate = provider !== undefined && onExisting === undefined;
    const account = canUpdate ? accounts.find((row) => isUpdatedBySession(row, provider, owner)) : undefined;
    return account === undefined ? limitReached(accounts) : { ok: true, value: account };
  }

  /** When the catalog is slow, not available or not complete, StackOne decides. */
  async #isEnabled(provider: string, category: Category | undefined): Promise<boolean> {
    try {
      const isEnabled = this.#dependencies.catalog.isEnabled(provider, category);
      return isEnabled instanceof Promise ? await within(catalogPatienceMs, 'the catalog', isEnabled) : isEnabled;
    } catch (error) {
      const reason = reasonOf(error) ?? 'unknown';
      this.#dependencies.logger.warn(
        { reason },
        'The provider catalog is not available: StackOne decides whether the provider is enabled',
      );
      return true;
    }
  }

  /** Compares the owner id only, unlike StackOne: a customer that was renamed keeps its account. */
  async #chooseExisting(
    provider: string | undefined,
    onExisting: OnExistingAccount | undefined,
  ): Promise<Result<LinkedAccount | null>> {
    if (onExisting === undefined || onExisting === OnExistingAccount.CREATE_ANOTHER) {
      return { ok: true, value: null };
    }
    const accounts = await this.#accounts.all({ provider });
    if (onExisting === OnExistingAccount.FAIL && accounts.length > 0) {
      const message = 'An account of this provider is already linked.';
      return userError('ACCOUNT_ALREADY_LINKED', 'provider', message, accounts);
    }
    if (accounts.length > 1) {
      const message = 'Several accounts of this provider are linked. Set `accountId` to the one to re-link.';
      return userError('AMBIGUOUS_ACCOUNT', 'provider', message, accounts);
    }
    return { ok: true, value: accounts[0] ?? null };
  }
}
