import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Owner } from '../../src/auth/owner.js';
import { VerifiedTokens } from '../../src/auth/verified-tokens.js';

const acme = Owner.fromLogin({ id: 'org_acme', name: 'Acme' });
const globex = Owner.fromLogin({ id: 'org_globex', name: 'Globex' });
const start = Date.parse('2026-01-05T09:00:00Z');
const inAnHour = start / 1000 + 3600;

beforeEach(() => void jest.useFakeTimers({ now: start }));
afterEach(() => void jest.useRealTimers());

describe('VerifiedTokens', () => {
  it('returns the owner of exactly the verified token', () => {
    const tokens = new VerifiedTokens();
    tokens.add('acme', acme, inAnHour);
    tokens.add('globex', globex, inAnHour);
    expect([tokens.ownerOf('acme'), tokens.ownerOf('globex'), tokens.ownerOf('acm')]).toEqual([
      acme,
      globex,
      undefined,
    ]);
  });

  it('forgets a token after one minute', () => {
    const tokens = new VerifiedTokens();
    tokens.add('acme', acme, inAnHour);
    jest.setSystemTime(start + 59_999);
    expect(tokens.ownerOf('acme')).toBe(acme);
    jest.setSystemTime(start + 60_000);
    expect(tokens.ownerOf('acme')).toBeUndefined();
  });

  it('forgets a token when it expires', () => {
    const tokens = new VerifiedTokens();
    tokens.add('acme', acme, start / 1000 + 10);
    jest.setSystemTime(start + 9_999);
    expect(tokens.ownerOf('acme')).toBe(acme);
    jest.setSystemTime(start + 10_000);
    expect(tokens.ownerOf('acme')).toBeUndefined();
  });

  it('evicts the oldest token above 20,000 tokens', () => {
    const tokens = new VerifiedTokens();
    for (let index = 0; index <= 20_000; index += 1) {
      tokens.add(`token-${index}`, acme, inAnHour);
    }
    expect([tokens.ownerOf('token-0'), tokens.ownerOf('token-1'), tokens.ownerOf('token-20000')]).toEqual([
      undefined,
      acme,
      acme,
    ]);
  });
});
