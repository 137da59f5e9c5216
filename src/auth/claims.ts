import type { JWTPayload } from 'jose';
import type { Config } from '../config/settings.js';
import type { Caller } from '../domain/caller.js';
import { type Grants, parseGrants, parseWords } from '../domain/grants.js';
import { InvalidOwnerError, Owner } from '../domain/owner.js';
import { isDisplayText, isRecord } from '../domain/values.js';
import { kindOf, missing, TokenRefusedError } from './refusal.js';

type OwnerClaims = Pick<Config, 'ownerIdClaim' | 'ownerNameClaim' | 'usernameClaim'>;
type GrantClaims = Pick<Config, 'permissionsClaim' | 'managePermission' | 'providersClaim' | 'maxAccountsClaim'>;

/** A later `exp`, which some issuers write into tokens that never expire, is no date. */
const latestDateMs = 8.64e15;

/** Receives the grant that a token does not have in a valid form, and why. */
type OnInvalidGrant = (grant: keyof Grants, reason: string) => void;

/**
 * @param claims of a token whose signature, issuer, audience and expiry are verified
 * @throws TokenRefusedError when the owner's id or name is missing or malformed. There is no fallback to another claim:
 *   a person's `sub` in place of the organization's id would give accounts to the wrong people.
 */
export function toCaller(claims: JWTPayload, names: OwnerClaims & GrantClaims, onInvalidGrant: OnInvalidGrant): Caller {
  const username = readClaim(claims, names.usernameClaim);
  return {
    owner: parseOwner(claims, names),
    username: isDisplayText(username) ? username : null,
    expiresAt: claims.exp === undefined ? null : new Date(Math.min(claims.exp * 1000, latestDateMs)),
    grants: readGrants(claims, names, onInvalidGrant),
  };
}

/** A claim that is configured and absent is as malformed as one of another type: then nothing is allowed. */
function readGrants(claims: JWTPayload, names: GrantClaims, onInvalidGrant: OnInvalidGrant): Grants {
  const { managePermission, providersClaim, maxAccountsClaim } = names;
  const permissionsClaim = choosePermissionsClaim(claims, names);
  const readIfSet = (name: string | undefined) => (name === undefined ? undefined : (readClaim(claims, name) ?? null));
  const values = {
    canManage:
      managePermission === undefined
        ? undefined
        : (parseWords(readClaim(claims, permissionsClaim))?.includes(managePermission) ?? null),
    providers: readIfSet(providersClaim),
    maxAccounts: readIfSet(maxAccountsClaim),
  };
  return parseGrants(values, (grant) => {
    const claimOf = { canManage: permissionsClaim, providers: providersClaim, maxAccounts: maxAccountsClaim };
    const claim = claimOf[grant] ?? grant;
    onInvalidGrant(grant, describeProblem(claims, claim, readClaim(claims, claim)));
  });
}

/** OAuth has the permissions of a token in `scope`. A list of permissions, even an empty one, replaces them. */
function choosePermissionsClaim(claims: JWTPayload, { permissionsClaim }: GrantClaims): string {
  return permissionsClaim ?? (Object.hasOwn(claims, 'permissions') ? 'permissions' : 'scope');
}

function parseOwner(claims: JWTPayload, { ownerIdClaim, ownerNameClaim }: OwnerClaims): Owner {
  const id = readClaim(claims, ownerIdClaim);
  const name = readClaim(claims, ownerNameClaim);
  try {
    return Owner.parse(id, name);
  } catch (error) {
    if (error instanceof InvalidOwnerError) {
      const [claim, value] = error.field === 'id' ? [ownerIdClaim, id] : [ownerNameClaim, name];
      throw new TokenRefusedError('owner', describeProblem(claims, claim, value));
    }
    throw error;
  }
}

function describeProblem(claims: JWTPayload, claim: string, value: unknown): string {
  if (value === undefined) {
    return missing(claim, claims);
  }
  const problem =
    typeof value === 'string'
      ? `its ${value.length} characters are too many, or one is not allowed`
      : `it is ${kindOf(value)}`;
  return `the claim ${claim} is malformed: ${value === '' ? 'it is empty' : problem}`;
}

/**
 * A claim by its full name, such as `org_id` or `https://acme.example/org_id`. Where the token has no claim of that
 * name, a dotted name such as `o.id` is read as a path. A step `*` is the only entry of an object or a list: with
 * several entries, none of them is the owner.
 */
function readClaim(claims: JWTPayload, name: string): unknown {
  if (Object.hasOwn(claims, name)) {
    return claims[name];
  }
  let value: unknown = claims;
  for (const step of name.split('.')) {
    value = step === '*' ? onlyEntry(value) : readProperty(value, step);
  }
  return value;
}

function readProperty(value: unknown, key: string): unknown {
  return isRecord(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

function onlyEntry(value: unknown): unknown {
  const entries: readonly unknown[] = typeof value === 'object' && value !== null ? Object.values(value) : [];
  return entries.length === 1 ? entries[0] : undefined;
}
