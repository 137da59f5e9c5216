import { z } from 'zod';
import type { Provider } from '../domain/provider.js';
import type { RequestContext } from '../observability/request-context.js';
import type { StackOneHttpClient } from './http/client.js';
import {
  findForeignOwner,
  fromAuthConfigRow,
  fromConnectorRow,
  toAccountRecord,
  toAccountsQuery,
  toAuthConfigsQuery,
  toBrokenAccountsQuery,
  toConnectSessionBody,
  toMintedSession,
} from './mappers.js';
import type {
  AccountRecord,
  AccountRecordPage,
  AccountsQuery,
  MintedSession,
  NewConnectSession,
  ProviderPage,
} from './records.js';
import { accountRow, accountRows, authConfigPage, connectorRows, connectSessionResponse } from './schemas.js';

/** StackOne's default. It documents no larger page size. */
export const accountsPageSize = 25;
const authConfigsPageSize = 100;

/** Rows carry setup information, so a page is larger than a response about one account. */
const maxAccountsPageBytes = 1024 * 1024;
/** A catalog lists hundreds of connectors with their models. */
const maxCatalogBytes = 8 * 1024 * 1024;

/**
 * StackOne's API: one method for each call. It knows nothing of callers: `linking/` decides what may be called.
 * All methods throw AppError with `UPSTREAM_…` codes, or `RATE_LIMITED`.
 */
export class StackOneApi {
  readonly #http: StackOneHttpClient;

  constructor(http: StackOneHttpClient) {
    this.#http = http;
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
   * `GET /accounts/{id}`
   * @param id matches `accountIdPattern`
   * @returns undefined after 404
   */
  async getAccount(id: string, context: RequestContext): Promise<AccountRecord | undefined> {
    const row = await this.#http.request({
      method: 'GET',
      path: `/accounts/${id}`,
      schema: accountRow,
      mismatch: (found) => (found.id === id ? undefined : 'id'),
      context,
    });
    return row && toAccountRecord(row);
  }

  /** `GET /accounts`, one page of one owner's accounts. */
  async listAccounts(query: AccountsQuery, context: RequestContext): Promise<readonly AccountRecord[]> {
    const rows = await this.#http.request({
      method: 'GET',
      path: '/accounts',
      query: toAccountsQuery(query, accountsPageSize),
      schema: accountRows,
      maxBytes: maxAccountsPageBytes,
      context,
    });
    return (rows ?? []).map(toAccountRecord);
  }

  /**
   * `GET /accounts` of all owners: one page of the accounts that need to be re-linked.
   * @param page from 1
   */
  async listBrokenAccounts(page: number, context: RequestContext): Promise<AccountRecordPage> {
    const rows = await this.#http.request({
      method: 'GET',
      path: '/accounts',
      query: toBrokenAccountsQuery(page, accountsPageSize),
      schema: accountRows,
      maxBytes: maxAccountsPageBytes,
      context,
    });
    return { records: (rows ?? []).map(toAccountRecord), isLast: (rows ?? []).length < accountsPageSize / 2 };
  }

  /** `DELETE /accounts/{id}`. 404 is a success: the account no longer exists. */
  async deleteAccount(id: string, context: RequestContext): Promise<void> {
    await this.#http.request({ method: 'DELETE', path: `/accounts/${id}`, schema: z.unknown(), context });
  }

  /** `GET /auth_configs`, one page. @returns undefined in a project that does not have this endpoint yet */
  async listAuthConfigs(page: number, context: RequestContext): Promise<ProviderPage | undefined> {
    const response = await this.#http.request({
      method: 'GET',
      path: '/auth_configs',
      query: toAuthConfigsQuery(page, authConfigsPageSize),
      schema: authConfigPage,
      maxBytes: maxCatalogBytes,
      context,
    });
    return (
      response && {
        providers: response.data.flatMap((row) => fromAuthConfigRow(row) ?? []),
        rowCount: response.data.length,
        total: response.total ?? undefined,
      }
    );
  }

  /** `GET /connectors/meta`. @returns undefined after 404 */
  async listConnectors(context: RequestContext): Promise<readonly Provider[] | undefined> {
    const rows = await this.#http.request({
      method: 'GET',
      path: '/connectors/meta',
      schema: connectorRows,
      maxBytes: maxCatalogBytes,
      context,
    });
    return rows?.flatMap((row) => fromConnectorRow(row) ?? []);
  }
}
