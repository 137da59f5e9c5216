import { describe, expect, it } from '@jest/globals';
import { withFaultApp } from '../support/fault-cases.js';
import { heldUntil } from '../support/faults.js';
import { acme, errorCode, type GraphQLResponse, globex } from '../support/test-app.js';
import { waitUntil } from '../support/wait.js';

const query = '{ linkedAccount(id: "account-1") { id } }';
const codes = (responses: readonly GraphQLResponse[]) => responses.map(errorCode);

describe('While StackOne responds slowly to the look-ups of one owner that sends many', () => {
  it('the sessions and look-ups of other owners succeed, and the owner gets RATE_LIMITED for what does not fit', () =>
    withFaultApp(async (fixture) => {
      const gate = new AbortController();
      fixture.upstream.injectFault(heldUntil(gate.signal), 40, 'GET');
      const flood = Array.from({ length: 40 }, () => fixture.run(query, acme));
      await waitUntil(() => fixture.upstream.requests.length === 8, 'eight look-ups are in flight');
      const rejected = await Promise.race(flood);
      expect(errorCode(rejected)).toBe('RATE_LIMITED');
      expect(rejected.status).toBe(429);
      expect(rejected.headers.get('retry-after')).toBe('1');
      expect(await fixture.attempts(rejected)).toBe(0);

      const sessions = await Promise.all(Array.from({ length: 20 }, () => fixture.createSession(globex)));
      expect(codes(sessions)).toEqual(Array(20).fill(undefined));
      expect(fixture.upstream.requests).toHaveLength(28);

      gate.abort();
      const responses = codes(await Promise.all(flood));
      expect(responses.filter((code) => code === undefined)).toHaveLength(24);
      expect(responses.filter((code) => code === 'RATE_LIMITED')).toHaveLength(16);
    }));

  it('sessions succeed although the look-ups of many owners use all their places', () =>
    withFaultApp(async (fixture) => {
      const gate = new AbortController();
      fixture.upstream.injectFault(heldUntil(gate.signal), 100, 'GET');
      const flood = Array.from({ length: 100 }, (_, call) => fixture.run(query, { ...acme, org_id: `org_${call}` }));
      await waitUntil(() => fixture.upstream.requests.length === 28, 'all look-ups that may be are in flight');
      expect(errorCode(await Promise.race(flood))).toBe('UPSTREAM_UNAVAILABLE');
      // Of what is left, two calls of one owner can be in flight, and four can wait.
      for (let wave = 0; wave < 3; wave += 1) {
        const sessions = await Promise.all(Array.from({ length: 6 }, () => fixture.createSession(globex)));
        expect(codes(sessions)).toEqual(Array(6).fill(undefined));
      }
      gate.abort();
      await Promise.all(flood);
    }));
});
