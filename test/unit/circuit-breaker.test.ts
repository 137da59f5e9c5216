import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { CircuitBreaker, CircuitOpenError } from '../../src/stackone/http/circuit-breaker.js';
import { type ShownHealth, UpstreamError } from '../../src/stackone/http/errors.js';

let changes: boolean[] = [];
let breaker: CircuitBreaker;
beforeEach(() => {
  jest.useFakeTimers({ now: Date.parse('2026-01-05T09:00:00Z') });
  changes = [];
  breaker = new CircuitBreaker((isOpen) => void changes.push(isOpen));
});
afterEach(() => void jest.useRealTimers());

type Outcome = 'ok' | 'refused' | ShownHealth;

/** Runs one call of this owner. @returns `refused` when it was not sent */
async function call(owner: string | undefined, outcome: Exclude<Outcome, 'refused'>): Promise<Outcome> {
  try {
    return await breaker.execute(owner, async () => {
      if (outcome !== 'ok') {
        throw new UpstreamError('UPSTREAM_UNAVAILABLE', 'a failure', { health: outcome });
      }
      return outcome;
    });
  } catch (error) {
    return error instanceof CircuitOpenError ? 'refused' : outcome;
  }
}

/** Failures of these owners, one letter for each. */
async function fail(owners: string): Promise<void> {
  for (const owner of owners) {
    await call(owner, 'down');
  }
}

describe('A circuit breaker', () => {
  it.each([
    ['AABBA', true],
    ['AAABB', true],
    ['ABCDE', true],
    ['BAAAAAAAAB', true],
    ['AAAAAAAAAAAAAAAAAAAA', false],
    ['AAAAAAAAAAAAAAAAAAAAB', false],
    ['ABAB', false],
  ])('after the failures of the owners %s is open: %j', async (owners, isOpen) => {
    await fail(owners);
    expect(await call('Z', 'ok')).toBe(isOpen ? 'refused' : 'ok');
    expect(changes).toEqual(isOpen ? [true] : []);
  });

  it('needs a quarter of the owners with a call in the last ten seconds, up to five', async () => {
    for (let owner = 0; owner < 40; owner++) {
      await call(`owner ${owner}`, 'ok');
    }
    await fail('ABC'.repeat(10));
    expect(changes).toEqual([]);
    await fail('DE');
    expect(changes).toEqual([true]);
  });

  it('needs two owners again after ten seconds without the others', async () => {
    for (let owner = 0; owner < 40; owner++) {
      await call(`owner ${owner}`, 'ok');
    }
    await jest.advanceTimersByTimeAsync(10_001);
    await fail('AABBA');
    expect(changes).toEqual([true]);
  });

  it('counts each failure without an owner by itself', async () => {
    for (let failure = 1; failure <= 5; failure++) {
      expect(await call(undefined, 'down')).toBe('down');
    }
    expect(await call(undefined, 'ok')).toBe('refused');
  });

  it.each<['ok' | 'up']>([['ok'], ['up']])('starts to count again after the result %s', async (result) => {
    await fail('ABAB');
    await call('C', result);
    await fail('ABAB');
    expect(changes).toEqual([]);
  });

  it('does not start to count again after a call that shows nothing, and does not count it', async () => {
    await fail('ABA');
    await call('C', undefined);
    await call('D', undefined);
    await fail('B');
    expect(changes).toEqual([]);
    await fail('C');
    expect(changes).toEqual([true]);
  });
});

describe('An open circuit breaker', () => {
  beforeEach(() => fail('ABABA'));

  it('sends nothing for ten seconds, whatever the wall clock does', async () => {
    jest.advanceTimersByTime(9_999);
    expect(await call('C', 'ok')).toBe('refused');
    jest.setSystemTime(0);
    jest.advanceTimersByTime(1);
    expect(await call('C', 'ok')).toBe('ok');
    expect(changes).toEqual([true, false]);
  });

  it('sends one probe. Calls that wait for it go on after its success, and fail after its failure', async () => {
    for (const result of ['down', 'ok'] as const) {
      jest.advanceTimersByTime(10_000);
      const outcomes = await Promise.all([call('A', result), call('B', 'ok'), call('C', 'ok')]);
      expect(outcomes).toEqual(result === 'ok' ? ['ok', 'ok', 'ok'] : ['down', 'refused', 'refused']);
      jest.advanceTimersByTime(10_000);
    }
    expect(changes).toEqual([true, false]);
  });

  it('lets the owner of a failed probe wait twice as long, so that it cannot keep the breaker open alone', async () => {
    jest.advanceTimersByTime(10_000);
    expect(await call('A', 'down')).toBe('down');
    jest.advanceTimersByTime(10_000);
    expect(await call('A', 'down')).toBe('refused');
    expect(await call('C', 'ok')).toBe('ok');
    expect(changes).toEqual([true, false]);
  });

  it('sends a probe of that owner after twenty seconds, when there is no other', async () => {
    jest.advanceTimersByTime(10_000);
    await call('A', 'down');
    jest.advanceTimersByTime(20_000);
    expect(await call('A', 'ok')).toBe('ok');
  });

  it('has forgotten the failed probe of an owner once it has closed', async () => {
    jest.advanceTimersByTime(10_000);
    await call('A', 'down');
    jest.advanceTimersByTime(10_000);
    await call('C', 'ok');
    await fail('ABABA');
    jest.advanceTimersByTime(10_000);
    expect(await call('A', 'ok')).toBe('ok');
    expect(changes).toEqual([true, false, true, false]);
  });

  it('closes after a probe that StackOne refuses, and stays open after one that shows nothing', async () => {
    jest.advanceTimersByTime(10_000);
    await call('A', undefined);
    expect(changes).toEqual([true]);
    await call('A', 'up');
    expect(changes).toEqual([true, false]);
  });
});
