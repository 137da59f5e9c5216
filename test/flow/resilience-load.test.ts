import { describe, expect, it } from '@jest/globals';
import { codeOf, eachAtOnce, expectMinted, type FaultApp, onStage, until } from '../support/fault-cases.js';
import { faults, heldUntil, oneGoodOf, status } from '../support/faults.js';
import type { Answer } from '../support/test-app.js';

const mintAll = (stage: FaultApp, count: number) => Array.from({ length: count }, () => stage.mint());
const count = (answers: readonly Answer[], code?: string) =>
  answers.filter((answer) => codeOf(answer) === code).length;

describe('While StackOne answers nothing', () => {
  const name = 'those that wait for their turn are answered by the deadline too, and their turn never comes';
  eachAtOnce([{ name }], () =>
    onStage(async (stage) => {
      stage.upstream.play(faults['no answer at all']);
      const start = performance.now();
      const answers = await Promise.all(mintAll(stage, 60));
      expect(performance.now() - start).toBeLessThan(9_000);
      expect(count(answers, 'UPSTREAM_TIMEOUT') + count(answers, 'UPSTREAM_UNAVAILABLE')).toBe(60);
      // Those 32 that were under way open the breaker: no second attempts, and nobody takes their places.
      expect(stage.upstream.requests).toHaveLength(32);
      await until(() => stage.upstream.connections.open === 0, 'all sockets are closed');
    }),
  );
});

describe('Of 97 calls at the same time', () => {
  it('32 are under way and 64 wait; the last one is answered at once, and nothing is sent for it', () =>
    onStage(async (stage) => {
      const gate = new AbortController();
      stage.upstream.play(heldUntil(gate.signal));
      const calls = mintAll(stage, 97);
      const first = await Promise.race(calls);
      expect(codeOf(first)).toBe('UPSTREAM_UNAVAILABLE');
      expect(await stage.attempts(first)).toBe(0);
      await until(() => stage.upstream.requests.length >= 32, '32 are under way');
      expect(stage.upstream.requests).toHaveLength(32);
      gate.abort();
      const answers = await Promise.all(calls);
      expect(count(answers)).toBe(96);
      expect(stage.upstream.requests).toHaveLength(96);
      expect(stage.upstream.connections.total).toBe(32);
    }));
});

describe('An outage is not multiplied:', () => {
  it('200 calls at once that all fail make hardly more than 32 attempts', () =>
    onStage(async (stage) => {
      stage.upstream.play(status(503));
      const answers = await Promise.all(mintAll(stage, 200));
      expect(count(answers, 'UPSTREAM_UNAVAILABLE')).toBe(200);
      expect(stage.upstream.requests.length).toBeLessThan(40);
    }));

  it('200 calls of which most fail, too few in a row for the breaker, make less than 240 attempts', () =>
    onStage(async (stage) => {
      stage.upstream.play(oneGoodOf(5));
      for (let call = 1; call <= 200; call++) {
        await stage.mint();
      }
      expect(stage.app.logs()).not.toContain('upstream-breaker');
      // A few are tried again, for a while.
      expect(stage.upstream.requests.length).toBeGreaterThan(205);
      expect(stage.upstream.requests.length).toBeLessThan(240);
      stage.upstream.behave();
      await expectMinted(stage);
    }));
});
