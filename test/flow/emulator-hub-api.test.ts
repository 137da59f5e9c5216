import { z } from 'zod';
import { type Emulator, startEmulator } from '../../emulator/index.js';
import { acmeOwner, api, createSessionToken, globexOwner, hub } from '../support/emulator-client.js';

let emulator: Emulator;
let url: string;

beforeAll(async () => {
  emulator = await startEmulator();
  url = emulator.url;
});
beforeEach(() => emulator.reset());
afterAll(() => emulator.stop());

const BAMBOO = {
  integration_id: 'bamboohr-default',
  credentials: { subdomain: 'acme', api_key: 'key-123456' },
};

const WithId = z.object({ id: z.string() });
const Offer = z.object({ integrations: z.array(z.object({ provider: z.string() })) });

async function link(token: string, body: unknown = BAMBOO): Promise<string> {
  const response = await hub(url, token, 'POST', '/accounts', body);
  expect(response.status).toBe(201);
  return WithId.parse(response.body).id;
}

async function offered(token: string): Promise<string[]> {
  const { body } = await hub(url, token, 'GET', '/connectors');
  return Offer.parse(body).integrations.map(({ provider }) => provider);
}

describe('which providers a session offers', () => {
  test('all that are enabled, and no other', async () => {
    const providers = await offered(await createSessionToken(url));
    expect(providers).toContain('bamboohr');
    expect(providers).not.toContain('pipedrive');
  });

  test.each([
    ['its provider', { provider: 'greenhouse' }, ['greenhouse']],
    ['its categories', { categories: ['ats', 'lms'] }, ['greenhouse', 'lever', 'docebo']],
    ['its connector profile', { connector_profile_id: 'jira-default' }, ['jira']],
    ['nothing, for a disabled provider', { provider: 'pipedrive' }, []],
    ['nothing, for an unknown provider', { provider: 'nope' }, []],
  ])('only %s', async (_title, request, expected) => {
    expect(await offered(await createSessionToken(url, request))).toEqual(expected);
  });

  test('in an edit session, the account’s own row alone', async () => {
    const { id } = emulator.addAccount({ provider: 'lever', ...acmeOwner });
    expect(await offered(await createSessionToken(url, { account_id: id }))).toEqual(['lever']);
  });

  test('with a type on every field of the form, and only secrets kept secret', async () => {
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

describe('linking with credentials', () => {
  test('creates an account for the session’s owner, with what the session carried', async () => {
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
    ['a missing field', { subdomain: 'acme' }, 'BambooHR needs: API key.'],
    ['a blank field', { subdomain: ' ', api_key: 'k' }, 'BambooHR needs: Subdomain.'],
    ['a wrong value', { subdomain: 'acme', api_key: 'wrong' }, 'BambooHR refused these credentials'],
  ])('says why it refuses %s, and creates nothing', async (_title, credentials, reason) => {
    const response = await hub(url, await createSessionToken(url), 'POST', '/accounts', {
      ...BAMBOO,
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

  test('lets Personio in only with a secret of the right form', async () => {
    const token = await createSessionToken(url);
    const personio = (client_secret: string) => ({
      integration_id: 'personio-default',
      credentials: { client_id: 'papi-1', client_secret },
    });
    const refused = await hub(url, token, 'POST', '/accounts', personio('hunter2'));
    expect(refused).toMatchObject({ status: 400, body: { message: expect.stringContaining('papi-') } });
    await link(token, personio('papi-secret'));
  });

  test('links nothing that the session does not offer', async () => {
    const token = await createSessionToken(url, { provider: 'greenhouse' });
    expect(await hub(url, token, 'POST', '/accounts', BAMBOO)).toMatchObject({ status: 404 });
    expect(emulator.accounts()).toEqual([]);
  });
});

describe('an account that exists already', () => {
  const existing = async (request: Record<string, unknown>) =>
    (await hub(url, await createSessionToken(url, request), 'GET', '/settings')).body;

  test('is found by owner id, owner name and provider together', async () => {
    const { id } = emulator.addAccount({ provider: 'bamboohr', ...acmeOwner });
    const provider = 'bamboohr';
    expect(await existing({ provider })).toMatchObject({ existing_account_id: id });
    expect(await existing({ provider: 'lever' })).not.toHaveProperty('existing_account_id');
    expect(await existing({ provider, origin_owner_name: 'Acme plc' })).not.toHaveProperty(
      'existing_account_id',
    );
    expect(await existing({ provider, ...globexOwner })).not.toHaveProperty('existing_account_id');
  });

  test('is linked anew rather than twice, unless the session allows multiple', async () => {
    const first = await link(await createSessionToken(url));
    expect(await link(await createSessionToken(url))).toBe(first);
    expect(emulator.accounts()).toHaveLength(1);
    const multiple = await createSessionToken(url, { provider: 'bamboohr', multiple: true });
    expect((await hub(url, multiple, 'GET', '/settings')).body).not.toHaveProperty('existing_account_id');
    await link(multiple);
    expect(emulator.accounts()).toHaveLength(2);
  });

  test('is shown with its secrets redacted', async () => {
    const token = await createSessionToken(url);
    const id = await link(token);
    expect((await hub(url, token, 'GET', `/accounts/${id}`)).body).toEqual({
      provider: 'bamboohr',
      integrationId: 'bamboohr-default',
      setupInformation: { subdomain: 'acme' },
      secrets: { api_key: '__secretvalue:**redacted**3456' },
    });
  });

  test('becomes active again when re-linked, keeps untouched secrets and takes the new label', async () => {
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
  });

  test('stays as it was when the new credentials are refused', async () => {
    const before = emulator.addAccount({ provider: 'bamboohr', ...acmeOwner, status: 'error' });
    const token = await createSessionToken(url, { account_id: before.id });
    const edit = { integration_id: 'bamboohr-default', credentials: { api_key: 'wrong' } };
    expect(await hub(url, token, 'PATCH', `/accounts/${before.id}`, edit)).toMatchObject({ status: 400 });
    expect(emulator.accounts()).toEqual([before]);
  });
});

describe('what a token opens', () => {
  test('nothing once it has expired, on any call', async () => {
    const token = await createSessionToken(url, { expires_in: 60 });
    emulator.advance(59);
    expect((await hub(url, token, 'GET', '/settings')).status).toBe(200);
    emulator.advance(1);
    const refused = { status: 401, body: { statusCode: 401, message: expect.any(String) } };
    expect(await hub(url, token, 'GET', '/settings')).toMatchObject(refused);
    expect(await hub(url, token, 'GET', '/connectors')).toMatchObject(refused);
    expect(await hub(url, token, 'POST', '/accounts', BAMBOO)).toMatchObject(refused);
    expect(await api(url, 'POST', '/connect_sessions/authenticate', { token })).toMatchObject({
      status: 401,
    });
    expect(emulator.accounts()).toEqual([]);
  });

  test('nothing when it is unknown or missing', async () => {
    expect(await hub(url, 'unknown', 'GET', '/connectors')).toMatchObject({ status: 401 });
    expect((await fetch(`${url}/hub/connectors`)).status).toBe(401);
  });

  test('no account of another owner', async () => {
    const { id } = emulator.addAccount({ provider: 'bamboohr', ...acmeOwner });
    const before = emulator.accounts();
    const foreign = await createSessionToken(url, globexOwner);
    expect(await hub(url, foreign, 'GET', `/accounts/${id}`)).toMatchObject({ status: 404 });
    expect(await hub(url, foreign, 'PATCH', `/accounts/${id}`, BAMBOO)).toMatchObject({ status: 404 });
    expect(emulator.accounts()).toEqual(before);
  });

  test('the account its session names, even another owner’s: StackOne leaves that check to its caller', async () => {
    const { id } = emulator.addAccount({ provider: 'bamboohr', ...acmeOwner });
    const token = await createSessionToken(url, { ...globexOwner, account_id: id });
    expect(await hub(url, token, 'GET', `/accounts/${id}`)).toMatchObject({ status: 200 });
  });
});

describe('cross-origin calls', () => {
  test('are allowed to the Hub API, refusals included, and nowhere else', async () => {
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
    expect((await hub(url, 'unknown', 'GET', '/settings')).headers.get('access-control-allow-origin')).toBe(
      '*',
    );
    expect((await preflight('/connect_sessions')).headers.has('access-control-allow-origin')).toBe(false);
    expect((await preflight('/__emulator/reset')).headers.has('access-control-allow-origin')).toBe(false);
  });
});
