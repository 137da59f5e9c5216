import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { codeOf, reasonOf } from '../../domain/app-error.js';
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
/** A shutdown has more time than this. */
const closeMs = 5_000;
const pollMs = 20;

interface Job {
  readonly webhook: AccountWebhook;
  /** Lets the same webhook in again. */
  readonly release: () => Promise<void>;
  /** How often StackOne was asked. */
  attempts: number;
}

/** Webhooks that were accepted, until their account has been read. */
export class WebhookQueue {
  readonly #detector: ChangeDetector;
  readonly #logger: Logger;
  readonly #jobs: Job[] = [];
  readonly #stopping = new AbortController();
  readonly #unfinished = new Set<Job>();
  #workers = 0;

  constructor(detector: ChangeDetector, logger: Logger) {
    this.#detector = detector;
    this.#logger = logger;
    // Each webhook that waits listens to it.
    setMaxListeners(0, this.#stopping.signal);
  }

  /** @returns false when the queue is full */
  add(webhook: AccountWebhook, release: () => Promise<void>): boolean {
    if (this.#unfinished.size >= maxQueued || this.#stopping.signal.aborted) {
      return false;
    }
    const job = { webhook, release, attempts: 0 };
    this.#unfinished.add(job);
    this.#enqueue(job);
    return true;
  }

  /**
   * Accepts nothing more, and finishes what was accepted: StackOne sends no webhook again after a success. What takes too
   * long is lost, each with its alert.
   */
  async close(): Promise<void> {
    this.#stopping.abort();
    const deadline = performance.now() + closeMs;
    while (this.#unfinished.size > 0 && performance.now() < deadline) {
      await sleep(pollMs);
    }
    this.#jobs.length = 0;
    await Promise.all([...this.#unfinished].map((job) => this.#giveUp(job, 'the server stops')));
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
      this.#unfinished.delete(job);
    } catch (error) {
      const isLimited = codeOf(error) === 'RATE_LIMITED';
      const pauseMs = isLimited ? limitedMs : pausesMs[job.attempts];
      if (pauseMs === undefined || this.#stopping.signal.aborted) {
        await this.#giveUp(job, reasonOf(error) ?? 'unknown');
      } else {
        job.attempts += isLimited ? 0 : 1;
        // A shutdown ends the pause: the job is then tried for the last time.
        void sleep(pauseMs, undefined, { signal: this.#stopping.signal, ref: false })
          .catch(() => undefined)
          .then(() => this.#enqueue(job));
      }
    }
  }

  async #giveUp(job: Job, reason: string): Promise<void> {
    // A job can have been given up already, while StackOne was asked.
    if (this.#unfinished.delete(job)) {
      await job.release();
      this.#logger.error({ alert: 'webhook-lost', reason }, 'The account of a webhook could not be read');
    }
  }
}
