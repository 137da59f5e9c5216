import { describe, expect, it } from '@jest/globals';
import { expectErrorThenRecovery, expectUpstreamError, faultCases, withFaultApp } from '../support/fault-cases.js';
import { faults } from '../support/faults.js';
import { waitUntil } from '../support/wait.js';

// upstream-responses.test.ts has the table of response bodies that arrive completely.

describe('Response body that is cut off: a second attempt, no upstream content in the response or the logs, recovery', () => {
  it.each(
    faultCases('UPSTREAM_UNAVAILABLE', 2, [
      'connection reset within the body',
      'connection closed within the body',
      'truncated chunk',
      'chunked body without a last chunk',
    ]),
  )('$name', (testCase) => expectErrorThenRecovery(testCase));
});

describe('Unusable response body: no second attempt, no upstream content in the response or the logs, recovery', () => {
  it.each(
    faultCases('UPSTREAM_UNAVAILABLE', 1, [
      'invalid chunk size',
      'HTML page with 200',

      'truncated JSON',
      'session without a token',

      'endless body',
      'huge content-length',
      'gzip bomb',
    ]),
  )('$name', (testCase) => expectErrorThenRecovery(testCase));
});

describe('Response body over the size limit', () => {
  it.each(['endless body', 'huge content-length', 'gzip bomb'] as const)(
    '%s: the error is returned without delay and the upstream socket is closed',
    (name) =>
      withFaultApp(async (fixture) => {
        fixture.upstream.injectFault(faults[name]);
        const start = performance.now();
        await expectUpstreamError(fixture, { code: 'UPSTREAM_UNAVAILABLE', attempts: 1 });
        // Every timeout is longer.
        expect(performance.now() - start).toBeLessThan(2_000);
        await waitUntil(
          () => fixture.upstream.requests.every(({ closed }) => closed.aborted),
          'the upstream socket is closed',
        );
      }),
  );
});
