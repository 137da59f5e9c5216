import { importJWK, type JSONWebKeySet, type JWK } from 'jose';
import { z } from 'zod';
import { createBoundedGet, type GetOptions } from '../egress/bounded-get.js';
import type { ProxySettings } from '../egress/pool.js';

export const fetchTimeoutMs = 3_000;
/** A key set has a few KiB, with certificates a few dozen. */
const maxBytes = 512 * 1024;

/** Fetches the key set once, without its unusable keys. @throws UnusableKeySetError */
type GetKeySet = (options: GetOptions) => Promise<JSONWebKeySet>;

export function createKeySetGet(url: URL, proxy: ProxySettings): GetKeySet {
  const get = createBoundedGet(url, proxy, { maxBytes, connectTimeoutMs: fetchTimeoutMs });
  return async (options) => keepUsableKeys(await get(options));
}

/** A response that has no key that can verify a token. Its message is for the log and quotes nothing. */
export class UnusableKeySetError extends Error {
  override readonly name = 'UnusableKeySetError';
  readonly code = 'NO_USABLE_KEY';
}

const keySet = z.object({ keys: z.array(z.unknown()) });
const jsonWebKey = z.looseObject({
  kty: z.string(),
  use: z.literal('sig').exactOptional(),
  crv: z.string().exactOptional(),
  alg: z.string().exactOptional(),
});

/** Algorithms of keys that do not name one, by curve or type. */
const algorithms: Readonly<Record<string, string>> = {
  RSA: 'RS256',
  'P-256': 'ES256',
  'P-384': 'ES384',
  'P-521': 'ES512',
  Ed25519: 'EdDSA',
};

/**
 * A key set without the keys that cannot verify a token, so that a malformed key is an unknown one. A set without any
 * usable key is a failure of the URL and no reason to reject tokens.
 */
async function keepUsableKeys(text: string): Promise<JSONWebKeySet> {
  const keys = (await Promise.all(parseKeys(text).map(toUsableKey))).filter((key) => key !== undefined);
  if (keys.length === 0) {
    throw new UnusableKeySetError('the key set has no usable key');
  }
  return { keys };
}

function parseKeys(text: string): readonly unknown[] {
  try {
    return keySet.parse(JSON.parse(text)).keys;
  } catch {
    throw new UnusableKeySetError('the response is not a key set');
  }
}

async function toUsableKey(key: unknown): Promise<JWK | undefined> {
  try {
    const jwk = jsonWebKey.parse(key);
    const imported = await importJWK(jwk, jwk.alg ?? algorithms[jwk.crv ?? jwk.kty]);
    return !(imported instanceof Uint8Array) && imported.usages.includes('verify') ? jwk : undefined;
  } catch {
    return undefined;
  }
}
