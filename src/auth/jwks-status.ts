import type { Observability } from '../observability/observability.js';

/** `stale`: the JWKS URL fails and the last good keys are in use. `unavailable`: it fails and there are no keys. */
type JwksStatus = 'ok' | 'stale' | 'unavailable';

/**
 * Reports the state of the JWKS URL: an alert for each outage, the metric and the health.
 * @returns takes the state, and why the URL fails: nothing of its response
 */
export function createJwksStatusReport({ logger, metrics, health }: Observability) {
  let last: JwksStatus | undefined;
  return (status: JwksStatus, reason?: string): void => {
    if (status === last) {
      return;
    }
    last = status;
    metrics.setJwksStale(status === 'stale');
    health.auth = status === 'ok' ? 'ok' : 'failing';
    if (status === 'stale') {
      const message = 'The JWKS URL fails: the last good keys stay in use for up to an hour';
      logger.error({ alert: 'jwks-stale', reason }, message);
    } else if (status === 'unavailable') {
      logger.error({ alert: 'jwks-unavailable', reason }, 'The JWKS URL fails: no access token can be verified');
    }
  };
}
