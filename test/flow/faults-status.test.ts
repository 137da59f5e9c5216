import { describe, expect, it } from '@jest/globals';
import {
  expectErrorThenRecovery,
  expectSessionCreated,
  expectUpstreamError,
  type FaultCase,
  faultCases,
  loggedAlerts,
  withFaultApp,
} from '../support/fault-cases.js';
import { faults, status } from '../support/faults.js';
import { upstreamStatuses } from '../support/upstream-statuses.js';
import { waitUntil } from '../support/wait.js';

const errorStatuses = upstreamStatuses.map(
  (row): FaultCase => ({
    name: String(row.status),
    fault: status(row.status),
    code: row.code,
    attempts: row.attempts,
    ...(row.alert !== undefined && { alert: row.alert }),
  }),
);

describe('Upstream error status: public code, number of attempts, no upstream content in the response or the logs, recovery', () => {
  it.each([
    ...errorStatuses,
    ...faultCases('UPSTREAM_UNAVAILABLE', 2, ['HTML page with 502']),
    ...faultCases('UPSTREAM_MISCONFIGURED', 1, ['403 with a huge content-length'], 'upstream-misconfigured'),
  ])('$name → $code, attempts: $attempts', (testCase) => expectErrorThenRecovery(testCase));
});

describe('A single failure: the second attempt succeeds and the caller gets the session', () => {
  it.each([
    ...upstreamStatuses
      .filter(({ attempts }) => attempts === 2)
      .map((row) => ({ name: String(row.status), fault: status(row.status) })),
    { name: '408 with retry-after: 1', fault: status(408, { 'retry-after': '1' }) },
    ...(
      [
        'connection reset before the response',
        'connection closed before the response',
        'connection closed within the body',
      ] as const
    ).map((name) => ({ name, fault: faults[name] })),
  ])('$name', ({ fault }) =>
    withFaultApp(async (fixture) => {
      fixture.upstream.injectFault(fault, 1);
      await expectSessionCreated(fixture);
      expect(fixture.upstream.requests).toHaveLength(2);
      expect(loggedAlerts(fixture.app)).toEqual([]);
    }),
  );
});

describe('An error status is mapped without waiting for its body', () => {
  it('returns UPSTREAM_MISCONFIGURED with an alert, not a timeout, for a 401 with a stalled body', () =>
    withFaultApp(async (fixture) => {
      fixture.upstream.injectFault(faults['401 with a stalled body']);
      await expectUpstreamError(fixture, {
        code: 'UPSTREAM_MISCONFIGURED',
        attempts: 1,
        alert: 'upstream-misconfigured',
      });
    }));

  it('closes the connection of a stalled body long before the timeout of a call, because other calls can wait for it', () =>
    withFaultApp(async (fixture) => {
      fixture.upstream.injectFault(faults['401 with a stalled body']);
      await fixture.createSession();
      const isClosed = () => fixture.upstream.requests.every(({ closed }) => closed.aborted);
      await waitUntil(isClosed, 'the connection is closed', { timeoutMs: 3_000 });
    }));
});
