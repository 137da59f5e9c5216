import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import type { JWTPayload } from 'jose';
import { Owner, OwnerError } from '../../src/auth/owner.js';
import type { ClaimNames } from '../../src/config.js';

const names: ClaimNames = { ownerId: 'org_id', ownerName: 'org_name', username: 'email' };
const validClaims: JWTPayload = {
  sub: 'user_1',
  org_id: 'org_acme',
  org_name: 'Acme',
  email: 'ada@acme.example',
};

/** The owner from the claims as a plain object, or the message of the error. */
function read(claims: JWTPayload, claimNames: Partial<ClaimNames> = {}): object | string {
  try {
    const { id, name, username } = Owner.fromVerifiedClaims(claims, { ...names, ...claimNames });
    return { id, name, username };
  } catch (error) {
    if (error instanceof OwnerError) {
      return error.message;
    }
    throw error;
  }
}

const errorMessage = (claim: string) => `the claim ${claim} is missing or malformed`;

describe('Owner.fromVerifiedClaims', () => {
  it('reads the configured claims', () => {
    expect(read(validClaims)).toEqual({ id: 'org_acme', name: 'Acme', username: 'ada@acme.example' });
  });

  it.each<[string, JWTPayload, string]>([
    [
      'claim name that is a URL with dots',
      { 'https://acme.example/org.id': 'a' },
      'https://acme.example/org.id',
    ],
    ['claim name with a colon', { 'custom:org_id': 'a' }, 'custom:org_id'],
    ['dotted path', { o: { id: 'a' } }, 'o.id'],
    ['path with three segments', { app: { org: { id: 'a' } } }, 'app.org.id'],
    ['claim name in preference to a path of the same text', { 'o.id': 'a', o: { id: 'b' } }, 'o.id'],
    ['`sub` when it is configured', { sub: 'a' }, 'sub'],
  ])('%s', (_name, claims, ownerId) => {
    expect(read({ org_name: 'Acme', ...claims }, { ownerId })).toEqual({
      id: 'a',
      name: 'Acme',
      username: null,
    });
  });

  it.each(['a', 'A.b_c:d@e|f-9', 'a'.repeat(128), '0', 'auth0|org', 'x@y.z'])(
    'accepts the id %s',
    (org_id) => {
      expect(read({ ...validClaims, org_id })).toMatchObject({ id: org_id });
    },
  );

  it.each(['A', 'Müller & Söhne GmbH <Köln>', '株式会社', '🏔️', '🏔'.repeat(200), 'O\'Neil "Ltd"'])(
    'accepts the name %s',
    (org_name) => {
      expect(read({ ...validClaims, org_name })).toMatchObject({ name: org_name });
    },
  );
});

/** Values that are invalid for every claim. */
const neverText: [string, unknown][] = [
  ['missing', undefined],
  ['null', null],
  ['empty', ''],
  ['an array', ['org_acme']],
  ['an object', { id: 'org_acme' }],
  ['an object that prints as an id', { toString: () => 'org_acme' }],
  ['a number', 42],
  ['a boolean', true],
  ['with a line break', 'org_acme\r\nx-evil: 1'],
  ['with a line break at its end', 'org_acme\n'],
  ['with a NUL', 'org_acme\0'],
];

describe('Owner.fromVerifiedClaims rejects', () => {
  it.each([
    ...neverText,
    ['129 characters long', 'a'.repeat(129)],
    ['with a space', 'org acme'],
    ['with a slash', '../org_acme'],
    ['with a quote', 'org"acme'],
    ['with a comma, as a list has', 'org_acme,org_globex'],
    ['with a letter that is not ASCII', 'örg'],
    ['with a wildcard', '*'],
    ['with a percent sign', 'org%5facme'],
  ])('an id that is %s', (_name, org_id) => {
    expect(read({ ...validClaims, org_id })).toBe(errorMessage('org_id'));
  });

  it.each([
    ...neverText,
    ['201 characters long', 'a'.repeat(201)],
    ['with a tab', 'Acme\tLtd'],
    ['with an escape sequence', 'Acme\u001b[31m'],
    ['with a C1 control character', 'Acme\u0085'],
    ['with a lone surrogate', 'Acme \ud83c'],
  ])('a name that is %s', (_name, org_name) => {
    expect(read({ ...validClaims, org_name })).toBe(errorMessage('org_name'));
  });

  it.each<[string, JWTPayload, string]>([
    ['a path through an array', { orgs: ['org_acme'] }, 'orgs.0'],
    ['a path through a string', { org: 'org_acme' }, 'org.length'],
    ['a path through null', { org: null }, 'org.id'],
    ['a path that ends at an object', { o: { id: { id: 'org_acme' } } }, 'o.id'],
    ['a path with an empty segment', { o: { id: 'org_acme' } }, 'o..id'],
    ['a path to an inherited property', {}, 'constructor.name'],
    ['a path through a prototype', {}, '__proto__.constructor.name'],
    ['a path when the claim of the whole name is malformed', { 'o.id': 7, o: { id: 'org_acme' } }, 'o.id'],
    ['a claim name in another case', { ORG_ID: 'org_acme' }, 'org_id'],
  ])('%s', (_name, claims, ownerId) => {
    expect(read({ sub: 'user_1', org_name: 'Acme', ...claims }, { ownerId })).toBe(errorMessage(ownerId));
  });

  it('claims inherited from a polluted prototype', () => {
    const claims: JWTPayload = Object.create({ org_id: 'org_globex', o: { id: 'org_globex' } });
    claims['org_name'] = 'Acme';
    expect(read(claims)).toBe(errorMessage('org_id'));
    expect(read(claims, { ownerId: 'o.id' })).toBe(errorMessage('o.id'));
  });

  it('`sub` in place of the owner’s id or name', () => {
    expect(read({ sub: 'user_1', org_name: 'Acme' })).toBe(errorMessage('org_id'));
    expect(read({ sub: 'user_1', org_id: 'org_acme', name: 'Ada' })).toBe(errorMessage('org_name'));
  });

  it('an object with the same shape (Owner.isOwner)', () => {
    const plainObject = { id: 'org_acme', name: 'Acme', username: null };
    expect(Owner.isOwner(plainObject)).toBe(false);
    expect(Owner.isOwner(Object.create(Owner.prototype))).toBe(false);
    expect(Owner.isOwner(Owner.fromVerifiedClaims(validClaims, names))).toBe(true);
  });
});

describe('The username is optional', () => {
  it.each([...neverText, ['of 201 characters', 'a'.repeat(201)]])(
    'it is null when the claim is %s',
    (_name, email) => {
      expect(read({ ...validClaims, email })).toEqual({ id: 'org_acme', name: 'Acme', username: null });
    },
  );
});

it('OwnerError contains the name of the claim and not its value', () => {
  expect.assertions(4);
  for (const claim of ['org_id', 'org_name']) {
    try {
      Owner.fromVerifiedClaims({ ...validClaims, [claim]: 'canary \n' }, names);
    } catch (error) {
      expect(error).toBeInstanceOf(OwnerError);
      expect(inspect(error, { depth: 9 })).not.toContain('canary');
    }
  }
});
