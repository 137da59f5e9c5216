import { describe, expect, it } from '@jest/globals';
import { acme, sessionRequests, signIn, startSharedApp, startTestApp } from '../support/test-app.js';
import { waitUntil } from '../support/wait.js';

const app = await startSharedApp({ SESSION_METADATA: '{"plan":"pro"}', SESSION_EXPIRES_IN_SECONDS: '600' });

const created = () => sessionRequests(app.emulator);

describe('createConnectSession', () => {
  it('returns a token for the owner of the access token', async () => {
    const sdk = await app.sdk(acme);
    const { createConnectSession: payload } = await sdk.createConnectSession({ provider: 'bamboohr' });
    expect(payload).toMatchObject({ mode: 'LINK', account: null, userErrors: [] });
    expect(payload.token).toMatch(/^[\x21-\x7e]{32,}$/);
    expect(created().map(({ body }) => body)).toEqual([
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

  it('requests a response without compression, because a compressed body is rejected', async () => {
    const sdk = await app.sdk(acme);
    await sdk.createConnectSession({});
    expect(created()[0]?.headers).toMatchObject({ 'accept-encoding': 'identity' });
  });

  it('returns expiresAt, counted from the start of the call', async () => {
    const sdk = await app.sdk(acme);
    const before = Date.now();
    const { createConnectSession: payload } = await sdk.createConnectSession({});
    const expiresAt = Date.parse(payload.expiresAt ?? '');
    expect(expiresAt).toBeGreaterThanOrEqual(before + 600_000);
    expect(expiresAt).toBeLessThanOrEqual(Date.now() + 600_000);
  });

  it('sends the category as a list, and the label', async () => {
    const sdk = await app.sdk(acme);
    await sdk.createConnectSession({ category: 'HRIS_LEGACY', label: 'Zürich 🏔️' });
    expect(created()[0]?.body).toMatchObject({ categories: ['hris-legacy'], label: 'Zürich 🏔️' });
  });

  it('returns mode RELINK and the account for an accountId of the owner', async () => {
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
    expect(created()[0]?.body).toMatchObject({ account_id: account.id });
  });

  it('handles null like an absent argument', async () => {
    const sdk = await app.sdk(acme);
    const absent = { provider: null, category: null, accountId: null, label: null, onExisting: null };
    await sdk.createConnectSession(absent);
    await sdk.createConnectSession({});
    expect(created()[0]?.body).toEqual(created()[1]?.body);
  });

  it('creates one session and reads one list, at the same time, when the provider catalog is cached', async () => {
    const sdk = await app.sdk(acme);
    await sdk.createConnectSession({ provider: 'bamboohr' });
    const before = app.emulator.history.length;
    app.emulator.failNext({ kind: 'delay', delayMs: 1000, match: { path: '/connect_sessions' } });
    const requests = () => app.emulator.history.slice(before);
    const session = sdk.createConnectSession({ provider: 'bamboohr' });
    await waitUntil(() => requests().length === 2, 'both requests have arrived');
    expect(requests()).toContainEqual(expect.objectContaining({ method: 'POST', status: 0 }));
    await session;
    expect(
      requests()
        .map(({ method, path }) => `${method} ${path}`)
        .sort(),
    ).toEqual(['GET /accounts', 'POST /connect_sessions']);
  });

  it('skips the provider check when the provider catalog is not available', async () => {
    const other = await startTestApp();
    try {
      other.emulator.failNext({ status: 500, match: { path: '/connector_profiles' } }, 5);
      const sdk = await other.sdk(acme);
      const { createConnectSession: payload } = await sdk.createConnectSession({ provider: 'bamboohr' });
      expect(payload.token).not.toBeNull();
    } finally {
      await other.stop();
    }
  });

  it('sends no origin_username when the token has no username claim', async () => {
    const sdk = await app.sdk({ ...acme, email: undefined });
    await sdk.createConnectSession({});
    expect(created()[0]?.body).not.toHaveProperty('origin_username');
  });
});

describe('authLinkUrl', () => {
  const query = 'mutation { createConnectSession { token authLinkUrl } }';

  it('is null by default', async () => {
    const response = await app.post({ query }, await signIn(acme));
    expect(response.json.data).toMatchObject({ createConnectSession: { authLinkUrl: null } });
  });

  it('is the URL of StackOne’s page with ALLOW_AUTH_LINKS=true', async () => {
    const allowed = await startTestApp({ ALLOW_AUTH_LINKS: 'true' });
    try {
      const response = await allowed.post({ query }, await signIn(acme));
      expect(response.json.data).toMatchObject({
        createConnectSession: { authLinkUrl: expect.stringContaining(allowed.emulator.url) },
      });
    } finally {
      await allowed.stop();
    }
  });
});
