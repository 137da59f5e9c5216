import { z } from 'zod';
import { AppError } from '../../domain/app-error.js';
import type { RedisClient } from '../../egress/redis.js';
import type { SharedState } from './shared-state.js';

/** Redis is shared with other programs, so its values are parsed like any input. */
const date = z.iso.datetime().transform((text) => new Date(text));

const prefix = 'stackone-connect:events';
const brokenKey = `${prefix}:broken`;
/** A member of the set that is no id. In a key of its own it could outlive the set, which Redis can evict or lose. */
const sweptMember = '';
const lastWebhookKey = `${prefix}:last-webhook`;
const sweepMark = 'sweep';

async function claimIn(client: RedisClient['client'], mark: string, seconds: number): Promise<boolean> {
  return (await client.set(`${prefix}:${mark}`, '1', { NX: true, EX: seconds })) !== null;
}

/**
 * The state of several instances. While Redis does not respond, this instance uses its own state, but not for a sweep: its
 * own state does not know what was reported already. The first sweep with Redis reports what changed in between.
 */
export class RedisState implements SharedState {
  readonly #redis: RedisClient;
  readonly #own: SharedState;

  constructor(redis: RedisClient, own: SharedState) {
    this.#redis = redis;
    this.#own = own;
  }

  claim(mark: string, seconds: number): Promise<boolean> {
    return this.#redis.use(
      (client) => claimIn(client, mark, seconds),
      () => this.#own.claim(mark, seconds),
    );
  }

  async release(mark: string): Promise<void> {
    await this.#own.release(mark);
    await this.#redis.use(
      async (client) => void (await client.del(`${prefix}:${mark}`)),
      async () => {},
    );
  }

  addBroken(accountId: string): Promise<boolean> {
    return this.#change(
      (client) => client.sAdd(brokenKey, accountId),
      () => this.#own.addBroken(accountId),
    );
  }

  removeBroken(accountId: string): Promise<boolean> {
    return this.#change(
      (client) => client.sRem(brokenKey, accountId),
      () => this.#own.removeBroken(accountId),
    );
  }

  /**
   * A command without a response counts as a change: Redis may run it later, and then no other call would report the
   * change.
   */
  #change(
    command: (client: RedisClient['client']) => Promise<number>,
    fallback: () => Promise<boolean>,
  ): Promise<boolean> {
    let isSent = false;
    return this.#redis.use(
      async (client) => {
        isSent = true;
        return (await command(client)) === 1;
      },
      async () => (await fallback()) || isSent,
    );
  }

  claimSweep(seconds: number): Promise<boolean> {
    return this.#redis.use(
      async (client) => {
        const isClaimed = await claimIn(client, sweepMark, seconds);
        // The clock of Redis can be set back. A mark that lasts longer than it may is removed for the next sweep.
        if (!isClaimed && (await client.ttl(`${prefix}:${sweepMark}`)) > seconds) {
          await client.del(`${prefix}:${sweepMark}`);
        }
        return isClaimed;
      },
      async () => false,
    );
  }

  knownBroken(): Promise<ReadonlySet<string> | undefined> {
    return this.#redis.use(
      async (client) => {
        const members = new Set(await client.sMembers(brokenKey));
        return members.delete(sweptMember) ? members : undefined;
      },
      () => Promise.reject(new AppError('INTERNAL_SERVER_ERROR', 'Redis does not work')),
    );
  }

  async setSwept(): Promise<void> {
    await this.#redis.use(
      async (client) => void (await client.sAdd(brokenKey, sweptMember)),
      async () => {},
    );
  }

  async setLastWebhook(at: Date): Promise<void> {
    await this.#redis.use(
      async (client) => void (await client.set(lastWebhookKey, at.toISOString())),
      () => this.#own.setLastWebhook(at),
    );
  }

  lastWebhook(): Promise<Date | undefined> {
    return this.#redis.use(
      async (client) => date.safeParse(await client.get(lastWebhookKey)).data,
      () => this.#own.lastWebhook(),
    );
  }
}
