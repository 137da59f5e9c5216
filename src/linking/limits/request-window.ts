import { z } from 'zod';
import type { RedisClient } from '../../egress/redis.js';
import { minShare, type Share, ShareCounts, type Shares } from '../../stackone/http/shares.js';

/** Why a request may not be sent now. */
interface UsedUp {
  readonly of: Share['of'];
  readonly waitMs: number;
}

/** Counts one request to StackOne for all its shares, or for none. */
type TakeShares = (shares: Shares) => Promise<UsedUp | undefined>;

const key = 'stackone-connect:window';
/**
 * `ShareCounts.take` in one command, so that a request costs one round trip. The window starts with its first request. One
 * that has no end, or a later one than a window has, is not counted: the clock of Redis can be set back.
 */
const script = `
local left = redis.call('PTTL', KEYS[1])
if left == -1 or left > tonumber(ARGV[1]) then
  redis.call('DEL', KEYS[1])
  left = -2
end
local free = tonumber(ARGV[3]) - tonumber(redis.call('HGET', KEYS[1], ARGV[2]) or '0')
if free <= 0 then
  return { ARGV[2], left }
end
local part = math.max(free / 2, math.min(${minShare}, free))
if tonumber(redis.call('HGET', KEYS[1], ARGV[4]) or '0') >= math.min(tonumber(ARGV[5]), part) then
  return { ARGV[4], left }
end
for i = 2, #ARGV, 2 do
  redis.call('HINCRBY', KEYS[1], ARGV[i], 1)
end
if left < 0 then
  redis.call('PEXPIRE', KEYS[1], ARGV[1])
end
return false`;
const replySchema = z.tuple([z.string(), z.number()]).nullable();

/** A window of time in which each share has a maximum. Counts in Redis when there is one; else, and while it fails, in memory. */
export function createRequestWindow(windowMs: number, redis: RedisClient | undefined): TakeShares {
  const inMemory = countInMemory(windowMs);
  if (redis === undefined) {
    return inMemory;
  }
  return (shares) =>
    redis.use(
      async (client) => {
        const maxima = shares.flatMap((share) => [share.key, String(share.max)]);
        const reply = await client.eval(script, { keys: [key], arguments: [String(windowMs), ...maxima] });
        const [full, waitMs] = replySchema.parse(reply) ?? [];
        const of = shares.find((share) => share.key === full)?.of;
        return of && waitMs !== undefined ? { of, waitMs } : undefined;
      },
      () => inMemory(shares),
    );
}

function countInMemory(windowMs: number): TakeShares {
  let counts = new ShareCounts();
  let end = Number.NEGATIVE_INFINITY;
  return async (shares) => {
    const now = performance.now();
    if (now >= end) {
      counts = new ShareCounts();
      end = now + windowMs;
    }
    const full = counts.take(shares);
    return full && { of: full.of, waitMs: end - now };
  };
}
