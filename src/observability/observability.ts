import type { Logger } from './logger.js';
import { createMetrics, type Metrics } from './metrics.js';

/** The state that `GET /readyz` reports. */
export interface Health {
  /** Shutdown has begun: the load balancer must send no new requests. */
  stopping: boolean;
  /** `failing` while a circuit breaker for StackOne is open. It does not make the server unready. */
  upstream: 'ok' | 'failing';
  /** Whether the keys that verify access tokens are there. `unknown` until the JWKS URL is called for the first time. */
  auth: 'unknown' | 'ok' | 'failing';
}

/** Where the parts of one server report what they do. Created first, and passed down to every part. */
export interface Observability {
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly health: Health;
}

export function createObservability(logger: Logger): Observability {
  return { logger, metrics: createMetrics(), health: { stopping: false, upstream: 'ok', auth: 'unknown' } };
}
