import { once } from 'node:events';
import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import {
  alertsOf,
  codeOf,
  expectMinted,
  expectNoLeak,
  type FaultApp,
  onStage,
  until,
} from '../support/fault-cases.js';
import {
  closedAroundReuse,
  closedAtReuse,
  faults,
  overtakenAnswer,
  secondAnswer,
  shuffledAnswers,
  status,
} from '../support/faults.js';
import { acme, globex, signIn } from '../support/test-app.js';

describe('A keep-alive socket that StackOne closes as it is used again costs nobody a session:', () => {
  it.each([
    ['at each reuse', closedAtReuse],
    ['some time around each reuse', closedAroundReuse],
  ])('%s, at least 299 of 300 calls succeed, four at a time', (_when, fault) =>
    onStage(async (stage) => {
      stage.upstream.play(fault);
      let minted = 0;
      const client = async () => {
        for (let call = 1; call <= 75; call++) {
          const code = codeOf(await stage.mint());
          minted += code === undefined ? 1 : 0;
        }
      };
      await Promise.all([client(), client(), client(), client()]);
      expect(minted).toBeGreaterThanOrEqual(299);
    }),
  );
});

const allGone = ({ upstream }: FaultApp) => upstream.requests.every(({ gone }) => gone.aborted);

describe('A client that goes away', () => {
  /** Asks for a session, and leaves once the condition holds. */
  const leave = async (stage: FaultApp, isTime: () => boolean): Promise<void> => {
    const client = request(`${stage.app.url}/graphql`, {
      method: 'POST',
      agent: false,
      headers: { 'content-type': 'application/json', ...(await signIn(acme)) },
    });
    client.end(JSON.stringify({ query: 'mutation { createConnectSession { token } }' }));
    const failed = once(client, 'error');
    await until(isTime, 'it is time to leave');
    client.destroy(new Error('it leaves'));
    await failed;
  };

  it('takes its call to StackOne with it: the socket is closed and nothing is sent again', () =>
    onStage(async (stage) => {
      stage.upstream.play(faults['no answer at all']);
      await leave(stage, () => stage.upstream.requests.length === 1);
      await until(() => allGone(stage), 'the call is given up', 1_000);
      stage.upstream.behave();
      await expectMinted(stage);
      expect(stage.upstream.requests).toHaveLength(2);
    }));

  it('while a pause is waited for is not called for any more', () =>
    onStage(async (stage) => {
      stage.upstream.play(status(429, { 'retry-after': '1' }), 1);
      await leave(stage, () => stage.app.logs().includes('answered 429'));
      // That nothing comes can only be waited for.
      await sleep(1_200);
      expect(stage.upstream.requests).toHaveLength(1);
    }));

  it('says nothing about StackOne: ten in a row do not open the breaker', () =>
    onStage(async (stage) => {
      stage.upstream.play(faults['no answer at all']);
      for (let nth = 1; nth <= 10; nth++) {
        await leave(stage, () => stage.upstream.requests.length === nth);
      }
      await until(() => allGone(stage), 'all calls are given up', 1_000);
      stage.upstream.behave();
      await expectMinted(stage);
      expect(alertsOf(stage.app)).toEqual([]);
    }));
});

describe('Whose answer it is', () => {
  it.each([0, 1, 20])(
    'is never mistaken, where a second answer is left on an idle socket %i ms after the first',
    (delayMs) =>
      onStage(async (stage) => {
        stage.upstream.play(secondAnswer(delayMs));
        for (let round = 1; round <= 20; round++) {
          await stage.mint(globex);
          // Until the second answer is there, and the socket is gone for it.
          await until(() => stage.upstream.connections.open === 0, 'the socket was given up', 1_000);
          await expectMinted(stage, acme);
          await until(() => stage.upstream.connections.open === 0, 'the socket was given up', 1_000);
        }
      }),
  );

  it('is proven by its owner, where another’s answer overtakes the one to the next call', () =>
    onStage(async (stage) => {
      stage.upstream.play(overtakenAnswer);
      await expectMinted(stage, globex);
      const answer = await stage.mint(globex);
      expect(codeOf(answer)).toBe('UPSTREAM_UNAVAILABLE');
      expectNoLeak(stage, answer);
    }));

  it('is right for each of 300 calls of two owners, 60 at a time', () =>
    onStage(async (stage) => {
      stage.upstream.play(shuffledAnswers());
      const tokens = new Set<string>();
      for (let round = 1; round <= 5; round++) {
        const calls = Array.from({ length: 60 }, (_, call) => (call % 2 === 0 ? acme : globex));
        await Promise.all(
          calls.map(async (claims) => {
            const { text } = await stage.mint(claims);
            expect(text).toMatch(new RegExp(`"token":"session-\\d+-of-${claims.org_id}"`));
            tokens.add(text);
          }),
        );
      }
      expect(tokens.size).toBe(300);
      expect(stage.upstream.pipelined).toBe(0);
      expect(stage.upstream.connections.total).toBeLessThanOrEqual(32);
    }));

  it('is that of the one call on its socket, also for look-ups, which HTTP would allow to follow each other', () =>
    onStage(async (stage) => {
      stage.upstream.play(shuffledAnswers());
      const ids = Array.from({ length: 60 }, (_, nth) => `account-${nth}`);
      const answers = await Promise.all(
        ids.map((id) =>
          stage.run(`mutation { confirmLinkedAccount(accountId: "${id}") { account { id } } }`),
        ),
      );
      expect(answers.map(({ json }) => json)).toEqual(
        ids.map((id) => ({ data: { confirmLinkedAccount: { account: { id } } } })),
      );
      expect(stage.upstream.pipelined).toBe(0);
    }));
});
