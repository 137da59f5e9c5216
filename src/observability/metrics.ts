import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { errorCodes, isErrorCode } from '../domain/error-codes.js';

const buckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

export type Metrics = ReturnType<typeof createMetrics>;

/** Metrics for Prometheus. Label values come from closed lists, so no client can increase the number of series. */
export function createMetrics() {
  const registry = new Registry();
  const registers = [registry];
  const requests = new Histogram({
    name: 'connect_request_duration_seconds',
    help: 'Duration of requests to /graphql, by first field and by code of the first error.',
    labelNames: ['field', 'code'],
    buckets,
    registers,
  });
  const attempts = new Histogram({
    name: 'connect_stackone_attempt_duration_seconds',
    help: 'Duration of attempts to call StackOne, by endpoint and code.',
    labelNames: ['endpoint', 'code'],
    buckets,
    registers,
  });
  const requestErrors = new Counter({
    name: 'connect_request_errors_total',
    help: 'Requests to /graphql that failed, by code.',
    labelNames: ['code'],
    registers,
  });
  const attemptErrors = new Counter({
    name: 'connect_stackone_errors_total',
    help: 'Attempts to call StackOne that failed, by code.',
    labelNames: ['code'],
    registers,
  });
  const skippedRows = new Counter({
    name: 'connect_stackone_rows_skipped_total',
    help: 'Rows in lists of StackOne that could not be read, by list.',
    labelNames: ['list'],
    registers,
  });
  const breakerOpen = new Gauge({
    name: 'connect_stackone_breaker_open',
    help: '1 while the circuit breaker for this kind of calls to StackOne is open, else 0.',
    labelNames: ['breaker'],
    registers,
  });
  const jwksStale = new Gauge({
    name: 'connect_jwks_stale',
    help: '1 while old keys verify access tokens because the JWKS URL fails, else 0.',
    registers,
  });
  const redisFailing = new Gauge({
    name: 'connect_redis_failing',
    help: '1 while Redis does not work and this instance counts alone, else 0.',
    registers,
  });
  const webhooks = new Counter({
    name: 'connect_webhooks_total',
    help: 'Webhooks from StackOne, by outcome.',
    labelNames: ['outcome'],
    registers,
  });
  const accountChanges = new Counter({
    name: 'connect_account_changes_total',
    help: 'Changes of linked accounts that this instance detected, by kind.',
    labelNames: ['kind'],
    registers,
  });
  const deliveries = new Counter({
    name: 'connect_event_deliveries_total',
    help: 'Account changes for the product, by outcome.',
    labelNames: ['outcome'],
    registers,
  });
  // Prometheus sees no increase in a series that begins with 1, and one of these is enough for an alert.
  for (const code of errorCodes) {
    requestErrors.inc({ code }, 0);
    if (code.startsWith('UPSTREAM_')) {
      attemptErrors.inc({ code }, 0);
    }
  }
  deliveries.inc({ outcome: 'lost' }, 0);
  webhooks.inc({ outcome: 'unsigned' }, 0);
  const openStreams = new Gauge({
    name: 'connect_streams_open',
    help: 'Open event streams of this instance.',
    registers,
  });
  return {
    registry,
    /** A request to `/graphql`. */
    observeRequest: (field: string, code: string, seconds: number) => {
      requests.observe({ field, code }, seconds);
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
