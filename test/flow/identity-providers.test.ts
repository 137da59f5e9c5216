import { describe, expect, it } from '@jest/globals';
import type { JWTPayload } from 'jose';
import { signToken, startTestApp } from '../support/test-app.js';

interface IdentityProvider {
  readonly name: string;
  /** Settings for this identity provider. */
  readonly env: Record<string, string>;
  /** Claims of its tokens in addition to the standard claims. */
  readonly claims: JWTPayload;
  readonly header?: Record<string, unknown>;
  readonly viewer: object;
}

const identityProviders: IdentityProvider[] = [
  {
    name: 'Auth0 with organizations',
    env: { AUTH_ISSUER: 'https://acme.eu.auth0.com/', USERNAME_CLAIM: 'https://acme.example/email' },
    claims: {
      iss: 'https://acme.eu.auth0.com/',
      aud: ['https://api.example', 'https://acme.eu.auth0.com/userinfo'],
      sub: 'auth0|64f1c0ffee',
      azp: 'client',
      org_id: 'org_Fp9nq2HcGZkPr5uC',
      org_name: 'acme-corporation',
      'https://acme.example/email': 'ada@acme.example',
    },
    header: { typ: 'at+jwt' },
    viewer: { ownerId: 'org_Fp9nq2HcGZkPr5uC', ownerName: 'acme-corporation', username: 'ada@acme.example' },
  },
  {
    name: 'Auth0 with namespaced custom claims',
    env: {
      OWNER_ID_CLAIM: 'https://acme.example/org_id',
      OWNER_NAME_CLAIM: 'https://acme.example/org_name',
    },
    claims: { 'https://acme.example/org_id': 'tenant-7', 'https://acme.example/org_name': 'Acme' },
    viewer: { ownerId: 'tenant-7', ownerName: 'Acme', username: null },
  },
  {
    name: 'Clerk with an organization object',
    env: { OWNER_ID_CLAIM: 'o.id', OWNER_NAME_CLAIM: 'o.slg' },
    claims: {
      azp: 'https://app.acme.example',
      sid: 'sess_2abc',
      sub: 'user_2abc',
      v: 2,
      o: { id: 'org_2abcDEF', slg: 'acme', rol: 'admin', per: 'read,manage', fpm: '3' },
    },
    viewer: { ownerId: 'org_2abcDEF', ownerName: 'acme', username: null },
  },
  {
    name: 'Okta with custom claims and the username in `sub`',
    env: { OWNER_ID_CLAIM: 'organizationId', OWNER_NAME_CLAIM: 'organizationName', USERNAME_CLAIM: 'sub' },
    claims: {
      ver: 1,
      cid: '0oa1client',
      uid: '00u1user',
      scp: ['openid'],
      sub: 'ada@acme.example',
      organizationId: '00g1ACME',
      organizationName: 'Acme Corporation',
    },
    header: { typ: undefined, kid: 'okta-key' },
    viewer: { ownerId: '00g1ACME', ownerName: 'Acme Corporation', username: 'ada@acme.example' },
  },
  {
    name: 'Cognito with custom attributes and the client id as the audience',
    env: {
      AUTH_ISSUER: 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Abc',
      AUTH_AUDIENCE: '1example23456789',
      OWNER_ID_CLAIM: 'custom:org_id',
      OWNER_NAME_CLAIM: 'custom:org_name',
      USERNAME_CLAIM: 'cognito:username',
    },
    claims: {
      iss: 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Abc',
      aud: '1example23456789',
      token_use: 'id',
      'cognito:username': 'ada',
      'custom:org_id': '7f9c2ba4-e88f-4a3c-9d1c-0a5a3b6e1f00',
      'custom:org_name': 'Acme Corporation',
    },
    header: { typ: undefined },
    viewer: {
      ownerId: '7f9c2ba4-e88f-4a3c-9d1c-0a5a3b6e1f00',
      ownerName: 'Acme Corporation',
      username: 'ada',
    },
  },
  {
    name: 'WorkOS without an organization name',
    env: { OWNER_NAME_CLAIM: 'org_id' },
    claims: { sid: 'session_01H', sub: 'user_01H', org_id: 'org_01HABC', role: 'admin', permissions: [] },
    viewer: { ownerId: 'org_01HABC', ownerName: 'org_01HABC', username: null },
  },
];

describe('Access tokens of identity providers: viewer from configured claims', () => {
  it.each(identityProviders)('$name', async ({ env, claims, header, viewer }) => {
    const app = await startTestApp(env);
    try {
      const token = await signToken(claims, { header: header ?? {} });
      const response = await app.post(
        { query: '{ viewer { ownerId ownerName username } }' },
        { authorization: `Bearer ${token}` },
      );
      expect(response.json).toEqual({ data: { viewer } });
    } finally {
      await app.stop();
    }
  });
});
