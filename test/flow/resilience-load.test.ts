import { describe, expect, it } from '@jest/globals';
import { eachConcurrently, expectSessionCreated, type FaultApp, withFaultApp } from '../support/fault-cases.js';
import { faults, heldUntil, oneValidOf, status } from '../support/faults.js';
import { acme, errorCode, type GraphQLResponse } from '../support/test-app.js';
import { waitUntil } from '../support/wait.js';

/** Many owners take turns, because one owner gets only a part of the places, and its failures open no circuit breaker. */
const owners = Array.from({ length: 100 }, (_, number) => ({ ...acme, org_id: `org_${number}` }));
const createSessions = (fixture: FaultApp, count: number) =>
  Array.from({ length: count }, (_, call) => fixture.createSession(owners[call % owners.length]));
const count = (responses: readonly GraphQLResponse[], code?: string) =>
  responses.filter((response) => errorCode(response) === code).length;

describe('While StackOne does not respond', () => {
  const name = 'queued calls also fail within the deadline, without a request to StackOne';
  eachConcurrently([{ name }], () =>
    withFaultApp(async (fixture) => {
      fixture.upstream.injectFault(faults['no response']);
      const start = performance.now();
      const responses = await Promise.all(createSessions(fixture, 60));
      expect(performance.now() - start).toBeLessThan(9_000);
      expect(count(responses, 'UPSTREAM_TIMEOUT') + count(responses, 'UPSTREAM_UNAVAILABLE')).toBe(60);
      // The 32 calls in flight open the circuit breaker: no second attempts, and no queued call is sent.
      expect(fixture.upstream.requests).toHaveLength(32);
      await waitUntil(() => fixture.upstream.connections.open === 0, 'all upstream sockets are closed');
    }),
  );
});

describe('97 concurrent calls', () => {
  it('32 are in flight, 64 wait in the queue, and the last one fails at once without a request to StackOne', () =>
    withFaultApp(async (fixture) => {
      const gate = new AbortController();
      fixture.upstream.injectFault(heldUntil(gate.signal));
      const calls = createSessions(fixture, 97);
      const first = await Promise.race(calls);
      expect(errorCode(first)).toBe('UPSTREAM_UNAVAILABLE');
      expect(await fixture.attempts(first)).toBe(0);
      await waitUntil(() => fixture.upstream.requests.length >= 32, '32 requests are in flight');
      expect(fixture.upstream.requests).toHaveLength(32);
      gate.abort();
      const responses = await Promise.all(calls);
      expect(count(responses)).toBe(96);
      expect(fixture.upstream.requests).toHaveLength(96);
      expect(fixture.upstream.connections.total).toBe(32);
    }));
});

describe('Retries do not multiply the load of an outage', () => {
  it('200 concurrent calls that all fail make fewer than 40 attempts', () =>
    withFaultApp(async (fixture) => {
      fixture.upstream.injectFault(status(503));
      const responses = await Promise.all(createSessions(fixture, 200));
      expect(responses.map(errorCode)).toEqual(Array(200).fill('UPSTREAM_UNAVAILABLE'));
      expect(fixture.upstream.requests.length).toBeLessThan(40);
    }));

  it('200 calls that mostly fail without opening the circuit breaker make fewer than 240 attempts', () =>
    withFaultApp(async (fixture) => {
      fixture.upstream.injectFault(oneValidOf(5));
      for (let call = 1; call <= 200; call++) {
        await fixture.createSession();
      }
      expect(fixture.app.logs()).not.toContain('upstream-breaker');
      // The retry budget allows a few second attempts.
      expect(fixture.upstream.requests.length).toBeGreaterThan(205);
      expect(fixture.upstream.requests.length).toBeLessThan(240);
      fixture.upstream.clearFault();
      await expectSessionCreated(fixture);
    }));
});
