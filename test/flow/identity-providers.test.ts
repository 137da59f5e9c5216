import { describe, expect, it } from '@jest/globals';
import { loadConfig } from '../../src/config/from-environment.js';
import { readRecipes, providerTokens as tokens } from '../support/identity-providers.js';
import { signToken, startTestApp } from '../support/test-app.js';

const recipes = readRecipes(0);
const permissionRecipes = readRecipes(1);

it('Every identity provider of docs/configuration.md has a token here', () => {
  expect([...recipes.keys()]).toEqual(Object.keys(tokens));
});

describe('The settings of docs/configuration.md', () => {
  it.each([...recipes])('%s: are valid in production', (name, recipe) => {
    const permissions = permissionRecipes.get(name);
    const config = loadConfig({ ...recipe, ...permissions, NODE_ENV: 'production', STACKONE_API_KEY: 'key' });
    expect(config.authJwksUrl?.href).toBe(recipe['AUTH_JWKS_URL']);
  });

  it.each(Object.entries(tokens))(
    '%s: read the owner and the username of a token',
    async (name, { claims, header, viewer }) => {
      const recipe = recipes.get(name) ?? {};
      // The keys are the test's, in place of those at the URL.
      const app = await startTestApp({ ...recipe, AUTH_JWKS_URL: undefined });
      try {
        const send = async (sent: Readonly<Record<string, unknown>>) => {
          const token = await signToken(sent, { header: { kid: 'key', ...header } });
          const query = '{ viewer { ownerId ownerName username } }';
          return app.post({ query }, { authorization: `Bearer ${token}` });
        };
        expect((await send(claims)).json).toEqual({ data: { viewer } });
        // A token of the same issuer for another application.
        const audienceClaim = recipe['AUTH_AUDIENCE_CLAIM'] ?? 'aud';
        expect((await send({ ...claims, [audienceClaim]: 'another' })).status).toBe(401);
        const [ownerClaim = ''] = (recipe['OWNER_ID_CLAIM'] ?? 'org_id').split('.');
        const owner = ownerClaim in claims ? ownerClaim : (recipe['OWNER_ID_CLAIM'] ?? '');
        expect((await send({ ...claims, [owner]: undefined })).status).toBe(401);
      } finally {
        await app.stop();
      }
    },
  );

  it.each([...permissionRecipes].filter(([, recipe]) => Object.keys(recipe).length > 0))(
    '%s: read the permission of a token, and allow nothing without it',
    async (name, permissions) => {
      const app = await startTestApp({ ...recipes.get(name), ...permissions, AUTH_JWKS_URL: undefined });
      const { claims = {}, header } = tokens[name] ?? {};
      const [claim = ''] = (permissions['PERMISSIONS_CLAIM'] ?? 'permissions').split('.');
      const canManage = async (sent: Readonly<Record<string, unknown>>) => {
        const authorization = `Bearer ${await signToken(sent, { header: { kid: 'key', ...header } })}`;
        return (await app.post({ query: '{ viewer { canManage } }' }, { authorization })).json;
      };
      // Clerk has the role and the owner in one claim.
      const other = claim === 'o' ? { ...Object(claims[claim]), rol: 'member' } : ['other'];
      try {
        expect(await canManage(claims)).toEqual({ data: { viewer: { canManage: true } } });
        expect(await canManage({ ...claims, [claim]: other })).toEqual({ data: { viewer: { canManage: false } } });
        const without = claim === 'o' ? { ...Object(claims[claim]), rol: undefined } : undefined;
        expect(await canManage({ ...claims, [claim]: without })).toEqual({ data: { viewer: { canManage: false } } });
      } finally {
        await app.stop();
      }
    },
  );

  it('name a permission for seven identity providers', () => {
    const named = [...permissionRecipes].filter(([, recipe]) => recipe['MANAGE_PERMISSION'] !== undefined);
    expect(named.map(([name]) => name)).toEqual(Object.keys(tokens).filter((name) => !/Supabase|Firebase/.test(name)));
  });
});
