import { describe, expect, it } from '@jest/globals';
import {
  alertsOf,
  cases,
  expectFailed,
  expectMinted,
  expectSurvived,
  type FaultCase,
  onStage,
} from '../support/fault-cases.js';
import { faults, status } from '../support/faults.js';

const refusals: readonly (readonly [number, FaultCase['code'], 1 | 2, string?])[] = [
  [400, 'UPSTREAM_REJECTED', 1],
  [401, 'UPSTREAM_MISCONFIGURED', 1, 'upstream-misconfigured'],
  [403, 'UPSTREAM_MISCONFIGURED', 1, 'upstream-misconfigured'],
  [404, 'UPSTREAM_REJECTED', 1],
  [408, 'UPSTREAM_TIMEOUT', 1],
  [409, 'UPSTREAM_REJECTED', 1],
  [413, 'UPSTREAM_REJECTED', 1],
  [422, 'UPSTREAM_REJECTED', 1],
  [500, 'UPSTREAM_UNAVAILABLE', 2],
  [501, 'UPSTREAM_UNAVAILABLE', 1],
  [502, 'UPSTREAM_UNAVAILABLE', 2],
  [503, 'UPSTREAM_UNAVAILABLE', 2],
  [504, 'UPSTREAM_UNAVAILABLE', 2],
];

describe('StackOne is asked exactly as often as its status calls for, nothing of it is shown, and the next good call succeeds, after', () => {
  it.each([
    ...refusals.map(
      ([code, is, attempts, alert]): FaultCase => ({
        name: String(code),
        fault: status(code),
        code: is,
        attempts,
        ...(alert !== undefined && { alert }),
      }),
    ),
    ...cases('UPSTREAM_UNAVAILABLE', 2, ['a proxy’s page with 502']),
    ...cases('UPSTREAM_MISCONFIGURED', 1, ['a refusal of a huge length'], 'upstream-misconfigured'),
  ])('$name: $code, within $attempts attempt(s)', (one) => expectSurvived(one));
});

describe('One failure is not seen by the caller, because the second attempt succeeds, after', () => {
  it.each([
    ...[500, 502, 503, 504].map((code) => ({ name: String(code), fault: status(code) })),
    { name: '408 with a short pause', fault: status(408, { 'retry-after': '1' }) },
    ...(['a reset before the answer', 'a close before the answer', 'a close inside the body'] as const).map(
      (name) => ({ name, fault: faults[name] }),
    ),
  ])('$name', ({ fault }) =>
    onStage(async (stage) => {
      stage.upstream.play(fault, 1);
      await expectMinted(stage);
      expect(stage.upstream.requests).toHaveLength(2);
      expect(alertsOf(stage.app)).toEqual([]);
    }),
  );
});

describe('A refusal is known by its status alone:', () => {
  it('a 401 whose body stalls is UPSTREAM_MISCONFIGURED with an alert, and not a timeout', () =>
    onStage(async (stage) => {
      stage.upstream.play(faults['a refusal whose body stalls']);
      await expectFailed(stage, {
        code: 'UPSTREAM_MISCONFIGURED',
        attempts: 1,
        alert: 'upstream-misconfigured',
      });
    }));
});
