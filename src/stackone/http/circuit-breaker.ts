import { UpstreamError } from './errors.js';

/** Counted failures in a row that open the breaker. One owner adds at most `maxFailuresOfOwner` of them. */
const failuresToOpen = 5;
const maxFailuresOfOwner = 3;
const recentMs = 10_000;
const recentOwnersPerFailure = 4;
export const probeAfterMs = 10_000;

export class CircuitOpenError extends Error {
  override readonly name = 'CircuitOpenError';
}

/**
 * Stops calls while StackOne is down.
 *
 * - It opens after five failures in a row. One owner can ask for the same broken account again and again, so its failures
 *   count at most three times. Where many owners call, a quarter of those with a call in the last ten seconds must have
 *   failed, up to five owners. Each call without an owner counts like one of another owner.
 * - Ten seconds after it has opened, the next call is a probe: a success closes it, and a failure keeps it open for ten
 *   more seconds. The owner of a failed probe waits twice as long, so that another owner can send the next probe.
 */
export class CircuitBreaker {
  readonly #onChange: (isOpen: boolean) => void;
  /** Failures since the last success. */
  readonly #failures = new Map<string | undefined, number>();
  /** When owners called last, the latest one last. Not more owners than `#isDown` needs. */
  readonly #recent = new Map<string, number>();
  #openedAt: number | undefined;
  #lastProbeOwner: string | undefined;
  #probe: Promise<unknown> | undefined;

  constructor(onChange: (isOpen: boolean) => void) {
    this.#onChange = onChange;
  }

  /**
   * Waits for a probe in flight.
   * @throws CircuitOpenError without an attempt
   */
  execute<T>(owner: string | undefined, attempt: () => Promise<T>): Promise<T> {
    if (this.#probe !== undefined) {
      return this.#probe.then(() => this.execute(owner, attempt));
    }
    if (this.#openedAt === undefined) {
      return this.#observe(owner, attempt, false);
    }
    if (performance.now() < this.#openedAt + this.#waitOf(owner)) {
      return Promise.reject(new CircuitOpenError());
    }
    const probe = this.#observe(owner, attempt, true).finally(() => {
      this.#probe = undefined;
    });
    this.#probe = probe.catch(() => undefined);
    return probe;
  }

  #waitOf(owner: string | undefined): number {
    return owner !== undefined && owner === this.#lastProbeOwner ? 2 * probeAfterMs : probeAfterMs;
  }

  async #observe<T>(owner: string | undefined, attempt: () => Promise<T>, isProbe: boolean): Promise<T> {
    if (owner !== undefined) {
      this.#remember(owner);
    }
    try {
      const response = await attempt();
      this.#onSuccess(isProbe);
      return response;
    } catch (error) {
      const health = error instanceof UpstreamError ? error.health : undefined;
      if (health === 'up') {
        this.#onSuccess(isProbe);
      } else if (health === 'down') {
        this.#onFailure(owner, isProbe);
      }
      throw error;
    }
  }

  #onSuccess(isProbe: boolean): void {
    this.#failures.clear();
    if (isProbe) {
      this.#openedAt = undefined;
      this.#lastProbeOwner = undefined;
      this.#onChange(false);
    }
  }

  #remember(owner: string): void {
    this.#recent.delete(owner);
    this.#recent.set(owner, performance.now());
    for (const oldest of this.#recent.keys()) {
      if (this.#recent.size <= failuresToOpen * recentOwnersPerFailure) {
        return;
      }
      this.#recent.delete(oldest);
    }
  }

  #isDown(): boolean {
    const counts = [...this.#failures.values()];
    const count = counts.reduce((sum, failures) => sum + failures, 0);
    const owners = this.#failures.has(undefined) ? count : counts.length;
    const since = performance.now() - recentMs;
    const recent = [...this.#recent.values()].filter((at) => at >= since).length;
    return count >= failuresToOpen && owners >= Math.ceil(recent / recentOwnersPerFailure);
  }

  #onFailure(owner: string | undefined, isProbe: boolean): void {
    if (isProbe) {
      this.#openedAt = performance.now();
      this.#lastProbeOwner = owner;
    } else if (this.#openedAt === undefined) {
      const max = owner === undefined ? failuresToOpen : maxFailuresOfOwner;
      this.#failures.set(owner, Math.min(max, (this.#failures.get(owner) ?? 0) + 1));
      if (this.#isDown()) {
        this.#openedAt = performance.now();
        this.#failures.clear();
        this.#onChange(true);
      }
    }
  }
}
