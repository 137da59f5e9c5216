import { AppError } from '../errors.js';
import type { Logger } from '../logger.js';
import type { Provider } from './model.js';
import { backgroundScope, type CallScope, type StackOneClient } from './stackone-client.js';
import {
  type AuthConfigRow,
  authConfigPage,
  connectorRows,
  fromAuthConfigRow,
  fromConnectorRow,
} from './wire.js';

const freshMs = 5 * 60_000;
const staleMs = 60 * 60_000;
const pageSize = 100;
const maxPages = 20;
/** A catalogue lists hundreds of connectors with their models: more than any answer about one owner. */
const maxBytes = 8 * 1024 * 1024;

/**
 * The providers that the StackOne project has enabled: the same for every owner, so one copy serves the
 * process. Fresh for five minutes; for an hour after that the old copy is given while one fetch renews it,
 * and a renewal that fails never empties it.
 */
export class ProviderCatalogue {
  readonly #client: StackOneClient;
  readonly #logger: Logger;
  readonly #now: () => number;
  #copy: { readonly providers: readonly Provider[]; readonly at: number } | undefined;
  #fetch: Promise<readonly Provider[]> | undefined;

  constructor(client: StackOneClient, logger: Logger, now: () => number = () => performance.now()) {
    this.#client = client;
    this.#logger = logger;
    this.#now = now;
  }

  /**
   * At once when there is a copy of at most an hour.
   * @throws AppError `UPSTREAM_…` when there is none and StackOne gives none
   */
  providers(): readonly Provider[] | Promise<readonly Provider[]> {
    const age = this.#copy === undefined ? Number.POSITIVE_INFINITY : this.#now() - this.#copy.at;
    if (this.#copy !== undefined && age < freshMs) {
      return this.#copy.providers;
    }
    const renewal = this.#renew();
    if (this.#copy !== undefined && age < staleMs) {
      renewal.catch((error: unknown) => {
        const reason = error instanceof AppError ? error.message : 'unknown';
        this.#logger.warn(
          { reason },
          'the provider catalogue could not be renewed: the last one stays in use',
        );
      });
      return this.#copy.providers;
    }
    return renewal;
  }

  /** One fetch in flight, however many ask. */
  #renew(): Promise<readonly Provider[]> {
    this.#fetch ??= this.#load()
      .then((providers) => {
        this.#copy = { providers, at: this.#now() };
        return providers;
      })
      .finally(() => {
        this.#fetch = undefined;
      });
    return this.#fetch;
  }

  async #load(): Promise<readonly Provider[]> {
    const scope = backgroundScope();
    const providers = (await this.#fromAuthConfigs(scope)) ?? (await this.#fromConnectors(scope));
    return mergeByKey(providers).sort((a, b) => a.name.localeCompare(b.name, 'en'));
  }

  /** @returns `undefined` in a project that does not have this endpoint yet */
  async #fromAuthConfigs(scope: CallScope): Promise<Provider[] | undefined> {
    const rows: AuthConfigRow[] = [];
    for (let page = 1; page <= maxPages; page++) {
      const answer = await this.#client.request({
        method: 'GET',
        path: '/auth_configs',
        query: [
          ['enabled', 'true'],
          ['page', String(page)],
          ['page_size', String(pageSize)],
        ],
        answer: authConfigPage,
        maxBytes,
        scope,
      });
      if (answer === undefined) {
        return undefined;
      }
      rows.push(...answer.data);
      // StackOne may give shorter pages than asked for, so only its total, or an empty page, ends the list.
      if (answer.data.length === 0 || rows.length >= (answer.total ?? Number.POSITIVE_INFINITY)) {
        break;
      }
    }
    return rows.flatMap((row) => fromAuthConfigRow(row) ?? []);
  }

  async #fromConnectors(scope: CallScope): Promise<Provider[]> {
    const rows = await this.#client.request({
      method: 'GET',
      path: '/connectors/meta',
      answer: connectorRows,
      maxBytes,
      scope,
    });
    if (rows === undefined) {
      throw new AppError('UPSTREAM_REJECTED', 'StackOne has neither /auth_configs nor /connectors/meta');
    }
    return rows.flatMap((row) => fromConnectorRow(row) ?? []);
  }
}

/** A provider with several profiles is one provider, with the categories of all of them. */
function mergeByKey(providers: readonly Provider[]): Provider[] {
  const byKey = new Map<string, Provider>();
  for (const provider of providers) {
    const known = byKey.get(provider.key);
    const categories = [...new Set([...(known?.categories ?? []), ...provider.categories])];
    byKey.set(provider.key, {
      ...(known ?? provider),
      categories,
      logoUrl: known?.logoUrl ?? provider.logoUrl,
    });
  }
  return [...byKey.values()];
}
