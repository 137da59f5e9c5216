import { hash } from 'node:crypto';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { isErrorCode } from '../../src/domain/error-codes.js';
import { exchangeRaw } from '../support/raw-http.js';
import { acme, productionEnv, signIn, startSharedApp, startTestApp } from '../support/test-app.js';
import { waitUntil } from '../support/wait.js';

const app = await startSharedApp();
let headers: Record<string, string>;
beforeEach(async () => {
  headers = { 'content-type': 'application/json', ...(await signIn(acme)) };
});

const send = (path: string, init: RequestInit = {}) => fetch(`${app.url}${path}`, init);
const operation = { query: '{ viewer { ownerId } }' };

function expectSafeHeaders(response: Response): void {
  const { 'content-security-policy': csp, ...rest } = Object.fromEntries(response.headers);
  expect(rest).toMatchObject({
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'strict-transport-security': expect.stringMatching(/^max-age=\d{8}/),
    'x-frame-options': expect.stringMatching(/DENY|SAMEORIGIN/),
  });
  expect(csp?.split(/; ?/)).toEqual(expect.arrayContaining(["default-src 'none'", "frame-ancestors 'none'"]));
  expect(Object.keys(rest).filter((name) => /^(server|x-powered-by|set-cookie)$/.test(name))).toEqual([]);
}

const errorBody = (code: string) => ({
  errors: expect.arrayContaining([
    expect.objectContaining({ message: expect.stringMatching(/./), extensions: { code } }),
  ]),
});

/** Expects a JSON response with GraphQL errors, a documented code, all security headers and no StackOne request. */
async function expectRejected(response: Response, status: number, code = 'BAD_USER_INPUT'): Promise<string> {
  const text = await response.text();
  expect(response.status).toBe(status);
  expect(response.headers.get('content-type')).toMatch(/^application\/(graphql-response\+)?json; charset=utf-8$/);
  expect(JSON.parse(text)).toEqual(errorBody(code));
  expect(isErrorCode(code)).toBe(true);
  expect(text).not.toMatch(/node_modules|\.[jt]s:\d|FST_ERR/);
  expectSafeHeaders(response);
  expect(app.emulator.history).toEqual([]);
  return text;
}

describe('Invalid HTTP request → GraphQL error with a documented code, with nothing sent to StackOne', () => {
  it.each(['/', '/nothing', '/graphql/x', '/graphql//', '/GRAPHQL', '//graphql', '/metrics', '/.env'])(
    'unknown path %s → 404',
    async (path) => {
      await expectRejected(await send(path), 404);
      await expectRejected(await send(path, { method: 'POST', headers, body: JSON.stringify(operation) }), 404);
    },
  );

  it.each(['/demo/token?tenant=acme', '/demo/jwks.json', '/playground/graphiql.js', '/__emulator/history'])(
    'path %s of the demo, playground or emulator → 404',
    async (path) => {
      await expectRejected(await send(path), 404);
    },
  );

  it.each(['GET', 'PUT', 'PATCH', 'DELETE'])('%s /graphql and /graphql/stream → 405', async (method) => {
    const body = method === 'GET' ? {} : { body: JSON.stringify(operation) };
    for (const path of ['/graphql', '/graphql/stream']) {
      const response = await send(`${path}?query={viewer{ownerId}}`, { method, headers, ...body });
      expect(response.headers.get('allow')).toBe('POST');
      await expectRejected(response, 405);
    }
  });

  it.each<[string, string | undefined]>([
    ['malformed JSON', '{"query": "canary'],
    ['no body', undefined],
    ['an empty body', ''],
    ['batched operations', JSON.stringify([operation, operation])],
    ['an empty batch', '[]'],
    ['a JSON string', '"canary"'],
    ['a JSON number', '42'],
    ['JSON null', 'null'],
    ['no query', '{}'],
    ['an empty query', '{"query":""}'],
    ['a query that is not a string', '{"query":{"canary":1}}'],
    ['variables that are not an object', '{"query":"{ viewer { ownerId } }","variables":"canary"}'],
    ['extensions that are not an object', '{"query":"{ viewer { ownerId } }","extensions":["canary"]}'],
    ['an unknown operationName', '{"query":"{ viewer { ownerId } }","operationName":"other"}'],
    [
      'two operations without operationName',
      '{"query":"query a { viewer { ownerId } } query b { viewer { ownerId } }"}',
    ],
    ['a __proto__ key', '{"query":"{ viewer { ownerId } }","__proto__":{"canary":1}}'],
  ])('%s → 400', async (_name, body = '') => {
    const text = await expectRejected(await send('/graphql', { method: 'POST', headers, body }), 400);
    expect(text).not.toContain('canary');
  });

  it('automatic persisted query → BAD_USER_INPUT with the text by which clients send the document, and it is not registered', async () => {
    const persistedQuery = { version: 1, sha256Hash: hash('sha256', operation.query) };
    for (const query of [operation, {}]) {
      const body = JSON.stringify({ ...query, extensions: { persistedQuery } });
      // Apollo Server responds with 200, as the protocol of persisted queries requires.
      const text = await expectRejected(await send('/graphql', { method: 'POST', headers, body }), 200);
      expect(JSON.parse(text).errors[0].message).toBe('PersistedQueryNotSupported');
    }
  });

  it.each<[string, string, string]>([
    ['a syntax error', 'GRAPHQL_PARSE_FAILED', '{ viewer {'],
    ['an unknown field', 'GRAPHQL_VALIDATION_FAILED', '{ nothing }'],
    ['an unknown argument', 'GRAPHQL_VALIDATION_FAILED', '{ viewer(ownerId: 1) { ownerId } }'],
    ['an argument of the wrong type', 'GRAPHQL_VALIDATION_FAILED', '{ linkedAccount(id: {}) { id } }'],
    ['a subscription', 'GRAPHQL_VALIDATION_FAILED', 'subscription { viewer { ownerId } }'],
  ])('%s → %s', async (_name, code, query) => {
    const body = JSON.stringify({ query });
    await expectRejected(await send('/graphql', { method: 'POST', headers, body }), 400, code);
  });

  it.each<[string, string, unknown]>([
    ['a variable that is a number', 'BAD_USER_INPUT', 4_242_424],
    ['a variable that is an object', 'BAD_USER_INPUT', { key: 'canary' }],
    ['a variable that is a list', 'BAD_USER_INPUT', ['canary', 'canary']],
    ['a literal of the wrong type', 'GRAPHQL_VALIDATION_FAILED', undefined],
  ])('%s → %s, without the value in the message', async (_name, code, value) => {
    const mutation = 'createConnectSession(category: "canary") { token }';
    const query =
      value === undefined
        ? `mutation { ${mutation} }`
        : `mutation ($p: Category) { ${mutation.replace('"canary"', '$p')} }`;
    const body = JSON.stringify({ query, variables: { p: value } });
    const text = await expectRejected(await send('/graphql', { method: 'POST', headers, body }), 400, code);
    expect(text).not.toMatch(/canary|4242424/);
  });

  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/graphql',
    '',
  ])('content type “%s” → 415', async (type) => {
    const { 'content-type': _json, ...authorization } = headers;
    const body = new TextEncoder().encode(JSON.stringify(operation));
    const typed = type === '' ? authorization : { ...authorization, 'content-type': type };
    await expectRejected(await send('/graphql', { method: 'POST', headers: typed, body }), 415);
  });

  it.each(['text/html', 'application/xml, text/*', 'application/jsonp'])(
    'Accept: %s → 406 with what to accept, before the operation runs',
    async (accept) => {
      const body = JSON.stringify({ query: 'mutation { createConnectSession { token } }' });
      const post = { method: 'POST', headers: { ...headers, accept }, body };
      expect(await expectRejected(await send('/graphql', post), 406)).toContain('Accept application/json.');
      expect(app.emulator.history).toEqual([]);
    },
  );

  it('an Accept header of more than 512 characters is ignored, so that no request compares thousands of types', async () => {
    const send = (accept: string) => app.post(operation, { ...headers, accept });
    const long = 'text/html,'.repeat(51);
    expect(await send(`${long}a`)).toMatchObject({ status: 406 });
    expect(await send(`${long}a/b`)).toMatchObject({ status: 200, json: { data: expect.anything() } });
    const signedOut = await app.post(operation, { accept: `${long}a/b` });
    expect([signedOut.status, signedOut.json]).toEqual([401, errorBody('UNAUTHENTICATED')]);
    expect(app.emulator.history).toEqual([]);
  });

  it('body larger than 16 KiB, with or without content-length → 413', async () => {
    const body = JSON.stringify(operation).padEnd(16 * 1024);
    expect((await send('/graphql', { method: 'POST', headers, body })).status).toBe(200);
    await expectRejected(await send('/graphql', { method: 'POST', headers, body: `${body} ` }), 413);
    const chunked = {
      method: 'POST',
      headers,
      body: new Blob([body, ' ']).stream(),
      duplex: 'half',
    } as const;
    expect(await expectRejected(await send('/graphql', chunked), 413)).toContain('The limit is 16 KiB.');
  });

  it.each<[string, string, number]>([
    ['a URL that cannot be decoded', 'GET /%zzcanary HTTP/1.1\r\nHost: a\r\n', 400],
    ['headers of more than 32 KiB', `GET /livez HTTP/1.1\r\nHost: a\r\nX: ${'canary'.repeat(6000)}\r\n`, 431],
    ['bytes that are not HTTP', 'canary\r\n', 400],
  ])('%s', async (_name, request, status) => {
    const { response } = await exchangeRaw(app.url, `${request}Connection: close\r\n\r\n`);
    const [head = '', body = ''] = response.split('\r\n\r\n');
    expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(JSON.parse(body)).toEqual(errorBody('BAD_USER_INPUT'));
    expect(head).toMatch(/^cache-control: no-store\r?$/im);
    expect(response).not.toContain('canary');
  });
});

describe('POST /graphql/, with a slash at the end', () => {
  it('is the same as POST /graphql, also in the log', async () => {
    const response = await send('/graphql/?a=b', { method: 'POST', headers, body: JSON.stringify(operation) });
    expect(await response.json()).toEqual({ data: { viewer: { ownerId: 'org_acme' } } });
    expectSafeHeaders(response);
    const requestId = response.headers.get('x-request-id');
    await waitUntil(() => app.logs().includes(`"requestId":"${requestId}"`), 'the request is logged');
    await expectRejected(await send('/graphql/'), 405);
  });
});

describe('Health check: no access token, security headers, no StackOne request', () => {
  it.each([
    ['/livez', { status: 'ok' }],
    ['/readyz', { status: 'ready', upstream: expect.any(String), auth: expect.any(String) }],
  ])('%s', async (path, body) => {
    const response = await send(path);
    expect([response.status, await response.json()]).toEqual([200, body]);
    expectSafeHeaders(response);
    expect(app.emulator.history).toEqual([]);
  });

  it('keeps the connection for KEEP_ALIVE_SECONDS, so that no load balancer reuses a connection that was closed', async () => {
    const own = await startTestApp({ KEEP_ALIVE_SECONDS: '77' });
    const headers = await Promise.all([app, own].map(async ({ url }) => (await fetch(`${url}/livez`)).headers));
    expect(headers.map((each) => each.get('keep-alive'))).toEqual(['timeout=65', 'timeout=77']);
    await own.stop();
  });
});

describe('Introspection', () => {
  const schema = { query: '{ __schema { queryType { name } } }' };
  const misspelt = { query: '{ viewerr { ownerId } }' };

  it('is enabled in development', async () => {
    expect((await app.post(schema, headers)).json).toEqual({
      data: { __schema: { queryType: { name: 'Query' } } },
    });
  });

  it('is disabled in production, and error messages suggest no field names', async () => {
    const production = await startTestApp(productionEnv);
    try {
      for (const operation of [schema, misspelt]) {
        const response = await production.post(operation, headers);
        expect(response.status).toBe(400);
        expect(response.json).toEqual(errorBody('GRAPHQL_VALIDATION_FAILED'));
        expect(response.text).not.toMatch(/did you mean|"viewer"/i);
      }
    } finally {
      await production.stop();
    }
  });
});
