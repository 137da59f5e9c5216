import { once } from 'node:events';
import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import {
  expectNoLeak,
  expectSessionCreated,
  type FaultApp,
  loggedAlerts,
  withFaultApp,
} from '../support/fault-cases.js';
import {
  closedAroundReuse,
  closedAtReuse,
  faults,
  precededResponse,
  reorderedResponses,
  status,
  unrequestedResponse,
} from '../support/faults.js';
import { acme, errorCode, globex, signIn } from '../support/test-app.js';
import { waitUntil } from '../support/wait.js';

describe('StackOne closes a keep-alive socket while the server reuses it', () => {
  it.each([
    ['at each reuse', closedAtReuse],
    ['around the time of each reuse', closedAroundReuse],
  ])('%s: at least 299 of 300 calls succeed, four at a time', (_when, fault) =>
    withFaultApp(async (fixture) => {
      fixture.upstream.injectFault(fault);
      let created = 0;
      const client = async () => {
        for (let call = 1; call <= 75; call++) {
          const code = errorCode(await fixture.createSession());
          created += code === undefined ? 1 : 0;
        }
      };
      await Promise.all([client(), client(), client(), client()]);
      expect(created).toBeGreaterThanOrEqual(299);
    }),
  );
});

const allClosed = ({ upstream }: FaultApp) => upstream.requests.every(({ closed }) => closed.aborted);

describe('A client disconnects', () => {
  /** Requests a session and disconnects as soon as the condition holds. */
  const disconnectWhen = async (fixture: FaultApp, condition: () => boolean): Promise<void> => {
    const client = request(`${fixture.app.url}/graphql`, {
      method: 'POST',
      agent: false,
      headers: { 'content-type': 'application/json', ...(await signIn(acme)) },
    });
    client.end(JSON.stringify({ query: 'mutation { createConnectSession { token } }' }));
    const failed = once(client, 'error');
    await waitUntil(condition, 'the condition for the disconnect holds');
    client.destroy(new Error('The client disconnects'));
    await failed;
  };

  it('cancels its call to StackOne: the upstream socket closes and nothing is sent again', () =>
    withFaultApp(async (fixture) => {
      fixture.upstream.injectFault(faults['no response']);
      await disconnectWhen(fixture, () => fixture.upstream.requests.length === 1);
      await waitUntil(() => allClosed(fixture), 'the upstream call is cancelled', { timeoutMs: 1_000 });
      fixture.upstream.clearFault();
      await expectSessionCreated(fixture);
      expect(fixture.upstream.requests).toHaveLength(2);
    }));

  it('cancels a second attempt that waits for Retry-After', () =>
    withFaultApp(async (fixture) => {
      fixture.upstream.injectFault(status(429, { 'retry-after': '1' }), 1);
      await disconnectWhen(fixture, () => fixture.app.logs().includes('returned 429'));
      // Longer than the Retry-After of 1 s.
      await sleep(1_200);
      expect(fixture.upstream.requests).toHaveLength(1);
    }));

  it('does not count as a failure: ten disconnects in a row do not open the circuit breaker', () =>
    withFaultApp(async (fixture) => {
      fixture.upstream.injectFault(faults['no response']);
      for (let nth = 1; nth <= 10; nth++) {
        await disconnectWhen(fixture, () => fixture.upstream.requests.length === nth);
      }
      await waitUntil(() => allClosed(fixture), 'all upstream calls are cancelled', { timeoutMs: 1_000 });
      fixture.upstream.clearFault();
      await expectSessionCreated(fixture);
      expect(loggedAlerts(fixture.app)).toEqual([]);
    }));
});

describe('A response belongs to the right call', () => {
  it.each([0, 1, 20])(
    'when StackOne sends an unrequested response on an idle socket %i ms after the first',
    (delayMs) =>
      withFaultApp(async (fixture) => {
        fixture.upstream.injectFault(unrequestedResponse(delayMs));
        for (let round = 1; round <= 20; round++) {
          await fixture.createSession(globex);
          // The unrequested response makes the client close the socket.
          await waitUntil(() => fixture.upstream.connections.open === 0, 'the socket is closed', {
            timeoutMs: 1_000,
          });
          await expectSessionCreated(fixture, acme);
          await waitUntil(() => fixture.upstream.connections.open === 0, 'the socket is closed', {
            timeoutMs: 1_000,
          });
        }
      }),
  );

  it('when another owner’s response precedes it on a reused socket: the owner in the response is checked', () =>
    withFaultApp(async (fixture) => {
      fixture.upstream.injectFault(precededResponse);
      await expectSessionCreated(fixture, globex);
      const response = await fixture.createSession(globex);
      expect(errorCode(response)).toBe('UPSTREAM_UNAVAILABLE');
      expectNoLeak(fixture, response);
    }));

  it('for each of 300 calls of ten owners, 60 at a time', () =>
    withFaultApp(async (fixture) => {
      fixture.upstream.injectFault(reorderedResponses());
      const tokens = new Set<string>();
      for (let round = 1; round <= 5; round++) {
        const calls = Array.from({ length: 60 }, (_, call) => ({ ...acme, org_id: `org_${call % 10}` }));
        await Promise.all(
          calls.map(async (claims) => {
            const { text } = await fixture.createSession(claims);
            expect(text).toMatch(new RegExp(`"token":"session-\\d+-of-${claims.org_id}"`));
            tokens.add(text);
          }),
        );
      }
      expect(tokens.size).toBe(300);
      expect(fixture.upstream.pipelined).toBe(0);
      expect(fixture.upstream.connections.total).toBeLessThanOrEqual(32);
    }));

  it('for look-ups, which are not pipelined although HTTP allows it', () =>
    withFaultApp(async (fixture) => {
      fixture.upstream.injectFault(reorderedResponses());
      // As many as one owner may have in flight and waiting.
      const ids = Array.from({ length: 24 }, (_, nth) => `account-${nth}`);
      const responses = await Promise.all(
        ids.map((id) => fixture.run(`mutation { confirmLinkedAccount(accountId: "${id}") { account { id } } }`)),
      );
      expect(responses.map(({ json }) => json)).toEqual(
        ids.map((id) => ({ data: { confirmLinkedAccount: { account: { id } } } })),
      );
      expect(fixture.upstream.pipelined).toBe(0);
    }));
});
