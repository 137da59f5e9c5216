import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { errorCodes, isErrorCode } from '../domain/error-codes.js';
import { UserErrorCode } from '../domain/result.js';

const buckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** The codes of `RequestTelemetry`. In a schema that is merged into that of a host app, there can be any others. */
const requestCodes: ReadonlySet<string> = new Set(['ok', 'USER_ERROR', ...errorCodes, ...Object.values(UserErrorCode)]);

export type Metrics = ReturnType<typeof createMetrics>;

/** Metrics for Prometheus. Label values come from closed lists, so no client can increase the number of series. */
export function createMetrics() {
  const registry = new Registry();
  const registers = [registry];
  const counter = <Label extends string>(name: string, help: string, ...labelNames: Label[]) =>
    new Counter({ name, help, labelNames, registers });
  const gauge = <Label extends string>(name: string, help: string, ...labelNames: Label[]) =>
    new Gauge({ name, help, labelNames, registers });
  const histogram = <Label extends string>(name: string, help: string, ...labelNames: Label[]) =>
    new Histogram({ name, help, labelNames, buckets, registers });

  const requests = histogram(
    'connect_request_duration_seconds',
    'Duration of requests to /graphql, by first field and by code of the first error.',
    'field',
    'code',
  );
  const attempts = histogram(
    'connect_stackone_attempt_duration_seconds',
    'Duration of attempts to call StackOne, by endpoint and code.',
    'endpoint',
    'code',
  );
  const requestErrors = counter('connect_request_errors_total', 'Requests to /graphql that failed, by code.', 'code');
  const attemptErrors = counter(
    'connect_stackone_errors_total',
    'Attempts to call StackOne that failed, by code.',
    'code',
  );
  const skippedRows = counter(
    'connect_stackone_rows_skipped_total',
    'Rows in lists of StackOne that could not be read, by list.',
    'list',
  );
  const breakerOpen = gauge(
    'connect_stackone_breaker_open',
    '1 while the circuit breaker for this kind of calls to StackOne is open, else 0.',
    'breaker',
  );
  const jwksStale = gauge(
    'connect_jwks_stale',
    '1 while old keys verify access tokens because the JWKS URL fails, else 0.',
  );
  const redisFailing = gauge(
    'connect_redis_failing',
    '1 while Redis does not work and this instance counts alone, else 0.',
  );
  const webhooks = counter('connect_webhooks_total', 'Webhooks from StackOne, by outcome.', 'outcome');
  const accountChanges = counter(
    'connect_account_changes_total',
    'Changes of linked accounts that this instance detected, by kind.',
    'kind',
  );
  const deliveries = counter(
    'connect_event_deliveries_total',
    'Account changes for the product, by outcome.',
    'outcome',
  );
  const openStreams = gauge('connect_streams_open', 'Open event streams of this instance.');
  // Prometheus sees no increase in a series that begins with 1, and one of these is enough for an alert.
  for (const code of errorCodes) {
    requestErrors.inc({ code }, 0);
    if (code.startsWith('UPSTREAM_')) {
      attemptErrors.inc({ code }, 0);
    }
  }
  deliveries.inc({ outcome: 'lost' }, 0);
  webhooks.inc({ outcome: 'unsigned' }, 0);
  return {
    registry,
    /** A request to `/graphql`. */
    observeRequest: (field: string, code: string, seconds: number) => {
      requests.observe({ field, code: requestCodes.has(code) ? code : 'HOST_ERROR' }, seconds);
      if (isErrorCode(code)) {
        requestErrors.inc({ code });
      }
    },
    /** An attempt to call StackOne. */
    observeAttempt: (endpoint: string, code: string, seconds: number) => {
      attempts.observe({ endpoint, code }, seconds);
      if (isErrorCode(code)) {
        attemptErrors.inc({ code });
      }
    },
    addSkippedRows: (list: string, rows: number) => skippedRows.inc({ list }, rows),
    setBreakerOpen: (breaker: string, isOpen: boolean) => breakerOpen.set({ breaker }, Number(isOpen)),
    setJwksStale: (isStale: boolean) => jwksStale.set(Number(isStale)),
    setRedisFailing: (isFailing: boolean) => redisFailing.set(Number(isFailing)),
    countWebhook: (outcome: string) => webhooks.inc({ outcome }),
    countAccountChange: (kind: string) => accountChanges.inc({ kind }),
    countDelivery: (outcome: 'delivered' | 'lost') => deliveries.inc({ outcome }),
    setOpenStreams: (count: number) => openStreams.set(count),
  };
}
