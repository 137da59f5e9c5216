import { describe, expect, it } from '@jest/globals';
import {
  eachConcurrently,
  expectNoLeak,
  expectSessionCreated,
  type FaultApp,
  loggedAlerts,
  withFaultApp,
} from '../support/fault-cases.js';
import { canary, status } from '../support/faults.js';
import { errorCode, type GraphQLResponse, globex } from '../support/test-app.js';
import { waitUntil } from '../support/wait.js';

const inSeconds = (seconds: number) => new Date(Date.now() + seconds * 1000).toUTCString();
const retryAfterSecondsOf = (response: GraphQLResponse) =>
  response.json.errors?.map(({ extensions }) => extensions.retryAfterSeconds) ?? [];

describe('429 with a Retry-After of at most 2 s: the server waits, and the second attempt succeeds', () => {
  const retryAfters = [
    { name: '1', header: () => '1', seconds: 1 },
    { name: '2', header: () => '2', seconds: 2 },
    { name: '1.5', header: () => '1.5', seconds: 1.5 },
    { name: '0', header: () => '0', seconds: 0 },
    { name: 'a date in the past', header: () => inSeconds(-60), seconds: 0 },
    { name: 'a date in 2 s', header: () => inSeconds(2), seconds: 0 },
  ];
  eachConcurrently(retryAfters, ({ header, seconds }) =>
    withFaultApp(async (fixture) => {
      fixture.upstream.injectFault(status(429, { 'retry-after': header() }), 1);
      const start = performance.now();
      await expectSessionCreated(fixture);
      // Timers may fire slightly early.
      expect(performance.now() - start).toBeGreaterThan(seconds * 1000 - 20);
      expect(performance.now() - start).toBeLessThan(4_000);
      expect(fixture.upstream.requests).toHaveLength(2);
    }),
  );
});

describe('429 with a longer or invalid Retry-After: UPSTREAM_RATE_LIMITED with whole seconds from 1 to 3600, and no request to StackOne until then', () => {
  it.each<[header: string | undefined, seconds: number]>([
    ['3', 3],
    ['7', 7],
    ['60', 60],
    ['99.5', 100],
    ['3600', 3600],
    ['3601', 3600],
    ['99999', 3600],
    ['9'.repeat(40), 3600],
    ['Wed, 21 Oct 2099 07:28:00 GMT', 3600],
    ['7\r\nretry-after: 9', 7],
    ['-5', 60],
    ['1e3', 60],
    ['0x10', 60],
    ['abc', 60],
    ['2,5', 60],
    [canary, 60],
    ['', 60],
    [undefined, 60],
  ])('retry-after: %s → %i', (header, seconds) =>
    withFaultApp((fixture) => expectRateLimited(fixture, header, seconds)),
  );

  it.each([20, 86_400])('a date in %i seconds', (seconds) =>
    withFaultApp((fixture) => expectRateLimited(fixture, inSeconds(seconds), Math.min(seconds, 3600))),
  );
});

async function expectRateLimited(fixture: FaultApp, header: string | undefined, seconds: number): Promise<void> {
  fixture.upstream.injectFault(status(429, header === undefined ? {} : { 'retry-after': header }));
  const first = await fixture.createSession();
  expect(errorCode(first)).toBe('UPSTREAM_RATE_LIMITED');
  expectAbout(seconds, first);
  const operations = [
    'mutation { createConnectSession { token } }',
    'mutation { deleteLinkedAccount(accountId: "a") { deletedAccountId } }',
    '{ linkedAccounts(first: 1) { nodes { id } } }',
    '{ providers { key } }',
  ];
  for (const operation of operations) {
    const response = await fixture.run(operation, globex);
    expect(errorCode(response)).toBe('UPSTREAM_RATE_LIMITED');
    expectAbout(seconds, response);
    expectNoLeak(fixture, response);
  }
  expect(fixture.upstream.requests).toHaveLength(1);
  expect(loggedAlerts(fixture.app)).toEqual([]);
}

/** A date has whole seconds, and some time has passed: a few seconds on a slow machine. */
function expectAbout(seconds: number, response: Awaited<ReturnType<FaultApp['createSession']>>): void {
  const [reported = 0] = retryAfterSecondsOf(response);
  expect(reported).toBeGreaterThanOrEqual(Math.max(1, seconds - 5));
  expect(reported).toBeLessThanOrEqual(seconds);
}

describe('StackOne is called again', () => {
  const sessionIsCreated = async (fixture: FaultApp) => errorCode(await fixture.createSession()) === undefined;

  eachConcurrently([{ name: 'after a Retry-After of 3 s, and not before' }], () =>
    withFaultApp(async (fixture) => {
      fixture.upstream.injectFault(status(429, { 'retry-after': '3' }), 1);
      const start = performance.now();
      await fixture.createSession();
      await waitUntil(() => sessionIsCreated(fixture), 'a session is created again', { intervalMs: 20 });
      expect(performance.now() - start).toBeGreaterThan(3_000 - 20);
      expect(fixture.upstream.requests).toHaveLength(2);
    }),
  );

  it('after two responses with retry-after: 0, which the caller sees as 1 second', () =>
    withFaultApp(async (fixture) => {
      fixture.upstream.injectFault(status(429, { 'retry-after': '0' }), 2);
      const response = await fixture.createSession();
      expect(errorCode(response)).toBe('UPSTREAM_RATE_LIMITED');
      expect(retryAfterSecondsOf(response)).toEqual([1]);
      expectNoLeak(fixture, response);
      await waitUntil(() => sessionIsCreated(fixture), 'a session is created again', { intervalMs: 20 });
      await expectSessionCreated(fixture);
    }));
});
