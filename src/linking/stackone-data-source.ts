import type { LRUCache } from 'lru-cache';
import type { ConnectConfig } from '../config/settings.js';
import { AppError } from '../domain/app-error.js';
import type { Caller } from '../domain/caller.js';
import { ConnectMode, type ConnectSession, OnExistingAccount } from '../domain/connect-session.js';
import type { LinkedAccount } from '../domain/linked-account.js';
import type { Category, Provider } from '../domain/provider.js';
import { type Failure, type Result, userError } from '../domain/result.js';
import type { RequestContext } from '../observability/request-context.js';
import { within } from '../stackone/http/deadline.js';
import { type AccountFilter, AccountList, type AccountListDependencies, type AccountPage } from './account-list.js';
import { type ConnectInput, type ConnectRequest, parseConnectInput } from './connect-input.js';
import { findAccountsToUpdate } from './existing-accounts.js';
import type { ProviderCatalog } from './provider-catalog.js';

/** A session waits no longer for the catalog, which may need several calls. */
const catalogPatienceMs = 3_000;

type SessionConfig = Pick<ConnectConfig, 'sessionExpiresInSeconds' | 'sessionMetadata' | 'allowAuthLinks'>;

export interface DataSourceDependencies extends AccountListDependencies {
  readonly catalog: ProviderCatalog;
  /** Owner id and account id of the last deleted accounts, so that a repeated deletion succeeds. */
  readonly deletedAccounts: LRUCache<string, true>;
  readonly config: SessionConfig;
}

/**
 * StackOne as one caller may use it. Created for each request with its caller, and no method takes an owner, so code
 * that forgets to limit a call to the owner cannot be written.
 *
 * All methods throw AppError with `UPSTREAM_…` codes or `RATE_LIMITED`. A read that fails makes the operation fail:
 * nothing is created for an account whose owner is not proven.
 */
export class StackOneDataSource {
  readonly #dependencies: DataSourceDependencies;
  readonly #caller: Caller;
  readonly #context: RequestContext;
  readonly #accounts: AccountList;

  constructor(dependencies: DataSourceDependencies, caller: Caller, context: RequestContext) {
    this.#dependencies = dependencies;
    this.#caller = caller;
    this.#context = context;
    this.#accounts = new AccountList(dependencies, caller.owner, context);
  }

  /** The order of checks: input, rate limit, provider, ownership, existing accounts; then StackOne creates the session. */
  async createConnectSession(input: ConnectInput): Promise<Result<ConnectSession>> {
    const request = parseConnectInput(input);
    if (!request.ok) {
      return request;
    }
    this.#accounts.forget();
    await this.#dependencies.rateLimits.takeSession(this.#caller.owner.id);
    const account = await this.#chooseAccount(request.value);
    return account.ok ? { ok: true, value: await this.#createSession(request.value, account.value) } : account;
  }

  /** @returns the account to re-link, or null for a new one */
  async #chooseAccount(request: ConnectRequest): Promise<Result<LinkedAccount | null>> {
    const { accountId, provider, onExisting } = request;
    if (accountId !== undefined) {
      return this.#proveOwnership(accountId, provider);
    }
    if (provider === undefined) {
      return { ok: true, value: null };
    }
    if (!(await this.#isEnabled(provider))) {
      const message = 'This provider is not available. Choose one of `providers`.';
      return userError('PROVIDER_NOT_ENABLED', 'provider', message);
    }
    return this.#chooseExisting(provider, onExisting);
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
    return { ok: true, value: account };
  }

  /** When the catalog is slow, not available or not complete, StackOne decides. */
  async #isEnabled(provider: string): Promise<boolean> {
    try {
      return await within(catalogPatienceMs, 'the catalog', this.#dependencies.catalog.isEnabled(provider));
    } catch (error) {
      const reason = error instanceof AppError ? error.message : 'unknown';
      this.#dependencies.logger.warn({ reason }, 'The provider could not be checked: StackOne decides');
      return true;
    }
  }

  /** By owner id only, unlike StackOne: a customer that was renamed keeps its account. */
  async #chooseExisting(
    provider: string,
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

  /**
   * Where the request leaves the choice to StackOne, StackOne can update an account. The list that shows whether it will
   * is read while the session is created, so that no caller waits for it.
   */
  async #createSession(request: ConnectRequest, chosen: LinkedAccount | null): Promise<ConnectSession> {
    const { provider, onExisting } = request;
    if (chosen !== null || provider === undefined || onExisting !== undefined) {
      return this.#mint(request, chosen);
    }
    const [session, [account, ...others]] = await Promise.all([
      this.#mint(request, null),
      findAccountsToUpdate(provider, this.#dependencies, this.#caller.owner, this.#context),
    ]);
    if (account === undefined) {
      return session;
    }
    // Of several accounts, StackOne does not say which one it updates. A session for the first one replaces the session.
    return others.length === 0 ? { ...session, mode: ConnectMode.RELINK, account } : this.#mint(request, account);
  }

  /** StackOne's response is compared with the owner before its token is used (`StackOneApi.createConnectSession`). */
  async #mint(request: ConnectRequest, account: LinkedAccount | null): Promise<ConnectSession> {
    const { api, config } = this.#dependencies;
    // Taken before the call, so that the token never expires earlier than stated.
    const expiresAt = new Date(Date.now() + config.sessionExpiresInSeconds * 1000);
    const session = await api.createConnectSession(
      {
        owner: this.#caller.owner,
        username: this.#caller.username,
        provider: request.provider,
        category: request.category,
        accountId: account?.id,
        label: request.label,
        allowMultiple: request.onExisting === OnExistingAccount.CREATE_ANOTHER,
        metadata: config.sessionMetadata,
        expiresInSeconds: config.sessionExpiresInSeconds,
      },
      this.#context,
    );
    if (session === undefined) {
      throw new AppError('UPSTREAM_REJECTED', 'StackOne returned 404 for a new connect session');
    }
    return {
      token: session.token,
      expiresAt,
      mode: account === null ? ConnectMode.LINK : ConnectMode.RELINK,
      account,
      authLinkUrl: config.allowAuthLinks ? session.readAuthLinkUrl() : null,
    };
  }

  /** The current state of an account that the Hub reported, because its report is only a hint. Changes nothing. */
  async confirmLinkedAccount(accountId: string): Promise<Result<LinkedAccount>> {
    this.#accounts.forget();
    const account = await this.#accounts.find(accountId);
    return account === null ? accountNotFound() : { ok: true, value: account };
  }

  /** A repeated call, for example after a lost response, succeeds and sends no second DELETE. */
  async deleteLinkedAccount(accountId: string): Promise<Result<string>> {
    const { api, deletedAccounts } = this.#dependencies;
    // Neither id can contain a space.
    const key = `${this.#caller.owner.id} ${accountId}`;
    this.#accounts.forget();
    const account = await this.#accounts.find(accountId);
    if (account !== null) {
      await api.deleteAccount(account.id, this.#context);
      deletedAccounts.set(key, true);
      this.#accounts.forget();
    }
    return deletedAccounts.has(key) ? { ok: true, value: accountId } : accountNotFound();
  }

  /** @returns null for an id that is malformed, unknown or another owner's */
  linkedAccount(accountId: string): Promise<LinkedAccount | null> {
    return this.#accounts.find(accountId);
  }

  /** See `AccountList.page`. */
  linkedAccounts(filter: AccountFilter, first: number, after: string | undefined): Promise<AccountPage> {
    return this.#accounts.page(filter, first, after);
  }

  /** All accounts of one provider. One list serves all providers of a request. */
  async linkedAccountsOf(provider: string): Promise<readonly LinkedAccount[]> {
    return (await this.#accounts.byProvider()).get(provider) ?? [];
  }

  async providers(category: Category | undefined): Promise<readonly Provider[]> {
    const providers = await this.#catalog();
    return category === undefined ? providers : providers.filter((p) => p.categories.includes(category));
  }

  /** @returns null for a provider that is not enabled */
  async provider(key: string): Promise<Provider | null> {
    const providers = await this.#catalog();
    return providers.find((provider) => provider.key === key) ?? null;
  }

  /** A refresh of the catalog has a deadline of its own, which can be later. */
  #catalog(): readonly Provider[] | Promise<readonly Provider[]> {
    const providers = this.#dependencies.catalog.providers();
    return providers instanceof Promise
      ? within(this.#context.deadline - performance.now(), 'the catalog', providers)
      : providers;
  }
}

function accountNotFound(): Failure {
  return userError('ACCOUNT_NOT_FOUND', 'accountId', 'The linked account does not exist.');
}
