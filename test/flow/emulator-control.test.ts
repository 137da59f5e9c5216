import { defaultSettings, type Fault, type Settings, startEmulator } from '../../emulator/src/index.js';
import {
  acmeOwner,
  api,
  basicAuthorization,
  control,
  createSessionToken,
  globexOwner,
  hub,
  startSharedEmulator,
} from '../support/emulator-client.js';
import { exchangeRaw } from '../support/raw-http.js';
import { waitUntil } from '../support/wait.js';

const emulator = await startSharedEmulator();
const { url } = emulator;

/** Faults injected from code or over HTTP have the same effect. */
const injectFault = {
  code: (fault: Fault, times: number) => Promise.resolve(emulator.failNext(fault, times)),
  HTTP: async (fault: Fault, times: number) => {
    expect((await control(url, 'POST', '/faults', { ...fault, times })).status).toBe(204);
  },
};

describe('emulator history', () => {
  test('records each API and Hub request with its query, body, status and time on the emulator’s clock', async () => {
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

  test('contains no API key, session token or credential, wherever the request carried it', async () => {
    const token = await createSessionToken(url);
    const credentials = { subdomain: 'acme', api_key: 'SECRET-api-key' };
    await hub(url, token, 'POST', '/accounts', { integration_id: 'bamboohr-default', credentials });
    await hub(url, token, 'POST', '/connection_attempts', { token });
    await fetch(`${url}/connect/oauth2/hubspot-default?token=${token}&password=SECRET-password`);
    await api(url, 'PATCH', '/accounts/1', { secrets: { api_key: 'SECRET-api-key' } });
    await fetch(`${url}/hub?token=${token}`);
    await api(url, 'POST', '/connect_sessions/authenticate', { token });
    await fetch(`${url}/accounts`, { headers: { cookie: 'session=SECRET-cookie' } });
    expect(emulator.history).toHaveLength(8);
    const printed = JSON.stringify(emulator.history);
    for (const secret of [token, 'SECRET', Buffer.from('demo-key:').toString('base64')]) {
      expect(printed).not.toContain(secret);
    }
    expect(emulator.history[1]?.body).toMatchObject({ credentials: { api_key: '[redacted]' } });
    expect(emulator.history[1]?.headers).toMatchObject({ 'x-hub-session-token': '[redacted]' });
  });

  test('omits control requests and CORS preflights', async () => {
    await control(url, 'GET', '/accounts');
    const headers = { origin: 'https://app.example', 'access-control-request-method': 'GET' };
    await fetch(`${url}/hub/settings`, { method: 'OPTIONS', headers });
    expect(emulator.history).toEqual([]);
  });
});

describe.each(['code', 'HTTP'] as const)('emulator fault injected from %s', (source) => {
  const failNext = injectFault[source];

  test('returns a status in StackOne’s error format for the given number of requests', async () => {
    await failNext({ status: 503 }, 2);
    const failed = { status: 503, body: { statusCode: 503, message: expect.any(String) } };
    expect(await api(url, 'GET', '/accounts')).toMatchObject(failed);
    expect(await api(url, 'GET', '/auth_configs')).toMatchObject(failed);
    expect(await api(url, 'GET', '/accounts')).toMatchObject({ status: 200 });
    expect(emulator.history.map(({ status }) => status)).toEqual([503, 503, 200]);
  });

  test('returns the given body and headers', async () => {
    await failNext({ status: 429, headers: { 'retry-after': '60' }, body: { errorCode: 'slow' } }, 1);
    const { headers, body } = await api(url, 'GET', '/accounts');
    expect(headers.get('retry-after')).toBe('60');
    expect(body).toEqual({ errorCode: 'slow' });
    await failNext({ status: 200, body: null }, 1);
    expect((await api(url, 'GET', '/accounts')).body).toBeNull();
  });

  test('applies to the matching request only, and to the Hub only when it matches', async () => {
    await failNext({ status: 500 }, 1);
    await failNext({ status: 502, match: { method: 'post', path: '/connect_sessions' } }, 1);
    await failNext({ status: 503, match: { path: '/hub/settings' } }, 1);
    expect((await hub(url, 'any', 'GET', '/connectors')).status).toBe(401);
    expect((await hub(url, 'any', 'GET', '/settings')).status).toBe(503);
    expect((await api(url, 'GET', '/accounts')).status).toBe(500);
    expect((await api(url, 'GET', '/accounts')).status).toBe(200);
    expect((await api(url, 'POST', '/connect_sessions', acmeOwner)).status).toBe(502);
  });

  test('applies before the API key is checked', async () => {
    await failNext({ status: 503 }, 1);
    expect((await fetch(`${url}/accounts`)).status).toBe(503);
  });

  test('is not used up by a CORS preflight', async () => {
    await failNext({ status: 503 }, 1);
    const headers = { origin: 'https://product.example', 'access-control-request-method': 'GET' };
    expect((await fetch(`${url}/accounts`, { method: 'OPTIONS', headers })).status).toBe(404);
    expect((await api(url, 'GET', '/accounts')).status).toBe(503);
  });

  test('reset: resets the connection', async () => {
    await failNext({ kind: 'reset' }, 1);
    await expect(api(url, 'GET', '/accounts')).rejects.toMatchObject({ cause: { code: 'ECONNRESET' } });
    expect(emulator.history).toMatchObject([{ status: 0 }]);
  });

  test('truncate: cuts the response body off', async () => {
    await failNext({ kind: 'truncate' }, 1);
    const headers = { authorization: basicAuthorization() };
    const response = await fetch(`${url}/accounts`, { headers });
    expect(response.status).toBe(200);
    await expect(response.text()).rejects.toThrow();
  });

  test('html: returns the HTML page of a proxy', async () => {
    await failNext({ kind: 'html' }, 1);
    const { status, headers, body } = await api(url, 'GET', '/accounts');
    expect(status).toBe(502);
    expect(headers.get('content-type')).toContain('text/html');
    expect(body).toContain('<h1>');
  });

  test('delay: returns the usual response after the delay', async () => {
    await failNext({ kind: 'delay', delayMs: 120 }, 1);
    const before = performance.now();
    expect((await api(url, 'GET', '/accounts')).status).toBe(200);
    expect(performance.now() - before).toBeGreaterThanOrEqual(115);
  });

  test('hang: never responds', async () => {
    await failNext({ kind: 'hang' }, 1);
    await expect(fetch(`${url}/accounts`, { signal: AbortSignal.timeout(150) })).rejects.toThrow(/timeout/);
    expect(emulator.history).toMatchObject([{ status: 0 }]);
  });
});

describe('emulator settings', () => {
  const seed = () => [...'abcde'].map((label) => emulator.addAccount({ provider: 'jira', ...acmeOwner, label }));
  const labels = async (query: string) => {
    const { body } = await api(url, 'GET', `/accounts?${query}`);
    return (
      JSON.stringify(body)
        .match(/(?<="label":")./g)
        ?.join('') ?? ''
    );
  };

  test('ignoreOwnerFilter: returns the accounts of all owners', async () => {
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
  ] as const)('oddPaging: %s', async (oddPaging, expected) => {
    seed();
    emulator.settings.oddPaging = oddPaging;
    const pages = [1, 2, 3, 4].map((page) => labels(`page=${page}&page_size=2`));
    expect(await Promise.all(pages)).toEqual(expected);
  });

  test('accountsEnvelope, organizationIdAsString and catalogEndpoint can be set over HTTP', async () => {
    const settings: Partial<Settings> = {
      accountsEnvelope: 'data',
      organizationIdAsString: true,
      catalogEndpoint: 'connectors-meta',
    };
    expect((await control(url, 'PATCH', '/settings', settings)).body).toEqual(emulator.settings);
    expect((await api(url, 'GET', '/accounts')).body).toEqual({ data: [] });
    const session = await api(url, 'POST', '/connect_sessions', acmeOwner);
    expect(session.body).toMatchObject({ organization_id: expect.any(String) });
    expect((await api(url, 'GET', '/auth_configs')).status).toBe(404);
    expect((await control(url, 'PATCH', '/settings', { oddPaging: 'odd' })).status).toBe(400);
  });

  test.each([
    ['connectors-meta', [200, 404, 404]],
    ['auth-configs', [200, 200, 404]],
    ['connector-profiles', [200, 200, 200]],
  ] as const)('catalogEndpoint: %s serves the endpoint and the older ones', async (catalogEndpoint, expected) => {
    emulator.settings.catalogEndpoint = catalogEndpoint;
    const paths = ['/connectors/meta', '/auth_configs', '/connector_profiles'];
    const statuses = await Promise.all(paths.map(async (path) => (await api(url, 'GET', path)).status));
    expect(statuses).toEqual(expected);
  });

  test('accountsEnvelope: paged returns a page with its total', async () => {
    seed();
    emulator.settings.accountsEnvelope = 'paged';
    const { body } = await api(url, 'GET', '/accounts?page=2&page_size=2');
    expect(body).toMatchObject({ page: 2, page_size: 2, total: 5, data: [{ label: 'c' }, { label: 'd' }] });
  });

  test('vocabulary: v2 renames the provider and the owner of accounts and of the catalog', async () => {
    const { id } = emulator.addAccount({ provider: 'jira', ...acmeOwner });
    emulator.settings.vocabulary = 'v2';
    const expected = { id, connector: 'jira', owner_id: 'acme', connector_profile_id: expect.any(String) };
    const list = await api(url, 'GET', '/accounts?origin_owner_id=acme');
    expect(list.body).toEqual([expect.objectContaining(expected)]);
    expect(JSON.stringify(list.body)).not.toMatch(/"(provider|origin_owner_id)"/);
    for (const method of ['GET', 'PATCH', 'DELETE']) {
      expect((await api(url, method, `/accounts/${id}`, method === 'PATCH' ? {} : undefined)).body).toEqual(
        expect.objectContaining(expected),
      );
    }
    const catalog = await api(url, 'GET', '/connector_profiles?connector_key=jira');
    expect(catalog.body).toMatchObject({ data: [{ connector: 'jira' }] });
  });

  test('rawRows: lists the rows as they are, before all others, accounts only for their owner', async () => {
    const { id } = emulator.addAccount({ provider: 'jira', ...acmeOwner });
    const own = { id: 7, origin_owner_id: 'acme' };
    const ownerless = { id: 'x.y', label: null };
    const rawRows = {
      accounts: [own, { id: 8, owner_id: 'globex' }, ownerless, 'text'],
      catalog: [{ connector_key: 9 }],
    };
    expect((await control(url, 'PATCH', '/settings', { rawRows })).status).toBe(200);
    const list = await api(url, 'GET', '/accounts?origin_owner_id=acme');
    expect(list.body).toEqual([own, ownerless, 'text', expect.objectContaining({ id })]);
    expect((await api(url, 'GET', '/accounts/7')).body).toEqual(own);
    for (const path of ['/connector_profiles', '/auth_configs']) {
      expect((await api(url, 'GET', path)).body).toMatchObject({
        data: expect.arrayContaining([{ connector_key: 9 }]),
      });
    }
    expect((await api(url, 'GET', '/connectors/meta')).body).toContainEqual({ connector_key: 9 });
    const large = { accounts: [{ id: 'x'.repeat(100_000) }], catalog: [] };
    expect((await control(url, 'PATCH', '/settings', { rawRows: large })).status).toBe(200);
  });
});

describe.each(['/auth_configs', '/connector_profiles'])('GET %s', (path) => {
  test('supports pages, the total count and filters', async () => {
    const page = await api(url, 'GET', `${path}?enabled=false&page_size=5`);
    expect(page.body).toMatchObject({
      page: 1,
      page_size: 5,
      total: 1,
      data: [{ connector_key: 'pipedrive', connector_label: 'Pipedrive', categories: ['crm'], active: false }],
    });
    const one = await api(url, 'GET', `${path}?connector_key=jira&enabled=`);
    expect(one.body).toMatchObject({
      total: 1,
      data: [{ connector_key: 'jira', active: true, default: true }],
    });
  });
});

describe('emulator accounts', () => {
  test('can be added and updated over HTTP as from code', async () => {
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
    expect(() => emulator.updateAccount('nope', {})).toThrow('Account nope not found');
  });

  test('keep the credentials that PATCH /accounts/{id} does not change', async () => {
    const { id, credentials } = emulator.addAccount({ provider: 'jira', ...acmeOwner });
    const change = { setup_information: { site: 'acme-uk' }, credentials: { email: 'new@acme.test' }, secrets: {} };
    await api(url, 'PATCH', `/accounts/${id}`, change);
    const setup_information = { site: 'acme-uk', email: 'new@acme.test' };
    expect(emulator.accounts()).toMatchObject([{ setup_information, credentials }]);
    await api(url, 'PATCH', `/accounts/${id}`, { secrets: { api_token: 'token-1234' } });
    const changed = { api_token: '__secretvalue:**redacted**1234' };
    expect(emulator.accounts()).toMatchObject([{ setup_information, credentials: changed }]);
  });

  test('are sorted by creation time, not by the order of insertion', async () => {
    const young = emulator.addAccount({ provider: 'jira', ...acmeOwner });
    const old = emulator.addAccount({
      provider: 'jira',
      ...acmeOwner,
      created_at: '2020-01-01T00:00:00.000Z',
    });
    expect(emulator.accounts().map(({ id }) => id)).toEqual([old.id, young.id]);
  });
});

test('reset clears accounts, sessions, history, faults, settings and the clock', async () => {
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

describe('invalid requests to the emulator', () => {
  test('get an error response in StackOne’s format', async () => {
    const authorization = basicAuthorization();
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
        headers: { authorization: basicAuthorization('demo-key') },
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

  test('get 403 without a User-Agent', async () => {
    const headers = {
      'user-agent': '',
      authorization: basicAuthorization(),
    };
    expect((await fetch(`${url}/accounts`, { headers })).status).toBe(403);
  });
});

test('stop waits neither for a hanging request nor for the timeout of a keep-alive connection', async () => {
  const other = await startEmulator({ apiKey: 'demo-key' });
  await api(other.url, 'GET', '/accounts');
  other.failNext({ kind: 'hang' });
  const hanging = api(other.url, 'GET', '/accounts').catch((error: unknown) => error);
  await waitUntil(() => other.history.length === 2, 'the emulator has received the second request');
  const before = performance.now();
  await other.stop();
  // Node closes an idle connection after five seconds.
  expect(performance.now() - before).toBeLessThan(3_000);
  expect(await hanging).toMatchObject({ message: 'fetch failed' });
  await expect(fetch(other.url)).rejects.toThrow();
  await other.stop();
});

describe('control requests of web pages', () => {
  const port = new URL(url).port;
  const send = (lines: readonly string[], body = '') =>
    exchangeRaw(
      url,
      [
        'POST /__emulator/reset HTTP/1.1',
        ...lines,
        `Content-Length: ${body.length}`,
        'Connection: close',
        '',
        body,
      ].join('\r\n'),
    );
  const statusOf = ({ response }: { readonly response: string }) => Number(response.split(' ')[1]);
  const local = `Host: 127.0.0.1:${port}`;

  test.each<[string, number, readonly string[], string]>([
    ['a page whose name resolves to this machine', 403, [`Host: evil.example:${port}`], ''],
    ['a name that begins like this machine', 403, [`Host: localhost.evil.example:${port}`], ''],
    ['the name of this machine with another port', 403, ['Host: localhost:80'], ''],
    ['the name of this machine without a port', 403, ['Host: localhost'], ''],
    ['a page of another origin', 403, [local, 'Origin: https://evil.example'], ''],
    ['a page of another port', 403, [local, 'Origin: http://127.0.0.1:1'], ''],
    ['a sandboxed page', 403, [local, 'Origin: null'], ''],
    ['a page of another site, without Origin', 403, [local, 'Sec-Fetch-Site: cross-site'], ''],
    ['a page of another port, without Origin', 403, [local, 'Sec-Fetch-Site: same-site'], ''],
    ['a form', 415, [local, 'Content-Type: text/plain'], '{}'],
    ['a body without a type', 415, [local], '{}'],
    ['a type that only begins with application/json', 415, [local, 'Content-Type: application/json-x'], '{}'],
  ])('%s → %i, and nothing is reset', async (_name, status, lines, body) => {
    const account = emulator.addAccount({ provider: 'bamboohr', ...acmeOwner });
    expect(statusOf(await send(lines, body))).toBe(status);
    expect(emulator.accounts()).toEqual([account]);
  });

  test.each([
    ['127.0.0.1', [local]],
    ['localhost', [`Host: localhost:${port}`]],
    ['[::1]', [`Host: [::1]:${port}`]],
    ['a page of the emulator itself', [local, `Origin: http://127.0.0.1:${port}`, 'Sec-Fetch-Site: same-origin']],
    ['a JSON body', [local, 'Content-Type: application/json; charset=utf-8']],
  ])('%s is accepted', async (name, lines) => {
    emulator.addAccount({ provider: 'bamboohr', ...acmeOwner });
    expect(statusOf(await send(lines, name === 'a JSON body' ? '{}' : ''))).toBe(204);
    expect(emulator.accounts()).toEqual([]);
  });

  test('a host in the option controlHosts is accepted', async () => {
    const inContainer = await startEmulator({ controlHosts: ['emulator:4010'] });
    const get = 'GET /__emulator/history HTTP/1.1\r\nConnection: close\r\n';
    const results = await Promise.all(
      ['emulator:4010', 'emulator'].map((host) => exchangeRaw(inContainer.url, `${get}Host: ${host}\r\n\r\n`)),
    );
    await inContainer.stop();
    expect(results.map(statusOf)).toEqual([200, 403]);
  });
});

test('reset restores the settings of the option settings, as they are then, and the defaults of the others', async () => {
  const settings: Partial<Settings> = { webhookSecret: 'a secret of the start' };
  const wired = await startEmulator({ settings });
  expect(wired.settings).toEqual({ ...defaultSettings, ...settings });
  settings.webhookUrl = 'http://127.0.0.1:9/';
  Object.assign(wired.settings, { webhookSecret: 'another secret', vocabulary: 'v2' });
  wired.reset();
  expect(wired.settings).toEqual({ ...defaultSettings, ...settings });
  await wired.stop();
});
