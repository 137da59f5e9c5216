import { z } from 'zod';
import type { RedisClient } from '../../linking/redis.js';
import type { SharedState } from './shared-state.js';

/** Redis is shared with other programs, so its values are parsed like any input. */
const date = z.iso.datetime().transform((text) => new Date(text));

const prefix = 'stackone-connect:events';
const brokenKey = `${prefix}:broken`;
const sweptKey = `${prefix}:swept`;
const lastWebhookKey = `${prefix}:last-webhook`;

/** The state of several instances. While Redis does not respond, this instance uses its own state. */
export class RedisState implements SharedState {
  readonly #redis: RedisClient;
  readonly #own: SharedState;

  constructor(redis: RedisClient, own: SharedState) {
    this.#redis = redis;
    this.#own = own;
  }

  claim(mark: string, seconds: number): Promise<boolean> {
    return this.#redis.use(
      async (client) => (await client.set(`${prefix}:${mark}`, '1', { NX: true, EX: seconds })) !== null,
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
    return this.#redis.use(
      async (client) => (await client.sAdd(brokenKey, accountId)) === 1,
      () => this.#own.addBroken(accountId),
    );
  }

  removeBroken(accountId: string): Promise<boolean> {
    return this.#redis.use(
      async (client) => (await client.sRem(brokenKey, accountId)) === 1,
      () => this.#own.removeBroken(accountId),
    );
  }

  listBroken(): Promise<string[]> {
    return this.#redis.use(
      (client) => client.sMembers(brokenKey),
      () => this.#own.listBroken(),
    );
  }

  hasSwept(): Promise<boolean> {
    return this.#redis.use(
      async (client) => (await client.exists(sweptKey)) === 1,
      () => this.#own.hasSwept(),
    );
  }

  async setSwept(): Promise<void> {
    await this.#redis.use(
      async (client) => void (await client.set(sweptKey, '1')),
      () => this.#own.setSwept(),
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
