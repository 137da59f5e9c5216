const capacity = 10;
const earnedPerSuccess = 0.1;

/**
 * A token bucket for retries, one for each kind of calls. Each retry takes a token, a retry that succeeds returns it, and ten successes earn one.
 * During an outage StackOne then receives a few retries rather than a second attempt for every call. Sockets that close
 * when they are reused never empty the bucket, because the second attempt succeeds.
 */
export class RetryBudget {
  #tokens = capacity;

  /** Takes a token for a retry. @returns whether the retry may be made */
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
