/** In this order, calls that wait get a free place. `background`: work of no owner, such as a refresh of the catalog. */
export const priorities = ['sessions', 'lookups', 'background'] as const;
export type Priority = (typeof priorities)[number];

/** Who causes a call to StackOne, and how urgent it is. */
export interface CallOrigin {
  readonly priority: Priority;
  /** Undefined for work of no owner. */
  readonly ownerId: string | undefined;
}

/** A part of a capacity. A call counts for all its shares. */
export interface Share {
  readonly key: string;
  readonly max: number;
  readonly of: 'all' | 'lookups' | 'background' | 'owner';
}

const ownerPart = 1 / 4;
/** The rest is for sessions, so that no number of look-ups stops them. */
const lookupsPart = 3 / 4;
/** A mutation makes up to four calls, also where a part of the capacity is less. */
const minShare = 4;

/** @param backgroundPart the part of work of no owner */
export function sharesOf(
  { priority, ownerId }: CallOrigin,
  capacity: number,
  backgroundPart = ownerPart,
): readonly Share[] {
  const max = (part: number) => Math.max(Math.min(minShare, capacity), Math.floor(capacity * part));
  const shares: Share[] = [{ key: 'all', max: capacity, of: 'all' }];
  if (priority !== 'sessions') {
    shares.push({ key: 'lookups', max: max(lookupsPart), of: 'lookups' });
  }
  shares.push(
    ownerId === undefined
      ? { key: 'background', max: max(backgroundPart), of: 'background' }
      : { key: `owner ${ownerId}`, max: max(ownerPart), of: 'owner' },
  );
  return shares;
}

/** How much of each share is in use. */
export class ShareCounts {
  readonly #counts = new Map<string, number>();

  /** Counts a call for all its shares, or for none. @returns the share that is used up */
  take(shares: readonly Share[]): Share | undefined {
    const full = shares.find(({ key, max }) => (this.#counts.get(key) ?? 0) >= max);
    if (full === undefined) {
      for (const { key } of shares) {
        this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
      }
    }
    return full;
  }

  release(shares: readonly Share[]): void {
    for (const { key } of shares) {
      const count = (this.#counts.get(key) ?? 0) - 1;
      if (count > 0) {
        this.#counts.set(key, count);
      } else {
        this.#counts.delete(key);
      }
    }
  }
}
