import { beforeEach, describe, expect, it } from '@jest/globals';
import { RequestCancellation } from '../../src/observability/cancellation.js';
import { Bulkhead, BulkheadFullError } from '../../src/stackone/http/bulkhead.js';
import { type Priority, type Share, ShareCounts, sharesOf } from '../../src/stackone/http/shares.js';

const maxInFlight = 32;
const maxWaiting = 64;

let bulkhead: Bulkhead;
/** The calls that have started, in order. */
let started: string[];
/** How to end each of them. */
let ends: Map<string, () => void>;
beforeEach(() => {
  bulkhead = new Bulkhead(maxInFlight, maxWaiting);
  started = [];
  ends = new Map();
});

const turn = () => new Promise((resolve) => setImmediate(resolve));

/** @returns `done`, the share that is full, or the name of the error */
function call(
  name: string,
  priority: Priority,
  ownerId: string | undefined,
  { deadline = Number.MAX_SAFE_INTEGER, cancellation = new RequestCancellation() } = {},
): Promise<string> {
  const patience = { cancellation, deadline: Math.min(deadline, performance.now() + 60_000) };
  const work = () =>
    new Promise<string>((resolve) => {
      started.push(name);
      ends.set(name, () => resolve('done'));
    });
  return bulkhead.run({ priority, ownerId }, patience, work).catch((error: unknown) => {
    return error instanceof BulkheadFullError ? error.share.of : error instanceof Error ? error.name : 'no error';
  });
}

/** Calls of as many owners, one each. @returns how many of them start */
function fill(count: number, priority: Priority, name: string = priority): number {
  const before = started.length;
  for (let number = 1; number <= count; number++) {
    void call(`${name} ${number}`, priority, priority === 'background' ? undefined : `owner-${number}`);
  }
  return started.length - before;
}

async function end(name: string): Promise<void> {
  ends.get(name)?.();
  await turn();
}
async function endAll(): Promise<void> {
  while (ends.size > 0) {
    const names = [...ends.keys()];
    await Promise.all(names.map(end));
    names.forEach((name) => {
      ends.delete(name);
    });
  }
}

describe('A bulkhead', () => {
  it('has 8 of 32 places and 16 of 64 waiting places for one owner, and refuses its next call at once', async () => {
    const calls = Array.from({ length: 24 }, (_, number) => call(`a${number}`, 'sessions', 'a'));
    expect(started).toHaveLength(8);
    expect(await call('a24', 'sessions', 'a')).toBe('owner');
    void call('b', 'sessions', 'b');
    expect(started.at(-1)).toBe('b');
    await endAll();
    expect(await Promise.all(calls)).toEqual(Array(24).fill('done'));
    void call('a25', 'sessions', 'a');
    expect(started.at(-1)).toBe('a25');
    await endAll();
  });

  it.each<[Priority, number, number, Share['of']]>([
    ['sessions', 32, 64, 'all'],
    ['lookups', 28, 56, 'lookups'],
    ['background', 8, 16, 'background'],
  ])('has for %s of all owners %d places and %d waiting places', async (priority, places, waiting, full) => {
    expect(fill(places, priority)).toBe(places);
    expect(fill(waiting, priority, 'waiting')).toBe(0);
    expect(await call('last', priority, priority === 'background' ? undefined : 'last')).toBe(full);
    await endAll();
    expect(started).toHaveLength(places + waiting);
  });

  it('starts a session at once while look-ups use all that they may', async () => {
    fill(84, 'lookups');
    void call('session', 'sessions', 'z');
    expect(started.at(-1)).toBe('session');
    await endAll();
  });

  it('starts sessions before look-ups before background work, and each of them in the order of arrival', async () => {
    fill(32, 'sessions');
    void call('background', 'background', undefined);
    void call('lookup 1', 'lookups', 'x');
    void call('lookup 2', 'lookups', 'y');
    void call('session', 'sessions', 'z');
    started = [];
    // After the first five, 28 calls are in flight.
    for (const number of [1, 2, 3, 4, 5, 6, 7, 8]) {
      await end(`sessions ${number}`);
    }
    expect(started).toEqual(['session', 'lookup 1', 'lookup 2', 'background']);
    await endAll();
  });

  it('gives the last place to an owner without a call, although another one waits longer', async () => {
    void call('a1', 'lookups', 'a');
    fill(27, 'lookups');
    void call('a2', 'lookups', 'a');
    void call('b', 'lookups', 'b');
    await end('lookups 1');
    expect(started.at(-1)).toBe('b');
    await endAll();
  });

  it('always has places for further owners while several owners flood it', async () => {
    for (const owner of ['a', 'b', 'c', 'd', 'e']) {
      for (let number = 1; number <= 30; number++) {
        void call(`${owner}${number}`, 'lookups', owner);
      }
    }
    const lastOwner = call('z', 'lookups', 'z');
    expect(started.at(-1)).toBe('z');
    await endAll();
    expect(await lastOwner).toBe('done');
  });

  it('passes by a waiting call of an owner that has all its places', async () => {
    for (let number = 1; number <= 9; number++) {
      void call(`a${number}`, 'lookups', 'a');
    }
    fill(20, 'lookups');
    void call('b', 'lookups', 'b');
    expect(started).not.toContain('b');
    await end('lookups 1');
    expect(started.at(-1)).toBe('b');
    expect(started).not.toContain('a9');
    await endAll();
    expect(started).toContain('a9');
  });

  it('lets a call wait until its deadline or until its client disconnects, and frees its waiting place', async () => {
    fill(32, 'sessions');
    const cancellation = new RequestCancellation();
    const late = call('late', 'sessions', 'z', { deadline: performance.now() + 20 });
    const left = call('left', 'sessions', 'z', { cancellation });
    cancellation.abort();
    expect(await left).toBe('ClientDisconnectedError');
    expect(await late).toBe('DeadlineExceededError');
    const waiting = Array.from({ length: 16 }, (_, number) => call(`z${number}`, 'sessions', 'z'));
    await endAll();
    expect((await Promise.all(waiting)).filter((result) => result !== 'done')).toEqual([]);
    expect(started).not.toContain('late');
    expect(started).not.toContain('left');
  });

  it('frees the waiting place of a call once: neither the deadline nor the client of a call that has started counts', async () => {
    fill(32, 'sessions');
    const cancellation = new RequestCancellation();
    const deadline = performance.now() + 20;
    const early = Array.from({ length: 4 }, (_, number) =>
      call(`y${number}`, 'sessions', 'z', { cancellation, deadline }),
    );
    await endAll();
    await Promise.all(early);
    fill(32, 'sessions');
    const waiting = Array.from({ length: 16 }, (_, number) => call(`z${number}`, 'sessions', 'z'));
    cancellation.abort();
    await new Promise((resolve) => setTimeout(resolve, deadline - performance.now() + 5));
    expect(await call('one more', 'sessions', 'z')).toBe('owner');
    await endAll();
    await Promise.all(waiting);
  });

  it('frees the place of a call that fails', async () => {
    const patience = { cancellation: new RequestCancellation(), deadline: Number.POSITIVE_INFINITY };
    for (let number = 1; number <= 40; number++) {
      const failing = bulkhead.run({ priority: 'sessions', ownerId: 'a' }, patience, () =>
        Promise.reject(new Error('x')),
      );
      await expect(failing).rejects.toThrow('x');
    }
    expect(fill(32, 'sessions')).toBe(32);
    await endAll();
  });
});

describe('Shares', () => {
  it.each<[number, Priority, string | undefined, string]>([
    [75, 'sessions', 'a', 'all 75, owner a 18'],
    [75, 'lookups', 'a', 'all 56, owner a 18'],
    [75, 'background', undefined, 'all 56, background 7'],
    [10, 'lookups', 'a', 'all 7, owner a 4'],
    [2, 'lookups', 'a', 'all 2, owner a 2'],
    [1, 'background', undefined, 'all 1, background 1'],
  ])('of %d requests for %s of the owner %s are %s', (capacity, priority, ownerId, expected) => {
    const shares = sharesOf({ priority, ownerId }, capacity, { lookups: 3 / 4, background: 1 / 10 });
    expect(shares.map(({ key, max }) => `${key} ${max}`).join(', ')).toBe(expected);
  });

  it('are counted all or none', () => {
    const counts = new ShareCounts();
    const all: Share = { key: 'all', max: 2, of: 'all' };
    const [a, b]: Share[] = ['a', 'b'].map((key) => ({ key, max: 1, of: 'owner' }));
    if (a === undefined || b === undefined) {
      throw new Error('there are two owners');
    }
    expect(counts.take([all, a])).toBeUndefined();
    expect(counts.take([all, a])).toBe(a);
    expect(counts.take([all, b])).toBeUndefined();
    expect(counts.take([all, { key: 'c', max: 1, of: 'owner' }])).toBe(all);
    counts.release([all, a]);
    expect(counts.take([all, a])).toBeUndefined();
  });

  it.each([
    [75, [18]],
    [75, [14, 14]],
    [75, [12, 11, 11]],
    [75, [8, 8, 8, 8, 8]],
    [8, [3]],
    [3, [2]],
  ])(
    'of %d requests leave the others twice as much as each owner has that floods: %p look-ups',
    (capacity, expected) => {
      const counts = new ShareCounts();
      const taken = expected.map(() => 0);
      for (let round = 0; round < capacity; round++) {
        for (const [number, count] of taken.entries()) {
          const origin = { priority: 'lookups', ownerId: String(number) } as const;
          const shares = sharesOf(origin, capacity, { lookups: 3 / 4, background: 1 / 10 });
          taken[number] = count + Number(counts.take(shares) === undefined);
        }
      }
      expect(taken).toEqual(expected);
    },
  );
});
