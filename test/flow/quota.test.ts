import { describe, expect, it, jest } from '@jest/globals';
import { type FaultApp, withFaultApp } from '../support/fault-cases.js';
import { acme, errorCode, type GraphQLResponse, globex } from '../support/test-app.js';
import { waitUntil } from '../support/wait.js';

const ownerNumber = (number: number) => ({ ...acme, org_id: `org_${number}` });
const lookUp = ({ run }: FaultApp, claims = acme) =>
  run('mutation { confirmLinkedAccount(accountId: "account-1") { account { id } } }', claims);

async function expectRateLimited(fixture: FaultApp, response: GraphQLResponse, maxSeconds: number): Promise<void> {
  expect(errorCode(response)).toBe('RATE_LIMITED');
  expect(response.status).toBe(429);
  const seconds = response.json.errors?.[0]?.extensions.retryAfterSeconds;
  expect(Number.isInteger(seconds)).toBe(true);
  expect(seconds).toBeGreaterThanOrEqual(1);
  expect(seconds).toBeLessThanOrEqual(maxSeconds);
  expect(response.headers.get('retry-after')).toBe(String(seconds));
  expect(await fixture.attempts(response)).toBe(0);
}

describe('Rate limit per owner', () => {
  const env = { RATE_LIMIT_PER_OWNER_PER_MINUTE: '30' };

  it('allows a burst of ten sessions and rejects the eleventh with RATE_LIMITED, without a request to StackOne', () =>
    withFaultApp(
      async (fixture) => {
        for (let session = 1; session <= 10; session++) {
          expect(errorCode(await fixture.createSession())).toBeUndefined();
        }
        await expectRateLimited(fixture, await fixture.createSession(), 20);
        await expectRateLimited(fixture, await lookUp(fixture), 20);
        expect(fixture.upstream.requests).toHaveLength(10);
        expect(await fixture.app.metrics()).toMatch(/^connect_request_errors_total\{code="RATE_LIMITED"\} 2$/m);
      },
      { env: { ...env, METRICS_PORT: '0' } },
    ));

  it('is counted by a clock that can be set back: the time to wait is never longer than the window', () =>
    withFaultApp(
      async (fixture) => {
        await Promise.all(Array.from({ length: 10 }, () => fixture.createSession()));
        const now = Date.now();
        const clock = jest.spyOn(Date, 'now').mockImplementation(() => now - 60_000);
        const response = await fixture.createSession();
        clock.mockRestore();
        await expectRateLimited(fixture, response, 20);
      },
      { env },
    ));

  it('rejects only the owner that exceeds it: another owner is served', () =>
    withFaultApp(
      async (fixture) => {
        const burst = Array.from({ length: 60 }, () => fixture.createSession());
        const others = Array.from({ length: 10 }, () => fixture.createSession(globex));
        expect((await Promise.all(others)).map(errorCode)).toEqual(Array(10).fill(undefined));
        const succeeded = (await Promise.all(burst)).filter((response) => errorCode(response) === undefined);
        expect(succeeded).toHaveLength(10);
        expect(fixture.upstream.requests).toHaveLength(20);
      },
      { env },
    ));

  it('counts a look-up as a tenth of a session: a hundred look-ups succeed', () =>
    withFaultApp(
      async (fixture) => {
        for (let look = 1; look <= 100; look++) {
          expect(errorCode(await lookUp(fixture))).toBeUndefined();
        }
        await expectRateLimited(fixture, await lookUp(fixture), 20);
        expect(fixture.upstream.requests).toHaveLength(100);
      },
      { env },
    ));

  it('counts each page of an account list as a look-up', () =>
    withFaultApp(
      async (fixture) => {
        const list = () => fixture.run('{ linkedAccounts { nodes { id } } }', acme);
        for (let page = 1; page <= 100; page++) {
          expect(errorCode(await list())).toBeUndefined();
        }
        await expectRateLimited(fixture, await list(), 20);
        expect(fixture.upstream.requests).toHaveLength(100);
      },
      { env },
    ));

  it.each(['1', '2', '3'])('allows at least one session at %s session(s) per minute', (perMinute) =>
    withFaultApp(
      async (fixture) => {
        expect(errorCode(await fixture.createSession())).toBeUndefined();
        await expectRateLimited(fixture, await fixture.createSession(), 60);
      },
      { env: { RATE_LIMIT_PER_OWNER_PER_MINUTE: perMinute } },
    ),
  );
});

describe('Total rate limit', () => {
  it('rejects the calls of every owner above the limit without a request to StackOne, and ends after Retry-After', () =>
    withFaultApp(
      async (fixture) => {
        for (let call = 1; call <= 10; call++) {
          expect(errorCode(await fixture.createSession(ownerNumber(call)))).toBeUndefined();
        }
        await expectRateLimited(fixture, await fixture.createSession(ownerNumber(1)), 5);
        const rejected = await fixture.createSession(ownerNumber(11));
        await expectRateLimited(fixture, rejected, 5);
        expect(fixture.upstream.requests).toHaveLength(10);
        // The limit ends after retryAfterSeconds.
        const seconds = rejected.json.errors?.[0]?.extensions.retryAfterSeconds ?? 0;
        await waitUntil(
          async () => errorCode(await fixture.createSession()) === undefined,
          'a session is created again',
          { timeoutMs: (seconds + 1) * 1000, intervalMs: 100 },
        );
      },
      // The limit applies to windows of five seconds.
      { env: { RATE_LIMIT_TOTAL_PER_MINUTE: '120' } },
    ));
});

describe('Shares of the total rate limit', () => {
  // 40 requests in each window of five seconds.
  const env = { RATE_LIMIT_TOTAL_PER_MINUTE: '480' };

  it('are a quarter for one owner: its next call gets RATE_LIMITED, and the others are served', () =>
    withFaultApp(
      async (fixture) => {
        const burst = await Promise.all(Array.from({ length: 15 }, () => fixture.createSession()));
        const rejected = burst.filter((response) => errorCode(response) !== undefined);
        expect(rejected).toHaveLength(5);
        for (const response of rejected) {
          await expectRateLimited(fixture, response, 5);
        }
        expect(fixture.app.logs()).toContain('the share of the owner in the rate limit of all owners is reached');
        expect(errorCode(await fixture.createSession(globex))).toBeUndefined();
        expect(fixture.upstream.requests).toHaveLength(11);
      },
      { env },
    ));

  it('leave look-ups for the others while three owners send as many as they can', () =>
    withFaultApp(
      async (fixture) => {
        const served = [0, 0, 0];
        for (let round = 0; round < 10; round++) {
          for (const [owner, count] of served.entries()) {
            served[owner] = count + Number(errorCode(await lookUp(fixture, ownerNumber(owner))) === undefined);
          }
        }
        expect(served).toEqual([6, 6, 6]);
        const others = await Promise.all(
          Array.from({ length: 12 }, (_, call) => lookUp(fixture, ownerNumber(100 + call))),
        );
        expect(others.map(errorCode)).toEqual(Array(12).fill(undefined));
      },
      { env },
    ));

  it('are three quarters for look-ups: sessions are created although more look-ups are rejected', () =>
    withFaultApp(
      async (fixture) => {
        const lookUps = await Promise.all(Array.from({ length: 40 }, (_, call) => lookUp(fixture, ownerNumber(call))));
        expect(lookUps.filter((response) => errorCode(response) === 'RATE_LIMITED')).toHaveLength(10);
        const sessions = await Promise.all(
          Array.from({ length: 10 }, (_, call) => fixture.createSession(ownerNumber(100 + call))),
        );
        expect(sessions.map(errorCode)).toEqual(Array(10).fill(undefined));
        expect(fixture.upstream.requests).toHaveLength(40);
      },
      { env },
    ));
});
