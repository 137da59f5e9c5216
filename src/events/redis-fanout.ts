import { z } from 'zod';
import { AccountChangeKind } from '../domain/account-change.js';
import { LinkedAccountStatus } from '../domain/linked-account.js';
import type { RedisClient } from '../egress/redis.js';
import type { AccountChanges, ChangeMessage } from './account-changes.js';

export const changesChannel = 'stackone-connect:changes';
/** Changes that are sent again after Redis was gone. A receiver ignores those that it knows. */
const maxRecent = 1_000;
const recentMs = 5 * 60_000;
/** After a reconnection, the other instances need a moment to subscribe again. */
const resendAfterMs = 1_000;
/** How long after a failure of Redis its changes are sent again. */
const retryMs = 1_000;

const date = z.iso.datetime().transform((text) => new Date(text));

/** Redis is shared with other programs, so its messages are parsed like any input. */
const changeMessage = z.object({
  id: z.string(),
  ownerId: z.string(),
  change: z.object({
    kind: z.enum(AccountChangeKind),
    accountId: z.string(),
    at: date,
    account: z
      .object({
        id: z.string(),
        ownerName: z.string().nullable(),
        providerKey: z.string(),
        label: z.string().nullable(),
        status: z.enum(LinkedAccountStatus),
        statusReasons: z.array(
          z.object({ code: z.string().nullable(), description: z.string().nullable(), at: date.nullable() }),
        ),
        needsRelink: z.boolean(),
        linkedBy: z.string().nullable(),
        createdAt: date.nullable(),
        updatedAt: date.nullable(),
      })
      .nullable(),
  }),
});

/** Carries changes between instances by Redis. What is published while Redis is gone is sent when it is back. */
export class RedisFanout {
  readonly #redis: RedisClient;
  #recent: { readonly text: string; readonly at: number }[] = [];
  #unsent: string[] = [];
  #retry: NodeJS.Timeout | undefined;

  constructor(redis: RedisClient) {
    this.#redis = redis;
  }

  /** Delivers the changes of all instances to the subscribers of this one. */
  start(changes: AccountChanges): void {
    this.#redis.subscribe(
      changesChannel,
      (text) => {
        const message = parseMessage(text);
        if (message !== undefined) {
          changes.deliver(message);
        }
      },
      () => setTimeout(() => this.#resend(), resendAfterMs).unref(),
    );
  }

  send(message: ChangeMessage): void {
    const text = JSON.stringify(message);
    const now = performance.now();
    this.#recent = [...this.#recent.filter(({ at }) => now - at < recentMs), { text, at: now }].slice(-maxRecent);
    void this.#publish(text);
  }

  /** Ends the retries. */
  close(): void {
    clearTimeout(this.#retry);
  }

  #resend(): void {
    for (const { text } of this.#recent) {
      void this.#publish(text);
    }
  }

  async #publish(text: string): Promise<void> {
    if (!(await this.#redis.publish(changesChannel, text))) {
      this.#unsent = [...this.#unsent, text].slice(-maxRecent);
      this.#retry ??= setTimeout(() => this.#sendUnsent(), retryMs).unref();
    }
  }

  #sendUnsent(): void {
    this.#retry = undefined;
    for (const text of this.#unsent.splice(0)) {
      void this.#publish(text);
    }
  }
}

function parseMessage(text: string): ChangeMessage | undefined {
  try {
    const parsed = changeMessage.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}
