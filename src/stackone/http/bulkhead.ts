import { ClientDisconnectedError } from '../../observability/cancellation.js';
import type { RequestContext } from '../../observability/request-context.js';
import { DeadlineExceededError } from './errors.js';
import {
  type CallOrigin,
  type Parts,
  type Priority,
  priorities,
  type Share,
  ShareCounts,
  type Shares,
  sharesOf,
} from './shares.js';

const parts: Parts = { lookups: 7 / 8, background: 1 / 4 };

/** A call can neither start nor wait. `share`: what it would have to wait for. */
export class BulkheadFullError extends Error {
  override readonly name = 'BulkheadFullError';
  readonly share: Share;

  constructor(share: Share) {
    super(`too many calls of ${share.of} wait`);
    this.share = share;
  }
}

/** When a call that waits gives up. */
type Patience = Pick<RequestContext, 'cancellation' | 'deadline'>;

interface WaitingCall {
  readonly places: Shares;
  readonly start: () => void;
}

/**
 * Limits the calls to StackOne that are in flight and those that wait for a place. No owner gets more than a share of
 * either, so that an owner whose calls are slow does not stop the others, and look-ups do not stop sessions.
 */
export class Bulkhead {
  readonly #maxInFlight: number;
  readonly #maxWaiting: number;
  readonly #inFlight = new ShareCounts();
  readonly #waiting = new ShareCounts();
  readonly #queues: Readonly<Record<Priority, Set<WaitingCall>>> = {
    sessions: new Set(),
    lookups: new Set(),
    background: new Set(),
  };

  constructor(maxInFlight: number, maxWaiting: number) {
    this.#maxInFlight = maxInFlight;
    this.#maxWaiting = maxWaiting;
  }

  /**
   * Runs a call as soon as there is a place for it.
   * @throws BulkheadFullError at once; DeadlineExceededError and ClientDisconnectedError while it waits
   */
  async run<T>(origin: CallOrigin, patience: Patience, call: () => Promise<T>): Promise<T> {
    const places = sharesOf(origin, this.#maxInFlight, parts);
    if (this.#inFlight.take(places) !== undefined) {
      await this.#wait(origin, places, patience);
    }
    try {
      return await call();
    } finally {
      this.#inFlight.release(places);
      this.#startWaiting();
    }
  }

  #wait(origin: CallOrigin, places: Shares, { cancellation, deadline }: Patience): Promise<void> {
    const shares = sharesOf(origin, this.#maxWaiting, parts);
    const full = this.#waiting.take(shares);
    if (full !== undefined) {
      throw new BulkheadFullError(full);
    }
    const queue = this.#queues[origin.priority];
    return new Promise((resolve, reject) => {
      const end = () => {
        clearTimeout(timer);
        cancellation.removeEventListener('abort', onAbort);
        queue.delete(waiting);
        this.#waiting.release(shares);
      };
      const giveUp = (error: Error) => {
        end();
        reject(error);
      };
      const onAbort = () => giveUp(new ClientDisconnectedError());
      const timer = setTimeout(() => giveUp(new DeadlineExceededError()), deadline - performance.now());
      const start = () => {
        end();
        resolve();
      };
      const waiting: WaitingCall = { places, start };
      queue.add(waiting);
      cancellation.addEventListener('abort', onAbort);
    });
  }

  #startWaiting(): void {
    for (let next = this.#findNext(); next !== undefined; next = this.#findNext()) {
      this.#inFlight.take(next.places);
      next.start();
    }
  }

  /** The oldest call of the first priority that may start. */
  #findNext(): WaitingCall | undefined {
    for (const priority of priorities) {
      for (const waiting of this.#queues[priority]) {
        if (this.#inFlight.findFull(waiting.places) === undefined) {
          return waiting;
        }
      }
    }
    return undefined;
  }
}
