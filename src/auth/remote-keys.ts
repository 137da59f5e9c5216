import {
  createLocalJWKSet,
  createRemoteJWKSet,
  errors,
  type JWKSCacheInput,
  type JWTVerifyGetKey,
  jwksCache,
} from 'jose';
import { AppError } from '../errors.js';

const timeoutMs = 3_000;
/** A token with an unknown key makes us look for new keys, but not more often than this. */
const cooldownMs = 30_000;
const freshMs = 10 * 60_000;
/** How long the last good keys serve while the URL fails. */
const staleMs = 60 * 60_000;
/** A failure is remembered, so that an issuer that is down is not asked by every request. */
const failureMemoryMs = 5_000;

/**
 * The keys at a JWKS URL; jose fetches them without following redirects. It tells "no such key", which
 * condemns the token, from "the keys cannot be had", which says nothing of it.
 * @throws AppError `AUTH_UNAVAILABLE` in the second case; jose's own errors in the first
 */
export function createRemoteKeys(url: URL): JWTVerifyGetKey {
  const cache = emptyCache();
  const options = { timeoutDuration: timeoutMs, cooldownDuration: cooldownMs, cacheMaxAge: freshMs };
  const remote = createRemoteJWKSet(url, { ...options, [jwksCache]: cache });
  let failedAt = Number.NEGATIVE_INFINITY;
  let failure = '';

  return async (header, token) => {
    if (performance.now() - failedAt >= failureMemoryMs) {
      try {
        return await remote(header, token);
      } catch (error) {
        if (isAboutTheToken(error)) {
          throw error;
        }
        failedAt = performance.now();
        failure = describe(error);
      }
    }
    const lastGood = Date.now() - (cache.uat ?? 0) < staleMs ? cache.jwks : undefined;
    try {
      return await createLocalJWKSet(lastGood ?? { keys: [] })(header, token);
    } catch {
      // The key may be one of those that cannot be fetched now.
      throw new AppError('AUTH_UNAVAILABLE', `the keys at AUTH_JWKS_URL cannot be had: ${failure}`);
    }
  };
}

/** jose fills it in, with the time of the last good fetch. */
function emptyCache(): JWKSCacheInput {
  return {};
}

function isAboutTheToken(error: unknown): boolean {
  return (
    error instanceof errors.JWKSNoMatchingKey ||
    error instanceof errors.JWKSMultipleMatchingKeys ||
    error instanceof errors.JOSENotSupported
  );
}

/** Codes alone: a message could quote what the URL answered. */
function describe(error: unknown): string {
  if (error instanceof errors.JOSEError) {
    return error.code;
  }
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && 'code' in cause ? String(cause.code) : 'the request failed';
}
