import { createHmac } from 'node:crypto';
import http from 'node:http';
import https from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Settings } from './settings.js';
import type { Account } from './store.js';

export type WebhookEvent = 'account.created' | 'account.updated' | 'account.deleted';

const timeoutMs = 5_000;
const retryPausesMs = [500, 2_000, 10_000];

/**
 * Sends signed webhooks to `settings.webhookUrl`, as StackOne does. `settings.webhookFault` makes them unreliable.
 * Those of one account arrive in their order: each waits for the first response to the one before it.
 */
export class Webhooks {
  readonly #settings: Settings;
  readonly #now: () => Date;
  #held: (() => void)[] = [];
  /** By account, the first attempt of its last webhook. */
  readonly #attempts = new Map<string, Promise<unknown>>();
  /** Those that wait for a response. */
  readonly #requests = new Set<http.ClientRequest>();
  #resets = 0;

  constructor(settings: Settings, now: () => Date) {
    this.#settings = settings;
    this.#now = now;
  }

  send(event: WebhookEvent, account: Account): void {
    const { webhookUrl, webhookFault } = this.#settings;
    if (webhookUrl === null) {
      return;
    }
    const line = webhookFault === 'reorder' ? 'reordered' : account.id;
    const deliver = () => void this.#deliver(line, webhookUrl, this.#payload(event, account));
    switch (webhookFault) {
      case 'drop':
        break;
      case 'repeat':
        deliver();
        deliver();
        break;
      case 'reorder':
        this.#held.push(deliver);
        this.#sendHeld();
        break;
      case 'none':
      case 'delay':
      case 'forge':
        deliver();
    }
  }

  #sendHeld(): void {
    if (this.#held.length > 1) {
      for (const deliver of this.#held.splice(0).reverse()) {
        deliver();
      }
    }
  }

  /** Forgets what waits. */
  reset(): void {
    this.#resets += 1;
    for (const request of this.#requests) {
      request.destroy();
    }
    this.#held = [];
    this.#attempts.clear();
  }

  #payload(event: WebhookEvent, account: Account): string {
    const { webhookFault, projectId } = this.#settings;
    const now = this.#now().toISOString();
    return JSON.stringify({
      project_id: projectId,
      event,
      event_date: webhookFault === 'repeat' ? account.updated_at : now,
      // Not the emulator's clock: a receiver compares this time with its own.
      sent_at: new Date().toISOString(),
      record_type: 'account',
      record_id: account.id,
      account_id: account.id,
      provider: account.provider,
      origin_owner_id: account.origin_owner_id,
      origin_owner_name: account.origin_owner_name,
      origin_username: account.origin_username,
    });
  }

  async #deliver(line: string, url: string, body: string): Promise<void> {
    const resets = this.#resets;
    const { webhookSecret, webhookFault, webhookDelayMs } = this.#settings;
    const secret = webhookFault === 'forge' ? 'not the secret' : webhookSecret;
    const signature = createHmac('sha256', secret).update(body).digest('base64url');
    const headers = { 'content-type': 'application/json', 'x-stackone-signature': signature };
    const attempt = async (pauseMs: number, previous?: Promise<unknown>): Promise<boolean> => {
      await sleep(pauseMs, undefined, { ref: false });
      await previous;
      return resets !== this.#resets || (await this.#post(url, headers, body));
    };
    const first = attempt(webhookFault === 'delay' ? webhookDelayMs : 0, this.#attempts.get(line));
    this.#attempts.set(line, first);
    let isDelivered = await first;
    for (const pauseMs of retryPausesMs) {
      if (isDelivered) {
        return;
      }
      isDelivered = await attempt(pauseMs);
    }
  }

  /**
   * The module of Node.js, not `fetch`: environments for tests, such as jsdom, have another `fetch` or none.
   * @returns false when it is sent again: no response, 3xx, 429 or 5xx. The other 4xx are final: the receiver rejects it.
   */
  async #post(url: string, headers: Record<string, string>, body: string): Promise<boolean> {
    const { request: send } = url.startsWith('https:') ? https : http;
    const status = await new Promise<number>((resolve) => {
      const request = send(url, { method: 'POST', headers, agent: false, timeout: timeoutMs }, (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      });
      this.#requests.add(request);
      request.on('timeout', () => request.destroy());
      request.on('error', () => resolve(0));
      request.on('close', () => {
        this.#requests.delete(request);
        resolve(0);
      });
      request.end(body);
    });
    return (status >= 200 && status < 300) || (status >= 400 && status < 500 && status !== 429);
  }
}
