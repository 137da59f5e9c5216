import { readText } from './package-files.js';

/** A token of an identity provider. */
export interface ProviderToken {
  /** All claims except for the times, as the documentation of the identity provider shows them. */
  readonly claims: Readonly<Record<string, unknown>>;
  /** Default: `typ: JWT` and a key id. */
  readonly header?: Record<string, unknown>;
  readonly viewer: { readonly ownerId: string; readonly ownerName: string; readonly username: string | null };
}

const user = 'f6b5c1de-3a0b-4c53-9f0e-0d9b8f4d7a11';
const tenant = '72f988bf-86f1-41af-91ab-2d7cd011db47';
const organization = '42c3e46f-2477-44d7-a85b-d3b43f6b31fa';
const pool = 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Abc123def';
const acme = { ownerId: organization, ownerName: 'Acme Corporation' };

/** By the heading of the recipe. */
export const providerTokens: Readonly<Record<string, ProviderToken>> = {
  Auth0: {
    claims: {
      iss: 'https://acme.eu.auth0.com/',
      sub: 'auth0|64f1c0ffee64f1c0ffee0001',
      aud: ['https://api.acme.example', 'https://acme.eu.auth0.com/userinfo'],
      azp: 'my_client_id',
      scope: 'openid profile email',
      org_id: 'org_9ybsU1dN2dKfDkBi',
      org_name: 'acme-corporation',
      permissions: ['integrations:manage'],
      'https://acme.example/email': 'ada@acme.example',
    },
    header: { typ: 'at+jwt' },
    viewer: { ownerId: 'org_9ybsU1dN2dKfDkBi', ownerName: 'acme-corporation', username: 'ada@acme.example' },
  },
  Clerk: {
    claims: {
      azp: 'https://app.acme.example',
      fva: [7, -1],
      iss: 'https://clerk.acme.example',
      jti: 'a1b2c3d4e5f6a7b8c9d0',
      o: { fpm: '3', id: 'org_2abcDEF', per: 'read,manage', rol: 'admin', slg: 'acme' },
      fea: 'o:dashboard,o:impersonation',
      pla: 'o:pro',
      sid: 'sess_2abcDEF',
      sts: 'active',
      sub: 'user_2abcDEF',
      v: 2,
      aud: undefined,
    },
    viewer: { ownerId: 'org_2abcDEF', ownerName: 'acme', username: null },
  },
  Okta: {
    claims: {
      ver: 1,
      jti: 'AT.0mP4JKAZX1iACIT4vbEDF7LpvDVjxypPMf0D7uX39RE',
      iss: 'https://acme.okta.com/oauth2/default',
      aud: 'api://default',
      cid: '0oabskvc6442nkvQO0h7',
      uid: '00u5t60iloOHN9pBi0h7',
      scp: ['openid', 'profile'],
      groups: ['Everyone', 'integration-admins'],
      auth_time: 1_467_145_000,
      sub: 'ada@acme.example',
      org_id: '00o1acme',
      org_name: 'Acme Corporation',
    },
    header: { typ: undefined },
    viewer: { ownerId: '00o1acme', ownerName: 'Acme Corporation', username: 'ada@acme.example' },
  },
  'Amazon Cognito with ID tokens': {
    claims: {
      sub: user,
      'cognito:groups': ['admins'],
      email_verified: true,
      iss: pool,
      'cognito:username': 'ada',
      'custom:org_id': organization,
      'custom:org_name': 'Acme Corporation',
      origin_jti: user,
      aud: '1example23456789',
      event_id: user,
      token_use: 'id',
      email: 'ada@acme.example',
    },
    header: { typ: undefined },
    viewer: { ...acme, username: 'ada' },
  },
  'Amazon Cognito with access tokens': {
    claims: {
      sub: user,
      'cognito:groups': ['admins'],
      iss: pool,
      version: 2,
      client_id: '1example23456789',
      origin_jti: user,
      event_id: user,
      token_use: 'access',
      scope: 'aws.cognito.signin.user.admin',
      username: 'ada',
      org_id: organization,
      org_name: 'Acme Corporation',
      aud: undefined,
    },
    header: { typ: undefined },
    viewer: { ...acme, username: 'ada' },
  },
  WorkOS: {
    claims: {
      iss: 'https://api.workos.com/user_management/client_01HXYZ',
      sub: 'user_01HBEQKA6K4QJAS93VPE39W1JT',
      org_id: 'org_01HRDMC6CM357W30QMHMQ96Q0S',
      role: 'member',
      roles: ['member'],
      permissions: ['posts:read', 'integrations:manage'],
      entitlements: ['audit-logs'],
      sid: 'session_01HQSXZGF8FHF7A9ZZFCW4387R',
      jti: '01HQSXZXPPFPKMDD32RKTFY6PV',
      aud: undefined,
    },
    header: { typ: undefined },
    viewer: {
      ownerId: 'org_01HRDMC6CM357W30QMHMQ96Q0S',
      ownerName: 'org_01HRDMC6CM357W30QMHMQ96Q0S',
      username: null,
    },
  },
  Keycloak: {
    claims: {
      jti: 'onrtac:0bd3ca0c-7d2a-4a0b-a9ba-5a2d5fdc51f5',
      iss: 'https://login.acme.example/realms/acme',
      aud: ['stackone-connect', 'account'],
      sub: user,
      typ: 'Bearer',
      azp: 'acme-app',
      sid: user,
      acr: '1',
      'allowed-origins': ['https://app.acme.example'],
      realm_access: { roles: ['offline_access'] },
      resource_access: { 'stackone-connect': { roles: ['manage'] }, account: { roles: ['manage-account'] } },
      scope: 'openid organization profile email',
      organization: { acme: { id: organization, display_name: ['Acme Corporation'] } },
      preferred_username: 'ada',
      email: 'ada@acme.example',
    },
    viewer: { ...acme, username: 'ada' },
  },
  'Microsoft Entra ID': {
    claims: {
      aud: '6e74172b-be56-4843-9ff4-e66a39bb12e3',
      iss: `https://login.microsoftonline.com/${tenant}/v2.0`,
      azp: '9a9d3f6c-5d1e-4c2b-8b7a-2f1e0d9c8b7a',
      azpacr: '0',
      name: 'Ada Lovelace',
      oid: user,
      preferred_username: 'ada@acme.example',
      groups: Array.from({ length: 157 }, () => user),
      rh: 'I',
      roles: ['Integrations.Manage'],
      scp: 'access_as_user',
      sub: 'HKZpfaHyWadeOouYlitjrI-KffTm222X5rrV3xDqfKQ',
      tid: tenant,
      uti: 'fqiBqXLPj0eQa82S-IYFAA',
      ver: '2.0',
    },
    viewer: { ownerId: tenant, ownerName: tenant, username: 'ada@acme.example' },
  },
  Supabase: {
    claims: {
      aal: 'aal1',
      amr: [{ method: 'password', timestamp: 1_640_991_600 }],
      app_metadata: {
        provider: 'email',
        providers: ['email'],
        org_id: organization,
        org_name: 'Acme Corporation',
      },
      aud: 'authenticated',
      email: 'ada@acme.example',
      is_anonymous: false,
      iss: 'https://abcdefghijklmnop.supabase.co/auth/v1',
      phone: '',
      role: 'authenticated',
      session_id: user,
      sub: user,
      user_metadata: { org_id: 'org_of_someone_else' },
    },
    viewer: { ...acme, username: 'ada@acme.example' },
  },
  Firebase: {
    claims: {
      iss: 'https://securetoken.google.com/acme-prod',
      aud: 'acme-prod',
      auth_time: 1_640_991_600,
      user_id: 'HKZpfaHyWadeOouYlitjrIKffTm2',
      sub: 'HKZpfaHyWadeOouYlitjrIKffTm2',
      email: 'ada@acme.example',
      email_verified: true,
      firebase: {
        identities: { email: ['ada@acme.example'] },
        sign_in_provider: 'password',
        tenant: 'acme-x1y2z',
      },
    },
    viewer: { ownerId: 'acme-x1y2z', ownerName: 'acme-x1y2z', username: 'ada@acme.example' },
  },
};

/** The settings in the documentation, by the heading of the identity provider. Their second block is optional. */
export function readRecipes(blockNumber: 0 | 1): Map<string, Record<string, string>> {
  const [, section = ''] = readText('docs/configuration.md').split('\n## Settings for identity providers\n');
  const recipes = section.split('\n## ')[0]?.split('\n### ').slice(1) ?? [];
  return new Map(
    recipes.map((recipe) => {
      const [heading = ''] = recipe.split('\n');
      const block = [...recipe.matchAll(/```sh\n(.*?)```/gs)][blockNumber]?.[1] ?? '';
      return [
        heading,
        Object.fromEntries([...block.matchAll(/^([A-Z_]+)=(\S+)$/gm)].map(([, name, value]) => [name, value])),
      ];
    }),
  );
}
