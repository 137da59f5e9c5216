import { setTimeout as sleep } from 'node:timers/promises';

export interface WaitOptions {
  /** Default: 5,000. */
  readonly timeoutMs?: number;
  /** Time between two polls. Default: 2. */
  readonly intervalMs?: number;
}

/**
 * Polls until `read` returns a value other than `undefined`, and returns that value.
 * @param description what is awaited, for the message of a failure
 */
export async function waitFor<T>(
  read: () => T | undefined | Promise<T | undefined>,
  description: string | (() => string),
  { timeoutMs = 5_000, intervalMs = 2 }: WaitOptions = {},
): Promise<T> {
  // The monotonic clock of the process: tests replace `Date.now` and `performance.now`.
  const deadline = process.hrtime.bigint() + BigInt(timeoutMs) * 1_000_000n;
  for (let isLast = false; ; ) {
    const value = await read();
    if (value !== undefined) {
      return value;
    }
    if (isLast) {
      const text = typeof description === 'string' ? description : description();
      throw new Error(`Timed out after ${timeoutMs} ms: ${text}`);
    }
    // One more read after the deadline: a machine that stood still has not yet delivered what arrived meanwhile.
    isLast = process.hrtime.bigint() > deadline;
    await sleep(intervalMs);
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
