const capacity = 10;
const earnedPerSuccess = 0.1;

/**
 * A token bucket for retries: each takes one, and ten successes earn one. So an outage is asked about again
 * now and then, and not twice for every call.
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

  earn(): void {
    this.#tokens = Math.min(capacity, this.#tokens + earnedPerSuccess);
  }
}
