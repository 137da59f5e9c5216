import { type RateLimiterAbstract, RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import type { ConnectConfig } from '../../config/settings.js';
import { AppError } from '../../domain/app-error.js';
import type { RedisClient } from '../../egress/redis.js';
import type { RequestQuota } from '../../stackone/http/client.js';
import { type Parts, type Share, sharesOf } from '../../stackone/http/shares.js';
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
/**
 * As the limiter's own script, except for a window that has no end, or a later one than a window has: a new one starts.
 * The clock of Redis can be set back.
 */
const countScript = `
local left = redis.call('PTTL', KEYS[1])
local windowMs = 1000 * tonumber(ARGV[2])
if left < 0 or left > windowMs then
  redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[2])
  return { tonumber(ARGV[1]), windowMs }
end
return { redis.call('INCRBY', KEYS[1], ARGV[1]), left }`;
type RateLimitSettings = Pick<ConnectConfig, 'rateLimitPerOwnerPerMinute' | 'rateLimitTotalPerMinute'>;

/** @returns the milliseconds to wait; undefined within the limit */
type Count = (ownerId: string, cost: number) => Promise<number | undefined>;

/** Counts in Redis when there is one, so that all instances share the limits; else, and while it fails, in memory. */
export function createRateLimits(config: RateLimitSettings, redis: RedisClient | undefined): RateLimits {
  const totalPerWindow = Math.ceil((config.rateLimitTotalPerMinute * totalWindowSeconds) / 60);
  const takeShares = createRequestWindow(totalWindowSeconds * 1000, redis);
  const countForOwner = createOwnerCount(config.rateLimitPerOwnerPerMinute, redis);
  return {
    takeRequest: async (origin) => {
      const usedUp = await takeShares(sharesOf(origin, totalPerWindow, totalParts));
      refuseIf(usedUp?.waitMs, limitNames[usedUp?.of ?? 'all']);
    },
    takeSession: async (ownerId) => refuseIf(await countForOwner(ownerId, costs.session), ownerLimit),
    takeLookup: async (ownerId) => refuseIf(await countForOwner(ownerId, costs.lookup), ownerLimit),
  };
}

/**
 * A third of a minute's share, and the next one after each window: 30 per minute allow a burst of 10. The window is
 * longer where a third would be less than one session, because then no session could ever be created.
 */
function createOwnerCount(perMinute: number, redis: RedisClient | undefined): Count {
  const duration = Math.max(20, 60 / perMinute);
  const points = Math.ceil((perMinute * costs.session * duration) / 60);
  const options = { keyPrefix: 'stackone-connect:owner', points, duration };
  const inMemory = countWith(new RateLimiterMemory(options));
  if (redis === undefined) {
    return inMemory;
  }
  const storeOptions = { storeClient: redis.client, useRedisPackage: true, customIncrTtlLuaScript: countScript };
  const inRedis = countWith(new RateLimiterRedis({ ...options, ...storeOptions }));
  return (ownerId, cost) =>
    redis.use(
      () => inRedis(ownerId, cost),
      () => inMemory(ownerId, cost),
    );
}

function refuseIf(waitMs: number | undefined, limit: string): void {
  if (waitMs !== undefined) {
    const retryAfterSeconds = Math.max(1, Math.ceil(waitMs / 1000));
    throw new AppError('RATE_LIMITED', `${limit} is reached`, { retryAfterSeconds });
  }
}

function countWith(limiter: RateLimiterAbstract): Count {
  return async (ownerId, cost) => {
    try {
      await limiter.consume(ownerId, cost);
      return undefined;
    } catch (error) {
      // The limiter also rejects with an Error, when Redis fails.
      if (error instanceof RateLimiterRes) {
        // In memory, the limiter reads the clock of this machine, which can be set back.
        return Math.min(error.msBeforeNext, limiter.msDuration);
      }
      throw error;
    }
  };
}
