import { hash } from 'node:crypto';
import type { Owner } from './owner.js';

/** Some 300 bytes each, so 6 MB at most. */
const maxTokens = 20_000;
/** How long a key that its issuer has withdrawn goes on to serve a token that was seen before. */
const maxAgeMs = 60_000;

interface Verified {
  readonly owner: Owner;
  /** Milliseconds since the epoch. */
  readonly until: number;
}

/**
 * Whose the tokens are that were verified a moment ago, so that a signature is checked once a minute for each and not
 * for each request: ES256 costs more than all the rest (docs/performance.md). Never beyond a token's own end. Kept by
 * the tokens' hashes, because what is in memory can be read from a dump of it.
 */
export class VerifiedTokens {
  readonly #known = new Map<string, Verified>();

  /** @param credentials the whole header that brought the token: another spelling of it is verified for itself */
  ownerOf(credentials: string): Owner | undefined {
    const verified = this.#known.get(keyOf(credentials));
    return verified !== undefined && Date.now() < verified.until ? verified.owner : undefined;
  }

  /** @param expiresAt the token's `exp`: seconds since the epoch */
  add(credentials: string, owner: Owner, expiresAt: number): void {
    const key = keyOf(credentials);
    // Anew at the end: the first is always the oldest.
    this.#known.delete(key);
    this.#known.set(key, { owner, until: Math.min(expiresAt * 1000, Date.now() + maxAgeMs) });
    if (this.#known.size > maxTokens) {
      const [oldest] = this.#known.keys();
      if (oldest !== undefined) this.#known.delete(oldest);
    }
  }
}

function keyOf(credentials: string): string {
  return hash('sha256', credentials, 'base64url');
}
