import { LRUCache } from 'lru-cache';
import { type RateLimiterAbstract, RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import type { ConnectConfig } from '../config/settings.js';
import { AppError } from '../domain/app-error.js';
import type { RequestQuota } from '../stackone/http/client.js';
import { type Parts, type Share, sharesOf } from '../stackone/http/shares.js';
import type { RedisClient } from './redis.js';
import { createRequestWindow } from './request-window.js';

/**
 * How many requests StackOne receives: for all owners together, so that StackOne's own limit for the key is never
 * reached, and for each owner, so that one owner cannot use the share of the others.
 */
export interface RateLimits extends RequestQuota {
  /** One connect session of an owner. @throws AppError `RATE_LIMITED` */
  takeSession(ownerId: string): Promise<void>;
  /** One read of an owner's accounts. @throws AppError `RATE_LIMITED` */
  takeLookup(ownerId: string): Promise<void>;
}

/**
 * A third of a minute's share, and the next one after each window: 30 per minute allow a burst of 10. The window is
 * longer where a third would be less than one session, because then no session could ever be created.
 */
const ownerWindowSeconds = (perMinute: number) => Math.max(20, 60 / perMinute);
/** A read of accounts costs a tenth of a session. */
const costs = { session: 10, lookup: 1 };
/** Short, because any minute contains parts of at most 13 windows: 13 × 75 stays below StackOne's 1000. */
const totalWindowSeconds = 5;
/** A refresh of the catalog, webhooks and the sweep wait, so a small part is enough. */
const totalParts: Parts = { lookups: 3 / 4, background: 1 / 10 };
const ownerLimit = 'the rate limit of the owner';
const limitNames: Readonly<Record<Share['of'], string>> = {
  all: 'the rate limit of all owners',
  lookups: 'the share of look-ups in the rate limit of all owners',
  background: 'the share of background work in the rate limit of all owners',
  owner: 'the share of the owner in the rate limit of all owners',
};
type RateLimitSettings = Pick<ConnectConfig, 'rateLimitPerOwnerPerMinute' | 'rateLimitTotalPerMinute'>;

/** @returns the milliseconds to wait; undefined within the limit */
type Count = (key: string, cost: number) => Promise<number | undefined>;

/** Counts in Redis when there is one, so that all instances share the limits; else, and while it fails, in memory. */
export function createRateLimits(config: RateLimitSettings, redis: RedisClient | undefined): RateLimits {
  const createLimiter = (keyPrefix: string, perMinute: number, duration: number): Count => {
    const options = { keyPrefix, points: Math.ceil((perMinute * duration) / 60), duration };
    const inMemory = countWith(new RateLimiterMemory(options));
    if (redis === undefined) {
      return inMemory;
    }
    const inRedis = countWith(new RateLimiterRedis({ ...options, storeClient: redis.client, useRedisPackage: true }));
    return (key, cost) =>
      redis.use(
        () => inRedis(key, cost),
        () => inMemory(key, cost),
      );
  };
  const totalPerWindow = Math.ceil((config.rateLimitTotalPerMinute * totalWindowSeconds) / 60);
  const takeShares = createRequestWindow(totalWindowSeconds * 1000, redis);
  const perOwner = createLimiter(
    'stackone-connect:owner',
    config.rateLimitPerOwnerPerMinute * costs.session,
    ownerWindowSeconds(config.rateLimitPerOwnerPerMinute),
  );
  return {
    takeRequest: async (origin) => {
      const usedUp = await takeShares(sharesOf(origin, totalPerWindow, totalParts));
      refuseIf(usedUp?.waitMs, limitNames[usedUp?.of ?? 'all']);
    },
    takeSession: async (ownerId) => refuseIf(await perOwner(ownerId, costs.session), ownerLimit),
    takeLookup: async (ownerId) => refuseIf(await perOwner(ownerId, costs.lookup), ownerLimit),
  };
}

function refuseIf(waitMs: number | undefined, limit: string): void {
  if (waitMs !== undefined) {
    const retryAfterSeconds = Math.max(1, Math.ceil(waitMs / 1000));
    throw new AppError('RATE_LIMITED', `${limit} is reached`, { retryAfterSeconds });
  }
}

function countWith(limiter: RateLimiterAbstract): Count {
  return async (key, cost) => {
    try {
      await limiter.consume(key, cost);
      return undefined;
    } catch (error) {
      // The limiter also rejects with an Error, when Redis fails.
      if (error instanceof RateLimiterRes) {
        return error.msBeforeNext;
      }
      throw error;
    }
  };
}

/** A row of a list takes as long to read as so many values of a response to build. */
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
  /** The values that have not been regained yet. */
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
