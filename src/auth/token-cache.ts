import { hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Caller } from '../domain/caller.js';

/** About 500 bytes each, so 10 MB at most. */
const maxTokens = 20_000;
/** How long a token stays accepted after its issuer revoked the key that signed it. */
const maxAgeMs = 60_000;

interface Entry {
  readonly caller: Caller;
  /** Monotonic time in milliseconds. */
  readonly until: number;
}

/**
 * The callers of tokens that were verified in the last minute. A signature is then verified once a minute instead of at
 * each request: ES256 costs more than everything else (docs/performance.md). A token is never accepted after its own
 * expiry. The keys are hashes of the tokens, because a memory dump shows what is kept in memory.
 */
export class TokenCache {
  readonly #entries = new LRUCache<string, Entry>({ max: maxTokens });

  /** @param authorization the whole header: a different spelling of it is verified separately */
  get(authorization: string): Caller | undefined {
    const entry = this.#entries.get(toKey(authorization));
    return entry !== undefined && performance.now() < entry.until ? entry.caller : undefined;
  }

  /** @param expiresAt the token's `exp`: seconds since the epoch */
  set(authorization: string, caller: Caller, expiresAt: number): void {
    const lifetimeMs = Math.min(expiresAt * 1000 - Date.now(), maxAgeMs);
    this.#entries.set(toKey(authorization), { caller, until: performance.now() + lifetimeMs });
  }
}

function toKey(authorization: string): string {
  return hash('sha256', authorization, 'base64url');
}
