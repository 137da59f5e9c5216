import type { Secret } from '../config/secret.js';
import type { Health } from './health.js';
import type { Logger } from './logger.js';
import { createMetrics, type Metrics } from './metrics.js';
import { createOwnerHash } from './owner-hash.js';

/** Where the parts of one server report what they do. Created first, and passed down to every part. */
export interface Observability {
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly health: Health;
  /** An owner id as log lines show it. */
  readonly hashOwner: (ownerId: string) => string;
}

export function createObservability(logger: Logger, apiKey: Secret): Observability {
  const health: Health = { stopping: false, upstream: 'unknown', auth: 'unknown' };
  return { logger, metrics: createMetrics(), health, hashOwner: createOwnerHash(apiKey) };
}
