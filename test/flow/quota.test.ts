import { describe, expect, it } from '@jest/globals';
import { codeOf, type FaultApp, onStage } from '../support/fault-cases.js';
import { type Answer, acme, globex } from '../support/test-app.js';

const lookUp = ({ run }: FaultApp, claims = acme) =>
  run('mutation { confirmLinkedAccount(accountId: "account-1") { account { id } } }', claims);

async function expectRateLimited(stage: FaultApp, answer: Answer, maxSeconds: number): Promise<void> {
  expect(codeOf(answer)).toBe('RATE_LIMITED');
  expect(answer.status).toBe(429);
  const seconds = answer.json.errors?.[0]?.extensions.retryAfterSeconds;
  expect(Number.isInteger(seconds)).toBe(true);
  expect(seconds).toBeGreaterThanOrEqual(1);
  expect(seconds).toBeLessThanOrEqual(maxSeconds);
  expect(answer.headers.get('retry-after')).toBe(String(seconds));
  expect(await stage.attempts(answer)).toBe(0);
}

describe('An owner', () => {
  const env = { RATE_LIMIT_PER_OWNER_PER_MINUTE: '30' };

  it('starts ten sessions at once and is refused the eleventh, for which nothing is sent', () =>
    onStage(
      async (stage) => {
        for (let session = 1; session <= 10; session++) {
          expect(codeOf(await stage.mint())).toBeUndefined();
        }
        await expectRateLimited(stage, await stage.mint(), 20);
        await expectRateLimited(stage, await lookUp(stage), 20);
        expect(stage.upstream.requests).toHaveLength(10);
      },
      { env },
    ));

  it('that is noisy does not slow another: it is refused, and the other one served', () =>
    onStage(
      async (stage) => {
        const noise = Array.from({ length: 60 }, () => stage.mint());
        const others = Array.from({ length: 10 }, () => stage.mint(globex));
        expect((await Promise.all(others)).map(codeOf)).toEqual(Array(10).fill(undefined));
        const served = (await Promise.all(noise)).filter((answer) => codeOf(answer) === undefined);
        expect(served).toHaveLength(10);
        expect(stage.upstream.requests).toHaveLength(20);
      },
      { env },
    ));

  it('looks at accounts at a tenth of the cost: a hundred times', () =>
    onStage(
      async (stage) => {
        for (let look = 1; look <= 100; look++) {
          expect(codeOf(await lookUp(stage))).toBeUndefined();
        }
        await expectRateLimited(stage, await lookUp(stage), 20);
        expect(stage.upstream.requests).toHaveLength(100);
      },
      { env },
    ));

  it.each(['1', '2', '3'])('with %s session(s) a minute has at least one of them', (perMinute) =>
    onStage(
      async (stage) => {
        expect(codeOf(await stage.mint())).toBeUndefined();
        await expectRateLimited(stage, await stage.mint(), 60);
      },
      { env: { RATE_LIMIT_PER_OWNER_PER_MINUTE: perMinute } },
    ),
  );
});

describe('All owners together', () => {
  it('are refused what goes beyond the share of the key, whoever asks, and for that nothing is sent', () =>
    onStage(
      async (stage) => {
        for (let call = 1; call <= 10; call++) {
          expect(codeOf(await stage.mint(call % 2 === 0 ? acme : globex))).toBeUndefined();
        }
        await expectRateLimited(stage, await stage.mint(acme), 5);
        const refused = await stage.mint({ ...globex, org_id: 'org_third' });
        await expectRateLimited(stage, refused, 5);
        expect(stage.upstream.requests).toHaveLength(10);
        // As many seconds later it is over.
        const seconds = refused.json.errors?.[0]?.extensions.retryAfterSeconds ?? 0;
        const start = performance.now();
        while (codeOf(await stage.mint()) !== undefined) {
          expect(performance.now() - start).toBeLessThan((seconds + 1) * 1000);
        }
      },
      // In windows of five seconds.
      { env: { RATE_LIMIT_TOTAL_PER_MINUTE: '120' } },
    ));
});
