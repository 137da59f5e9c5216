/** In this order, calls that wait get a free place. `background`: work of no owner, such as a refresh of the catalog. */
export const priorities = ['sessions', 'lookups', 'background'] as const;
export type Priority = (typeof priorities)[number];

/** Who causes a call to StackOne, and how urgent it is. */
export interface CallOrigin {
  readonly priority: Priority;
  /** Undefined for work of no owner. */
  readonly ownerId: string | undefined;
}

/** A part of a capacity, such as the calls in flight. A call is counted under the keys of all its shares. */
export interface Share {
  readonly key: string;
  readonly max: number;
  readonly of: 'all' | 'lookups' | 'background' | 'owner';
}

/**
 * The two shares of a call: that of all calls, and that of its owner or of background work. Its own share
 * is also at most half of what is still free, or `minShare` if that is more. So the less is free, the less one owner can
 * have, and an owner without a call can start one as long as anything is free.
 */
export type Shares = readonly [all: Share, own: Share];

export interface Parts {
  /** Look-ups and background work stop here, and the rest is for sessions only. */
  readonly lookups: number;
  readonly background: number;
}

const ownerPart = 1 / 4;
/** A mutation makes up to four calls, also where a part of the capacity is less. */
export const minShare = 4;

/** The shares of a call, where all calls together have this capacity. */
export function sharesOf({ priority, ownerId }: CallOrigin, capacity: number, parts: Parts): Shares {
  const max = (part: number) => Math.max(Math.min(minShare, capacity), Math.floor(capacity * part));
  return [
    priority === 'sessions'
      ? { key: 'all', max: capacity, of: 'all' }
      : { key: 'all', max: max(parts.lookups), of: 'lookups' },
    ownerId === undefined
      ? { key: 'background', max: max(parts.background), of: 'background' }
      : { key: `owner ${ownerId}`, max: max(ownerPart), of: 'owner' },
  ];
}

/** How much of each share is in use. */
export class ShareCounts {
  readonly #counts = new Map<string, number>();

  /** The first share that is used up. */
  findFull([all, own]: Shares): Share | undefined {
    const free = all.max - this.#countOf(all.key);
    if (free <= 0) {
      return all;
    }
    const part = Math.max(free / 2, Math.min(minShare, free));
    return this.#countOf(own.key) >= Math.min(own.max, part) ? own : undefined;
  }

  /** Counts a call for all its shares, or for none. @returns the share that is used up */
  take(shares: Shares): Share | undefined {
    const full = this.findFull(shares);
    if (full === undefined) {
      for (const { key } of shares) {
        this.#counts.set(key, this.#countOf(key) + 1);
      }
    }
    return full;
  }

  release(shares: Shares): void {
    for (const { key } of shares) {
      const count = this.#countOf(key) - 1;
      if (count > 0) {
        this.#counts.set(key, count);
      } else {
        this.#counts.delete(key);
      }
    }
  }

  #countOf(key: string): number {
    return this.#counts.get(key) ?? 0;
  }
}
