import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import {
  eachConcurrently,
  expectSessionCreated,
  type FaultApp,
  loggedAlerts,
  withFaultApp,
} from '../support/fault-cases.js';
import type { Fault } from '../support/fault-server.js';
import { faults, status } from '../support/faults.js';
import { acme, errorCode, globex } from '../support/test-app.js';
import { upstreamStatuses } from '../support/upstream-statuses.js';
import { waitUntil } from '../support/wait.js';

const probeAfterMs = 10_000;

const upstreamState = async ({ app }: FaultApp): Promise<unknown> => (await fetch(`${app.url}/readyz`)).json();

/** One failure of one owner opens no breaker, so two owners take turns. */
const ownerOf = (call: number) => (call % 2 === 0 ? globex : acme);

/** Makes twenty calls that all get 500 and expects an open circuit breaker. */
async function openBreaker(fixture: FaultApp): Promise<void> {
  fixture.upstream.injectFault(status(500));
  for (let call = 1; call <= 20; call++) {
    expect(errorCode(await fixture.createSession(ownerOf(call)))).toBe('UPSTREAM_UNAVAILABLE');
  }
  expect(fixture.upstream.requests).toHaveLength(5);
  expect(loggedAlerts(fixture.app)).toEqual(['upstream-breaker']);
  expect(await upstreamState(fixture)).toMatchObject({ status: 'ready', upstream: 'failing' });
}

describe('The circuit breaker opens after 5 consecutive failures of two owners. After 10 seconds', () => {
  const probes = [
    {
      name: 'a single trial call fails, and concurrent calls fail without a request',
      probe: async (fixture: FaultApp) => {
        const responses = await Promise.all(Array.from({ length: 10 }, () => fixture.createSession()));
        expect(responses.map(errorCode)).toEqual(Array(10).fill('UPSTREAM_UNAVAILABLE'));
        expect(fixture.upstream.requests).toHaveLength(6);
        expect(await upstreamState(fixture)).toMatchObject({ upstream: 'failing' });
      },
    },
    {
      name: 'a single trial call succeeds, and concurrent calls proceed',
      probe: async (fixture: FaultApp) => {
        fixture.upstream.clearFault();
        const responses = await Promise.all(Array.from({ length: 10 }, () => fixture.createSession()));
        expect(responses.map(errorCode)).toEqual(Array(10).fill(undefined));
        expect(fixture.upstream.requests).toHaveLength(15);
        expect(fixture.app.logs()).toContain('The circuit breaker for StackOne is closed');
        expect(await upstreamState(fixture)).toMatchObject({ upstream: 'ok' });
      },
    },
    {
      name: 'a trial call shows that the API key is rejected now: the breaker closes, and the health says so',
      probe: async (fixture: FaultApp) => {
        fixture.upstream.injectFault(status(401));
        expect(errorCode(await fixture.createSession())).toBe('UPSTREAM_MISCONFIGURED');
        expect(fixture.app.logs()).toContain('The circuit breaker for StackOne is closed');
        expect(await upstreamState(fixture)).toMatchObject({ upstream: 'misconfigured' });
      },
    },
  ];
  eachConcurrently(probes, ({ probe }) =>
    withFaultApp(async (fixture) => {
      const start = performance.now();
      await openBreaker(fixture);
      const opened = performance.now();
      await sleep(start + probeAfterMs - 1_000 - performance.now());
      const refused = await fixture.createSession();
      expect(refused.json.errors?.[0]?.extensions).toEqual({ code: 'UPSTREAM_UNAVAILABLE', retryAfterSeconds: 10 });
      expect(fixture.upstream.requests).toHaveLength(5);
      // The breaker opened during the calls above, at the latest with the last one.
      await sleep(opened + probeAfterMs + 500 - performance.now());
      await probe(fixture);
    }),
  );
});

const createSessions = async (fixture: FaultApp, count: number) => {
  for (let call = 1; call <= count; call++) {
    await fixture.createSession(ownerOf(call));
  }
};

describe('Counts as a failure for the circuit breaker', () => {
  const expectOpenAfter = (requests: number, fault: Fault) =>
    withFaultApp(async (fixture) => {
      fixture.upstream.injectFault(fault);
      await createSessions(fixture, 7);
      expect(fixture.upstream.requests).toHaveLength(requests);
      expect(loggedAlerts(fixture.app)).toEqual(['upstream-breaker']);
    });

  it.each([
    ['a redirect response', faults['301 redirect']],
    ['a response that is not HTTP', faults['response that is not HTTP']],
    ['a body that is not JSON', faults['truncated JSON']],
    ['the wrong content type', faults['HTML page with 200']],
    ['status 408', status(408)],
    ['status 501', status(501)],
  ])('%s: after five in a row nothing more is sent', (_name, fault: Fault) => expectOpenAfter(5, fault));

  it.each([
    ['a connection reset', faults['connection reset before the response']],
    ['a body that is cut off', faults['connection closed within the body']],
  ])(
    '%s on a new socket. On a reused socket the idle connection may have been closed instead',
    // Each call makes two attempts, and only the second one counts.
    (_name, fault: Fault) => expectOpenAfter(10, fault),
  );

  it('a refused connection', () =>
    withFaultApp(async (fixture) => {
      await fixture.upstream.stopListening();
      await createSessions(fixture, 7);
      await waitUntil(() => loggedAlerts(fixture.app).includes('upstream-breaker'), 'the circuit breaker is open');
      await fixture.upstream.startListening();
      expect(errorCode(await fixture.createSession())).toBe('UPSTREAM_UNAVAILABLE');
      expect(fixture.upstream.requests).toEqual([]);
    }));
});

describe('The circuit breaker stays closed', () => {
  it.each(upstreamStatuses.filter(({ countsAsFailure }) => !countsAsFailure))(
    'after seven responses with status $status, an error of the request',
    ({ status: code }) =>
      withFaultApp(async (fixture) => {
        fixture.upstream.injectFault(status(code), 7);
        for (let call = 1; call <= 7; call++) {
          await fixture.createSession(ownerOf(call));
        }
        await expectSessionCreated(fixture);
        expect(loggedAlerts(fixture.app)).not.toContain('upstream-breaker');
      }),
  );

  it.each([
    ['responses that are too large', faults['huge content-length']],
    ['bodies of the wrong shape', faults['session without a token']],
  ])('after seven %s, which can depend on one customer', (_name, fault: Fault) =>
    withFaultApp(async (fixture) => {
      fixture.upstream.injectFault(fault, 7);
      await createSessions(fixture, 7);
      await expectSessionCreated(fixture);
      expect(loggedAlerts(fixture.app)).toEqual([]);
    }),
  );

  it('after twenty failures of one owner. The next success of another owner counts from zero', () =>
    withFaultApp(async (fixture) => {
      fixture.upstream.injectFault(status(501), 20);
      for (let call = 1; call <= 20; call++) {
        await fixture.createSession();
      }
      await expectSessionCreated(fixture, globex);
      fixture.upstream.injectFault(status(501), 3);
      for (let call = 1; call <= 3; call++) {
        await fixture.createSession();
      }
      await expectSessionCreated(fixture, globex);
      expect(loggedAlerts(fixture.app)).toEqual([]);
    }));

  it('after repeated sequences of four failures and a success', () =>
    withFaultApp(async (fixture) => {
      for (let round = 1; round <= 5; round++) {
        fixture.upstream.injectFault(status(501), 4);
        await createSessions(fixture, 4);
        await expectSessionCreated(fixture);
      }
      expect(loggedAlerts(fixture.app)).toEqual([]);
    }));
});

describe('Sessions and look-ups have a circuit breaker each', () => {
  const lookUp = (fixture: FaultApp, id: string, claims = acme) =>
    fixture.run(`{ linkedAccount(id: "${id}") { id } }`, claims);

  it('one customer’s account that fails each time blocks neither the sessions nor the look-ups of others', () =>
    withFaultApp(async (fixture) => {
      fixture.upstream.injectFault(status(500), 40, 'GET');
      for (let call = 1; call <= 20; call++) {
        expect(errorCode(await lookUp(fixture, 'broken'))).toBe('UPSTREAM_UNAVAILABLE');
      }
      fixture.upstream.clearFault();
      expect((await lookUp(fixture, 'other', globex)).json.errors).toBeUndefined();
      await expectSessionCreated(fixture, globex);
      expect(loggedAlerts(fixture.app)).toEqual([]);
    }));

  it('look-ups that fail for several customers do not stop sessions, and /readyz and the metrics name them', () =>
    withFaultApp(
      async (fixture) => {
        fixture.upstream.injectFault(status(500), Number.POSITIVE_INFINITY, 'GET');
        for (let call = 1; call <= 8; call++) {
          await lookUp(fixture, 'some', ownerOf(call));
        }
        const { length } = fixture.upstream.requests;
        expect(length).toBe(5);
        await expectSessionCreated(fixture);
        expect(await upstreamState(fixture)).toMatchObject({ upstream: 'failing' });
        expect(await fixture.app.metrics()).toMatch(/^connect_stackone_breaker_open\{breaker="lookups"\} 1$/m);
        expect(await fixture.app.metrics()).toMatch(/^connect_stackone_breaker_open\{breaker="sessions"\} 0$/m);
        expect(fixture.app.logs()).toMatch(/"alert":"upstream-breaker","breaker":"lookups"/);
      },
      { env: { METRICS_PORT: '0' } },
    ));
});
