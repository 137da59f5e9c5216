import { accountIdPattern, type LinkedAccount, LinkedAccountStatus } from '../domain/linked-account.js';
import type { Owner } from '../domain/owner.js';
import type { Logger } from '../observability/logger.js';
import type { RequestContext } from '../observability/request-context.js';
import { isLastPage, type StackOneApi } from '../stackone/api.js';
import { isUnreadable, maxRows } from '../stackone/list-reader.js';
import type { AccountRecord, AccountsQuery, Page } from '../stackone/records.js';
import { AccountEdge, decodeCursor, type Position } from './cursor.js';
import { type OwnerWork, valuesPerRow } from './limits/owner-work.js';
import type { RateLimits } from './limits/rate-limits.js';

/** Bounds of any walk through pages, whatever StackOne returns: 2,500 accounts of one owner, in pages of the usual size. */
const maxPages = 100;
const maxTotalBytes = 16 * 1024 * 1024;
/** More accounts than this are looked for on the first pages of the list, before the others are read one by one. */
const maxSingleReads = 4;
const maxPrefetchedPages = 4;

export type AccountFilter = Pick<AccountsQuery, 'provider' | 'statuses'>;

export interface AccountPage {
  readonly edges: readonly { readonly cursor: string; readonly node: LinkedAccount }[];
  readonly hasNextPage: boolean;
}

export interface AccountListDependencies {
  readonly api: StackOneApi;
  readonly rateLimits: Pick<RateLimits, 'takeLookup'>;
  readonly work: OwnerWork;
  readonly logger: Logger;
}

/**
 * One owner's accounts, for one request: each account and each page is fetched once until `forget`. StackOne's key sees
 * the accounts of all owners, so every row is compared with the owner, although the owner is also sent as a filter.
 */
export class AccountList {
  readonly #dependencies: AccountListDependencies;
  readonly #owner: Owner;
  readonly #context: RequestContext;
  readonly #accounts = new Map<string, Promise<LinkedAccount | null>>();
  readonly #pages = new Map<string, Promise<Page<AccountRecord>>>();
  #byProvider: Promise<ReadonlyMap<string, readonly LinkedAccount[]>> | undefined;

  constructor(dependencies: AccountListDependencies, owner: Owner, context: RequestContext) {
    this.#dependencies = dependencies;
    this.#owner = owner;
    this.#context = context;
  }

  /** Makes the next reads fetch again, before and after a change. */
  forget(): void {
    this.#accounts.clear();
    this.#pages.clear();
    this.#byProvider = undefined;
  }

  /** @returns null for an id that is malformed, unknown or another owner's, so that a caller cannot distinguish them */
  find(accountId: string): Promise<LinkedAccount | null> {
    const account = this.#accounts.get(accountId) ?? this.#fetchAccount(accountId);
    this.#accounts.set(accountId, account);
    return account;
  }

  /**
   * Makes `find` need fewer requests for many ids: most owners have all their accounts on the first pages of the list. An
   * account that is found there counts as a look-up too. For few ids it does nothing.
   */
  async prefetch(ids: ReadonlySet<string>): Promise<void> {
    const missing = new Set([...ids].filter((id) => accountIdPattern.test(id) && !this.#accounts.has(id)));
    if (missing.size <= maxSingleReads) {
      return;
    }
    let rowCount = 0;
    for (let number = 1; missing.size > 0 && number <= maxPrefetchedPages; number++) {
      const page = await this.#page({}, number);
      for (const record of page.rows) {
        if (this.#isOwn(record) && missing.delete(record.account.id)) {
          await this.#dependencies.rateLimits.takeLookup(this.#owner.id);
          this.#accounts.set(record.account.id, Promise.resolve(record.account));
        }
      }
      rowCount += page.rowCount;
      if (page.rows.length === 0 || isLast(page, rowCount)) {
        return;
      }
    }
  }

  /** All accounts by the keys of their providers, grouped once. */
  byProvider(): Promise<ReadonlyMap<string, readonly LinkedAccount[]>> {
    this.#byProvider ??= this.all({}).then(groupByProvider);
    return this.#byProvider;
  }

  /** All accounts, from the same list. */
  async count(): Promise<number> {
    return [...(await this.byProvider()).values()].reduce((sum, accounts) => sum + accounts.length, 0);
  }

  async all(filter: AccountFilter): Promise<LinkedAccount[]> {
    const accounts: LinkedAccount[] = [];
    for await (const found of this.#pagesFrom(filter, { page: 1, index: 0 })) {
      accounts.push(...found.map(({ node }) => node));
    }
    return accounts;
  }

  /**
   * The accounts after a cursor, in StackOne's order. A cursor names its account, so accounts that are added or removed
   * meanwhile neither hide nor repeat another one.
   * @throws AppError `BAD_USER_INPUT` for an invalid cursor
   */
  async page(filter: AccountFilter, first: number, after: string | undefined): Promise<AccountPage> {
    const edges: AccountEdge[] = [];
    const start = after === undefined ? { page: 1, index: 0 } : await this.#positionAfter(filter, after);
    for await (const found of this.#pagesFrom(filter, start)) {
      edges.push(...found);
      if (edges.length > first) {
        return { edges: edges.slice(0, first), hasNextPage: true };
      }
    }
    return { edges, hasNextPage: false };
  }

  async #fetchAccount(accountId: string): Promise<LinkedAccount | null> {
    if (!accountIdPattern.test(accountId)) {
      return null;
    }
    await this.#dependencies.rateLimits.takeLookup(this.#owner.id);
    const record = await this.#dependencies.api.getAccount(accountId, this.#context);
    return record !== undefined && this.#isOwn(record) ? record.account : null;
  }

  /** The one comparison that separates customers. */
  #isOwn({ ownerId }: AccountRecord): boolean {
    return ownerId === this.#owner.id;
  }

  /**
   * The owner's accounts from a position on, those of one page of StackOne at a time. A page that only repeats rows ends
   * any list: StackOne documents neither the number of its first page nor what follows the last.
   */
  async *#pagesFrom(filter: AccountFilter, start: Position): AsyncGenerator<readonly AccountEdge[]> {
    const seen = new Set<string>();
    const isSeen = ({ account }: AccountRecord) => seen.has(account.id);
    let [rowCount, bytes] = [0, 0];
    for (let page = start.page; page < start.page + maxPages && rowCount < maxRows && bytes < maxTotalBytes; page++) {
      const current = await this.#page(filter, page);
      if (current.rows.every(isSeen) && !isUnreadable(current)) {
        return;
      }
      const found: AccountEdge[] = [];
      for (const [index, record] of current.rows.entries()) {
        const { account } = record;
        const isNew = !seen.has(account.id);
        const isAfterStart = page > start.page || index >= start.index;
        seen.add(account.id);
        if (isNew && isAfterStart && matches(account, filter) && this.#isOwn(record)) {
          found.push(new AccountEdge(account, { page, index }));
        }
      }
      yield found;
      rowCount += current.rowCount;
      bytes += current.bytes;
      const rowsBefore = (start.page - 1) * (current.pageSize ?? 0);
      if (isLast(current, rowsBefore + rowCount)) {
        return;
      }
    }
    this.#dependencies.logger.error(
      { alert: 'stackone-list-truncated', requestId: this.#context.id, list: '/accounts', rows: rowCount },
      'A list of accounts of StackOne was not read to its end',
    );
  }

  #page(filter: AccountFilter, number: number): Promise<Page<AccountRecord>> {
    const query = toQuery(filter, number, this.#owner.id);
    const key = JSON.stringify(query);
    const page = this.#pages.get(key) ?? this.#fetchPage(query);
    this.#pages.set(key, page);
    return page;
  }

  async #fetchPage(query: AccountsQuery): Promise<Page<AccountRecord>> {
    await this.#dependencies.rateLimits.takeLookup(this.#owner.id);
    const page = await this.#dependencies.api.listAccounts(query, this.#context);
    this.#dependencies.work.add(this.#owner.id, page.rowCount * valuesPerRow);
    const foreign = page.rows.filter((record) => !this.#isOwn(record)).length;
    if (foreign > 0) {
      this.#dependencies.logger.error(
        { alert: 'foreign-rows', foreign },
        'StackOne listed accounts of other owners: they are left out',
      );
    }
    return page;
  }

  /** Looks for the cursor's account on its page, then on the pages next to it. */
  async #positionAfter(filter: AccountFilter, cursor: string): Promise<Position> {
    const { page, index, id } = decodeCursor(cursor);
    for (const candidate of [page, page - 1, page + 1].filter((number) => number >= 1)) {
      const { rows } = await this.#page(filter, candidate);
      const found = rows.findIndex(({ account }) => account.id === id);
      if (found >= 0) {
        return { page: candidate, index: found + 1 };
      }
    }
    // The account no longer exists: the one that followed it has moved to its place.
    return { page, index };
  }
}

/** A page with more rows was not read to its end. */
function isLast(page: Page<AccountRecord>, rowsSoFar: number): boolean {
  return page.rowCount <= maxRows && isLastPage(page, rowsSoFar);
}

/** StackOne cannot filter by `UNKNOWN`, which stands for its states that this schema does not have. */
function toQuery({ provider, statuses }: AccountFilter, page: number, ownerId: string): AccountsQuery {
  const canFilter = statuses !== undefined && !statuses.includes(LinkedAccountStatus.UNKNOWN);
  return { ownerId, provider, statuses: canFilter ? statuses : undefined, page };
}

function groupByProvider(accounts: readonly LinkedAccount[]): ReadonlyMap<string, readonly LinkedAccount[]> {
  const groups = new Map<string, LinkedAccount[]>();
  for (const account of accounts) {
    const group = groups.get(account.providerKey) ?? [];
    groups.set(account.providerKey, group);
    group.push(account);
  }
  return groups;
}

function matches(account: LinkedAccount, { provider, statuses }: AccountFilter): boolean {
  return (
    (provider === undefined || account.providerKey === provider) &&
    (statuses === undefined || statuses.includes(account.status))
  );
}
