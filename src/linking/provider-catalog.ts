import { AppError, reasonOf } from '../domain/app-error.js';
import type { Category } from '../domain/provider.js';
import type { Logger } from '../observability/logger.js';
import { createBackgroundContext } from '../observability/request-context.js';
import type { StackOneApi } from '../stackone/api.js';
import type { ProviderList } from '../stackone/records.js';
import { ProviderOffers } from './provider-offers.js';

const freshMs = 5 * 60_000;
const staleMs = 60 * 60_000;
/** StackOne is asked at most once in this time, also for a provider that is not in the copy, and after a failure. */
const minIntervalMs = 5_000;
/** After a failure, new sessions do not wait for the catalog for this time. */
const failingMs = 60_000;

interface Copy {
  readonly offers: ProviderOffers;
  readonly truncated: boolean;
  readonly at: number;
}

/**
 * The providers that the StackOne project has enabled. They are the same for every owner, so the process keeps one copy.
 * It is fresh for five minutes. For an hour after that the old copy is returned while one request refreshes it, and a
 * refresh that fails keeps the copy.
 */
export class ProviderCatalog {
  readonly #api: StackOneApi;
  readonly #logger: Logger;
  readonly #now: () => number;
  #copy: Copy | undefined;
  #failure: { readonly error: unknown; readonly at: number } | undefined;
  #refresh: Promise<Copy> | undefined;

  constructor(api: StackOneApi, logger: Logger, now: () => number = () => performance.now()) {
    this.#api = api;
    this.#logger = logger;
    this.#now = now;
  }

  /**
   * Returns at once when there is a copy of at most an hour.
   * @throws AppError `UPSTREAM_…` when there is none and StackOne returns none
   */
  offers(): ProviderOffers | Promise<ProviderOffers> {
    const age = this.#ageOf(this.#copy);
    if (this.#copy === undefined || age >= staleMs) {
      return this.#refreshOnce().then(({ offers }) => offers);
    }
    if (age >= freshMs) {
      this.#refreshInBackground();
    }
    return this.#copy.offers;
  }

  /**
   * Whether StackOne may be asked for a session with this provider, and with this category of it. A provider that is not
   * in the copy can have been enabled a moment ago, so it is looked for in a fresh one. It is true when the catalog is not
   * complete. Like `offers`, it returns at once what the copy shows.
   * @throws AppError `UPSTREAM_…` when there is no fresh copy
   */
  isEnabled(key: string, category?: Category): boolean | Promise<boolean> {
    const age = this.#ageOf(this.#copy);
    if (this.#copy !== undefined && (age < minIntervalMs || (age < staleMs && lists(this.#copy, key, category)))) {
      // Also starts the refresh of an old copy.
      this.offers();
      return lists(this.#copy, key, category);
    }
    if (this.#failure !== undefined && this.#ageOf(this.#failure) < failingMs) {
      this.#refreshInBackground();
      return Promise.reject(this.#failure.error);
    }
    return this.#refreshOnce().then((copy) => lists(copy, key, category));
  }

  #ageOf(result: { readonly at: number } | undefined): number {
    return result === undefined ? Number.POSITIVE_INFINITY : this.#now() - result.at;
  }

  #refreshInBackground(): void {
    this.#refreshOnce().catch(() => {
      // Logged already. The copy stays in use.
    });
  }

  /** One refresh at a time, however many requests wait for it. A failure is the result of all requests for a while. */
  #refreshOnce(): Promise<Copy> {
    if (this.#failure !== undefined && this.#ageOf(this.#failure) < minIntervalMs) {
      return Promise.reject(this.#failure.error);
    }
    this.#refresh ??= this.#load()
      .then(({ providers, truncated }) => {
        this.#copy = { offers: new ProviderOffers(providers), truncated, at: this.#now() };
        this.#failure = undefined;
        return this.#copy;
      })
      .catch((error: unknown) => {
        this.#failure = { error, at: this.#now() };
        const reason = reasonOf(error) ?? 'unknown';
        this.#logger.warn({ reason }, 'The provider catalog could not be fetched');
        throw error;
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

function lists({ offers, truncated }: Copy, key: string, category: Category | undefined): boolean {
  return truncated || offers.has(key, category);
}
