import { importJWK } from 'jose';
import { z } from 'zod';

/** A response that has no key that can verify a token. Its message is for the log and quotes nothing. */
export class UnusableKeySetError extends Error {
  override readonly name = 'UnusableKeySetError';
  readonly code = 'NO_USABLE_KEY';
}

const keySet = z.object({ keys: z.array(z.unknown()) });
const jsonWebKey = z.looseObject({ kty: z.string(), crv: z.string().exactOptional(), alg: z.string().exactOptional() });

/** Algorithms of keys that do not name one, by curve or type. */
const algorithms: Readonly<Record<string, string>> = {
  RSA: 'RS256',
  'P-256': 'ES256',
  'P-384': 'ES384',
  'P-521': 'ES512',
  Ed25519: 'EdDSA',
};

/**
 * The response of a JWKS URL without the keys that cannot verify a token, so that a malformed key is an unknown one.
 * A set without any usable key is a failure of the URL and no reason to reject tokens.
 * @throws UnusableKeySetError
 */
export async function keepUsableKeys(response: Response): Promise<Response> {
  const keys = parseKeys(await response.text());
  const isUsable = await Promise.all(keys.map(canVerify));
  const usable = keys.filter((_, index) => isUsable[index]);
  if (usable.length === 0) {
    throw new UnusableKeySetError('the key set has no usable key');
  }
  return Response.json({ keys: usable });
}

function parseKeys(text: string): readonly unknown[] {
  try {
    return keySet.parse(JSON.parse(text)).keys;
  } catch {
    throw new UnusableKeySetError('the response is not a key set');
  }
}

async function canVerify(key: unknown): Promise<boolean> {
  try {
    const jwk = jsonWebKey.parse(key);
    const imported = await importJWK(jwk, jwk.alg ?? algorithms[jwk.crv ?? jwk.kty]);
    return !(imported instanceof Uint8Array) && imported.usages.includes('verify');
  } catch {
    return false;
  }
}
