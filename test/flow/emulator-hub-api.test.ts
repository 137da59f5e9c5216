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

const bambooHr = {
  integration_id: 'bamboohr-default',
  credentials: { subdomain: 'acme', api_key: 'key-123456' },
};

const withIdSchema = z.object({ id: z.string() });
const connectorsSchema = z.object({ integrations: z.array(z.object({ provider: z.string() })) });

async function link(token: string, body: unknown = bambooHr): Promise<string> {
  const response = await hub(url, token, 'POST', '/accounts', body);
  expect(response.status).toBe(201);
  return withIdSchema.parse(response.body).id;
}

async function offered(token: string): Promise<string[]> {
  const { body } = await hub(url, token, 'GET', '/connectors');
  return connectorsSchema.parse(body).integrations.map(({ provider }) => provider);
}

describe('providers of a session in the Hub API', () => {
  test('all enabled providers', async () => {
    const providers = await offered(await createSessionToken(url));
    expect(providers).toContain('bamboohr');
    expect(providers).not.toContain('pipedrive');
  });

  test.each([
    ['the provider of the session', { provider: 'greenhouse' }, ['greenhouse']],
    ['the categories of the session', { categories: ['ats', 'lms'] }, ['greenhouse', 'lever', 'docebo']],
    ['the connector profile of the session', { connector_profile_id: 'jira-default' }, ['jira']],
    ['none for a disabled provider', { provider: 'pipedrive' }, []],
    ['none for an unknown provider', { provider: 'nope' }, []],
  ])('%s', async (_name, request, expected) => {
    expect(await offered(await createSessionToken(url, request))).toEqual(expected);
  });

  test('none when the project enables none, and none of them can be linked', async () => {
    const token = await createSessionToken(url);
    emulator.settings.enabledProviders = 'none';
    expect(await offered(token)).toEqual([]);
    expect(await hub(url, token, 'POST', '/accounts', bambooHr)).toMatchObject({ status: 404 });
    expect(emulator.accounts()).toEqual([]);
  });

  test('only the provider of the account in a re-link session', async () => {
    const { id } = emulator.addAccount({ provider: 'lever', ...acmeOwner });
    expect(await offered(await createSessionToken(url, { account_id: id }))).toEqual(['lever']);
  });

  test('form fields have a type, and only secrets are marked as secret', async () => {
    const response = await hub(url, await createSessionToken(url), 'GET', '/connectors/bamboohr-default');
    expect(response.body).toMatchObject({
      config: {
        key: 'bamboohr',
        type: 'custom',
        configFields: [
          { key: 'subdomain', type: 'text', secret: false, required: true },
          { key: 'api_key', type: 'password', secret: true, required: true },
        ],
      },
    });
  });
});

describe('linking with credentials in the Hub API', () => {
  test('creates an account with the owner, username, label and type of the session', async () => {
    const token = await createSessionToken(url, {
      origin_username: 'ada@acme.test',
      label: 'Head office',
      type: 'test',
    });
    await link(token);
    expect(emulator.accounts()).toMatchObject([
      {
        ...acmeOwner,
        provider: 'bamboohr',
        status: 'active',
        origin_username: 'ada@acme.test',
        label: 'Head office',
        type: 'test',
        setup_information: { subdomain: 'acme' },
        credentials: { api_key: '__secretvalue:**redacted**3456' },
      },
    ]);
  });

  test.each([
    ['missing field', { subdomain: 'acme' }, 'BambooHR requires: API key.'],
    ['blank field', { subdomain: ' ', api_key: 'k' }, 'BambooHR requires: Subdomain.'],
    ['wrong value', { subdomain: 'acme', api_key: 'wrong' }, 'BambooHR rejected these credentials'],
  ])('%s: returns 400 with the reason and creates no account', async (_name, credentials, reason) => {
    const response = await hub(url, await createSessionToken(url), 'POST', '/accounts', {
      ...bambooHr,
      credentials,
    });
    expect(response).toMatchObject({
      status: 400,
      body: {
        statusCode: 400,
        message: expect.stringContaining(reason),
        provider_response: expect.stringContaining(reason),
      },
    });
    expect(emulator.accounts()).toEqual([]);
  });

  test('accepts a Personio client secret only in the right format', async () => {
    const token = await createSessionToken(url);
    const personio = (client_secret: string) => ({
      integration_id: 'personio-default',
      credentials: { client_id: 'papi-1', client_secret },
    });
    const rejected = await hub(url, token, 'POST', '/accounts', personio('hunter2'));
    expect(rejected).toMatchObject({ status: 400, body: { message: expect.stringContaining('papi-') } });
    await link(token, personio('papi-secret'));
  });

  test('rejects a provider that is not part of the session', async () => {
    const token = await createSessionToken(url, { provider: 'greenhouse' });
    expect(await hub(url, token, 'POST', '/accounts', bambooHr)).toMatchObject({ status: 404 });
    expect(emulator.accounts()).toEqual([]);
  });
});

describe('an existing account in the Hub API', () => {
  const existing = async (request: Record<string, unknown>) =>
    (await hub(url, await createSessionToken(url, request), 'GET', '/settings')).body;

  test('matches by owner id, owner name and provider', async () => {
    const { id } = emulator.addAccount({ provider: 'bamboohr', ...acmeOwner });
    const provider = 'bamboohr';
    expect(await existing({ provider })).toMatchObject({ existing_account_id: id });
    expect(await existing({ provider: 'lever' })).not.toHaveProperty('existing_account_id');
    expect(await existing({ provider, origin_owner_name: 'Acme plc' })).not.toHaveProperty('existing_account_id');
    expect(await existing({ provider, ...globexOwner })).not.toHaveProperty('existing_account_id');
  });

  test('is re-linked, unless the session allows multiple accounts', async () => {
    const first = await link(await createSessionToken(url));
    expect(await link(await createSessionToken(url))).toBe(first);
    expect(emulator.accounts()).toHaveLength(1);
    const multiple = await createSessionToken(url, { provider: 'bamboohr', multiple: true });
    expect((await hub(url, multiple, 'GET', '/settings')).body).not.toHaveProperty('existing_account_id');
    await link(multiple);
    expect(emulator.accounts()).toHaveLength(2);
  });

  test('is returned with redacted secrets', async () => {
    const token = await createSessionToken(url);
    const id = await link(token);
    expect((await hub(url, token, 'GET', `/accounts/${id}`)).body).toEqual({
      provider: 'bamboohr',
      integrationId: 'bamboohr-default',
      setupInformation: { subdomain: 'acme' },
      secrets: { api_key: '__secretvalue:**redacted**3456' },
    });
  });

  test('becomes active when re-linked, keeps unchanged secrets and takes a new label', async () => {
    const seeded = {
      provider: 'bamboohr',
      ...acmeOwner,
      created_at: '2026-01-01T00:00:00.000Z',
      status: 'error',
    };
    const reason = { description: 'Expired', timestamp: '2026-02-01T00:00:00.000Z' };
    const before = emulator.addAccount({ ...seeded, status_reasons: [reason] });
    const token = await createSessionToken(url, { account_id: before.id, label: 'New label' });
    expect((await hub(url, token, 'GET', '/settings')).body).toMatchObject({
      existing_account_id: before.id,
    });

    const edit = { integration_id: 'bamboohr-default', credentials: { subdomain: 'acme-uk' } };
    expect(await hub(url, token, 'PATCH', `/accounts/${before.id}`, edit)).toMatchObject({ status: 200 });
    const [after] = emulator.accounts();
    expect(after).toMatchObject({ status: 'active', status_reasons: [], label: 'New label' });
    expect(after).toMatchObject({
      credentials: before.credentials,
      setup_information: { subdomain: 'acme-uk' },
    });
    expect(Date.parse(after?.updated_at ?? '')).toBeGreaterThan(Date.parse(before.updated_at));

    const withoutLabel = await createSessionToken(url, { account_id: before.id });
    expect(await hub(url, withoutLabel, 'PATCH', `/accounts/${before.id}`, edit)).toMatchObject({ status: 200 });
    expect(emulator.accounts()).toMatchObject([{ label: 'New label' }]);
  });

  test('keeps a secret that is sent back redacted', async () => {
    const { id, credentials, setup_information } = emulator.addAccount({ provider: 'personio', ...acmeOwner });
    const token = await createSessionToken(url, { account_id: id });
    const edit = { integration_id: 'personio-default', credentials: { ...setup_information, ...credentials } };
    expect(await hub(url, token, 'PATCH', `/accounts/${id}`, edit)).toMatchObject({ status: 200 });
    expect(emulator.accounts()).toMatchObject([{ credentials, setup_information }]);
  });

  test('stays unchanged when the new credentials are rejected, or are for another provider', async () => {
    const before = emulator.addAccount({ provider: 'bamboohr', ...acmeOwner, status: 'error' });
    const token = await createSessionToken(url, { account_id: before.id });
    const other = { ...bambooHr, integration_id: 'personio-default' };
    expect(await hub(url, token, 'PATCH', `/accounts/${before.id}`, other)).toMatchObject({ status: 404 });
    const edit = { integration_id: 'bamboohr-default', credentials: { api_key: 'wrong' } };
    expect(await hub(url, token, 'PATCH', `/accounts/${before.id}`, edit)).toMatchObject({ status: 400 });
    expect(emulator.accounts()).toEqual([before]);
  });
});

describe('session token in the Hub API', () => {
  test('is rejected by every call after it expires', async () => {
    const token = await createSessionToken(url, { expires_in: 60 });
    emulator.advance(59);
    expect((await hub(url, token, 'GET', '/settings')).status).toBe(200);
    emulator.advance(1);
    const rejected = { status: 401, body: { statusCode: 401, message: expect.any(String) } };
    expect(await hub(url, token, 'GET', '/settings')).toMatchObject(rejected);
    expect(await hub(url, token, 'GET', '/connectors')).toMatchObject(rejected);
    expect(await hub(url, token, 'POST', '/accounts', bambooHr)).toMatchObject(rejected);
    expect(await api(url, 'POST', '/connect_sessions/authenticate', { token })).toMatchObject({
      status: 401,
    });
    expect(emulator.accounts()).toEqual([]);
  });

  test('is rejected when it is unknown or missing, or when the body has another one', async () => {
    expect(await hub(url, 'unknown', 'GET', '/connectors')).toMatchObject({ status: 401 });
    expect((await fetch(`${url}/hub/connectors`)).status).toBe(401);
    const [token, other] = [await createSessionToken(url), await createSessionToken(url)];
    expect(await hub(url, token, 'POST', '/connection_attempts', { token: other })).toMatchObject({ status: 401 });
  });

  test('gives no access to an account of another owner', async () => {
    const { id } = emulator.addAccount({ provider: 'bamboohr', ...acmeOwner });
    const before = emulator.accounts();
    const foreign = await createSessionToken(url, globexOwner);
    expect(await hub(url, foreign, 'GET', `/accounts/${id}`)).toMatchObject({ status: 404 });
    expect(await hub(url, foreign, 'PATCH', `/accounts/${id}`, bambooHr)).toMatchObject({ status: 404 });
    expect(emulator.accounts()).toEqual(before);
  });

  test('gives access to the account of its session even when another owner has it: StackOne does not check this', async () => {
    const { id } = emulator.addAccount({ provider: 'bamboohr', ...acmeOwner });
    const token = await createSessionToken(url, { ...globexOwner, account_id: id });
    expect(await hub(url, token, 'GET', `/accounts/${id}`)).toMatchObject({ status: 200 });
  });
});

describe('CORS of the emulator', () => {
  test('allows every origin for the Hub API, errors included, and none for other paths', async () => {
    const preflight = (path: string) =>
      fetch(url + path, {
        method: 'OPTIONS',
        headers: { origin: 'https://app.example', 'access-control-request-method': 'PATCH' },
      });
    const allowed = await preflight('/hub/accounts/1');
    expect(allowed.status).toBe(204);
    expect(allowed.headers.get('access-control-allow-origin')).toBe('*');
    expect(allowed.headers.get('access-control-allow-methods')).toBe('GET, POST, PATCH, DELETE');
    expect(allowed.headers.get('access-control-allow-headers')).toContain('x-hub-session-token');
    expect((await hub(url, 'unknown', 'GET', '/settings')).headers.get('access-control-allow-origin')).toBe('*');
    expect((await preflight('/connect_sessions')).headers.has('access-control-allow-origin')).toBe(false);
    expect((await preflight('/__emulator/reset')).headers.has('access-control-allow-origin')).toBe(false);
  });
});
