import { ClientDisconnectedError } from '../../observability/cancellation.js';
import type { RequestContext } from '../../observability/request-context.js';
import { DeadlineExceededError, deadlinePassed } from './errors.js';

/**
 * The result of work that can outlive the request that waits for it.
 * @throws UpstreamError `UPSTREAM_TIMEOUT` when there is no result after this time
 */
export function within<T>(milliseconds: number, what: string, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(deadlinePassed(what)), milliseconds);
    // Not `finally`, which creates two more promises for each call to StackOne.
    work.then(
      (result) => {
        clearTimeout(timer);
        resolve(result);
      },
      (error: unknown) => {
        clearTimeout(timer);
        reject(error);
      },
    );
  });
}

/** @throws ClientDisconnectedError, DeadlineExceededError */
export function throwIfOver({ cancellation, deadline }: RequestContext): void {
  if (cancellation.aborted) {
    throw new ClientDisconnectedError();
  }
  if (performance.now() >= deadline) {
    throw new DeadlineExceededError();
  }
}
