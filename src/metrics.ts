import { Counter, Gauge, Histogram, Registry } from 'prom-client';

const buckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** What Prometheus reads. Labels come from closed lists, so that no caller can make the number of series grow. */
export interface Metrics {
  readonly registry: Registry;
  countRequest(field: string, code: string, seconds: number): void;
  countAttempt(endpoint: string, code: string, seconds: number): void;
}

/** @param isBreakerOpen asked whenever the metrics are read */
export function createMetrics(isBreakerOpen: () => boolean): Metrics {
  const registry = new Registry();
  const requests = new Histogram({
    name: 'connect_request_duration_seconds',
    help: 'Requests to /graphql, by the first field asked for and the code of the first error.',
    labelNames: ['field', 'code'],
    buckets,
    registers: [registry],
  });
  const attempts = new Histogram({
    name: 'connect_stackone_attempt_duration_seconds',
    help: 'Attempts to call StackOne, by endpoint and code.',
    labelNames: ['endpoint', 'code'],
    buckets,
    registers: [registry],
  });
  const limited = new Counter({
    name: 'connect_rate_limited_total',
    help: 'Requests that this server refused because a limit was reached.',
    registers: [registry],
  });
  new Gauge({
    name: 'connect_stackone_breaker_open',
    help: '1 while StackOne is left alone after too many failures in a row.',
    registers: [registry],
    collect() {
      this.set(isBreakerOpen() ? 1 : 0);
    },
  });
  return {
    registry,
    countRequest: (field, code, seconds) => {
      requests.observe({ field, code }, seconds);
      if (code === 'RATE_LIMITED') {
        limited.inc();
      }
    },
    countAttempt: (endpoint, code, seconds) => attempts.observe({ endpoint, code }, seconds),
  };
}
