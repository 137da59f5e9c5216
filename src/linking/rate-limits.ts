import {
  type RateLimiterAbstract,
  RateLimiterMemory,
  RateLimiterRedis,
  RateLimiterRes,
  RLWrapperTimeouts,
} from 'rate-limiter-flexible';
import type { ConnectConfig } from '../config/settings.js';
import { AppError } from '../domain/app-error.js';
import type { Logger } from '../observability/logger.js';

/**
 * How many requests StackOne receives: for all owners together, so that StackOne's own limit for the key is never
 * reached, and for each owner, so that one owner cannot use the share of the others.
 */
export interface RateLimits {
  /** One request to StackOne, for any owner. @throws AppError `RATE_LIMITED` */
  takeRequest(): Promise<void>;
  /** One connect session of an owner. @throws AppError `RATE_LIMITED` */
  takeSession(ownerId: string): Promise<void>;
  /** One read of an owner's accounts. @throws AppError `RATE_LIMITED` */
  takeLookup(ownerId: string): Promise<void>;
  close(): Promise<void>;
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
/** Redis is called in every request. When it is slow, this instance counts alone. */
const redisTimeoutMs = 250;

type RateLimitSettings = Pick<ConnectConfig, 'rateLimitPerOwnerPerMinute' | 'rateLimitTotalPerMinute' | 'redisUrl'>;

/** Counts in Redis when it is configured, so that all instances share the limits; else, and while it fails, in memory. */
export async function startRateLimits(config: RateLimitSettings, logger: Logger): Promise<RateLimits> {
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
  const total = createLimiter('stackone-connect:total', config.rateLimitTotalPerMinute, totalWindowSeconds);
  const perOwner = createLimiter(
    'stackone-connect:owner',
    config.rateLimitPerOwnerPerMinute * costs.session,
    ownerWindowSeconds(config.rateLimitPerOwnerPerMinute),
  );
  return {
    takeRequest: () => take(total, 'all', 1, 'the rate limit of all owners'),
    takeSession: (ownerId) => take(perOwner, ownerId, costs.session, 'the rate limit of the owner'),
    takeLookup: (ownerId) => take(perOwner, ownerId, costs.lookup, 'the rate limit of the owner'),
    close: async () => redis?.destroy(),
  };
}

async function take(limiter: RateLimiterAbstract, key: string, cost: number, limit: string): Promise<void> {
  try {
    await limiter.consume(key, cost);
  } catch (error) {
    if (!(error instanceof RateLimiterRes)) {
      throw error;
    }
    const retryAfterSeconds = Math.max(1, Math.ceil(error.msBeforeNext / 1000));
    throw new AppError('RATE_LIMITED', `${limit} is reached`, { retryAfterSeconds });
  }
}

/** Does not wait for the connection: this instance counts alone until Redis responds, and whenever it fails. */
async function connect(url: string, logger: Logger) {
  // Imported only where it is used: it takes a tenth of the startup time.
  const { createClient } = await import('@redis/client');
  const client = createClient({ url, disableOfflineQueue: true, socket: { connectTimeout: 2_000 } });
  let isFailing = false;
  client.on('error', () => {
    if (!isFailing) {
      isFailing = true;
      logger.error({ alert: 'redis-gone' }, 'Redis is not reachable: this instance counts rate limits alone');
    }
  });
  client.on('ready', () => {
    isFailing = false;
    logger.info({}, 'Redis counts the rate limits');
  });
  client.connect().catch(() => {
    // Reported by the error event; the client reconnects automatically.
  });
  return client;
}
