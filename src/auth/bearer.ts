import { TokenRefusedError } from './refusal.js';

/**
 * The token of an `Authorization` header. The scheme has any case, and spaces or tabs around it (RFC 9110, 11.4).
 * @throws TokenRefusedError
 */
export function parseBearer(authorization: string, maxBytes: number): string {
  const token = /^bearer[ \t]+([\w.~+/=-]+)$/i.exec(authorization.trim())?.[1];
  if (token === undefined) {
    throw new TokenRefusedError('header', 'the Authorization header is not "Bearer" and one token');
  }
  if (token.length > maxBytes) {
    const limit = `AUTH_MAX_TOKEN_BYTES is ${maxBytes}`;
    throw new TokenRefusedError('format', `it is too large: it has ${token.length} bytes and ${limit}`);
  }
  const parts = token.split('.').length;
  if (parts === 5) {
    throw new TokenRefusedError('format', 'it is encrypted (JWE, five parts): send a signed JWT');
  }
  if (parts !== 3) {
    throw new TokenRefusedError('format', `it is not a JWT: it has ${parts} parts instead of three`);
  }
  if (!/^[\w-]+\.[\w-]+\.[\w-]+$/.test(token)) {
    throw new TokenRefusedError('format', 'it is not a signed JWT: a part is empty or not base64url');
  }
  return token;
}
