import { AppError } from '../domain/app-error.js';
import type { Provider } from '../domain/provider.js';
import type { Logger } from '../observability/logger.js';
import { createBackgroundContext, type RequestContext } from '../observability/request-context.js';
import type { StackOneApi } from '../stackone/api.js';

const freshMs = 5 * 60_000;
const staleMs = 60 * 60_000;
const maxPages = 20;

/**
 * The providers that the StackOne project has enabled. They are the same for every owner, so the process keeps one copy.
 * It is fresh for five minutes. For an hour after that the old copy is returned while one request refreshes it, and a
 * refresh that fails keeps the copy.
 */
export class ProviderCatalog {
  readonly #api: StackOneApi;
  readonly #logger: Logger;
  readonly #now: () => number;
  #copy: { readonly providers: readonly Provider[]; readonly at: number } | undefined;
  #refresh: Promise<readonly Provider[]> | undefined;

  constructor(api: StackOneApi, logger: Logger, now: () => number = () => performance.now()) {
    this.#api = api;
    this.#logger = logger;
    this.#now = now;
  }

  /**
   * Returns at once when there is a copy of at most an hour.
   * @throws AppError `UPSTREAM_…` when there is none and StackOne returns none
   */
  providers(): readonly Provider[] | Promise<readonly Provider[]> {
    const age = this.#copy === undefined ? Number.POSITIVE_INFINITY : this.#now() - this.#copy.at;
    if (this.#copy !== undefined && age < freshMs) {
      return this.#copy.providers;
    }
    const refresh = this.#startRefresh();
    if (this.#copy !== undefined && age < staleMs) {
      refresh.catch((error: unknown) => {
        const reason = error instanceof AppError ? error.message : 'unknown';
        this.#logger.warn({ reason }, 'The provider catalog could not be refreshed: the last copy stays in use');
      });
      return this.#copy.providers;
    }
    return refresh;
  }

  /** One refresh at a time, however many requests wait for it. */
  #startRefresh(): Promise<readonly Provider[]> {
    this.#refresh ??= this.#load()
      .then((providers) => {
        this.#copy = { providers, at: this.#now() };
        return providers;
      })
      .finally(() => {
        this.#refresh = undefined;
      });
    return this.#refresh;
  }

  async #load(): Promise<readonly Provider[]> {
    const context = createBackgroundContext();
    const providers = (await this.#fromAuthConfigs(context)) ?? (await this.#api.listConnectors(context));
    if (providers === undefined) {
      throw new AppError('UPSTREAM_REJECTED', 'StackOne has neither /auth_configs nor /connectors/meta');
    }
    return mergeByKey(providers).sort((a, b) => a.name.localeCompare(b.name, 'en'));
  }

  /** @returns undefined in a project that does not have this endpoint yet */
  async #fromAuthConfigs(context: RequestContext): Promise<Provider[] | undefined> {
    const providers: Provider[] = [];
    let rowCount = 0;
    for (let number = 1; number <= maxPages; number++) {
      const page = await this.#api.listAuthConfigs(number, context);
      if (page === undefined) {
        return undefined;
      }
      providers.push(...page.providers);
      rowCount += page.rowCount;
      // StackOne can return shorter pages than requested, so only its total or an empty page ends the list.
      if (page.rowCount === 0 || rowCount >= (page.total ?? Number.POSITIVE_INFINITY)) {
        break;
      }
    }
    return providers;
  }
}

/** A provider with several profiles is one provider, with the categories of all of them. */
function mergeByKey(providers: readonly Provider[]): Provider[] {
  const byKey = new Map<string, Provider>();
  for (const provider of providers) {
    const first = byKey.get(provider.key) ?? provider;
    const categories = [...new Set([...first.categories, ...provider.categories])];
    byKey.set(provider.key, { ...first, categories, logoUrl: first.logoUrl ?? provider.logoUrl });
  }
  return [...byKey.values()];
}
