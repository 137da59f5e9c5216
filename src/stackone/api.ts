import type { Observability } from '../observability/observability.js';
import type { RequestContext } from '../observability/request-context.js';
import type { StackOneHttpClient } from './http/client.js';
import type { QueryParameters } from './http/transport.js';
import { ListReader } from './list-reader.js';
import {
  findForeignOwner,
  isForeignAccount,
  toAccountRecord,
  toAccountsQuery,
  toBrokenAccountsQuery,
  toConnectSessionBody,
  toMintedSession,
} from './mappers.js';
import { ProviderReader } from './provider-reader.js';
import type { AccountRecord, AccountsQuery, MintedSession, NewConnectSession, Page, ProviderList } from './records.js';
import { lenient } from './rows.js';
import { accountRow, connectSessionResponse, listedAccountRow } from './schemas.js';

/** StackOne's default. It documents no larger page size. */
const accountsPageSize = 25;

const emptyPage: Page<never> = { rows: [], rowCount: 0, total: undefined, pageSize: undefined, bytes: 0 };

const accountResponse = lenient(accountRow);

/**
 * Rows carry setup information. The limit is the same for one account as for a page, so that each account of a list can be
 * read alone, and an error does not show that another owner has an account with a large row.
 */
const maxAccountsBytes = 1024 * 1024;

/**
 * StackOne's API: one method for each call. It knows nothing of callers: `linking/` decides what may be called.
 * All methods throw AppError with `UPSTREAM_…` codes, or `RATE_LIMITED`.
 */
export class StackOneApi {
  readonly #http: StackOneHttpClient;
  readonly #lists: ListReader;
  readonly #providers: ProviderReader;

  constructor(http: StackOneHttpClient, observability: Observability) {
    this.#http = http;
    this.#lists = new ListReader(http, observability);
    this.#providers = new ProviderReader(this.#lists, observability.logger);
  }

  /**
   * `POST /connect_sessions`. A response for another owner is an error, so that a mixed-up connection never delivers
   * another customer's token.
   * @returns undefined after 404
   */
  async createConnectSession(session: NewConnectSession, context: RequestContext): Promise<MintedSession | undefined> {
    const response = await this.#http.request({
      method: 'POST',
      path: '/connect_sessions',
      body: toConnectSessionBody(session),
      schema: connectSessionResponse,
      mismatch: (found) => findForeignOwner(found, session.owner.id),
      context,
    });
    return response && toMintedSession(response);
  }

  /**
   * `GET /accounts/{id}`. A row that cannot be read fails, except for that of another owner than the context's: an error
   * would show that the account exists.
   * @param id matches `accountIdPattern`
   * @returns undefined after 404, and for such a row
   */
  async getAccount(id: string, context: RequestContext): Promise<AccountRecord | undefined> {
    const { ownerId } = context;
    const row = await this.#http.request({
      method: 'GET',
      path: `/accounts/${id}`,
      maxBytes: maxAccountsBytes,
      schema: accountResponse,
      isAbsent: (json) => ownerId !== undefined && isForeignAccount(json, id, ownerId),
      mismatch: (found) => (found.id === id ? undefined : 'id'),
      context,
    });
    return row && toAccountRecord(row);
  }

  /** `GET /accounts`, one page of one owner's accounts. After 404 it is empty. */
  listAccounts(query: AccountsQuery, context: RequestContext): Promise<Page<AccountRecord>> {
    return this.#readAccounts(toAccountsQuery(query, accountsPageSize), context);
  }

  /**
   * `GET /accounts` of all owners: one page of the accounts that need to be re-linked. After 404 it is empty.
   * @param page from 1
   */
  listBrokenAccounts(page: number, context: RequestContext): Promise<Page<AccountRecord>> {
    return this.#readAccounts(toBrokenAccountsQuery(page, accountsPageSize), context);
  }

  /** `DELETE /accounts/{id}`. 404 is a success: the account no longer exists. Its response is not needed. */
  async deleteAccount(id: string, context: RequestContext): Promise<void> {
    await this.#http.request({ method: 'DELETE', path: `/accounts/${id}`, context });
  }

  /** The providers that the project has enabled. @returns undefined when StackOne has no catalog */
  listProviders(context: RequestContext): Promise<ProviderList | undefined> {
    return this.#providers.read(context);
  }

  async #readAccounts(query: QueryParameters, context: RequestContext): Promise<Page<AccountRecord>> {
    const page = await this.#lists.read({
      path: '/accounts',
      query,
      row: listedAccountRow,
      maxBytes: maxAccountsBytes,
      context,
    });
    return page === undefined ? emptyPage : { ...page, rows: page.rows.map(toAccountRecord) };
  }
}

/**
 * Whether no page of accounts follows. Without a total, a page with less than half of the requested rows is the last one.
 * @param rowsSoFar rows of StackOne's list up to the end of this page
 */
export function isLastPage({ rowCount, total }: Page<AccountRecord>, rowsSoFar: number): boolean {
  return total === undefined ? rowCount < accountsPageSize / 2 : rowsSoFar >= total;
}
