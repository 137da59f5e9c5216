import { createPrivateKey, generateKeyPairSync, randomUUID, sign } from 'node:crypto';

export const issuer = 'https://login.example.com/';
export const audience = 'https://api.example.com';

/** @param {number} index */
export function ownerOf(index) {
  return `org_${index}`;
}

/** Creates the key pair of an identity provider, in PEM format for environment variables. */
export function createKeys() {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return {
    publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

/**
 * Creates ES256 access tokens for `count` owners.
 * @param {string} privateKey
 * @param {number} count
 */
export function signTokens(privateKey, count) {
  const key = createPrivateKey(privateKey);
  const now = Math.floor(Date.now() / 1000);
  return Array.from({ length: count }, (_, index) => {
    const header = { alg: 'ES256', typ: 'JWT', kid: '2026-01' };
    const claims = {
      iss: issuer,
      aud: audience,
      sub: `user_${index}`,
      iat: now,
      exp: now + 3600,
      jti: randomUUID(),
      org_id: ownerOf(index),
      org_name: `Customer ${index} Ltd`,
      email: `ada@customer-${index}.example`,
    };
    const signed = `${encode(header)}.${encode(claims)}`;
    const signature = sign('sha256', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' });
    return `${signed}.${signature.toString('base64url')}`;
  });
}

/** @param {object} part */
function encode(part) {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}
