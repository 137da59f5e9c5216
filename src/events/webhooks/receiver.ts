import { hash } from 'node:crypto';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import type { Secret } from '../../config/secret.js';
import type { Observability } from '../../observability/observability.js';
import { toAccountWebhook } from '../../stackone/mappers.js';
import type { AccountWebhook } from '../../stackone/records.js';
import { webhookPayload } from '../../stackone/schemas.js';
import type { SharedState } from '../state/shared-state.js';
import type { WebhookQueue } from './queue.js';
import { isSignedByStackOne } from './signature.js';

export const maxWebhookBytes = 64 * 1024;

const maxPerSecond = 100;
const maxAgeMs = 24 * 60 * 60 * 1000;
const maxAheadMs = 5 * 60 * 1000;
/** How exactly the time of the last webhook is kept, so that a flood of webhooks adds no work for Redis. */
const noteIntervalMs = 5_000;
/** A webhook is accepted for less time than this. */
const dedupeSeconds = 25 * 60 * 60;

/** The HTTP status for each outcome. A closed list, because the outcome labels a metric. */
const statuses = {
  accepted: 200,
  repeated: 200,
  ignored: 200,
  unsigned: 401,
  malformed: 400,
  outdated: 400,
  limited: 429,
  full: 503,
} as const;
type WebhookOutcome = keyof typeof statuses;

/** Why webhooks are refused that StackOne does not send again: the operator has to change something. */
const reasons: ReadonlyMap<WebhookOutcome, string> = new Map([
  ['unsigned', 'the signature is missing, or is not made with STACKONE_WEBHOOK_SECRET'],
  ['malformed', 'the body is not a webhook of StackOne'],
  ['outdated', 'sent_at is more than 24 hours old or 5 minutes ahead: check the clock of this machine'],
]);

interface WebhookRequest {
  /** The header `x-stackone-signature`. */
  readonly signature: string | readonly string[] | null | undefined;
  /** The bytes as they arrived, at most `maxWebhookBytes`. */
  readonly body: Buffer;
}

interface WebhookReceiverDependencies {
  /** The current secret, and during a rotation the previous one. */
  readonly secrets: readonly Secret[];
  readonly state: SharedState;
  readonly queue: WebhookQueue;
  readonly observability: Observability;
}

/**
 * Receives StackOne's webhooks. It decides within milliseconds, and the work follows later. Nothing of a body is read
 * before its signature is verified, and nothing of it is logged.
 */
export class WebhookReceiver {
  readonly #dependencies: WebhookReceiverDependencies;
  /** A separate limit, so that a flood of webhooks uses nothing that requests need. */
  readonly #limit = new RateLimiterMemory({ points: maxPerSecond, duration: 1 });

  #notedAt = Number.NEGATIVE_INFINITY;

  constructor(dependencies: WebhookReceiverDependencies) {
    this.#dependencies = dependencies;
  }

  /** @returns the HTTP status. StackOne sends a webhook again after 429 and 503 */
  async receive(request: WebhookRequest): Promise<number> {
    const outcome = await this.#decide(request);
    const { logger, metrics } = this.#dependencies.observability;
    metrics.countWebhook(outcome);
    const reason = reasons.get(outcome);
    if (reason === undefined) {
      logger.debug({ outcome }, 'webhook');
    } else {
      logger.warn({ outcome, reason }, 'webhook');
    }
    return statuses[outcome];
  }

  async #decide({ signature, body }: WebhookRequest): Promise<WebhookOutcome> {
    const isSigned = isSignedByStackOne(this.#dependencies.secrets, body, signature);
    // Each has a limit of its own: otherwise anyone could use up that of StackOne's webhooks.
    const isLimited = await this.#limit.consume(isSigned ? 'signed' : 'unsigned').then(
      () => false,
      () => true,
    );
    if (isLimited) {
      return 'limited';
    }
    if (!isSigned) {
      return 'unsigned';
    }
    this.#noteTime();
    const webhook = parseWebhook(body);
    if (webhook === undefined) {
      return 'malformed';
    }
    return webhook === 'ignored' ? webhook : this.#accept(webhook, body);
  }

  /** For the doctor. Not awaited, because the response does not depend on it. */
  #noteTime(): void {
    const now = performance.now();
    if (now - this.#notedAt >= noteIntervalMs) {
      this.#notedAt = now;
      void this.#dependencies.state.setLastWebhook(new Date());
    }
  }

  async #accept(webhook: AccountWebhook, body: Buffer): Promise<WebhookOutcome> {
    const ageMs = Date.now() - webhook.sentAt.getTime();
    if (ageMs > maxAgeMs || ageMs < -maxAheadMs) {
      return 'outdated';
    }
    const { state, queue } = this.#dependencies;
    const marks = [body, webhook.changeId].map((content) => `webhook:${hash('sha256', content, 'base64url')}`);
    const release = async () => void (await Promise.all(marks.map((mark) => state.release(mark))));
    const claims = await Promise.all(marks.map((mark) => state.claim(mark, dedupeSeconds)));
    if (claims.includes(false)) {
      return 'repeated';
    }
    if (!queue.add(webhook, release)) {
      await release();
      return 'full';
    }
    return 'accepted';
  }
}

function parseWebhook(body: Buffer): AccountWebhook | 'ignored' | undefined {
  try {
    const parsed = webhookPayload.safeParse(JSON.parse(body.toString()));
    return parsed.success ? toAccountWebhook(parsed.data) : undefined;
  } catch {
    // The parser's message quotes the body.
    return undefined;
  }
}
