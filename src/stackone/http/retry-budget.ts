import { UpstreamError } from './errors.js';

const capacity = 10;
const earnedPerSuccess = 0.1;
const backoffMs = 100;

/**
 * Decides whether a failed attempt is repeated. A token bucket, one for each kind of calls: each retry takes a token, a
 * retry that succeeds returns it, and ten successes earn one. During an outage, StackOne then receives a few retries
 * rather than a second attempt for every call. Sockets that close when they are reused never empty the bucket, because
 * the second attempt succeeds.
 */
export class RetryBudget {
  #tokens = capacity;

  /**
   * How many milliseconds to wait before a failed attempt is repeated. Takes a token for the retry.
   * @returns undefined for no retry. DELETE is repeated only when StackOne cannot have received it
   */
  pauseBeforeRetry(error: unknown, method: string): number | undefined {
    const retry = error instanceof UpstreamError ? error.retry : { kind: 'never' as const };
    if (retry.kind === 'never' || (method === 'DELETE' && !(retry.kind === 'soon' && !retry.sent))) {
      return undefined;
    }
    if (this.#tokens < 1) {
      return undefined;
    }
    this.#tokens -= 1;
    // Full jitter, so that calls that failed together are not repeated together.
    return retry.kind === 'after' ? retry.seconds * 1000 : Math.random() * backoffMs;
  }

  /** After a success. @param wasRetry whether it took a token before */
  earn(wasRetry: boolean): void {
    this.#tokens = Math.min(capacity, this.#tokens + earnedPerSuccess + (wasRetry ? 1 : 0));
  }
}
