import { setTimeout as sleep } from 'node:timers/promises';
import { type Emulator, type Fault, type Settings, startEmulator } from '../../emulator/index.js';
import { acmeOwner, api, control, createSessionToken, globexOwner, hub } from '../support/emulator-client.js';

let emulator: Emulator;
let url: string;

beforeAll(async () => {
  emulator = await startEmulator();
  url = emulator.url;
});
beforeEach(() => emulator.reset());
afterAll(() => emulator.stop());

/** From the test's own process, or over HTTP: both have to do the same. */
const WAYS = {
  code: (fault: Fault, times: number) => Promise.resolve(emulator.failNext(fault, times)),
  HTTP: async (fault: Fault, times: number) => {
    expect((await control(url, 'POST', '/faults', { ...fault, times })).status).toBe(204);
  },
};

describe('history', () => {
  test('records each API and Hub request with its query, body and status, by the emulator’s clock', async () => {
    emulator.advance(3600);
    await api(url, 'GET', '/accounts?origin_owner_id=acme&status=active&status=error');
    await api(url, 'POST', '/connect_sessions', { origin_owner_id: 'acme' });
    expect(emulator.history).toMatchObject([
      {
        method: 'GET',
        path: '/accounts',
        query: { origin_owner_id: 'acme', status: ['active', 'error'] },
        status: 200,
      },
      { method: 'POST', path: '/connect_sessions', body: { origin_owner_id: 'acme' }, status: 400 },
    ]);
    expect(Date.parse(emulator.history[0]?.at ?? '')).toBeGreaterThan(Date.now() + 3_500_000);
    expect((await control(url, 'GET', '/history')).body).toEqual(emulator.history);
  });

  test('holds no key, no session token and no credential, wherever they were sent', async () => {
    const token = await createSessionToken(url);
    const credentials = { subdomain: 'acme', api_key: 'SECRET-api-key' };
    await hub(url, token, 'POST', '/accounts', { integration_id: 'bamboohr-default', credentials });
    await hub(url, token, 'POST', '/connection_attempts', { token });
    await fetch(`${url}/connect/oauth2/hubspot-default?token=${token}`);
    await fetch(`${url}/hub?token=${token}`);
    await api(url, 'POST', '/connect_sessions/authenticate', { token });
    expect(emulator.history).toHaveLength(6);
    const printed = JSON.stringify(emulator.history);
    for (const secret of [token, 'SECRET', Buffer.from('demo-key:').toString('base64')]) {
      expect(printed).not.toContain(secret);
    }
    expect(emulator.history[1]?.body).toMatchObject({ credentials: { api_key: '[redacted]' } });
    expect(emulator.history[1]?.headers).toMatchObject({ 'x-hub-session-token': '[redacted]' });
  });

  test('leaves out control requests and preflights', async () => {
    await control(url, 'GET', '/accounts');
    const headers = { origin: 'https://app.example', 'access-control-request-method': 'GET' };
    await fetch(`${url}/hub/settings`, { method: 'OPTIONS', headers });
    expect(emulator.history).toEqual([]);
  });
});

describe.each(['code', 'HTTP'] as const)('a fault that was asked for from %s', (way) => {
  const failNext = WAYS[way];

  test('comes as a status in StackOne’s shape, as often as asked for', async () => {
    await failNext({ status: 503 }, 2);
    const failed = { status: 503, body: { statusCode: 503, message: expect.any(String) } };
    expect(await api(url, 'GET', '/accounts')).toMatchObject(failed);
    expect(await api(url, 'GET', '/auth_configs')).toMatchObject(failed);
    expect(await api(url, 'GET', '/accounts')).toMatchObject({ status: 200 });
    expect(emulator.history.map(({ status }) => status)).toEqual([503, 503, 200]);
  });

  test('comes with a body and headers of its own', async () => {
    await failNext({ status: 429, headers: { 'retry-after': '60' }, body: { errorCode: 'slow' } }, 1);
    const { headers, body } = await api(url, 'GET', '/accounts');
    expect(headers.get('retry-after')).toBe('60');
    expect(body).toEqual({ errorCode: 'slow' });
  });

  test('waits for the request that it names, and spares the Hub unless it names it', async () => {
    await failNext({ status: 500 }, 1);
    await failNext({ status: 502, match: { method: 'post', path: '/connect_sessions' } }, 1);
    await failNext({ status: 503, match: { path: '/hub/settings' } }, 1);
    expect((await hub(url, 'any', 'GET', '/connectors')).status).toBe(401);
    expect((await hub(url, 'any', 'GET', '/settings')).status).toBe(503);
    expect((await api(url, 'GET', '/accounts')).status).toBe(500);
    expect((await api(url, 'GET', '/accounts')).status).toBe(200);
    expect((await api(url, 'POST', '/connect_sessions', acmeOwner)).status).toBe(502);
  });

  test('comes before the key is looked at', async () => {
    await failNext({ status: 503 }, 1);
    expect((await fetch(`${url}/accounts`)).status).toBe(503);
  });

  test('cuts the connection', async () => {
    await failNext({ kind: 'reset' }, 1);
    await expect(api(url, 'GET', '/accounts')).rejects.toMatchObject({ cause: { code: 'ECONNRESET' } });
    expect(emulator.history).toMatchObject([{ status: 0 }]);
  });

  test('breaks a body off', async () => {
    await failNext({ kind: 'truncate' }, 1);
    const headers = { authorization: `Basic ${Buffer.from('demo-key:').toString('base64')}` };
    const response = await fetch(`${url}/accounts`, { headers });
    expect(response.status).toBe(200);
    await expect(response.text()).rejects.toThrow();
  });

  test('answers a proxy’s HTML', async () => {
    await failNext({ kind: 'html' }, 1);
    const { status, headers, body } = await api(url, 'GET', '/accounts');
    expect(status).toBe(502);
    expect(headers.get('content-type')).toContain('text/html');
    expect(body).toContain('<h1>');
  });

  test('answers as usual, but late', async () => {
    await failNext({ kind: 'delay', delayMs: 120 }, 1);
    const before = performance.now();
    expect((await api(url, 'GET', '/accounts')).status).toBe(200);
    expect(performance.now() - before).toBeGreaterThanOrEqual(115);
  });

  test('never answers', async () => {
    await failNext({ kind: 'hang' }, 1);
    await expect(fetch(`${url}/accounts`, { signal: AbortSignal.timeout(150) })).rejects.toThrow(/timeout/);
    expect(emulator.history).toMatchObject([{ status: 0 }]);
  });
});

test('an unknown fault is refused rather than ignored', async () => {
  expect((await control(url, 'POST', '/faults', { kind: 'explode' })).status).toBe(400);
  expect((await control(url, 'POST', '/faults', { status: 503, tiems: 2 })).status).toBe(400);
});

describe('settings', () => {
  const seed = () =>
    [...'abcde'].map((label) => emulator.addAccount({ provider: 'jira', ...acmeOwner, label }));
  const labels = async (query: string) => {
    const { body } = await api(url, 'GET', `/accounts?${query}`);
    return (
      JSON.stringify(body)
        .match(/(?<="label":")./g)
        ?.join('') ?? ''
    );
  };

  test('the owner filter can be ignored, as if a client had sent none', async () => {
    emulator.addAccount({ provider: 'jira', ...globexOwner, label: 'x' });
    expect(await labels('origin_owner_id=acme')).toBe('');
    emulator.settings.ignoreOwnerFilter = true;
    expect(await labels('origin_owner_id=acme')).toBe('x');
  });

  test.each([
    ['none', ['ab', 'cd', 'e', '']],
    ['zero-based', ['cd', 'e', '', '']],
    ['repeat-last', ['ab', 'cd', 'e', 'e']],
    ['short', ['a', 'b', 'c', 'd']],
  ] as const)('paging can be odd: %s', async (oddPaging, expected) => {
    seed();
    emulator.settings.oddPaging = oddPaging;
    const pages = [1, 2, 3, 4].map((page) => labels(`page=${page}&page_size=2`));
    expect(await Promise.all(pages)).toEqual(expected);
  });

  test('the rest can be set over HTTP: the envelope, the organisation’s type, a missing endpoint', async () => {
    const settings: Partial<Settings> = {
      accountsEnvelope: 'data',
      organizationIdAsString: true,
      hasAuthConfigs: false,
    };
    expect((await control(url, 'PATCH', '/settings', settings)).body).toEqual(emulator.settings);
    expect((await api(url, 'GET', '/accounts')).body).toEqual({ data: [] });
    const session = await api(url, 'POST', '/connect_sessions', acmeOwner);
    expect(session.body).toMatchObject({ organization_id: expect.any(String) });
    expect((await api(url, 'GET', '/auth_configs')).status).toBe(404);
    expect((await control(url, 'PATCH', '/settings', { oddPaging: 'odd' })).status).toBe(400);
  });
});

describe('the catalogue’s newer endpoint', () => {
  test('pages, counts and filters', async () => {
    const page = await api(url, 'GET', '/auth_configs?enabled=false&page_size=5');
    expect(page.body).toMatchObject({
      page: 1,
      page_size: 5,
      total: 1,
      data: [
        { connector_key: 'pipedrive', connector_label: 'Pipedrive', categories: ['crm'], active: false },
      ],
    });
    const one = await api(url, 'GET', '/auth_configs?connector_key=jira');
    expect(one.body).toMatchObject({
      total: 1,
      data: [{ connector_key: 'jira', active: true, default: true }],
    });
  });
});

describe('accounts', () => {
  test('can be added and aged over HTTP as from code', async () => {
    const added = await control(url, 'POST', '/accounts', {
      provider: 'bamboohr',
      ...acmeOwner,
      label: 'HQ',
    });
    expect(added).toMatchObject({
      status: 201,
      body: { status: 'active', label: 'HQ', provider_name: 'BambooHR' },
    });
    const [account] = emulator.accounts();
    const status_reasons = [{ code: 'expired', timestamp: '2026-01-01T00:00:00.000Z' }];
    const aged = await control(url, 'PATCH', `/accounts/${account?.id}`, { status: 'error', status_reasons });
    expect(aged).toMatchObject({ status: 200, body: { id: account?.id, status: 'error', status_reasons } });
    expect((await control(url, 'GET', '/accounts')).body).toEqual(emulator.accounts());
    expect((await control(url, 'PATCH', '/accounts/nope', {})).status).toBe(404);
    expect(() => emulator.updateAccount('nope', {})).toThrow('no account nope');
  });

  test('are listed by their day of creation, whatever the order they were added in', async () => {
    const young = emulator.addAccount({ provider: 'jira', ...acmeOwner });
    const old = emulator.addAccount({
      provider: 'jira',
      ...acmeOwner,
      created_at: '2020-01-01T00:00:00.000Z',
    });
    expect(emulator.accounts().map(({ id }) => id)).toEqual([old.id, young.id]);
  });
});

test('a reset forgets accounts, sessions, history, faults, settings and the clock', async () => {
  const { history, settings } = emulator;
  const token = await createSessionToken(url);
  emulator.addAccount({ provider: 'jira', ...acmeOwner });
  emulator.failNext({ status: 503 });
  emulator.settings.accountsEnvelope = 'data';
  expect((await control(url, 'POST', '/clock', { seconds: 86_400 })).status).toBe(204);

  expect((await control(url, 'POST', '/reset')).status).toBe(204);
  expect(history).toEqual([]);
  expect(settings.accountsEnvelope).toBe('array');
  expect(await api(url, 'GET', '/accounts')).toMatchObject({ status: 200, body: [] });
  expect((await hub(url, token, 'GET', '/settings')).status).toBe(401);
  expect(Math.abs(Date.parse(history[0]?.at ?? '') - Date.now())).toBeLessThan(10_000);
});

describe('requests that StackOne would not take', () => {
  test('answer in StackOne’s shape, whatever is wrong with them', async () => {
    const authorization = `Basic ${Buffer.from('demo-key:').toString('base64')}`;
    const post = (body: string, type = 'application/json', path = '/connect_sessions') =>
      fetch(url + path, { method: 'POST', headers: { authorization, 'content-type': type }, body });
    const responses = await Promise.all([
      post('{"origin_owner_id":'),
      post('owner=acme', 'text/csv'),
      post(JSON.stringify({ ...acmeOwner, label: 'x'.repeat(70_000) })),
      post('{}', 'application/json', '/nope'),
      post(JSON.stringify({ ...acmeOwner, categories: ['hr'] })),
      post(JSON.stringify({ ...acmeOwner, account_id: 'nope' })),
      fetch(`${url}/accounts`, {
        headers: { authorization: `Basic ${Buffer.from('demo-key').toString('base64')}` },
      }),
    ]);
    expect(responses.map(({ status }) => status)).toEqual([400, 415, 413, 404, 400, 404, 401]);
    for (const response of responses) {
      expect(await response.json()).toEqual({
        statusCode: response.status,
        message: expect.any(String),
        timestamp: expect.stringMatching(/^\d{4}-.*Z$/),
      });
    }
  });

  test('include one without a User-Agent', async () => {
    const headers = {
      'user-agent': '',
      authorization: `Basic ${Buffer.from('demo-key:').toString('base64')}`,
    };
    expect((await fetch(`${url}/accounts`, { headers })).status).toBe(403);
  });
});

test('stopping is prompt, with a request hanging and a connection kept alive', async () => {
  const other = await startEmulator({ apiKey: 'demo-key' });
  await api(other.url, 'GET', '/accounts');
  other.failNext({ kind: 'hang' });
  const hanging = api(other.url, 'GET', '/accounts').catch((error: unknown) => error);
  while (other.history.length < 2) await sleep(5);
  const before = performance.now();
  await other.stop();
  expect(performance.now() - before).toBeLessThan(500);
  expect(await hanging).toMatchObject({ message: 'fetch failed' });
  await expect(fetch(other.url)).rejects.toThrow();
  await other.stop();
});
