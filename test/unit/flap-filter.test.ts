import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { AccountChangeKind } from '../../src/domain/account-change.js';
import { FlapFilter } from '../../src/events/flap-filter.js';

let delivered: string[] = [];
let filter: FlapFilter;
beforeEach(() => {
  jest.useFakeTimers();
  delivered = [];
  filter = new FlapFilter(({ change }) => void delivered.push(`${change.accountId} ${change.kind}`));
});
afterEach(() => {
  filter.close();
  jest.useRealTimers();
});

const minutes = (count: number) => jest.advanceTimersByTime(count * 60_000);
const changeOf = (kind: AccountChangeKind, accountId = 'a') => ({
  ownerId: 'org',
  change: { kind, accountId, account: null, at: new Date() },
});
const handle = (kind: AccountChangeKind, accountId = 'a') => filter.handle(changeOf(kind, accountId), true);

describe('the delivery of BROKEN and RECOVERED', () => {
  it('is immediate at first', () => {
    handle('BROKEN');
    minutes(1);
    handle('RECOVERED');
    expect(delivered).toEqual(['a BROKEN', 'a RECOVERED']);
  });

  it('contains one BROKEN of an account that is reported again within ten minutes', () => {
    handle('BROKEN');
    minutes(9);
    handle('BROKEN');
    minutes(60);
    expect(delivered).toEqual(['a BROKEN']);
  });

  it('contains a later BROKEN even if the recovery before it never arrived from another instance', () => {
    handle('BROKEN');
    minutes(60);
    handle('BROKEN');
    expect(delivered).toEqual(['a BROKEN', 'a BROKEN']);
  });

  it('contains the BROKEN that waits when the process ends', () => {
    handle('BROKEN');
    handle('RECOVERED');
    handle('BROKEN');
    filter.close();
    minutes(20);
    expect(delivered).toEqual(['a BROKEN', 'a RECOVERED', 'a BROKEN']);
  });

  it('contains the BROKEN that waits although another instance then reports the same', () => {
    handle('BROKEN');
    handle('RECOVERED');
    handle('BROKEN');
    filter.handle(changeOf('BROKEN'), false);
    minutes(20);
    expect(delivered).toEqual(['a BROKEN', 'a RECOVERED', 'a BROKEN']);
  });

  it('is one stream of changes from two instances: each delivers what it detected, and both know of the rest', () => {
    const other = new FlapFilter(({ change }) => void delivered.push(`${change.accountId} ${change.kind} (other)`));
    const steps = [
      [true, 'BROKEN'],
      [false, 'RECOVERED'],
      [true, 'BROKEN'],
      [false, 'RECOVERED'],
      [false, 'BROKEN'],
    ] as const;
    for (const [isMine, kind] of steps) {
      filter.handle(changeOf(kind), isMine);
      other.handle(changeOf(kind), !isMine);
    }
    expect(delivered).toEqual(['a BROKEN', 'a RECOVERED (other)']);
    minutes(10);
    expect(delivered).toEqual(['a BROKEN', 'a RECOVERED (other)', 'a BROKEN (other)']);
    filter.handle(changeOf('RECOVERED'), true);
    expect(delivered.at(-1)).toBe('a RECOVERED');
  });

  it('contains one BROKEN for an account that breaks and recovers again and again within ten minutes', () => {
    for (let count = 0; count < 4; count++) {
      handle('BROKEN');
      minutes(1);
      handle('RECOVERED');
      minutes(1);
    }
    minutes(60);
    expect(delivered).toEqual(['a BROKEN', 'a RECOVERED']);
  });

  it('contains the last state: an account that stays broken is reported ten minutes after the first BROKEN', () => {
    handle('BROKEN');
    minutes(1);
    handle('RECOVERED');
    handle('BROKEN');
    minutes(8);
    expect(delivered).toEqual(['a BROKEN', 'a RECOVERED']);
    minutes(1);
    expect(delivered).toEqual(['a BROKEN', 'a RECOVERED', 'a BROKEN']);
    handle('RECOVERED');
    expect(delivered).toEqual(['a BROKEN', 'a RECOVERED', 'a BROKEN', 'a RECOVERED']);
  });

  it('is separate for each account, and other kinds pass', () => {
    handle('BROKEN');
    handle('BROKEN', 'b');
    handle('LINKED', 'c');
    handle('UPDATED', 'c');
    handle('REMOVED', 'c');
    expect(delivered).toEqual(['a BROKEN', 'b BROKEN', 'c LINKED', 'c UPDATED', 'c REMOVED']);
  });

  it('waits for 10,000 accounts at most: the one that waits longest is reported early, and each one once', () => {
    const ids = Array.from({ length: 10_001 }, (_, index) => `account-${index}`);
    for (const id of ids) {
      handle('BROKEN', id);
      handle('RECOVERED', id);
      handle('BROKEN', id);
    }
    expect(jest.getTimerCount()).toBe(10_000);
    expect(delivered.filter((line) => line === 'account-0 BROKEN')).toHaveLength(2);
    expect(delivered.filter((line) => line === 'account-1 BROKEN')).toHaveLength(1);
    minutes(20);
    expect(delivered).toHaveLength(3 * ids.length);
  });

  it('ends with a removal', () => {
    handle('BROKEN');
    handle('RECOVERED');
    handle('BROKEN');
    handle('REMOVED');
    minutes(20);
    expect(delivered).toEqual(['a BROKEN', 'a RECOVERED', 'a REMOVED']);
  });
});
