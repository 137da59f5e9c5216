import { z } from 'zod';
import type { Owner } from '../auth/owner.js';
import { AppError } from '../errors.js';
import type { Logger } from '../logger.js';
import { accountIdPattern, type LinkedAccount, LinkedAccountStatus } from './model.js';
import type { Quota } from './quota.js';
import type { CallScope, StackOneClient } from './stackone-client.js';
import { type AccountRow, accountRows, isOwnedBy, toLinkedAccount } from './wire.js';

/** StackOne's default. A larger one is not documented, so none is asked for. */
const pageSize = 25;
/** The end of any walk through pages, whatever StackOne answers: 2,500 accounts of one owner. */
const maxPages = 100;
/** Rows carry set-up information, so a page is larger than an answer about one account. */
const maxPageBytes = 1024 * 1024;

export interface AccountFilter {
  readonly provider?: string | undefined;
  readonly status?: readonly LinkedAccountStatus[] | undefined;
}

export interface AccountPage {
  readonly edges: readonly { readonly cursor: string; readonly node: LinkedAccount }[];
  readonly hasNextPage: boolean;
}

export interface ListingDependencies {
  readonly client: StackOneClient;
  readonly quota: Quota;
  readonly logger: Logger;
}

/**
 * One owner's accounts over StackOne's numbered pages, for one request: each page is fetched once until
 * `forget`. The owner goes out as a filter, and every row that comes back is compared all the same.
 */
export class AccountListing {
  readonly #client: StackOneClient;
  readonly #owner: Owner;
  readonly #logger: Logger;
  readonly #quota: Quota;
  readonly #scope: CallScope;
  readonly #pages = new Map<string, Promise<readonly AccountRow[]>>();

  constructor({ client, quota, logger }: ListingDependencies, owner: Owner, scope: CallScope) {
    this.#client = client;
    this.#quota = quota;
    this.#logger = logger;
    this.#owner = owner;
    this.#scope = scope;
  }

  forget(): void {
    this.#pages.clear();
  }

  async all(filter: AccountFilter): Promise<LinkedAccount[]> {
    const accounts: LinkedAccount[] = [];
    for await (const { row } of this.#rowsFrom(filter, { page: 1, index: 0 })) {
      accounts.push(toLinkedAccount(row));
    }
    return accounts;
  }

  /**
   * The accounts after a cursor, in StackOne's order. A cursor names its account, so pages that moved by an
   * account more or less neither lose nor repeat one.
   * @throws AppError `BAD_USER_INPUT` for a cursor that is none of ours
   */
  async page(filter: AccountFilter, first: number, after: string | undefined): Promise<AccountPage> {
    const edges: { cursor: string; node: LinkedAccount }[] = [];
    const start = after === undefined ? { page: 1, index: 0 } : await this.#positionAfter(filter, after);
    for await (const { row, page, index } of this.#rowsFrom(filter, start)) {
      if (edges.length === first) {
        return { edges, hasNextPage: true };
      }
      edges.push({ cursor: encodeCursor(page, index, row.id), node: toLinkedAccount(row) });
    }
    return { edges, hasNextPage: false };
  }

  /**
   * The owner's rows from a position on. A page with less than half of what was asked for is the last, and so
   * is one that only repeats: StackOne documents neither its first page's number nor what follows the last.
   */
  async *#rowsFrom(filter: AccountFilter, start: Position): AsyncGenerator<Position & { row: AccountRow }> {
    const seen = new Set<string>();
    for (let page = start.page; page < start.page + maxPages; page++) {
      const rows = await this.#rows(filter, page);
      if (rows.every((row) => seen.has(row.id))) {
        return;
      }
      for (const [index, row] of rows.entries()) {
        const isNew = !seen.has(row.id);
        seen.add(row.id);
        if (
          isNew &&
          (page > start.page || index >= start.index) &&
          matches(row, filter) &&
          isOwnedBy(row, this.#owner.id)
        ) {
          yield { row, page, index };
        }
      }
      if (rows.length < pageSize / 2) {
        return;
      }
    }
    this.#logger.warn({ maxPages }, 'a listing of accounts was ended by its bound');
  }

  #rows(filter: AccountFilter, page: number): Promise<readonly AccountRow[]> {
    const query = toQuery(filter, page, this.#owner.id);
    const key = JSON.stringify(query);
    const known = this.#pages.get(key) ?? this.#fetch(query);
    this.#pages.set(key, known);
    return known;
  }

  async #fetch(query: [string, string][]): Promise<readonly AccountRow[]> {
    await this.#quota.takeFor(this.#owner.id, 'look-up');
    const rows = await this.#client.request({
      method: 'GET',
      path: '/accounts',
      query,
      answer: accountRows,
      maxBytes: maxPageBytes,
      scope: this.#scope,
    });
    const foreign = rows?.filter((row) => !isOwnedBy(row, this.#owner.id)).length ?? 0;
    if (foreign > 0) {
      this.#logger.error(
        { alert: 'foreign-rows', foreign },
        'StackOne listed accounts of other owners: dropped',
      );
    }
    return rows ?? [];
  }

  /** Looks for the cursor's account on its page, then on the pages beside it. */
  async #positionAfter(filter: AccountFilter, cursor: string): Promise<Position> {
    const { page, index, id } = decodeCursor(cursor);
    for (const candidate of [page, page - 1, page + 1].filter((number) => number >= 1)) {
      const found = (await this.#rows(filter, candidate)).findIndex((row) => row.id === id);
      if (found >= 0) {
        return { page: candidate, index: found + 1 };
      }
    }
    // The account itself is gone: what followed it has moved to its place.
    return { page, index };
  }
}

interface Position {
  /** From 1. */
  readonly page: number;
  /** Of the row on its page, from 0. */
  readonly index: number;
}

function toQuery(filter: AccountFilter, page: number, ownerId: string): [string, string][] {
  // A status that StackOne has and this schema does not cannot be asked for: then the rows alone are filtered.
  const status = filter.status?.includes(LinkedAccountStatus.UNKNOWN) ? [] : (filter.status ?? []);
  return [
    ['origin_owner_id', ownerId],
    ...(filter.provider === undefined ? [] : [['providers', filter.provider] satisfies [string, string]]),
    ...status.map((value): [string, string] => ['status', value]),
    ...(page === 1 ? [] : [['page', String(page)] satisfies [string, string]]),
    ['page_size', String(pageSize)],
  ];
}

function matches(row: AccountRow, filter: AccountFilter): boolean {
  return (
    (filter.provider === undefined || row.provider === filter.provider) &&
    (filter.status === undefined || filter.status.includes(toLinkedAccount(row).status))
  );
}

const cursorShape = z.tuple([z.int().min(1), z.int().min(0), z.string().regex(accountIdPattern)]);

function encodeCursor(page: number, index: number, id: string): string {
  return Buffer.from(JSON.stringify([page, index, id])).toString('base64url');
}

function decodeCursor(cursor: string): Position & { id: string } {
  try {
    const [page, index, id] = cursorShape.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
    return { page, index, id };
  } catch {
    throw new AppError('BAD_USER_INPUT', 'a cursor that is none of ours', {
      publicMessage: '`after` is not valid: give it the `endCursor` of an earlier answer.',
    });
  }
}
