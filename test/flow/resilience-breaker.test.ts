import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import {
  alertsOf,
  codeOf,
  eachAtOnce,
  expectMinted,
  type FaultApp,
  onStage,
  until,
} from '../support/fault-cases.js';
import type { Fault } from '../support/fault-server.js';
import { faults, status } from '../support/faults.js';

const probeAfterMs = 10_000;

const upstreamState = async ({ app }: FaultApp): Promise<unknown> =>
  (await fetch(`${app.url}/readyz`)).json();

/** Twenty calls while each answer is 500. Afterwards StackOne is let alone. */
async function openBreaker(stage: FaultApp): Promise<void> {
  stage.upstream.play(status(500));
  for (let call = 1; call <= 20; call++) {
    expect(codeOf(await stage.mint())).toBe('UPSTREAM_UNAVAILABLE');
  }
  expect(stage.upstream.requests).toHaveLength(5);
  expect(alertsOf(stage.app)).toEqual(['upstream-breaker']);
  expect(await upstreamState(stage)).toEqual({ status: 'ready', upstream: 'failing' });
}

describe('After 5 failures in a row StackOne is let alone; 10 seconds later', () => {
  const probes = [
    {
      name: 'one call tries it and fails, and the others are refused with it',
      probe: async (stage: FaultApp) => {
        const answers = await Promise.all(Array.from({ length: 10 }, () => stage.mint()));
        expect(answers.map(codeOf)).toEqual(Array(10).fill('UPSTREAM_UNAVAILABLE'));
        expect(stage.upstream.requests).toHaveLength(6);
        expect(await upstreamState(stage)).toMatchObject({ upstream: 'failing' });
      },
    },
    {
      name: 'one call tries it and succeeds, and the others follow',
      probe: async (stage: FaultApp) => {
        stage.upstream.behave();
        const answers = await Promise.all(Array.from({ length: 10 }, () => stage.mint()));
        expect(answers.map(codeOf)).toEqual(Array(10).fill(undefined));
        expect(stage.upstream.requests).toHaveLength(15);
        expect(stage.app.logs()).toContain('StackOne is called again');
        expect(await upstreamState(stage)).toMatchObject({ upstream: 'ok' });
      },
    },
  ];
  eachAtOnce(probes, ({ probe }) =>
    onStage(async (stage) => {
      const start = performance.now();
      await openBreaker(stage);
      const opened = performance.now();
      await sleep(start + probeAfterMs - 1_000 - performance.now());
      expect(codeOf(await stage.mint())).toBe('UPSTREAM_UNAVAILABLE');
      expect(stage.upstream.requests).toHaveLength(5);
      // It opened within the calls above, at the latest with the last of them.
      await sleep(opened + probeAfterMs + 500 - performance.now());
      await probe(stage);
    }),
  );
});

describe('It counts as a failure of StackOne,', () => {
  it.each([
    ['a redirect', faults['a moved address']],
    ['what is not HTTP', faults['what is not HTTP']],
    ['what is too large', faults['a huge content length']],
    ['what is not JSON', faults['half a JSON']],
    ['the wrong type', faults['a page with 200']],
    ['the wrong shape', faults['no token']],
    ['408', status(408)],
    ['501', status(501)],
  ])('%s: five times in a row, and nothing more is sent', (_what, fault: Fault) =>
    onStage(async (stage) => {
      stage.upstream.play(fault);
      for (let call = 1; call <= 7; call++) {
        await stage.mint();
      }
      expect(stage.upstream.requests).toHaveLength(5);
      expect(alertsOf(stage.app)).toEqual(['upstream-breaker']);
    }),
  );

  it.each([
    ['a reset', faults['a reset before the answer']],
    ['a body that is cut', faults['a close inside the body']],
  ])(
    '%s on a socket of its own: on one that was used before, it may only have been idle',
    (_what, fault: Fault) =>
      onStage(async (stage) => {
        stage.upstream.play(fault);
        for (let call = 1; call <= 7; call++) {
          await stage.mint();
        }
        // Each call is tried twice, and only its second attempt counts.
        expect(stage.upstream.requests).toHaveLength(10);
        expect(alertsOf(stage.app)).toEqual(['upstream-breaker']);
      }),
  );

  it('when nobody listens', () =>
    onStage(async (stage) => {
      await stage.upstream.refuse();
      for (let call = 1; call <= 7; call++) {
        await stage.mint();
      }
      await until(() => alertsOf(stage.app).includes('upstream-breaker'), 'it is let alone');
      await stage.upstream.accept();
      expect(codeOf(await stage.mint())).toBe('UPSTREAM_UNAVAILABLE');
      expect(stage.upstream.requests).toEqual([]);
    }));
});

describe('StackOne is called on', () => {
  it.each([400, 401, 403, 404, 409, 413, 422])(
    'after seven answers of %i, which say something about the request',
    (code) =>
      onStage(async (stage) => {
        stage.upstream.play(status(code), 7);
        for (let call = 1; call <= 7; call++) {
          await stage.mint();
        }
        await expectMinted(stage);
        expect(alertsOf(stage.app)).not.toContain('upstream-breaker');
      }),
  );

  it('after four failures and a success, as often as you like', () =>
    onStage(async (stage) => {
      for (let round = 1; round <= 5; round++) {
        stage.upstream.play(status(501), 4);
        for (let call = 1; call <= 4; call++) {
          await stage.mint();
        }
        await expectMinted(stage);
      }
      expect(alertsOf(stage.app)).toEqual([]);
    }));
});
