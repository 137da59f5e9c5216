import type { EventEmitter } from 'node:events';

/** Who waits for an answer, such as Node's `ServerResponse`: closed before it is finished, nobody does any more. */
export interface Caller extends Pick<EventEmitter, 'once' | 'off'> {
  readonly closed: boolean;
  readonly writableFinished: boolean;
}

/** What a deadline ends with when time is up. */
export class TimeIsUp extends Error {
  override readonly name = 'TimeIsUp';
}

/** What it ends with when nobody waits for an answer any more. */
export class ClientHasGone extends Error {
  override readonly name = 'ClientHasGone';
}

/**
 * The end of one call: after its time, or when the client has gone, whichever is first. It does what
 * `AbortSignal.any` and `AbortSignal.timeout` would, at a fraction of their cost (docs/performance.md).
 */
export class Deadline {
  readonly #listeners = new Set<(reason: Error) => void>();
  readonly #caller: Caller;
  readonly #timer: NodeJS.Timeout;
  #reason: Error | undefined;

  constructor(milliseconds: number, caller: Caller) {
    this.#caller = caller;
    this.#timer = setTimeout(() => this.#end(new TimeIsUp()), milliseconds);
    if (caller.closed) this.#onClose();
    else caller.once('close', this.#onClose);
  }

  throwIfOver(): void {
    if (this.#reason !== undefined) throw this.#reason;
  }

  /** Calls back once, at the end. @returns how to take that back */
  onEnd(listener: (reason: Error) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** What `work` comes to, or the reason of the end: the caller is answered also while its work waits for its turn. */
  race<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#reason !== undefined) reject(this.#reason);
      else this.onEnd(reject);
      work.then(resolve, reject);
    });
  }

  /** Rejects at the end. */
  sleep(milliseconds: number): Promise<void> {
    const woken = new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.onEnd(() => clearTimeout(timer));
    });
    return this.race(woken);
  }

  /** What it was for is done. */
  clear(): void {
    clearTimeout(this.#timer);
    this.#caller.off('close', this.#onClose);
    this.#listeners.clear();
  }

  readonly #onClose = (): void => {
    if (!this.#caller.writableFinished) this.#end(new ClientHasGone());
  };

  #end(reason: Error): void {
    if (this.#reason !== undefined) return;
    this.#reason = reason;
    const listeners = [...this.#listeners];
    this.clear();
    for (const listener of listeners) listener(reason);
  }
}
