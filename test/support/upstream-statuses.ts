import type { FaultCase } from './fault-cases.js';

export interface UpstreamStatus {
  readonly status: number;
  readonly code: FaultCase['code'];
  /** Attempts of a call that gets this status each time. */
  readonly attempts: FaultCase['attempts'];
  readonly alert?: string;
  /** Five consecutive failures open the circuit breaker. */
  readonly countsAsFailure: boolean;
}

const misconfigured = {
  code: 'UPSTREAM_MISCONFIGURED',
  attempts: 1,
  alert: 'upstream-misconfigured',
  countsAsFailure: false,
} as const;
const rejected = { code: 'UPSTREAM_REJECTED', attempts: 1, countsAsFailure: false } as const;
const unavailable = { code: 'UPSTREAM_UNAVAILABLE', attempts: 2, countsAsFailure: true } as const;

/** Outcome of `createConnectSession` for each error status of StackOne. 429 has tests of its own. */
export const upstreamStatuses: readonly UpstreamStatus[] = [
  { status: 400, ...rejected },
  { status: 401, ...misconfigured },
  { status: 403, ...misconfigured },
  { status: 404, ...rejected },
  { status: 408, code: 'UPSTREAM_TIMEOUT', attempts: 1, countsAsFailure: true },
  { status: 409, ...rejected },
  { status: 413, ...rejected },
  { status: 422, ...rejected },
  { status: 500, ...unavailable },
  { status: 501, ...unavailable, attempts: 1 },
  { status: 502, ...unavailable },
  { status: 503, ...unavailable },
  { status: 504, ...unavailable },
];
