import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import {
  alertsOf,
  codeOf,
  eachAtOnce,
  expectMinted,
  expectNoLeak,
  type FaultApp,
  onStage,
} from '../support/fault-cases.js';
import { status } from '../support/faults.js';
import { globex } from '../support/test-app.js';

const inSeconds = (seconds: number) => new Date(Date.now() + seconds * 1000).toUTCString();
const pausesOf = (answer: Awaited<ReturnType<FaultApp['mint']>>) =>
  answer.json.errors?.map(({ extensions }) => extensions.retryAfterSeconds) ?? [];

describe('A pause of at most 2 s that StackOne asks for with 429 is waited for, and the caller sees nothing of it:', () => {
  const pauses = [
    { name: '1', header: () => '1', seconds: 1 },
    { name: '2', header: () => '2', seconds: 2 },
    { name: '1.5', header: () => '1.5', seconds: 1.5 },
    { name: '0', header: () => '0', seconds: 0 },
    { name: 'a date that is over', header: () => inSeconds(-60), seconds: 0 },
    { name: 'a date in 2 s', header: () => inSeconds(2), seconds: 0 },
  ];
  eachAtOnce(pauses, ({ header, seconds }) =>
    onStage(async (stage) => {
      stage.upstream.play(status(429, { 'retry-after': header() }), 1);
      const start = performance.now();
      await expectMinted(stage);
      // Timers may be a little early.
      expect(performance.now() - start).toBeGreaterThan(seconds * 1000 - 20);
      expect(performance.now() - start).toBeLessThan(4_000);
      expect(stage.upstream.requests).toHaveLength(2);
    }),
  );
});

describe('A longer pause, or one that cannot be understood, is told in whole seconds, and until then nothing is sent, for', () => {
  it.each([
    ['3', 3],
    ['60', 60],
    ['3600', 3600],
    ['99999', 3600],
    ['-1', 60],
    ['abc', 60],
    ['2,5', 60],
    ['', 60],
    [undefined, 60],
  ])('retry-after: %s', (header, seconds) => onStage((stage) => expectPause(stage, header, seconds)));

  it.each([20, 86_400])('a date in %i seconds', (seconds) =>
    onStage((stage) => expectPause(stage, inSeconds(seconds), Math.min(seconds, 3600))),
  );
});

async function expectPause(stage: FaultApp, header: string | undefined, seconds: number): Promise<void> {
  stage.upstream.play(status(429, header === undefined ? {} : { 'retry-after': header }));
  const first = await stage.mint();
  expect(codeOf(first)).toBe('UPSTREAM_RATE_LIMITED');
  // A date is in whole seconds, and time goes by.
  expect([seconds, seconds - 1]).toContain(pausesOf(first)[0]);
  const operations = [
    'mutation { createConnectSession { token } }',
    'mutation { deleteLinkedAccount(accountId: "a") { deletedAccountId } }',
    '{ linkedAccounts(first: 1) { nodes { id } } }',
    '{ providers { key } }',
  ];
  for (const operation of operations) {
    const answer = await stage.run(operation, globex);
    expect(codeOf(answer)).toBe('UPSTREAM_RATE_LIMITED');
    expect([seconds, seconds - 1]).toContain(pausesOf(answer)[0]);
    expectNoLeak(stage, answer);
  }
  expect(stage.upstream.requests).toHaveLength(1);
  expect(alertsOf(stage.app)).toEqual([]);
}

describe('After a pause', () => {
  eachAtOnce([{ name: 'of 3 s that was not waited for, and not before, StackOne is called again' }], () =>
    onStage(async (stage) => {
      stage.upstream.play(status(429, { 'retry-after': '3' }), 1);
      const start = performance.now();
      await stage.mint();
      while (codeOf(await stage.mint()) !== undefined) {
        await sleep(20);
      }
      expect(performance.now() - start).toBeGreaterThan(3_000 - 20);
      expect(stage.upstream.requests).toHaveLength(2);
    }),
  );
});
