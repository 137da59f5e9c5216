import {
  type RateLimiterAbstract,
  RateLimiterMemory,
  RateLimiterRedis,
  RateLimiterRes,
  RLWrapperTimeouts,
} from 'rate-limiter-flexible';
import type { QuotaConfig } from '../config.js';
import { AppError } from '../errors.js';
import type { Logger } from '../logger.js';

/**
 * How often StackOne may be called: for all owners together, so that its limit for the key is never reached,
 * and for each owner, so that a noisy one does not use up the others' share.
 */
export interface Quota {
  /** One call to StackOne, whoever it is for. @throws AppError `RATE_LIMITED` */
  takeCall(): Promise<void>;
  /** One session of an owner, or one look at its accounts. @throws AppError `RATE_LIMITED` */
  takeFor(ownerId: string, use: 'session' | 'look-up'): Promise<void>;
  close(): Promise<void>;
}

/**
 * A third of a minute's share, and then as the windows go by: 30 a minute make a burst of 10. Longer where a
 * third would be less than one session, which could then never be had.
 */
const ownerWindowSeconds = (perMinute: number) => Math.max(20, 60 / perMinute);
/** Minting is what is limited; a look at accounts costs a tenth of it. */
const costs = { session: 10, 'look-up': 1 } as const;
/** Short, because a minute anywhere touches at most 13 of them: 13 × 75 stays below StackOne's 1000. */
const totalWindowSeconds = 5;
/** Redis is asked on the way of each request: when it is slow, this process counts alone. */
const redisTimeoutMs = 250;

/** Counts in Redis when there is one, so that all processes share a limit; else, and while it is gone, here. */
export async function startQuota(config: QuotaConfig, logger: Logger): Promise<Quota> {
  const redis = config.redisUrl === undefined ? undefined : await connect(config.redisUrl.reveal(), logger);
  const createLimiter = (keyPrefix: string, perMinute: number, duration: number): RateLimiterAbstract => {
    const options = { keyPrefix, points: Math.ceil((perMinute * duration) / 60), duration };
    const inMemory = new RateLimiterMemory(options);
    if (redis === undefined) {
      return inMemory;
    }
    const shared = { ...options, storeClient: redis, useRedisPackage: true, rejectIfRedisNotReady: true };
    return new RLWrapperTimeouts({
      limiter: new RateLimiterRedis(shared),
      timeoutMs: redisTimeoutMs,
      insuranceLimiter: inMemory,
    });
  };
  const total = createLimiter('stackone-connect:total', config.totalPerMinute, totalWindowSeconds);
  const perOwner = createLimiter(
    'stackone-connect:owner',
    config.perOwnerPerMinute * costs.session,
    ownerWindowSeconds(config.perOwnerPerMinute),
  );
  return {
    takeCall: () => take(total, 'all', 1, 'all owners together'),
    takeFor: (ownerId, use) => take(perOwner, ownerId, costs[use], 'one owner'),
    close: async () => redis?.destroy(),
  };
}

async function take(limiter: RateLimiterAbstract, key: string, cost: number, whose: string): Promise<void> {
  try {
    await limiter.consume(key, cost);
  } catch (error) {
    if (!(error instanceof RateLimiterRes)) {
      throw error;
    }
    const retryAfterSeconds = Math.max(1, Math.ceil(error.msBeforeNext / 1000));
    throw new AppError('RATE_LIMITED', `the limit of ${whose} is reached`, { retryAfterSeconds });
  }
}

/** Does not wait for Redis: until it answers, and whenever it is gone, the process counts alone. */
async function connect(url: string, logger: Logger) {
  // Only for those who use it: it takes a tenth of the start.
  const { createClient } = await import('@redis/client');
  const client = createClient({ url, disableOfflineQueue: true, socket: { connectTimeout: 2_000 } });
  let isGone = false;
  client.on('error', () => {
    if (!isGone) {
      isGone = true;
      logger.error({ alert: 'redis-gone' }, 'Redis cannot be reached: limits are counted in this process');
    }
  });
  client.on('ready', () => {
    isGone = false;
    logger.info({}, 'Redis counts the limits');
  });
  client.connect().catch(() => {
    // Told by the error event; the client tries again by itself.
  });
  return client;
}
