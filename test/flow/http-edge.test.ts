import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { isErrorCode } from '../../src/errors.js';
import { acme, signIn, startTestApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
let headers: Record<string, string>;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.stop());
beforeEach(async () => {
  app.emulator.reset();
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

const errorForm = (code: string) => ({
  errors: expect.arrayContaining([
    expect.objectContaining({ message: expect.stringMatching(/./), extensions: { code } }),
  ]),
});

/** One error in GraphQL's form, with a code of ours, as JSON, with all headers, and nothing sent upstream. */
async function expectRefusal(response: Response, status: number, code = 'BAD_USER_INPUT'): Promise<string> {
  const text = await response.text();
  expect(response.status).toBe(status);
  expect(response.headers.get('content-type')).toMatch(
    /^application\/(graphql-response\+)?json; charset=utf-8$/,
  );
  expect(JSON.parse(text)).toEqual(errorForm(code));
  expect(isErrorCode(code)).toBe(true);
  expect(text).not.toMatch(/node_modules|\.[jt]s:\d|FST_ERR/);
  expectSafeHeaders(response);
  expect(app.emulator.history).toEqual([]);
  return text;
}

describe('A refusal is JSON in GraphQL’s form, with a documented code, whether it is for', () => {
  it.each(['/', '/nothing', '/graphql/', '/GRAPHQL', '//graphql', '/metrics', '/.env'])(
    'path %s',
    async (path) => {
      await expectRefusal(await send(path), 404);
      await expectRefusal(
        await send(path, { method: 'POST', headers, body: JSON.stringify(operation) }),
        404,
      );
    },
  );

  it.each(['/demo/token?tenant=acme', '/demo/jwks.json', '/playground/graphiql.js', '/__emulator/history'])(
    '%s, which is the demo’s or the playground’s',
    async (path) => {
      await expectRefusal(await send(path), 404);
    },
  );

  it.each(['GET', 'PUT', 'PATCH', 'DELETE'])('%s /graphql', async (method) => {
    const body = method === 'GET' ? {} : { body: JSON.stringify(operation) };
    const response = await send('/graphql?query={viewer{ownerId}}', { method, headers, ...body });
    expect(response.headers.get('allow')).toBe('POST');
    await expectRefusal(response, 405);
  });

  it.each<[string, string | undefined]>([
    ['malformed JSON', '{"query": "canary'],
    ['no body', undefined],
    ['an empty body', ''],
    ['a batch', JSON.stringify([operation, operation])],
    ['an empty batch', '[]'],
    ['text', '"canary"'],
    ['a number', '42'],
    ['null', 'null'],
    ['no query', '{}'],
    ['an empty query', '{"query":""}'],
    ['a query that is no text', '{"query":{"canary":1}}'],
    ['variables that are no object', '{"query":"{ viewer { ownerId } }","variables":"canary"}'],
    ['extensions that are no object', '{"query":"{ viewer { ownerId } }","extensions":["canary"]}'],
    ['an operation that there is not', '{"query":"{ viewer { ownerId } }","operationName":"other"}'],
    [
      'two operations and no choice',
      '{"query":"query a { viewer { ownerId } } query b { viewer { ownerId } }"}',
    ],
    ['a key that would change a prototype', '{"query":"{ viewer { ownerId } }","__proto__":{"canary":1}}'],
  ])('%s', async (_what, body = '') => {
    const text = await expectRefusal(await send('/graphql', { method: 'POST', headers, body }), 400);
    expect(text).not.toContain('canary');
  });

  it.each<[string, string, string]>([
    ['a syntax error', 'GRAPHQL_PARSE_FAILED', '{ viewer {'],
    ['an unknown field', 'GRAPHQL_VALIDATION_FAILED', '{ nothing }'],
    ['an unknown argument', 'GRAPHQL_VALIDATION_FAILED', '{ viewer(ownerId: 1) { ownerId } }'],
    ['an argument of the wrong type', 'GRAPHQL_VALIDATION_FAILED', '{ linkedAccount(id: {}) { id } }'],
    ['a subscription', 'GRAPHQL_VALIDATION_FAILED', 'subscription { viewer { ownerId } }'],
  ])('%s', async (_what, code, query) => {
    const body = JSON.stringify({ query });
    await expectRefusal(await send('/graphql', { method: 'POST', headers, body }), 400, code);
  });

  it.each<[string, string, unknown]>([
    ['a variable that is a number', 'BAD_USER_INPUT', 4_242_424],
    ['a variable that is an object', 'BAD_USER_INPUT', { key: 'canary' }],
    ['a variable that is a list', 'BAD_USER_INPUT', ['canary', 'canary']],
    ['a literal of the wrong type', 'GRAPHQL_VALIDATION_FAILED', undefined],
  ])('%s, without saying its value', async (_what, code, p) => {
    const mutation = 'createConnectSession(category: "canary") { token }';
    const query =
      p === undefined
        ? `mutation { ${mutation} }`
        : `mutation ($p: Category) { ${mutation.replace('"canary"', '$p')} }`;
    const body = JSON.stringify({ query, variables: { p } });
    const text = await expectRefusal(await send('/graphql', { method: 'POST', headers, body }), 400, code);
    expect(text).not.toMatch(/canary|4242424/);
  });

  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/graphql',
    '',
  ])('a body of type “%s”', async (type) => {
    const { 'content-type': _json, ...authorization } = headers;
    const body = new TextEncoder().encode(JSON.stringify(operation));
    const typed = type === '' ? authorization : { ...authorization, 'content-type': type };
    await expectRefusal(await send('/graphql', { method: 'POST', headers: typed, body }), 415);
  });

  it.each(['text/html', 'application/xml, text/*', 'application/jsonp'])(
    'an answer as %s, before anything is run',
    async (accept) => {
      const body = JSON.stringify({ query: 'mutation { createConnectSession { token } }' });
      const post = { method: 'POST', headers: { ...headers, accept }, body };
      await expectRefusal(await send('/graphql', post), 406);
      expect(app.emulator.history).toEqual([]);
    },
  );

  it('a body of more than 16 KiB, also when its length is not told', async () => {
    const body = JSON.stringify(operation).padEnd(16 * 1024);
    expect((await send('/graphql', { method: 'POST', headers, body })).status).toBe(200);
    await expectRefusal(await send('/graphql', { method: 'POST', headers, body: `${body} ` }), 413);
    const chunked = {
      method: 'POST',
      headers,
      body: new Blob([body, ' ']).stream(),
      duplex: 'half',
    } as const;
    await expectRefusal(await send('/graphql', chunked), 413);
  });

  it.each<[string, string, number]>([
    ['an address that cannot be decoded', 'GET /%zzcanary HTTP/1.1\r\nHost: a\r\n', 400],
    ['headers of more than 16 KiB', `GET /livez HTTP/1.1\r\nHost: a\r\nX: ${'canary'.repeat(4000)}\r\n`, 431],
    ['something that is not HTTP', 'canary\r\n', 400],
  ])('%s', async (_what, request, status) => {
    const socket = connect(Number(new URL(app.url).port), '127.0.0.1').setEncoding('utf8');
    let response = '';
    socket.on('data', (chunk) => {
      response += chunk;
    });
    socket.write(`${request}Connection: close\r\n\r\n`);
    await once(socket, 'close');
    const [head = '', body = ''] = response.split('\r\n\r\n');
    expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(JSON.parse(body)).toEqual(errorForm('BAD_USER_INPUT'));
    expect(head).toMatch(/^cache-control: no-store\r?$/im);
    expect(response).not.toContain('canary');
  });
});

describe('Every answer has the same safe headers, and no access token is needed, at', () => {
  it.each([
    ['/livez', { status: 'ok' }],
    ['/readyz', { status: 'ready', upstream: 'ok' }],
  ])('%s', async (path, body) => {
    const response = await send(path);
    expect([response.status, await response.json()]).toEqual([200, body]);
    expectSafeHeaders(response);
    // Neither asks StackOne.
    expect(app.emulator.history).toEqual([]);
  });
});

describe('The schema', () => {
  const schema = { query: '{ __schema { queryType { name } } }' };
  const misspelt = { query: '{ viewerr { ownerId } }' };

  it('can be asked for in development', async () => {
    expect((await app.post(schema, headers)).json).toEqual({
      data: { __schema: { queryType: { name: 'Query' } } },
    });
  });

  it('cannot be asked for in production, nor guessed from hints', async () => {
    const production = await startTestApp({
      NODE_ENV: 'production',
      STACKONE_BASE_URL: 'https://stackone.invalid',
    });
    try {
      for (const operation of [schema, misspelt]) {
        const response = await production.post(operation, headers);
        expect(response.status).toBe(400);
        expect(response.json).toEqual(errorForm('GRAPHQL_VALIDATION_FAILED'));
        expect(response.text).not.toMatch(/did you mean|"viewer"/i);
      }
    } finally {
      await production.stop();
    }
  });
});
