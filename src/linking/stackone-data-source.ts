import type { LRUCache } from 'lru-cache';
import type { ConnectConfig } from '../config/settings.js';
import { AppError } from '../domain/app-error.js';
import type { AuditAction } from '../domain/audit-event.js';
import type { Caller } from '../domain/caller.js';
import { ConnectMode, type ConnectSession, OnExistingAccount } from '../domain/connect-session.js';
import type { LinkedAccount } from '../domain/linked-account.js';
import { type Category, type OfferedProvider, ProviderAvailability } from '../domain/provider.js';
import type { Result } from '../domain/result.js';
import type { Audit, AuditEntry } from '../observability/audit.js';
import type { RequestContext } from '../observability/request-context.js';
import { within } from '../stackone/http/deadline.js';
import { UpstreamError } from '../stackone/http/errors.js';
import { chooseAccount, findAccountsToUpdate } from './account-choice.js';
import { type AccountFilter, AccountList, type AccountListDependencies, type AccountPage } from './account-list.js';
import { type ConnectInput, type ConnectRequest, parseConnectInput } from './connect-input.js';
import type { RateLimits } from './limits/rate-limits.js';
import { accountNotFound, findFlag, isAtLimit, requireManage } from './policy.js';
import type { ProviderCatalog } from './provider-catalog.js';
import type { AllowedAvailability, ProviderOffers } from './provider-offers.js';

type SessionConfig = Pick<ConnectConfig, 'sessionExpiresInSeconds' | 'sessionMetadata' | 'allowAuthLinks'>;

export interface DataSourceDependencies extends AccountListDependencies {
  readonly rateLimits: RateLimits;
  readonly catalog: ProviderCatalog;
  /** Owner id and account id of the last accounts that StackOne was asked to delete, so that a repeated deletion succeeds. */
  readonly deletedAccounts: LRUCache<string, true>;
  readonly config: SessionConfig;
  readonly audit: Audit;
}

const always = () => true;

/** Whether StackOne responded that it did not do what was requested. */
const isRefusal = (error: unknown) => error instanceof UpstreamError && error.health === 'up';

/**
 * StackOne as one caller may use it. Created for each request with its caller, and no method takes an owner, so code
 * that forgets to limit a call to the owner cannot be written.
 *
 * All methods throw AppError with `UPSTREAM_…` codes or `RATE_LIMITED`, and those that change something `FORBIDDEN`. A
 * read that fails makes the operation fail: nothing is created for an account whose owner is not proven.
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

  /** The order of checks: permission, input, rate limit, `chooseAccount`; then StackOne creates the session. */
  createConnectSession(input: ConnectInput): Promise<Result<ConnectSession>> {
    return this.#audited('createConnectSession', input, async (entry) => {
      requireManage(this.#caller.grants);
      const request = parseConnectInput(input);
      if (!request.ok) {
        return request;
      }
      this.#accounts.forget();
      await this.#dependencies.rateLimits.takeSession(this.#caller.owner.id);
      const chosen = await chooseAccount(request.value, this.#caller, this.#accounts, this.#dependencies);
      if (!chosen.ok) {
        return chosen;
      }
      const session = await this.#createSession(request.value, chosen.value);
      if (session.ok) {
        entry.accountId = session.value.account?.id ?? null;
        entry.provider = session.value.account?.providerKey ?? entry.provider;
      }
      return session;
    });
  }

  #audited<T>(
    action: AuditAction,
    { provider, accountId }: Pick<ConnectInput, 'provider' | 'accountId'>,
    work: (entry: AuditEntry) => Promise<Result<T>>,
  ): Promise<Result<T>> {
    const entry: AuditEntry = {
      requestId: this.#context.id,
      ownerId: this.#caller.owner.id,
      username: this.#caller.username,
      action,
      provider: provider ?? null,
      accountId: accountId ?? null,
      flag: null,
    };
    return this.#dependencies.audit.record(entry, work);
  }

  /**
   * Where the request leaves the choice to StackOne, StackOne can update an account. The list that shows whether it will
   * is read while the session is created, so that no caller waits for it.
   */
  async #createSession(request: ConnectRequest, chosen: LinkedAccount | null): Promise<Result<ConnectSession>> {
    const { provider, onExisting } = request;
    if (chosen !== null || provider === undefined || onExisting !== undefined) {
      return this.#mint(request, chosen);
    }
    const [session, [account, ...others]] = await Promise.all([
      this.#mint(request, null),
      findAccountsToUpdate(provider, this.#dependencies, this.#caller.owner, this.#context),
    ]);
    if (account === undefined || !session.ok) {
      return session;
    }
    // StackOne does not say which of several accounts it updates. A session for the first one replaces the session.
    return others.length === 0
      ? { ok: true, value: { ...session.value, mode: ConnectMode.RELINK, account } }
      : this.#mint(request, account);
  }

  /** StackOne's response is compared with the owner before its token is used (`StackOneApi.createConnectSession`). */
  async #mint(request: ConnectRequest, account: LinkedAccount | null): Promise<Result<ConnectSession>> {
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
    if (session === undefined && account !== null) {
      // It was deleted after it was read.
      return accountNotFound(request.accountId === undefined ? null : 'accountId');
    }
    if (session === undefined) {
      throw new AppError('UPSTREAM_REJECTED', 'StackOne returned 404 for a new connect session');
    }
    const mode = account === null ? ConnectMode.LINK : ConnectMode.RELINK;
    const authLinkUrl = config.allowAuthLinks ? session.readAuthLinkUrl() : null;
    return { ok: true, value: { token: session.token, expiresAt, mode, account, authLinkUrl } };
  }

  /** The current state of an account that the Hub reported, because its report is only a hint. Changes nothing. */
  confirmLinkedAccount(accountId: string): Promise<Result<LinkedAccount>> {
    return this.#audited('confirmLinkedAccount', { accountId }, async (entry) => {
      requireManage(this.#caller.grants);
      this.#accounts.forget();
      const account = await this.#accounts.find(accountId);
      if (account === null) {
        return accountNotFound();
      }
      entry.provider = account.providerKey;
      entry.flag = await findFlag(this.#caller.grants, account, () => this.#accounts.count());
      if (entry.flag !== null) {
        const fields = { requestId: this.#context.id, flag: entry.flag };
        this.#dependencies.logger.warn(fields, 'An account was linked that the grants do not allow');
      }
      return { ok: true, value: account };
    });
  }

  /** A repeated call, for example after a lost response, succeeds. It sends no second DELETE when the account is gone. */
  deleteLinkedAccount(accountId: string): Promise<Result<string>> {
    return this.#audited('deleteLinkedAccount', { accountId }, async (entry) => {
      requireManage(this.#caller.grants);
      const { api, deletedAccounts } = this.#dependencies;
      // Neither id can contain a space.
      const key = `${this.#caller.owner.id} ${accountId}`;
      this.#accounts.forget();
      const account = await this.#accounts.find(accountId);
      if (account !== null) {
        entry.provider = account.providerKey;
        const wasAsked = deletedAccounts.has(key);
        // Before the call: StackOne can have deleted the account although its response is lost.
        deletedAccounts.set(key, true);
        await api.deleteAccount(account.id, this.#context).catch((error: unknown) => {
          if (!wasAsked && isRefusal(error)) {
            deletedAccounts.delete(key);
          }
          throw error;
        });
        this.#accounts.forget();
      }
      return deletedAccounts.has(key) ? { ok: true, value: accountId } : accountNotFound();
    });
  }

  /** @returns null for an id that is malformed, unknown or another owner's */
  linkedAccount(accountId: string): Promise<LinkedAccount | null> {
    return this.#accounts.find(accountId);
  }

  /** For `linkedAccount` with many ids, see `AccountList.prefetch`. */
  prefetchAccounts(ids: ReadonlySet<string>): Promise<void> {
    return this.#accounts.prefetch(ids);
  }

  /** See `AccountList.page`. */
  linkedAccounts(filter: AccountFilter, first: number, after: string | undefined): Promise<AccountPage> {
    return this.#accounts.page(filter, first, after);
  }

  /** All accounts of one provider. One list serves all providers of a request. */
  async linkedAccountsOf(provider: string): Promise<readonly LinkedAccount[]> {
    return (await this.#accounts.byProvider()).get(provider) ?? [];
  }

  /** @param needsAvailability whether it is used. Otherwise it is not valid, and no account is counted for it */
  async providers(category: Category | undefined, needsAvailability = always): Promise<readonly OfferedProvider[]> {
    const [offers, ifAllowed] = await Promise.all([this.#offers(), this.#availabilityIfAllowed(needsAvailability)]);
    const providers = offers.list(this.#caller.grants, ifAllowed);
    return category === undefined ? providers : providers.filter((p) => p.categories.includes(category));
  }

  /** @returns null for a provider that is not enabled */
  async provider(key: string, needsAvailability = always): Promise<OfferedProvider | null> {
    const [offers, ifAllowed] = await Promise.all([this.#offers(), this.#availabilityIfAllowed(needsAvailability)]);
    return offers.find(key, this.#caller.grants, ifAllowed);
  }

  /** What a person can expect before they click. The rules themselves run when the session is created. */
  async #availabilityIfAllowed(isNeeded: () => boolean): Promise<AllowedAvailability> {
    const { grants } = this.#caller;
    const isFull = grants.maxAccounts !== null && isNeeded() && (await isAtLimit(grants, () => this.#accounts.count()));
    return isFull ? ProviderAvailability.LIMIT_REACHED : ProviderAvailability.AVAILABLE;
  }

  /** A refresh of the catalog has a deadline of its own, which can be later. */
  #offers(): ProviderOffers | Promise<ProviderOffers> {
    const offers = this.#dependencies.catalog.offers();
    return offers instanceof Promise
      ? within(this.#context.deadline - performance.now(), 'the catalog', offers)
      : offers;
  }
}
