import { LRUCache } from 'lru-cache';
import { AppError } from '../../domain/app-error.js';

/** The cost of reading a row of a list, in values of a response. */
export const valuesPerRow = 10;
/** Values of one response, with 128 characters of text for each. It takes less than 50 ms to build one (npm run cost). */
export const maxResponseValues = 20_000;
/** The default limit of sessions. With a lower limit, an owner can still read its page. */
const minPerMinute = 30;
const maxOwners = 10_000;
const maxRetryAfterSeconds = 60;

interface Used {
  readonly values: number;
  readonly at: number;
}

/**
 * How long one owner can occupy the event loop, counted in values of responses: as many full responses a minute as it can
 * have sessions, and a third of them at once. Rows of lists and new documents count as values. All other limits count
 * requests, and one request can be a thousand times as large as another. Per process: the event loop is not shared.
 */
export class OwnerWork {
  readonly #perSecond: number;
  readonly #burst: number;
  /** The values that still count. They become fewer with time. */
  readonly #used = new LRUCache<string, Used>({ max: maxOwners });

  /** @param perMinute the rate limit of sessions of one owner */
  constructor(perMinute: number) {
    this.#perSecond = (Math.max(perMinute, minPerMinute) * maxResponseValues) / 60;
    this.#burst = this.#perSecond * 20;
  }

  add(ownerId: string, values: number): void {
    this.#used.set(ownerId, { values: this.#usedBy(ownerId) + values, at: performance.now() });
  }

  /** Before the work of a request. @throws AppError `RATE_LIMITED` */
  check(ownerId: string): void {
    const excess = this.#usedBy(ownerId) - this.#burst;
    if (excess > 0) {
      const retryAfterSeconds = Math.min(maxRetryAfterSeconds, Math.ceil(excess / this.#perSecond));
      throw new AppError('RATE_LIMITED', 'the limit of the owner for responses and new documents is reached', {
        retryAfterSeconds,
      });
    }
  }

  #usedBy(ownerId: string): number {
    const { values, at } = this.#used.get(ownerId) ?? { values: 0, at: 0 };
    return Math.max(0, values - ((performance.now() - at) / 1000) * this.#perSecond);
  }
}
