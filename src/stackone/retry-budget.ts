const capacity = 10;
const earnedPerSuccess = 0.1;

/**
 * A token bucket for retries: each takes one, a retry that succeeds gives it back, and ten successes earn one.
 * So an outage is asked about again now and then, and not twice for every call, while sockets that are closed
 * at their reuse, where the second attempt always helps, never use it up.
 */
export class RetryBudget {
  #tokens = capacity;

  /** Whether a retry may be made; it then counts. */
  take(): boolean {
    if (this.#tokens < 1) {
      return false;
    }
    this.#tokens -= 1;
    return true;
  }

  /** After a success. @param wasRetry whether it took a token before */
  earn(wasRetry: boolean): void {
    this.#tokens = Math.min(capacity, this.#tokens + earnedPerSuccess + (wasRetry ? 1 : 0));
  }
}
