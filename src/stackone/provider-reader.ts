import type { Provider } from '../domain/provider.js';
import type { Logger } from '../observability/logger.js';
import type { RequestContext } from '../observability/request-context.js';
import { isUnreadable, type ListReader, maxRows } from './list-reader.js';
import { toProvider, toProvidersQuery } from './mappers.js';
import type { Page, ProviderList } from './records.js';
import { type ProviderRow, providerRow } from './schemas.js';

/** From the newest to the oldest. A StackOne project has only some of them. */
const endpoints = [
  { path: '/connector_profiles', isPaged: true, isDeprecated: false },
  { path: '/auth_configs', isPaged: true, isDeprecated: true },
  { path: '/connectors/meta', isPaged: false, isDeprecated: true },
] as const;
type Endpoint = (typeof endpoints)[number];

const pageSize = 100;
/** Ends any walk through pages, whatever StackOne returns. */
const maxPages = 50;
/** A page can contain images, and that of `/connectors/meta` contains hundreds of connectors with their models. */
const maxPageBytes = 8 * 1024 * 1024;
const maxTotalBytes = 16 * 1024 * 1024;

/** Reads the providers that the project has enabled, from the newest endpoint that StackOne has for it. */
export class ProviderReader {
  readonly #lists: ListReader;
  readonly #logger: Logger;
  /** The endpoint of the last list: it is asked first. */
  #known: Endpoint = endpoints[0];

  constructor(lists: ListReader, logger: Logger) {
    this.#lists = lists;
    this.#logger = logger;
  }

  /** @returns undefined when StackOne has none of the endpoints */
  async read(context: RequestContext): Promise<ProviderList | undefined> {
    for (const endpoint of new Set([this.#known, ...endpoints])) {
      const list = await this.#readAll(endpoint, context);
      if (list !== undefined) {
        this.#known = endpoint;
        return list;
      }
    }
    return undefined;
  }

  async #readAll(endpoint: Endpoint, context: RequestContext): Promise<ProviderList | undefined> {
    const first = await this.#readPage(endpoint, 1, context);
    if (first === undefined) {
      return undefined;
    }
    const rows = [...first.rows];
    const seen = new Set(rows.map(({ id }) => id));
    let { rowCount, bytes, total } = first;
    let number = 1;
    const isWithinBounds = () => number < maxPages && rowCount < maxRows && bytes < maxTotalBytes;
    while (endpoint.isPaged && rowCount < (total ?? Number.POSITIVE_INFINITY) && isWithinBounds()) {
      number += 1;
      const page = await this.#readPage(endpoint, number, context);
      // StackOne can return shorter pages than requested: only a page without a new row is after the last one.
      const isNew = page?.rows.some(({ id }) => !seen.has(id));
      if (page === undefined || !(isNew || isUnreadable(page))) {
        break;
      }
      page.rows.forEach(({ id }) => {
        seen.add(id);
      });
      rows.push(...page.rows);
      rowCount += page.rowCount;
      bytes += page.bytes;
      total = page.total;
    }
    const truncated = total === undefined ? !isWithinBounds() : Math.min(rowCount, maxRows) < total;
    if (truncated) {
      const fields = {
        alert: 'stackone-list-truncated',
        requestId: context.id,
        list: endpoint.path,
        rows: rows.length,
      };
      this.#logger.error(fields, 'The provider catalog of StackOne was not read to its end');
    }
    return { providers: toProviders(rows), truncated, endpoint };
  }

  #readPage(endpoint: Endpoint, number: number, context: RequestContext): Promise<Page<ProviderRow> | undefined> {
    const query = endpoint.isPaged ? toProvidersQuery(number, pageSize) : [];
    return this.#lists.read({ path: endpoint.path, query, row: providerRow, maxBytes: maxPageBytes, context });
  }
}

/** A provider with several profiles is one provider: named as in its default profile, with the categories of all. */
function toProviders(rows: readonly ProviderRow[]): Provider[] {
  const byKey = new Map<string, Provider>();
  const isDefault = (row: ProviderRow) => row.default === true;
  for (const row of [...rows.filter(isDefault), ...rows.filter((other) => !isDefault(other))]) {
    const provider = toProvider(row);
    if (provider !== undefined) {
      const first = byKey.get(provider.key) ?? provider;
      const categories = [...new Set([...first.categories, ...provider.categories])];
      byKey.set(provider.key, { ...first, categories, logoUrl: first.logoUrl ?? provider.logoUrl });
    }
  }
  return [...byKey.values()].sort((a, b) => byName.compare(a.name, b.name));
}

const byName = new Intl.Collator('en');
