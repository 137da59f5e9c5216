import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { TokenCache } from '../../src/auth/token-cache.js';
import type { Caller } from '../../src/domain/caller.js';
import { parseGrants } from '../../src/domain/grants.js';
import { Owner } from '../../src/domain/owner.js';

const grants = parseGrants({}, () => {});
const acme: Caller = { owner: Owner.parse('org_acme', 'Acme'), username: null, expiresAt: null, grants };
const globex: Caller = { owner: Owner.parse('org_globex', 'Globex'), username: null, expiresAt: null, grants };
const start = Date.parse('2026-01-05T09:00:00Z');
const inAnHour = start / 1000 + 3600;

beforeEach(() => void jest.useFakeTimers({ now: start }));
afterEach(() => void jest.useRealTimers());

describe('TokenCache', () => {
  it('returns the caller of exactly the token that was verified', () => {
    const cache = new TokenCache();
    cache.set('acme', acme, inAnHour);
    cache.set('globex', globex, inAnHour);
    expect([cache.get('acme'), cache.get('globex'), cache.get('acm')]).toEqual([acme, globex, undefined]);
  });

  it('forgets a token after a minute', () => {
    const cache = new TokenCache();
    cache.set('acme', acme, inAnHour);
    jest.advanceTimersByTime(59_999);
    expect(cache.get('acme')).toBe(acme);
    jest.advanceTimersByTime(2);
    expect(cache.get('acme')).toBeUndefined();
  });

  it('forgets a token when it expires', () => {
    const cache = new TokenCache();
    cache.set('acme', acme, start / 1000 + 10);
    jest.advanceTimersByTime(9_999);
    expect(cache.get('acme')).toBe(acme);
    jest.advanceTimersByTime(2);
    expect(cache.get('acme')).toBeUndefined();
  });

  it('does not keep a token that has expired within the clock tolerance', () => {
    const cache = new TokenCache();
    for (const expiresAt of [Date.now() / 1000, start / 1000 - 3]) {
      cache.set('acme', acme, expiresAt);
      expect(cache.get('acme')).toBeUndefined();
    }
  });

  it('keeps at most 20,000 tokens and evicts the oldest first', () => {
    const cache = new TokenCache();
    for (let index = 0; index <= 20_000; index += 1) {
      cache.set(`token-${index}`, acme, inAnHour);
    }
    expect([cache.get('token-0'), cache.get('token-1'), cache.get('token-20000')]).toEqual([undefined, acme, acme]);
  });
});
