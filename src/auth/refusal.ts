import { decodeProtectedHeader, errors, type JWTPayload } from 'jose';
import { AppError } from '../domain/app-error.js';

/** Kinds of problems. Each has log lines of its own, so that one does not hide another. */
export type RefusalKind =
  | 'header'
  | 'format'
  | 'algorithm'
  | 'key'
  | 'signature'
  | 'type'
  | 'issuer'
  | 'audience'
  | 'time'
  | 'owner';

/** A token that is not accepted. The client gets the same response for all of them; the reason is for the operator. */
export class TokenRefusedError extends AppError {
  constructor(
    readonly kind: RefusalKind,
    readonly reason: string,
  ) {
    super('UNAUTHENTICATED', `access token rejected: ${reason}`);
  }
}

/**
 * Explains an error of jose. jose's messages can contain parts of the token, so they are not used. Values from the
 * header of the token are quoted although no key has verified them: they show which key or algorithm the issuer uses.
 */
export function toRefusal(error: unknown, token: string, algorithms: readonly string[]): TokenRefusedError {
  if (error instanceof errors.JWTExpired || error instanceof errors.JWTClaimValidationFailed) {
    return new TokenRefusedError('time', describeClaim(error));
  }
  if (error instanceof errors.JOSEAlgNotAllowed) {
    const found = quote(headerOf(token).alg);
    return new TokenRefusedError('algorithm', `the algorithm (alg) is ${found}, expected ${algorithms.join(', ')}`);
  }
  if (error instanceof errors.JWKSNoMatchingKey) {
    const { kid, alg } = headerOf(token);
    const key = `the key id (kid) ${quote(kid)} and the algorithm (alg) ${quote(alg)}`;
    return new TokenRefusedError('key', `AUTH_JWKS_URL has no key for ${key}`);
  }
  if (error instanceof errors.JWSSignatureVerificationFailed) {
    return new TokenRefusedError('signature', 'the signature is not from the configured key or is damaged');
  }
  const code = error instanceof errors.JOSEError ? error.code : 'it cannot be verified with this key';
  return new TokenRefusedError('format', `it is not a valid signed JWT (${code})`);
}

/** `exp`, `nbf` and `iat`: the only claims that jose itself checks here. */
function describeClaim({ claim, reason, payload }: errors.JWTExpired | errors.JWTClaimValidationFailed): string {
  if (reason !== 'check_failed') {
    return reason === 'missing' ? missing(claim, payload) : `the claim ${claim} is malformed: it is not a number`;
  }
  const seconds = Math.round(Date.now() / 1000 - Number(payload[claim]));
  return seconds >= 0
    ? `it expired ${seconds} seconds ago (${claim})`
    : `it is not valid for another ${-seconds} seconds (${claim}): check the clocks`;
}

function headerOf(token: string): { readonly kid?: unknown; readonly alg?: unknown } {
  try {
    return decodeProtectedHeader(token);
  } catch {
    return {};
  }
}

const maxNames = 20;

/** @param claims of a token whose signature is verified. Their names are listed, never their values. */
export function missing(claim: string, claims: JWTPayload): string {
  return `the claim ${claim} is missing; the token has ${listNames(claims)}`;
}

/** The names of the claims, never their values. */
export function listNames(claims: JWTPayload): string {
  const names = Object.keys(claims);
  const list = names.slice(0, maxNames).map(shorten).join(', ');
  return `${list}${names.length > maxNames ? ', …' : ''}`;
}

/** A value for the log: a string in quotation marks, or what kind of value it is instead. */
export function quote(value: unknown): string {
  return typeof value === 'string' ? `"${shorten(value)}"` : kindOf(value);
}

export function kindOf(value: unknown): string {
  if (value === undefined || value === null) {
    return value === null ? 'null' : 'missing';
  }
  return Array.isArray(value) ? 'a list' : `a value of type ${typeof value}`;
}

const maxLength = 100;

/** Visible ASCII only, so that a value can neither break a line of the log nor fill it. */
function shorten(text: string): string {
  const visible = text.slice(0, maxLength).replace(/[^\x20-\x7e]/g, '?');
  return text.length > maxLength ? `${visible}…` : visible;
}
