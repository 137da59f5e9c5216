import type { JWTPayload } from 'jose';
import type { Config } from '../config/settings.js';
import { AppError } from '../domain/app-error.js';
import type { Caller } from '../domain/caller.js';
import { isDisplayText } from '../domain/display-text.js';
import { InvalidOwnerError, Owner } from '../domain/owner.js';

type ClaimNames = Pick<Config, 'ownerIdClaim' | 'ownerNameClaim' | 'usernameClaim'>;

/**
 * @param claims of a token whose signature, issuer, audience and expiry are verified
 * @throws AppError `UNAUTHENTICATED` when the owner's id or name is missing or malformed. There is no fallback to another claim:
 *   a person's `sub` in place of the organization's id would give accounts to the wrong people.
 */
export function toCaller(claims: JWTPayload, names: ClaimNames): Caller {
  const username = readClaim(claims, names.usernameClaim);
  return {
    owner: parseOwner(claims, names),
    username: isDisplayText(username) ? username : null,
    expiresAt: claims.exp === undefined ? null : new Date(claims.exp * 1000),
  };
}

function parseOwner(claims: JWTPayload, { ownerIdClaim, ownerNameClaim }: ClaimNames): Owner {
  try {
    return Owner.parse(readClaim(claims, ownerIdClaim), readClaim(claims, ownerNameClaim));
  } catch (error) {
    if (error instanceof InvalidOwnerError) {
      const name = error.field === 'id' ? ownerIdClaim : ownerNameClaim;
      throw new AppError('UNAUTHENTICATED', `access token rejected: the claim ${name} is missing or malformed`);
    }
    throw error;
  }
}

/**
 * A claim by its full name, such as `org_id` or `https://acme.example/org_id`. Where the token has no claim of that
 * name, a dotted name such as `o.id` is read as a path.
 */
function readClaim(claims: JWTPayload, name: string): unknown {
  if (Object.hasOwn(claims, name)) {
    return claims[name];
  }
  let value: unknown = claims;
  for (const key of name.split('.')) {
    value = isRecord(value) && Object.hasOwn(value, key) ? value[key] : undefined;
  }
  return value;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
