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
const handle = (kind: AccountChangeKind, accountId = 'a') =>
  filter.handle({ ownerId: 'org', change: { kind, accountId, account: null, at: new Date() } });

describe('the delivery of BROKEN and RECOVERED', () => {
  it('is immediate at first', () => {
    handle('BROKEN');
    minutes(1);
    handle('RECOVERED');
    expect(delivered).toEqual(['a BROKEN', 'a RECOVERED']);
  });

  it('contains one BROKEN until the account has recovered', () => {
    handle('BROKEN');
    minutes(60);
    handle('BROKEN');
    expect(delivered).toEqual(['a BROKEN']);
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

  it('contains the last state: an account that stays broken is reported after the ten minutes', () => {
    handle('BROKEN');
    handle('RECOVERED');
    minutes(1);
    handle('BROKEN');
    minutes(8);
    expect(delivered).toEqual(['a BROKEN', 'a RECOVERED']);
    minutes(2);
    expect(delivered).toEqual(['a BROKEN', 'a RECOVERED', 'a BROKEN']);
    handle('RECOVERED');
    expect(delivered).toEqual(['a BROKEN', 'a RECOVERED', 'a BROKEN', 'a RECOVERED']);
  });

  it('leaves out a change that a newer one of the account has overtaken, except that it was linked', () => {
    const later = (kind: AccountChangeKind, seconds: number, accountId = 'a') =>
      filter.handle({ ownerId: 'org', change: { kind, accountId, account: null, at: new Date(seconds * 1000) } });
    later('BROKEN', 20);
    later('RECOVERED', 10);
    later('UPDATED', 19);
    later('LINKED', 5);
    later('UPDATED', 20);
    later('RECOVERED', 10, 'b');
    later('REMOVED', 30);
    later('UPDATED', 29);
    expect(delivered).toEqual(['a BROKEN', 'a LINKED', 'a UPDATED', 'b RECOVERED', 'a REMOVED']);
  });

  it('is separate for each account, and other kinds pass', () => {
    handle('BROKEN');
    handle('BROKEN', 'b');
    handle('LINKED', 'c');
    handle('UPDATED', 'c');
    handle('REMOVED', 'c');
    expect(delivered).toEqual(['a BROKEN', 'b BROKEN', 'c LINKED', 'c UPDATED', 'c REMOVED']);
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
