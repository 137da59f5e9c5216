import { z } from 'zod';
import {
  acmeOwner,
  api,
  createSessionToken,
  globexOwner,
  hub,
  startSharedEmulator,
} from '../support/emulator-client.js';

const emulator = await startSharedEmulator();
const { url } = emulator;

const withIdSchema = z.object({ id: z.string() });

describe('emulator OAuth', () => {
  const start = async (token: string) => {
    const { body } = await hub(url, token, 'POST', '/connection_attempts', { token });
    return withIdSchema.parse(body).id;
  };
  const attempt = async (token: string, id: string) =>
    (await hub(url, token, 'GET', `/connection_attempts/${id}`)).body;
  const popup = (token: string, id: string, provider = 'hubspot', extra = '') =>
    `${url}/connect/oauth2/${provider}-default?redirect_uri=x&token=${token}&connection_attempt_id=${id}${extra}`;
  const decide = (address: string, decision: string) =>
    fetch(address, { method: 'POST', body: new URLSearchParams({ decision }) });

  test('approval creates the account and sets the attempt to authenticated', async () => {
    const token = await createSessionToken(url);
    const id = await start(token);
    expect(await attempt(token, id)).toMatchObject({ status: 'pending', account: null, error: null });
    const page = await fetch(popup(token, id));
    expect(await page.text()).toContain('HubSpot');
    expect((await decide(popup(token, id), 'approve')).status).toBe(200);
    const [account] = emulator.accounts();
    expect(account).toMatchObject({ ...acmeOwner, provider: 'hubspot', status: 'active' });
    expect(await attempt(token, id)).toMatchObject({ status: 'authenticated', account: { id: account?.id } });

    const { body } = await api(url, 'POST', '/connect_sessions/authenticate', { token });
    expect(body).toMatchObject({
      latest_connection_attempt: { id, status: 'authenticated', account_secure_id: account?.id },
    });
  });

  test('an attempt that has ended keeps its result when the Hub cancels it', async () => {
    const token = await createSessionToken(url);
    const id = await start(token);
    await decide(popup(token, id), 'approve');
    expect((await hub(url, token, 'DELETE', `/connection_attempts/${id}`)).status).toBe(204);
    expect(await attempt(token, id)).toMatchObject({ status: 'authenticated', account: { id: expect.any(String) } });
  });

  test('approval in a re-link session re-links the account', async () => {
    const { id: accountId } = emulator.addAccount({ provider: 'hubspot', ...acmeOwner, status: 'expired' });
    const token = await createSessionToken(url, { account_id: accountId });
    await decide(popup(token, await start(token)), 'approve');
    expect(emulator.accounts()).toMatchObject([{ id: accountId, status: 'active' }]);
  });

  test('denial creates no account and sets a readable error', async () => {
    const token = await createSessionToken(url);
    const id = await start(token);
    await decide(popup(token, id), 'deny');
    expect(emulator.accounts()).toEqual([]);
    const error = { code: 'access_denied', description: 'Access to HubSpot was denied for Acme Ltd.' };
    expect(await attempt(token, id)).toMatchObject({ status: 'error', account: null, error });
  });

  test('a cancelled attempt cannot be approved', async () => {
    const token = await createSessionToken(url);
    const id = await start(token);
    expect((await hub(url, token, 'DELETE', `/connection_attempts/${id}`)).status).toBe(204);
    expect((await decide(popup(token, id), 'approve')).status).toBe(409);
    expect(await attempt(token, id)).toMatchObject({ status: 'cancelled' });
    expect(emulator.accounts()).toEqual([]);
  });

  test('an attempt without a decision expires', async () => {
    const token = await createSessionToken(url);
    const id = await start(token);
    emulator.advance(601);
    expect(await attempt(token, id)).toMatchObject({ status: 'expired' });
  });

  test('form values of the Hub are stored with the account; an invalid value fails the attempt', async () => {
    const token = await createSessionToken(url);
    const validAttempt = await start(token);
    await decide(popup(token, validAttempt, 'salesforce', '&instance=acme'), 'approve');
    expect(emulator.accounts()).toMatchObject([{ setup_information: { instance: 'acme' } }]);
    const invalidAttempt = await start(token);
    expect((await fetch(popup(token, invalidAttempt, 'salesforce', '&instance=wrong'))).status).toBe(400);
    expect(await attempt(token, invalidAttempt)).toMatchObject({
      status: 'error',
      error: { code: 'invalid_request' },
    });
  });

  test('the consent page escapes names, forbids scripts and is not cached', async () => {
    const hostile = '<img src=x onerror="alert(1)">\'&';
    const token = await createSessionToken(url, { origin_owner_name: hostile, origin_username: hostile });
    const page = await fetch(popup(token, await start(token)));
    const text = await page.text();
    expect(text).not.toContain('<img src=x');
    expect(text).toContain('&lt;img src=x onerror=&quot;alert(1)&quot;&gt;&#39;&amp;');
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(page.headers.get('content-security-policy')).not.toContain('unsafe-inline');
    expect(page.headers.get('cache-control')).toBe('no-store');
  });

  test('the popup rejects the attempt of another session and a provider without OAuth', async () => {
    const mine = await createSessionToken(url);
    const theirs = await createSessionToken(url, globexOwner);
    const id = await start(mine);
    expect((await fetch(popup(theirs, id))).status).toBe(404);
    expect((await fetch(popup('unknown', id))).status).toBe(401);
    const withoutOAuth = await fetch(popup(mine, id, 'bamboohr'));
    expect([withoutOAuth.status, await withoutOAuth.text()]).toEqual([
      400,
      expect.stringContaining('BambooHR does not use OAuth.'),
    ]);
    expect(await attempt(mine, id)).toMatchObject({ status: 'pending' });
    expect(await hub(url, theirs, 'GET', `/connection_attempts/${id}`)).toMatchObject({ status: 404 });
  });
});
