import { hash } from 'node:crypto';
import type { JWTPayload } from 'jose';
import type { ClaimNames } from '../config.js';

/**
 * The customer on whose behalf a request acts: whose accounts are seen, and whose account a new one will be.
 *
 * The constructor is private and a private field makes the type nominal, so a look-alike object does not
 * compile: the only ways to an owner are a verified token and the login of a product that mounts this layer.
 */
export class Owner {
  readonly #verified = true;
  /** For logs: tells one owner's requests from another's, and not who it is. */
  readonly hash: string;

  private constructor(
    /** The customer's id in the product, which StackOne keeps with each account. */
    readonly id: string,
    /** The customer's name: together with id and provider StackOne's identity of an account. */
    readonly name: string,
    /** The person who acts, such as an e-mail address. */
    readonly username: string | null,
  ) {
    this.hash = hash('sha256', id, 'base64url').slice(0, 12);
  }

  /**
   * @param claims of a token whose signature, issuer, audience and expiry were verified by the caller
   * @throws OwnerError when the owner's id or name is missing or malformed. There is no fall-back to another
   *   claim: a person's `sub` in place of the organisation's id would open accounts to the wrong people.
   */
  static fromVerifiedClaims(claims: JWTPayload, names: ClaimNames): Owner {
    const id = readClaim(claims, names.ownerId);
    const name = readClaim(claims, names.ownerName);
    const username = readClaim(claims, names.username);
    return Owner.#parse({ id, name, username }, `the claim ${names.ownerId}`, `the claim ${names.ownerName}`);
  }

  /**
   * @param login of somebody whom the product that mounts this layer has signed in
   * @throws OwnerError when its id or name is missing or malformed
   */
  static fromLogin(login: Login): Owner {
    return Owner.#parse(login, 'the id from getOwner', 'the name from getOwner');
  }

  static #parse(
    { id, name, username }: Partial<Record<keyof Login, unknown>>,
    idSource: string,
    nameSource: string,
  ): Owner {
    if (typeof id !== 'string' || !/^[A-Za-z0-9._:@|-]{1,128}$/.test(id)) {
      throw new OwnerError(idSource);
    }
    if (!isName(name)) {
      throw new OwnerError(nameSource);
    }
    return new Owner(id, name, isName(username) ? username : null);
  }

  static isOwner(value: object): value is Owner {
    return #verified in value;
  }
}

/** Who is signed in, as a product's own login knows it. */
export interface Login {
  /** The customer's id: 1 to 128 letters, digits and `. _ : @ | -`. */
  readonly id: string;
  /** The customer's name, 1 to 200 characters. With the id and the provider it is StackOne's identity of an account. */
  readonly name: string;
  /** The person, such as an e-mail address. */
  readonly username?: string | null | undefined;
}

/** Names where the value came from, never the value. */
export class OwnerError extends Error {
  override readonly name = 'OwnerError';
  constructor(source: string) {
    super(`${source} is missing or malformed`);
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
