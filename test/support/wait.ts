import { setTimeout as sleep } from 'node:timers/promises';

export interface WaitOptions {
  /** Default: 5,000. */
  readonly timeoutMs?: number;
  /** Time between two polls. Default: a twentieth of the time waited so far, at least 2 and at most 20. */
  readonly intervalMs?: number;
}

/**
 * Polls until `read` returns a value other than `undefined`, and returns that value.
 * @param description what is awaited, for the message of a failure
 */
export async function waitFor<T>(
  read: () => T | undefined | Promise<T | undefined>,
  description: string | (() => string),
  { timeoutMs = 5_000, intervalMs }: WaitOptions = {},
): Promise<T> {
  // The monotonic clock of the process: tests replace `Date.now` and `performance.now`.
  const start = process.hrtime.bigint();
  for (let isLast = false; ; ) {
    const value = await read();
    if (value !== undefined) {
      return value;
    }
    if (isLast) {
      const text = typeof description === 'string' ? description : description();
      throw new Error(`Timed out after ${timeoutMs} ms: ${text}`);
    }
    const waitedMs = Number((process.hrtime.bigint() - start) / 1_000_000n);
    // One more read after the deadline: a machine that stood still has not yet delivered what arrived meanwhile.
    isLast = waitedMs > timeoutMs;
    // A long wait leaves the processor to other tests: some reads search all log lines.
    await sleep(intervalMs ?? Math.min(20, Math.max(2, waitedMs / 20)));
  }
}

/** Polls until the condition holds. */
export async function waitUntil(
  condition: () => boolean | Promise<boolean>,
  description: string | (() => string),
  options?: WaitOptions,
): Promise<void> {
  await waitFor(async () => ((await condition()) ? true : undefined), description, options);
}

/** Stops the event loop for this time, as long work of it would, but leaves the processor to other tests. */
export function blockEventLoop(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}
