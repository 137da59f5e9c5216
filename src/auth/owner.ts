import type { JWTPayload } from 'jose';
import type { ClaimNames } from '../config.js';

/**
 * The customer on whose behalf a request acts: whose accounts are seen, and whose account a new one will be.
 *
 * The constructor is private and a private field makes the type nominal, so a look-alike object does not
 * compile: the one way to an owner is a verified token.
 */
export class Owner {
  readonly #verified = true;

  private constructor(
    /** The customer's id in the product, which StackOne keeps with each account. */
    readonly id: string,
    /** The customer's name: together with id and provider StackOne's identity of an account. */
    readonly name: string,
    /** The person who acts, such as an e-mail address. */
    readonly username: string | null,
  ) {}

  /**
   * @param claims of a token whose signature, issuer, audience and expiry were verified by the caller
   * @throws OwnerClaimError when the owner's id or name is missing or malformed. There is no fall-back to
   *   another claim: a person's `sub` in place of the organisation's id would open accounts to the wrong people.
   */
  static fromVerifiedClaims(claims: JWTPayload, names: ClaimNames): Owner {
    const id = readClaim(claims, names.ownerId);
    if (typeof id !== 'string' || !/^[A-Za-z0-9._:@|-]{1,128}$/.test(id)) {
      throw new OwnerClaimError(names.ownerId);
    }
    const name = readClaim(claims, names.ownerName);
    if (!isName(name)) {
      throw new OwnerClaimError(names.ownerName);
    }
    const username = readClaim(claims, names.username);
    return new Owner(id, name, isName(username) ? username : null);
  }

  static isOwner(value: object): value is Owner {
    return #verified in value;
  }
}

/** Names the claim, never its value. */
export class OwnerClaimError extends Error {
  override readonly name = 'OwnerClaimError';
  constructor(claim: string) {
    super(`the claim ${claim} is missing or malformed`);
  }
}

/** 1 to 200 characters, not only spaces, neither control characters nor half a surrogate pair. */
function isName(value: unknown): value is string {
  return typeof value === 'string' && /^(?=.*\S)[^\p{Cc}\p{Cs}]{1,200}$/u.test(value);
}

/**
 * A claim by its whole name, such as `org_id` or `https://acme.example/org_id`; when there is none of that
 * name, by a dotted path, such as `o.id`.
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
