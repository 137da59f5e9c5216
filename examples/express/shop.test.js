import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { startEmulator } from 'stackone-emulator';
import { startShop } from './shop.js';

let emulator;
let shop;
beforeAll(async () => {
  emulator = await startEmulator();
  const { apiKey, url: baseUrl } = emulator;
  shop = await startShop({ stackone: { apiKey, baseUrl, production: false, logLevel: 'silent' } });
});
beforeEach(() => emulator.reset());
afterAll(async () => {
  await shop.stop();
  await emulator.stop();
});

/** What somebody who is signed in to the shop gets. */
async function askAs(user, query) {
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
const mint = 'mutation { createConnectSession(provider: "bamboohr") { token expiresAt } }';

test('a session is for the customer of whoever is signed in', async () => {
  const { data } = await askAs('ada', mint);
  expect(data.createConnectSession.token).toEqual(expect.any(String));
  expect(emulator.history.at(-1)).toMatchObject({
    path: '/connect_sessions',
    body: { origin_owner_id: 'acme', provider: 'bamboohr' },
  });
});

test('an account of another customer is not to be found', async () => {
  const { id } = emulator.addAccount({
    provider: 'bamboohr',
    origin_owner_id: 'acme',
    origin_owner_name: 'Acme Corporation',
  });
  const query = `{ linkedAccount(id: "${id}") { status } }`;
  expect((await askAs('ada', query)).data).toEqual({ linkedAccount: { status: 'ACTIVE' } });
  expect((await askAs('hank', query)).data).toEqual({ linkedAccount: null });
});

test('it is told when StackOne is down', async () => {
  emulator.failNext({ status: 503, match: { path: '/connect_sessions' } }, 2);
  const { errors } = await askAs('ada', mint);
  expect(errors[0].extensions.code).toBe('UPSTREAM_UNAVAILABLE');
});

test('a token ends after half an hour', async () => {
  const { data } = await askAs('ada', mint);
  const askHub = async () => {
    const headers = { 'x-hub-session-token': data.createConnectSession.token };
    return (await fetch(`${emulator.url}/hub/settings`, { headers })).status;
  };
  expect(await askHub()).toBe(200);
  emulator.advance(30 * 60);
  expect(await askHub()).toBe(401);
});
