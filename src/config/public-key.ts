import { createPublicKey, type KeyObject } from 'node:crypto';

/**
 * Reads a public key in PEM form. Environments often carry it in one line, with `\n` written out.
 * @returns undefined for a private key, a certificate, a weak key, or a key that cannot verify tokens
 */
export function parsePublicKey(text: string): KeyObject | undefined {
  const pem = text.trim();
  if (!/^-----BEGIN (RSA )?PUBLIC KEY-----/.test(pem)) {
    return undefined;
  }
  try {
    const key = createPublicKey(pem.replaceAll('\\n', '\n'));
    return canVerifyTokens(key) ? key : undefined;
  } catch {
    return undefined;
  }
}

function canVerifyTokens({ asymmetricKeyType: type, asymmetricKeyDetails: details }: KeyObject): boolean {
  return (
    type === 'ed25519' ||
    (type === 'rsa' && (details?.modulusLength ?? 0) >= 2048) ||
    (type === 'ec' && /^(prime256v1|secp384r1|secp521r1)$/.test(details?.namedCurve ?? ''))
  );
}
