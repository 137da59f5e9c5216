import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import type { JWTPayload } from 'jose';
import { toCaller } from '../../src/auth/claims.js';
import { AppError } from '../../src/domain/app-error.js';

const names = { ownerIdClaim: 'org_id', ownerNameClaim: 'org_name', usernameClaim: 'email' };
type ClaimNames = typeof names;
const good: JWTPayload = { sub: 'user_1', org_id: 'org_acme', org_name: 'Acme', email: 'ada@acme.example' };

/** What came of the claims: an owner in plain words, or the claim that was refused. */
function read(claims: JWTPayload, claimNames: Partial<ClaimNames> = {}): object | string {
  try {
    const { owner, username } = toCaller(claims, { ...names, ...claimNames }, () => {});
    return { id: owner.id, name: owner.name, username };
  } catch (error) {
    if (error instanceof AppError) {
      expect(error.code).toBe('UNAUTHENTICATED');
      return error.message;
    }
    throw error;
  }
}

/** The log says which of the two it is. */
const refusal = (claim: string, problem: 'missing' | 'malformed') =>
  expect.stringMatching(`^access token rejected: the claim ${claim.replaceAll(/[.*]/g, '\\$&')} is ${problem}[;:] `);
const problemOf = (value: unknown) => (value === undefined ? 'missing' : 'malformed');

describe('toCaller reads the owner from verified claims', () => {
  it('with the time at which the token expires, the last possible one for a later `exp`', () => {
    const expiresAt = (exp: number) => toCaller({ ...good, exp }, names, () => {}).expiresAt?.toISOString();
    expect(expiresAt(1_767_603_600)).toBe('2026-01-05T09:00:00.000Z');
    expect(expiresAt(1e300)).toBe('+275760-09-13T00:00:00.000Z');
  });

  it('with the names of the claims', () => {
    expect(read(good)).toEqual({ id: 'org_acme', name: 'Acme', username: 'ada@acme.example' });
  });

  it.each<[string, JWTPayload, string]>([
    ['a name like a URL, with dots', { 'https://acme.example/org.id': 'a' }, 'https://acme.example/org.id'],
    ['a name with a colon', { 'custom:org_id': 'a' }, 'custom:org_id'],
    ['a dotted path', { o: { id: 'a' } }, 'o.id'],
    ['a path of three steps', { app: { org: { id: 'a' } } }, 'app.org.id'],
    ['a whole name rather than a path of the same letters', { 'o.id': 'a', o: { id: 'b' } }, 'o.id'],
    ['`sub` when the operator names it', { sub: 'a' }, 'sub'],
    ['the only entry of a list', { orgs: ['a'] }, 'orgs.*'],
    ['the only entry of an object', { org: { acme: { id: 'a' } } }, 'org.*.id'],
    ['an only entry in an only entry', { org: { acme: { ids: ['a'] } } }, 'org.*.ids.*'],
  ])('from %s', (_what, claims, ownerId) => {
    expect(read({ org_name: 'Acme', ...claims }, { ownerIdClaim: ownerId })).toEqual({
      id: 'a',
      name: 'Acme',
      username: null,
    });
  });

  it.each(['a', 'A.b_c:d@e|f-9', 'a'.repeat(128), '0', 'auth0|org', 'x@y.z'])('with the id %s', (org_id) => {
    expect(read({ ...good, org_id })).toMatchObject({ id: org_id });
  });

  it.each(['A', 'Müller & Söhne GmbH <Köln>', '株式会社', '🏔️', '🏔'.repeat(200), 'O\'Neil "Ltd"'])(
    'with the name %s',
    (org_name) => {
      expect(read({ ...good, org_name })).toMatchObject({ name: org_name });
    },
  );
});

/** Values that no claim can have. */
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

describe('toCaller rejects', () => {
  it.each([
    ...neverText,
    ['of 129 characters', 'a'.repeat(129)],
    ['with a space', 'org acme'],
    ['with a slash', '../org_acme'],
    ['with a quote', 'org"acme'],
    ['with a comma', 'org_acme,org_globex'],
    ['with a letter beyond ASCII', 'örg'],
    ['with a wildcard', '*'],
    ['with a percent sign', 'org%5facme'],
  ])('an id that is %s', (_what, org_id) => {
    expect(read({ ...good, org_id })).toEqual(refusal('org_id', problemOf(org_id)));
  });

  it.each([
    ...neverText,
    ['of 201 characters', 'a'.repeat(201)],
    ['only spaces', '   '],
    ['with a tab', 'Acme\tLtd'],
    ['with an escape', 'Acme\u001b[31m'],
    ['with a control character of Latin-1', 'Acme\u0085'],
    ['with half a surrogate pair', 'Acme \ud83c'],
    ['only invisible', '\u200b\u3164'],
    ['with an override of the direction of text', 'Acme \u202eLtd'],
    ['with a line separator', 'Acme\u2028Ltd'],
  ])('a name that is %s', (_what, org_name) => {
    expect(read({ ...good, org_name })).toEqual(refusal('org_name', problemOf(org_name)));
  });

  it.each<[string, JWTPayload, string]>([
    ['a path through an array', { orgs: ['org_acme'] }, 'orgs.0'],
    ['a path through text', { org: 'org_acme' }, 'org.length'],
    ['a path through null', { org: null }, 'org.id'],
    ['a path with an empty step', { o: { id: 'org_acme' } }, 'o..id'],
    ['a path to what every object inherits', {}, 'constructor.name'],
    ['a path through a prototype', {}, '__proto__.constructor.name'],
    ['another case', { ORG_ID: 'org_acme' }, 'org_id'],
    ['one of several entries of a list', { orgs: ['org_acme', 'org_globex'] }, 'orgs.*'],
    ['one of several entries of an object', { org: { acme: { id: 'a' }, globex: { id: 'b' } } }, 'org.*.id'],
    ['an entry of an empty list', { orgs: [] }, 'orgs.*'],
    ['a character of a text', { org: 'a' }, 'org.*'],
  ])('%s', (_what, claims, ownerId) => {
    expect(read({ sub: 'user_1', org_name: 'Acme', ...claims }, { ownerIdClaim: ownerId })).toEqual(
      refusal(ownerId, 'missing'),
    );
  });

  it.each<[string, JWTPayload]>([
    ['a path that ends at an object', { o: { id: { id: 'org_acme' } } }],
    ['a path where the whole name is malformed', { 'o.id': 7, o: { id: 'org_acme' } }],
  ])('%s', (_what, claims) => {
    const ownerIdClaim = 'o.id';
    expect(read({ org_name: 'Acme', ...claims }, { ownerIdClaim })).toEqual(refusal(ownerIdClaim, 'malformed'));
  });

  it('claims that are inherited from a polluted prototype', () => {
    const claims: JWTPayload = Object.create({ org_id: 'org_globex', o: { id: 'org_globex' } });
    claims['org_name'] = 'Acme';
    expect(read(claims)).toEqual(refusal('org_id', 'missing'));
    expect(read(claims, { ownerIdClaim: 'o.id' })).toEqual(refusal('o.id', 'missing'));
  });

  it('the person’s `sub` in place of the organization’s id or name', () => {
    expect(read({ sub: 'user_1', org_name: 'Acme' })).toEqual(refusal('org_id', 'missing'));
    expect(read({ sub: 'user_1', org_id: 'org_acme', name: 'Ada' })).toEqual(refusal('org_name', 'missing'));
  });
});

describe('The username is optional and', () => {
  it.each([
    ...neverText,
    ['of 201 characters', 'a'.repeat(201)],
    ['invisible', '\u2060'],
    ['with an isolate', 'ada\u2066@acme.example'],
  ])('is null where the claim is %s', (_what, email) => {
    expect(read({ ...good, email })).toEqual({ id: 'org_acme', name: 'Acme', username: null });
  });
});

it('The error names the claim and never its value', () => {
  expect.assertions(4);
  for (const claim of ['org_id', 'org_name']) {
    try {
      toCaller({ ...good, [claim]: 'canary \n' }, names, () => {});
    } catch (error) {
      expect(error).toBeInstanceOf(AppError);
      expect(inspect(error, { depth: 9 })).not.toContain('canary');
    }
  }
});
