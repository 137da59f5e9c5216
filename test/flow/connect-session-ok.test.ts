import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { acme, signIn, startTestApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ SESSION_METADATA: '{"plan":"pro"}', SESSION_EXPIRES_IN_SECONDS: '600' });
});
afterAll(() => app.stop());
beforeEach(() => app.emulator.reset());

const minted = () => app.emulator.history.filter(({ path }) => path === '/connect_sessions');

describe('createConnectSession mints a token', () => {
  it('for the owner of the access token, whom no argument names', async () => {
    const sdk = await app.sdk(acme);
    const { createConnectSession: payload } = await sdk.createConnectSession({ provider: 'bamboohr' });
    expect(payload).toMatchObject({ mode: 'LINK', account: null, userErrors: [] });
    expect(payload.token).toMatch(/^[\x21-\x7e]{32,}$/);
    expect(minted().map(({ body }) => body)).toEqual([
      {
        origin_owner_id: 'org_acme',
        origin_owner_name: 'Acme Corporation',
        origin_username: 'ada@acme.example',
        provider: 'bamboohr',
        metadata: { plan: 'pro' },
        expires_in: 600,
      },
    ]);
  });

  it('whose end is told, counted from before the call', async () => {
    const sdk = await app.sdk(acme);
    const before = Date.now();
    const { createConnectSession: payload } = await sdk.createConnectSession({});
    const expiresAt = Date.parse(payload.expiresAt ?? '');
    expect(expiresAt).toBeGreaterThanOrEqual(before + 600_000);
    expect(expiresAt).toBeLessThanOrEqual(Date.now() + 600_000);
  });

  it('for a category, which StackOne takes as a list, and with a label', async () => {
    const sdk = await app.sdk(acme);
    await sdk.createConnectSession({ category: 'HRIS_LEGACY', label: 'Zürich 🏔️' });
    expect(minted()[0]?.body).toMatchObject({ categories: ['hris-legacy'], label: 'Zürich 🏔️' });
  });

  it('to re-link an account of the owner, which is shown', async () => {
    const account = app.emulator.addAccount({
      provider: 'hubspot',
      origin_owner_id: acme.org_id,
      origin_owner_name: 'The name before the merger',
      status: 'expired',
    });
    const sdk = await app.sdk(acme);
    const { createConnectSession: payload } = await sdk.createConnectSession({ accountId: account.id });
    expect(payload).toMatchObject({
      mode: 'RELINK',
      account: { id: account.id, providerKey: 'hubspot', status: 'EXPIRED', needsRelink: true },
      userErrors: [],
    });
    expect(minted()[0]?.body).toMatchObject({ account_id: account.id });
  });

  it('with null the same as absent', async () => {
    const sdk = await app.sdk(acme);
    const absent = { provider: null, category: null, accountId: null, label: null, onExisting: null };
    await sdk.createConnectSession(absent);
    await sdk.createConnectSession({});
    expect(minted()[0]?.body).toEqual(minted()[1]?.body);
  });

  it('in one upstream call, once the catalogue is known', async () => {
    const sdk = await app.sdk(acme);
    await sdk.createConnectSession({ provider: 'bamboohr' });
    const before = app.emulator.history.length;
    await sdk.createConnectSession({ provider: 'bamboohr' });
    expect(app.emulator.history.slice(before).map(({ method, path }) => `${method} ${path}`)).toEqual([
      'POST /connect_sessions',
    ]);
  });

  it('when the catalogue cannot be had: then StackOne decides', async () => {
    const other = await startTestApp();
    try {
      other.emulator.failNext({ status: 500, match: { path: '/auth_configs' } }, 5);
      const sdk = await other.sdk(acme);
      const { createConnectSession: payload } = await sdk.createConnectSession({ provider: 'bamboohr' });
      expect(payload.token).not.toBeNull();
    } finally {
      await other.stop();
    }
  });

  it('of a person without a name, as far as StackOne is concerned', async () => {
    const sdk = await app.sdk({ ...acme, email: undefined });
    await sdk.createConnectSession({});
    expect(minted()[0]?.body).not.toHaveProperty('origin_username');
  });
});

describe('authLinkUrl', () => {
  const query = 'mutation { createConnectSession { token authLinkUrl } }';

  it('is null unless the operator allows it', async () => {
    const answer = await app.post({ query }, await signIn(acme));
    expect(answer.json.data).toMatchObject({ createConnectSession: { authLinkUrl: null } });
  });

  it('is StackOne’s page when the operator allows it', async () => {
    const allowing = await startTestApp({ ALLOW_AUTH_LINKS: 'true' });
    try {
      const answer = await allowing.post({ query }, await signIn(acme));
      expect(answer.json.data).toMatchObject({
        createConnectSession: { authLinkUrl: expect.stringContaining(allowing.emulator.url) },
      });
    } finally {
      await allowing.stop();
    }
  });
});
