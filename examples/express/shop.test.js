import { EventEmitter, once } from 'node:events';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { startEmulator } from 'stackone-emulator';
import { startShop } from './shop.js';

let emulator;
let shop;
const changes = new EventEmitter();
beforeAll(async () => {
  emulator = await startEmulator();
  const { apiKey, url: baseUrl, settings } = emulator;
  shop = await startShop({
    stackone: { apiKey, baseUrl, webhookSecret: settings.webhookSecret, production: false, logLevel: 'silent' },
    onAccountChange: (change) => changes.emit(change.kind, change),
  });
});
beforeEach(() => emulator.reset());
afterAll(async () => {
  await shop.stop();
  await emulator.stop();
});

/** Sends a GraphQL request as a user who is signed in to the shop, and returns the response. */
async function requestAs(user, query) {
  const login = await fetch(`${shop.url}/login`, {
    method: 'POST',
    body: new URLSearchParams({ user }),
    redirect: 'manual',
  });
  const cookie = login.headers.getSetCookie().map((text) => text.split(';')[0]);
  const response = await fetch(`${shop.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', cookie: cookie.join('; ') },
    body: JSON.stringify({ query }),
  });
  return response.json();
}
const createSession = 'mutation { createConnectSession(provider: "bamboohr") { token expiresAt } }';

test('createConnectSession creates a session for the customer of the signed-in user', async () => {
  const { data } = await requestAs('ada', createSession);
  expect(data.createConnectSession.token).toEqual(expect.any(String));
  const body = expect.objectContaining({ origin_owner_id: 'acme', provider: 'bamboohr' });
  expect(emulator.history).toContainEqual(expect.objectContaining({ path: '/connect_sessions', body }));
});

test('linkedAccount returns null for an account of another customer', async () => {
  const { id } = emulator.addAccount({
    provider: 'bamboohr',
    origin_owner_id: 'acme',
    origin_owner_name: 'Acme Corporation',
  });
  const query = `{ linkedAccount(id: "${id}") { status } }`;
  expect((await requestAs('ada', query)).data).toEqual({ linkedAccount: { status: 'ACTIVE' } });
  expect((await requestAs('hank', query)).data).toEqual({ linkedAccount: null });
});

test('createConnectSession reports UPSTREAM_UNAVAILABLE when StackOne fails', async () => {
  emulator.failNext({ status: 503, match: { path: '/connect_sessions' } }, 2);
  const { errors } = await requestAs('ada', createSession);
  expect(errors[0].extensions.code).toBe('UPSTREAM_UNAVAILABLE');
});

test('a token expires after 30 minutes', async () => {
  const { data } = await requestAs('ada', createSession);
  const callHub = async () => {
    const headers = { 'x-hub-session-token': data.createConnectSession.token };
    return (await fetch(`${emulator.url}/hub/settings`, { headers })).status;
  };
  expect(await callHub()).toBe(200);
  emulator.advance(30 * 60);
  expect(await callHub()).toBe(401);
});

test('an account that breaks is reported', async () => {
  emulator.settings.webhookUrl = `${shop.url}/webhooks/stackone`;
  const linked = once(changes, 'LINKED');
  const { id } = emulator.addAccount({
    provider: 'bamboohr',
    origin_owner_id: 'acme',
    origin_owner_name: 'Acme Corporation',
  });
  await linked;
  const broken = once(changes, 'BROKEN');
  emulator.updateAccount(id, { status: 'error' });
  expect(await broken).toMatchObject([{ ownerId: 'acme', accountId: id, account: { status: 'error' } }]);
});
