import { LRUCache } from 'lru-cache';
import type { SharedState } from './shared-state.js';

/** About 200 bytes each, so 20 MB at most. */
const maxMarks = 100_000;
const maxBroken = 100_000;

/** A bound by size: with `max`, a cache takes its memory and 10 ms of a start at once, also where it stays empty. */
const bound = (maxSize: number) => ({ maxSize, sizeCalculation: () => 1 });

/** The state of a single instance. */
export class MemoryState implements SharedState {
  readonly #marks = new LRUCache<string, true>({ ...bound(maxMarks), ttl: 1, ttlAutopurge: false });
  readonly #broken = new LRUCache<string, true>(bound(maxBroken));
  #hasSwept = false;
  #lastWebhook: Date | undefined;

  async claim(mark: string, seconds: number): Promise<boolean> {
    const isNew = !this.#marks.has(mark);
    if (isNew) {
      this.#marks.set(mark, true, { ttl: seconds * 1000 });
    }
    return isNew;
  }

  claimSweep(seconds: number): Promise<boolean> {
    return this.claim('sweep', seconds);
  }

  async release(mark: string): Promise<void> {
    this.#marks.delete(mark);
  }

  async addBroken(accountId: string): Promise<boolean> {
    const isNew = !this.#broken.has(accountId);
    this.#broken.set(accountId, true);
    return isNew;
  }

  async removeBroken(accountId: string): Promise<boolean> {
    return this.#broken.delete(accountId);
  }

  async knownBroken(): Promise<ReadonlySet<string> | undefined> {
    return this.#hasSwept ? new Set(this.#broken.keys()) : undefined;
  }

  async setSwept(): Promise<void> {
    this.#hasSwept = true;
  }

  async setLastWebhook(at: Date): Promise<void> {
    this.#lastWebhook = at;
  }

  async lastWebhook(): Promise<Date | undefined> {
    return this.#lastWebhook;
  }
}
