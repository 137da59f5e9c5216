import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '../../domain/app-error.js';
import type { Logger } from '../../observability/logger.js';
import type { AccountWebhook } from '../../stackone/records.js';
import type { ChangeDetector } from '../change-detector.js';

const maxQueued = 1_000;
/** Calls to StackOne at a time, a small part of all. */
const maxWorkers = 4;
/** Pauses between attempts, about ten minutes. StackOne sends a webhook only once after a success, so the work is repeated here. */
const pausesMs = [1_000, 5_000, 30_000, 60_000, 180_000, 300_000];
/** When our own rate limit has no place for a job. */
const limitedMs = 1_000;
/** Less than the time that a shutdown has. */
const closeMs = 5_000;
const pollMs = 20;

interface Job {
  readonly webhook: AccountWebhook;
  /** Lets the same webhook in again. */
  readonly release: () => Promise<void>;
  /** How often StackOne was asked. */
  readonly attempts: number;
}

/** Webhooks that were accepted, until their account has been read. */
export class WebhookQueue {
  readonly #detector: ChangeDetector;
  readonly #logger: Logger;
  readonly #jobs: Job[] = [];
  readonly #stopping = new AbortController();
  #workers = 0;
  #unfinished = 0;

  constructor(detector: ChangeDetector, logger: Logger) {
    this.#detector = detector;
    this.#logger = logger;
  }

  /** @returns false when the queue is full */
  add(webhook: AccountWebhook, release: () => Promise<void>): boolean {
    if (this.#unfinished >= maxQueued || this.#stopping.signal.aborted) {
      return false;
    }
    this.#unfinished += 1;
    this.#enqueue({ webhook, release, attempts: 0 });
    return true;
  }

  /** Accepts nothing more, and finishes what was accepted: StackOne sends no webhook again after a success. */
  async close(): Promise<void> {
    this.#stopping.abort();
    const deadline = performance.now() + closeMs;
    while (this.#unfinished > 0 && performance.now() < deadline) {
      await sleep(pollMs);
    }
  }

  #enqueue(job: Job): void {
    this.#jobs.push(job);
    if (this.#workers < maxWorkers) {
      void this.#work();
    }
  }

  async #work(): Promise<void> {
    this.#workers += 1;
    for (let job = this.#jobs.shift(); job !== undefined; job = this.#jobs.shift()) {
      await this.#process(job);
    }
    this.#workers -= 1;
  }

  /** A job that has to wait leaves its worker to others. */
  async #process(job: Job): Promise<void> {
    try {
      await this.#detector.accountReported(job.webhook);
      this.#unfinished -= 1;
    } catch (error) {
      const isLimited = error instanceof AppError && error.code === 'RATE_LIMITED';
      const pauseMs = isLimited ? limitedMs : pausesMs[job.attempts];
      if (pauseMs === undefined || this.#stopping.signal.aborted) {
        this.#unfinished -= 1;
        await job.release();
        const reason = error instanceof Error ? error.name : 'unknown';
        this.#logger.error({ alert: 'webhook-lost', reason }, 'The account of a webhook could not be read');
      } else {
        // A shutdown ends the pause: the job is then tried for the last time.
        void sleep(pauseMs, undefined, { signal: this.#stopping.signal, ref: false })
          .catch(() => undefined)
          .then(() => this.#enqueue({ ...job, attempts: job.attempts + (isLimited ? 0 : 1) }));
      }
    }
  }
}
