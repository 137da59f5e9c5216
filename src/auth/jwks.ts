import {
  createLocalJWKSet,
  createRemoteJWKSet,
  customFetch,
  errors,
  type JSONWebKeySet,
  type JWTVerifyGetKey,
} from 'jose';
import { AppError } from '../domain/app-error.js';
import { textOf } from '../domain/values.js';
import type { ProxySettings } from '../egress/pool.js';
import type { Observability } from '../observability/observability.js';
import { createKeySetGet, fetchTimeoutMs } from './key-set.js';

/** A token with an unknown key triggers a new fetch, but not more often than this. */
const cooldownMs = 30_000;
const freshMs = 10 * 60_000;
/** How long the last good keys stay in use while the URL fails. */
const staleMs = 60 * 60_000;
/** A failure is remembered, so that not every request calls an issuer that is down. */
const failureMemoryMs = 5_000;

/**
 * The keys at a JWKS URL. jose fetches them and follows no redirect.
 * @throws an error of jose when the key set has no key for the token: the token is rejected. AppError `AUTH_UNAVAILABLE`
 *   when the keys cannot be fetched: the token can be valid
 */
export function createRemoteKeys(url: URL, proxy: ProxySettings, observability: Observability): JWTVerifyGetKey {
  const reportStatus = createStatusReport(observability);
  const get = createKeySetGet(url, proxy);
  let jwks: JSONWebKeySet = { keys: [] };
  let fetchedAt = Number.NEGATIVE_INFINITY;
  // jose itself measures the age of the keys with the wall clock: when that clock is set back, a revoked key would stay in
  // use for longer.
  const ageMs = () => performance.now() - fetchedAt;
  const remote = createRemoteJWKSet(url, {
    timeoutDuration: fetchTimeoutMs,
    cooldownDuration: cooldownMs,
    cacheMaxAge: freshMs,
    [customFetch]: async (_url, options) => {
      jwks = await get(options);
      fetchedAt = performance.now();
      return Response.json(jwks);
    },
  });
  /** Undefined while the URL works. */
  let failedAt: number | undefined;
  let failure = '';

  const succeed = () => {
    failedAt = undefined;
    reportStatus('ok');
  };

  return async (header, token) => {
    const now = performance.now();
    if (failedAt === undefined || now - failedAt >= failureMemoryMs) {
      if (failedAt !== undefined) {
        // One request tries a URL that failed again. The others do not wait for it.
        failedAt = now;
      }
      try {
        if (remote.fresh && ageMs() >= freshMs) {
          await remote.reload();
        }
        const key = await remote(header, token);
        succeed();
        return key;
      } catch (error) {
        if (isAboutTheToken(error)) {
          succeed();
          throw error;
        }
        failedAt = performance.now();
        // The code only: a message could quote the response of the URL.
        failure = textOf(error, 'code') || 'the request failed';
      }
    }
    const lastGood = ageMs() < staleMs ? jwks : undefined;
    reportStatus(lastGood === undefined ? 'unavailable' : 'stale', failure);
    try {
      return await createLocalJWKSet(lastGood ?? { keys: [] })(header, token);
    } catch (error) {
      if (error instanceof errors.JWKSMultipleMatchingKeys) {
        throw error;
      }
      // The key can be one of those that cannot be fetched now.
      throw new AppError('AUTH_UNAVAILABLE', `the keys at AUTH_JWKS_URL cannot be fetched: ${failure}`);
    }
  };
}

/** `stale`: the JWKS URL fails and the last good keys are in use. `unavailable`: it fails and there are no keys. */
type JwksStatus = 'ok' | 'stale' | 'unavailable';

/**
 * Reports the state of the JWKS URL: an alert for each outage, the metric and the health.
 * @returns takes the state, and why the URL fails: nothing of its response
 */
function createStatusReport({ logger, metrics, health }: Observability) {
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

function isAboutTheToken(error: unknown): boolean {
  return (
    error instanceof errors.JWKSNoMatchingKey ||
    error instanceof errors.JWKSMultipleMatchingKeys ||
    error instanceof errors.JOSENotSupported
  );
}
