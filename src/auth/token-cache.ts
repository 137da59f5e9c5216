import { hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Caller } from '../domain/caller.js';

/** About 500 bytes each, so 10 MB at most. */
const maxTokens = 20_000;
/** How long a token stays accepted after its issuer revoked the key that signed it. */
const maxAgeMs = 60_000;

/**
 * The callers of tokens that were verified in the last minute. A signature is then verified once a minute instead of at
 * each request: ES256 costs more than everything else (docs/performance.md). A token is never accepted after its own
 * expiry. The keys are hashes of the tokens, because a memory dump shows what is kept in memory.
 */
export class TokenCache {
  readonly #callers = new LRUCache<string, Caller>({
    max: maxTokens,
    ttlResolution: 0,
    perf: { now: () => performance.now() },
  });

  /** @param authorization the whole header: a different spelling of it is verified separately */
  get(authorization: string): Caller | undefined {
    return this.#callers.get(toKey(authorization));
  }

  /** @param expiresAt the token's `exp`: seconds since the epoch */
  set(authorization: string, caller: Caller, expiresAt: number): void {
    const ttl = Math.min(expiresAt * 1000 - Date.now(), maxAgeMs);
    // lru-cache takes a lifetime of 0 for no limit, and `exp` can have passed by less than the clock tolerance.
    if (ttl > 0) {
      this.#callers.set(toKey(authorization), caller, { ttl });
    }
  }
}

function toKey(authorization: string): string {
  return hash('sha256', authorization, 'base64url');
}
