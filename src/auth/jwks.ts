import {
  createLocalJWKSet,
  createRemoteJWKSet,
  customFetch,
  errors,
  type JWKSCacheInput,
  type JWTVerifyGetKey,
  jwksCache,
} from 'jose';
import { AppError } from '../domain/app-error.js';
import type { Observability } from '../observability/observability.js';
import { keepUsableKeys, UnusableKeySetError } from './key-set.js';

const timeoutMs = 3_000;
/** A token with an unknown key triggers a new fetch, but not more often than this. */
const cooldownMs = 30_000;
const freshMs = 10 * 60_000;
/** How long the last good keys stay in use while the URL fails. */
const staleMs = 60 * 60_000;
/** A failure is remembered, so that not every request calls an issuer that is down. */
const failureMemoryMs = 5_000;

/**
 * The keys at a JWKS URL. jose fetches them and follows no redirect. An unknown key condemns the token; keys that cannot
 * be fetched say nothing about it.
 * @throws AppError `AUTH_UNAVAILABLE` in the second case; jose's own errors in the first
 */
export function createRemoteKeys(url: URL, { logger, metrics }: Observability): JWTVerifyGetKey {
  const cache = createEmptyCache();
  const options = { timeoutDuration: timeoutMs, cooldownDuration: cooldownMs, cacheMaxAge: freshMs };
  const remote = createRemoteJWKSet(url, {
    ...options,
    [jwksCache]: cache,
    [customFetch]: async (href, init) => keepUsableKeys(await fetch(href, init)),
  });
  let failedAt = Number.NEGATIVE_INFINITY;
  let failure = '';
  let isStale = false;

  const setStale = (stale: boolean) => {
    if (stale && !isStale) {
      logger.error(
        { alert: 'jwks-stale', reason: failure },
        'The JWKS URL fails: the last good keys stay in use for up to an hour',
      );
    }
    isStale = stale;
    metrics.setJwksStale(stale);
  };

  return async (header, token) => {
    if (performance.now() - failedAt >= failureMemoryMs) {
      try {
        const key = await remote(header, token);
        setStale(false);
        return key;
      } catch (error) {
        if (isAboutTheToken(error)) {
          throw error;
        }
        failedAt = performance.now();
        failure = describe(error);
      }
    }
    const lastGood = Date.now() - (cache.uat ?? 0) < staleMs ? cache.jwks : undefined;
    if (lastGood === undefined) {
      setStale(false);
    }
    try {
      const key = await createLocalJWKSet(lastGood ?? { keys: [] })(header, token);
      setStale(true);
      return key;
    } catch {
      // The key can be one of those that cannot be fetched now.
      throw new AppError('AUTH_UNAVAILABLE', `the keys at AUTH_JWKS_URL cannot be fetched: ${failure}`);
    }
  };
}

/** jose fills it in, with the time of the last good fetch. */
function createEmptyCache(): JWKSCacheInput {
  return {};
}

function isAboutTheToken(error: unknown): boolean {
  return (
    error instanceof errors.JWKSNoMatchingKey ||
    error instanceof errors.JWKSMultipleMatchingKeys ||
    error instanceof errors.JOSENotSupported
  );
}

/** Codes only: a message could quote the response of the URL. */
function describe(error: unknown): string {
  if (error instanceof errors.JOSEError || error instanceof UnusableKeySetError) {
    return error.code;
  }
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && 'code' in cause ? String(cause.code) : 'the request failed';
}
