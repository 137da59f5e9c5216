import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { OwnerWork } from '../../src/linking/limits/owner-work.js';

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

/** The seconds to wait; 0 within the limit. */
function waitOf(work: OwnerWork, ownerId: string): number {
  try {
    work.check(ownerId);
    return 0;
  } catch (error) {
    expect(error).toMatchObject({ code: 'RATE_LIMITED' });
    return typeof error === 'object' && error !== null && 'retryAfterSeconds' in error
      ? Number(error.retryAfterSeconds)
      : Number.NaN;
  }
}

describe('OwnerWork', () => {
  it('allows ten full responses at once, and refuses until the values are regained', () => {
    const work = new OwnerWork(30);
    work.add('a', 200_000);
    expect(waitOf(work, 'a')).toBe(0);
    work.add('a', 25_000);
    expect(waitOf(work, 'a')).toBe(3);
    jest.advanceTimersByTime(2_400);
    expect(waitOf(work, 'a')).toBe(1);
    jest.advanceTimersByTime(200);
    expect(waitOf(work, 'a')).toBe(0);
  });

  it('counts each owner alone', () => {
    const work = new OwnerWork(30);
    work.add('a', 1_000_000);
    expect([waitOf(work, 'a'), waitOf(work, 'b')]).toEqual([60, 0]);
  });

  it.each([
    [1, 10_000],
    [30, 10_000],
    [60, 20_000],
  ])(
    'regains as many full responses a minute as sessions, at least 30: %p → %p values a second',
    (perMinute, values) => {
      const work = new OwnerWork(perMinute);
      work.add('a', values * 21);
      expect(waitOf(work, 'a')).toBe(1);
      jest.advanceTimersByTime(1_001);
      expect(waitOf(work, 'a')).toBe(0);
    },
  );
});
