import type { Observability } from '../observability/observability.js';

/** `stale`: the JWKS URL fails and the last good keys are in use. `unavailable`: it fails and there are no keys. */
type State = 'unknown' | 'ok' | 'stale' | 'unavailable';

/** Reports the state of the JWKS URL: an alert for each outage, the metric and the health. */
export class JwksStatus {
  readonly #observability: Observability;
  #state: State = 'unknown';

  constructor(observability: Observability) {
    this.#observability = observability;
  }

  /** @param reason why the URL fails; contains nothing of its response */
  set(state: Exclude<State, 'unknown'>, reason?: string): void {
    if (state === this.#state) {
      return;
    }
    this.#state = state;
    const { logger, metrics, health } = this.#observability;
    metrics.setJwksStale(state === 'stale');
    health.auth = state === 'ok' ? 'ok' : 'failing';
    if (state === 'stale') {
      const message = 'The JWKS URL fails: the last good keys stay in use for up to an hour';
      logger.error({ alert: 'jwks-stale', reason }, message);
    } else if (state === 'unavailable') {
      const message = 'The JWKS URL fails: no access token can be verified';
      logger.error({ alert: 'jwks-unavailable', reason }, message);
    }
  }
}
