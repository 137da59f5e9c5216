import { AppError } from '../domain/app-error.js';
import type { Provider } from '../domain/provider.js';
import type { Logger } from '../observability/logger.js';
import { createBackgroundContext } from '../observability/request-context.js';
import type { StackOneApi } from '../stackone/api.js';
import type { ProviderList } from '../stackone/records.js';

const freshMs = 5 * 60_000;
const staleMs = 60 * 60_000;

/**
 * The providers that the StackOne project has enabled. They are the same for every owner, so the process keeps one copy.
 * It is fresh for five minutes. For an hour after that the old copy is returned while one request refreshes it, and a
 * refresh that fails keeps the copy.
 */
export class ProviderCatalog {
  readonly #api: StackOneApi;
  readonly #logger: Logger;
  readonly #now: () => number;
  #copy: (ProviderList & { readonly at: number }) | undefined;
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

  /** Whether StackOne has more providers than the copy. A provider that is not in it can then be enabled. */
  get truncated(): boolean {
    return this.#copy?.truncated === true;
  }

  /** One refresh at a time, however many requests wait for it. */
  #startRefresh(): Promise<readonly Provider[]> {
    this.#refresh ??= this.#load()
      .then((list) => {
        this.#copy = { ...list, at: this.#now() };
        return list.providers;
      })
      .finally(() => {
        this.#refresh = undefined;
      });
    return this.#refresh;
  }

  async #load(): Promise<ProviderList> {
    const list = await this.#api.listProviders(createBackgroundContext());
    if (list === undefined) {
      throw new AppError('UPSTREAM_REJECTED', 'StackOne has no catalog of providers for this project');
    }
    return list;
  }
}
