import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Webhook } from 'standardwebhooks';
import type { Secret } from '../config/secret.js';
import type { OwnedChange } from '../domain/account-change.js';
import { isRecord, textOf } from '../domain/values.js';
import { parseRetryAfter } from '../egress/retry-after.js';
import type { Observability } from '../observability/observability.js';

/** About ten minutes in total. Each pause varies by a quarter, so that changes that failed together do not return together. */
const pausesMs = [5_000, 20_000, 60_000, 120_000, 180_000, 240_000];
const timeoutMs = 10_000;
/** For the attempts that are in flight when the server stops. */
const closeMs = 3_000;
/** A receiver that asks for a longer pause is tried again after this. */
const maxRetryAfterMs = 5 * 60_000;
const maxPending = 1_000;

/** Why the product did not take a change, and how long it asks to wait. */
interface Refusal {
  readonly reason: string;
  readonly retryAfterMs: number;
}

/** A POST to the product, signed by Standard Webhooks (https://www.standardwebhooks.com). */
export class WebhookDelivery {
  readonly #url: URL;
  readonly #webhook: Webhook;
  readonly #observability: Observability;
  /** Ends the pauses. What waits is not tried again. */
  readonly #stopping = new AbortController();
  /** Ends the attempts. */
  readonly #closed = new AbortController();
  readonly #pending = new Set<Promise<void>>();

  constructor(url: URL, secret: Secret, observability: Observability) {
    this.#url = url;
    this.#webhook = new Webhook(secret.reveal());
    this.#observability = observability;
    // Each change that waits listens to it.
    setMaxListeners(0, this.#stopping.signal);
  }

  /** Returns at once. Tries for about ten minutes, then gives up with an alert. */
  send(owned: OwnedChange): void {
    if (this.#pending.size >= maxPending) {
      this.#giveUp('too many changes are waiting');
      return;
    }
    const delivery = this.#deliver(toBody(owned), `evt_${randomUUID()}`).finally(() => {
      this.#pending.delete(delivery);
    });
    this.#pending.add(delivery);
  }

  /** Finishes the attempts in flight, and gives up what waits for another one. */
  async close(): Promise<void> {
    this.#stopping.abort();
    const timer = setTimeout(() => this.#closed.abort(), closeMs);
    // Each writes its alert before the process ends.
    await Promise.all(this.#pending);
    clearTimeout(timer);
    this.#closed.abort();
  }

  async #deliver(body: string, id: string): Promise<void> {
    let refusal = await this.#attempt(body, id);
    for (const pauseMs of pausesMs) {
      if (refusal === undefined) {
        break;
      }
      const waitMs = Math.max(pauseMs * (0.75 + Math.random() / 2), refusal.retryAfterMs * (1 + Math.random() / 4));
      await sleep(waitMs, undefined, { signal: this.#stopping.signal, ref: false }).catch(() => undefined);
      if (!this.#stopping.signal.aborted) {
        refusal = await this.#attempt(body, id);
      }
    }
    if (refusal === undefined) {
      this.#observability.metrics.countDelivery('delivered');
    } else {
      this.#giveUp(refusal.reason);
    }
  }

  /** @returns undefined when the product took the change */
  async #attempt(body: string, id: string): Promise<Refusal | undefined> {
    const at = new Date();
    const headers = {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
      'webhook-signature': this.#webhook.sign(id, at, body),
    };
    try {
      const signal = AbortSignal.any([AbortSignal.timeout(timeoutMs), this.#closed.signal]);
      const response = await fetch(this.#url, { method: 'POST', headers, body, redirect: 'manual', signal });
      await response.body?.cancel();
      const { ok, status, headers: received } = response;
      const retryAfterMs = pauseAskedFor(status, received.get('retry-after'));
      return ok ? undefined : { reason: `status ${status}`, retryAfterMs };
    } catch (error) {
      // The code only: the message can contain the URL, and the URL a secret.
      const code = textOf(isRecord(error) ? error['cause'] : undefined, 'code');
      return { reason: code || 'no response in time', retryAfterMs: 0 };
    }
  }

  #giveUp(reason: string): void {
    this.#observability.metrics.countDelivery('lost');
    this.#observability.logger.error({ alert: 'event-lost', reason }, 'An account change could not be delivered');
  }
}

/** @returns how long the receiver asks to wait, in milliseconds. 0: it does not ask */
export function pauseAskedFor(status: number, retryAfter: string | null): number {
  return retryAfter === null || (status !== 429 && status !== 503)
    ? 0
    : Math.min(parseRetryAfter(retryAfter) * 1000, maxRetryAfterMs);
}

/** The body is the same for every attempt, and so is its id: the product can ignore a repetition. */
function toBody({ ownerId, change }: OwnedChange): string {
  const { kind, accountId, account, at } = change;
  return JSON.stringify({
    type: `linked_account.${kind.toLowerCase()}`,
    timestamp: at.toISOString(),
    data: { ownerId, accountId, kind, account },
  });
}
