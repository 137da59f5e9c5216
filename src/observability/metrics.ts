import { Counter, Gauge, Histogram, Registry } from 'prom-client';

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
  const rateLimited = new Counter({
    name: 'connect_rate_limited_total',
    help: 'Requests that this server refused because a rate limit was reached.',
    registers,
  });
  const skippedRows = new Counter({
    name: 'connect_stackone_rows_skipped_total',
    help: 'Rows in lists of StackOne that could not be read, by list and field.',
    labelNames: ['list', 'field'],
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
      if (code === 'RATE_LIMITED') {
        rateLimited.inc();
      }
    },
    observeAttempt: (endpoint: string, code: string, seconds: number) => attempts.observe({ endpoint, code }, seconds),
    addSkippedRows: (list: string, field: string, rows: number) => skippedRows.inc({ list, field }, rows),
    setBreakerOpen: (breaker: string, isOpen: boolean) => breakerOpen.set({ breaker }, Number(isOpen)),
    setJwksStale: (isStale: boolean) => jwksStale.set(Number(isStale)),
    setRedisFailing: (isFailing: boolean) => redisFailing.set(Number(isFailing)),
    countWebhook: (outcome: string) => webhooks.inc({ outcome }),
    countAccountChange: (kind: string) => accountChanges.inc({ kind }),
    countDelivery: (outcome: 'delivered' | 'lost') => deliveries.inc({ outcome }),
    setOpenStreams: (count: number) => openStreams.set(count),
  };
}
