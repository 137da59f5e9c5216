import { z } from 'zod';
import type { Owner } from '../auth/owner.js';
import type { SessionConfig } from '../config.js';
import { AppError } from '../errors.js';
import type { Logger } from '../logger.js';
import {
  type AccountFilter,
  AccountListing,
  type AccountPage,
  type ListingDependencies,
} from './account-listing.js';
import type { DeletedAccounts } from './deleted-accounts.js';
import {
  accountIdPattern,
  type Category,
  ConnectMode,
  type ConnectSession,
  type LinkedAccount,
  OnExistingAccount,
  type Outcome,
  type Provider,
  refuse,
} from './model.js';
import type { ProviderCatalogue } from './provider-catalogue.js';
import type { Quota } from './quota.js';
import type { CallScope, StackOneClient } from './stackone-client.js';
import {
  accountRow,
  type ConnectSessionBody,
  connectSessionAnswer,
  isOwnedBy,
  toAuthLinkUrl,
  toLinkedAccount,
} from './wire.js';

export interface ConnectRequest {
  readonly provider?: string | undefined;
  readonly category?: Category | undefined;
  readonly accountId?: string | undefined;
  readonly label?: string | undefined;
  /** With `provider` and without `accountId`. Absent: StackOne decides by owner id, owner name and provider. */
  readonly onExisting?: OnExistingAccount | undefined;
}

export interface DataSourceDependencies extends ListingDependencies {
  readonly catalogue: ProviderCatalogue;
  readonly deletedAccounts: DeletedAccounts;
  readonly session: SessionConfig;
}

/**
 * StackOne as one owner may see it: built for each request, with the owner of that request. No method takes
 * an owner, so to forget the scope cannot be written. Every account is compared with the owner, because
 * StackOne's key sees every tenant of the project.
 *
 * All methods throw AppError with `UPSTREAM_…` codes. A look-up that fails fails the operation: nothing is
 * minted on an unproven id.
 */
export class StackOneDataSource {
  readonly #client: StackOneClient;
  readonly #catalogue: ProviderCatalogue;
  readonly #deletedAccounts: DeletedAccounts;
  readonly #session: SessionConfig;
  readonly #logger: Logger;
  readonly #owner: Owner;
  readonly #quota: Quota;
  readonly #scope: CallScope;
  /** Of this request: each account and each page of a listing is fetched once. Mutations begin by forgetting. */
  readonly #accounts = new Map<string, Promise<LinkedAccount | null>>();
  readonly #listing: AccountListing;

  constructor(dependencies: DataSourceDependencies, owner: Owner, scope: CallScope) {
    this.#client = dependencies.client;
    this.#catalogue = dependencies.catalogue;
    this.#deletedAccounts = dependencies.deletedAccounts;
    this.#session = dependencies.session;
    this.#logger = dependencies.logger;
    this.#owner = owner;
    this.#quota = dependencies.quota;
    this.#scope = scope;
    this.#listing = new AccountListing(dependencies, owner, scope);
  }

  /** What is minted belongs to the owner; an account to re-link is proven to be the owner's first. */
  async createConnectSession(request: ConnectRequest): Promise<Outcome<ConnectSession>> {
    this.#forget();
    await this.#quota.takeFor(this.#owner.id, 'session');
    const target = await this.#chooseTarget(request);
    return target.ok ? { ok: true, value: await this.#mint(request, target.value) } : target;
  }

  /** The owner's account, as it is now; for what the Hub said, which is only a hint. Changes nothing. */
  async confirmLinkedAccount(accountId: string): Promise<Outcome<LinkedAccount>> {
    this.#forget();
    const account = await this.linkedAccount(accountId);
    return account === null ? accountNotFound() : { ok: true, value: account };
  }

  /** Deletes at most once: a repeated call, as after a lost answer, is a success and sends no second DELETE. */
  async deleteLinkedAccount(accountId: string): Promise<Outcome<string>> {
    this.#forget();
    const account = await this.linkedAccount(accountId);
    if (account !== null) {
      const path = `/accounts/${account.id}`;
      // 404 means that somebody else was faster, which is what was asked for.
      await this.#client.request({ method: 'DELETE', path, answer: z.unknown(), scope: this.#scope });
      this.#deletedAccounts.add(this.#owner.id, account.id);
      this.#forget();
    }
    return this.#deletedAccounts.has(this.#owner.id, accountId)
      ? { ok: true, value: accountId }
      : accountNotFound();
  }

  /** `null` for an id that is malformed, unknown or another owner's: they cannot be told apart. */
  linkedAccount(accountId: string): Promise<LinkedAccount | null> {
    const known = this.#accounts.get(accountId) ?? this.#fetchAccount(accountId);
    this.#accounts.set(accountId, known);
    return known;
  }

  /** See `AccountListing.page`. */
  linkedAccounts(filter: AccountFilter, first: number, after: string | undefined): Promise<AccountPage> {
    return this.#listing.page(filter, first, after);
  }

  async providers(category: Category | undefined): Promise<readonly Provider[]> {
    const providers = await this.#catalogue.providers();
    return category === undefined ? providers : providers.filter((p) => p.categories.includes(category));
  }

  /** `null` for one that is not enabled any more. */
  async provider(key: string): Promise<Provider | null> {
    return (await this.#catalogue.providers()).find((provider) => provider.key === key) ?? null;
  }

  /** All of the owner's accounts of one provider; one listing serves all providers of a request. */
  async linkedAccountsOf(provider: string): Promise<readonly LinkedAccount[]> {
    const accounts = await this.#listing.all({});
    return accounts.filter((account) => account.providerKey === provider);
  }

  /** The account to re-link, or `null` for a new link. */
  async #chooseTarget(request: ConnectRequest): Promise<Outcome<LinkedAccount | null>> {
    const { accountId, provider } = request;
    if (accountId !== undefined) {
      return this.#proveAccount(accountId, provider);
    }
    if (provider !== undefined && !(await this.#mayBeEnabled(provider))) {
      return refuse(
        'PROVIDER_NOT_ENABLED',
        'provider',
        'This provider is not available. Choose one of `providers`.',
      );
    }
    return provider === undefined
      ? { ok: true, value: null }
      : this.#chooseExisting(provider, request.onExisting);
  }

  async #proveAccount(accountId: string, provider: string | undefined): Promise<Outcome<LinkedAccount>> {
    const account = await this.linkedAccount(accountId);
    if (account === null) {
      return accountNotFound();
    }
    if (provider !== undefined && provider !== account.providerKey) {
      const message =
        'This account belongs to another provider. Leave `provider` out, or give the account’s own.';
      return refuse('ACCOUNT_PROVIDER_MISMATCH', 'provider', message, [account]);
    }
    return { ok: true, value: account };
  }

  /** By owner id alone, unlike StackOne: so a customer that was renamed keeps the account that it has. */
  async #chooseExisting(
    provider: string,
    onExisting: OnExistingAccount | undefined,
  ): Promise<Outcome<LinkedAccount | null>> {
    if (onExisting === undefined || onExisting === OnExistingAccount.CREATE_ANOTHER) {
      return { ok: true, value: null };
    }
    const accounts = await this.#listing.all({ provider });
    if (onExisting === OnExistingAccount.FAIL && accounts.length > 0) {
      const message = 'An account of this provider is already linked.';
      return refuse('ACCOUNT_ALREADY_LINKED', 'provider', message, accounts);
    }
    if (accounts.length > 1) {
      const message =
        'Several accounts of this provider are linked. Choose one, and give its id as `accountId`.';
      return refuse('AMBIGUOUS_ACCOUNT', 'provider', message, accounts);
    }
    return { ok: true, value: accounts[0] ?? null };
  }

  /** A mutation sees StackOne as it is now, and so does what comes after it in the same request. */
  #forget(): void {
    this.#accounts.clear();
    this.#listing.forget();
  }

  async #mint(request: ConnectRequest, account: LinkedAccount | null): Promise<ConnectSession> {
    const { expiresInSeconds, metadata, allowAuthLinks } = this.#session;
    const body: ConnectSessionBody = {
      origin_owner_id: this.#owner.id,
      origin_owner_name: this.#owner.name,
      origin_username: this.#owner.username ?? undefined,
      provider: request.provider,
      categories: request.category === undefined ? undefined : [request.category],
      account_id: account?.id,
      label: request.label,
      multiple: request.onExisting === OnExistingAccount.CREATE_ANOTHER || undefined,
      metadata,
      expires_in: expiresInSeconds,
    };
    // From before the call, so that the token never ends earlier than we say.
    const expiresAt = new Date(Date.now() + expiresInSeconds * 1000);
    const path = '/connect_sessions';
    const answer = await this.#client.request({
      method: 'POST',
      path,
      body,
      answer: connectSessionAnswer,
      // A mixed-up connection becomes an error, and not another tenant's token.
      mismatch: (session) => (session.origin_owner_id === this.#owner.id ? undefined : 'origin_owner_id'),
      scope: this.#scope,
    });
    if (answer === undefined) {
      throw new AppError('UPSTREAM_REJECTED', `POST ${path} answered 404`);
    }
    return {
      token: answer.token,
      expiresAt,
      mode: account === null ? ConnectMode.LINK : ConnectMode.RELINK,
      account,
      authLinkUrl: allowAuthLinks ? toAuthLinkUrl(answer) : null,
    };
  }

  /** StackOne's own word for an account, compared with the owner. */
  async #fetchAccount(accountId: string): Promise<LinkedAccount | null> {
    if (!accountIdPattern.test(accountId)) {
      return null;
    }
    await this.#quota.takeFor(this.#owner.id, 'look-up');
    const row = await this.#client.request({
      method: 'GET',
      path: `/accounts/${accountId}`,
      answer: accountRow,
      mismatch: ({ id }) => (id === accountId ? undefined : 'id'),
      scope: this.#scope,
    });
    return row === undefined || !isOwnedBy(row, this.#owner.id) ? null : toLinkedAccount(row);
  }

  /** Where the catalogue cannot be had, StackOne decides. */
  async #mayBeEnabled(provider: string): Promise<boolean> {
    try {
      return (await this.#catalogue.providers()).some(({ key }) => key === provider);
    } catch (error) {
      const reason = error instanceof AppError ? error.message : 'unknown';
      this.#logger.warn({ reason }, 'the provider could not be checked: StackOne decides');
      return true;
    }
  }
}

function accountNotFound() {
  return refuse('ACCOUNT_NOT_FOUND', 'accountId', 'There is no such linked account.');
}
