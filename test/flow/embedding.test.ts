import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import {
  connect as connectHttp2,
  constants,
  createServer as createHttp2Server,
  type Http2ServerRequest,
} from 'node:http2';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { ApolloServer } from '@apollo/server';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { extendSchema, parse } from 'graphql';
import type { Login } from '../../src/auth/host-login.js';
import { startConnect } from '../../src/embed.js';
import { createLogger } from '../../src/observability/logger.js';
import { RequestTelemetry } from '../../src/observability/request-telemetry.js';
import { listen } from '../support/listen.js';
import { type Product, startProduct } from '../support/product-server.js';
import { acme, ownerFields, sessionRequests, signIn, startTestApp, type TestApp } from '../support/test-app.js';
import { waitFor, waitUntil } from '../support/wait.js';

const createSession = {
  query: 'mutation { createConnectSession(provider: "bamboohr") { token userErrors { code } } }',
};
const users: Readonly<Record<string, Login>> = {
  ada: { id: 'org_acme', name: 'Acme Corporation', username: 'ada@acme.example' },
  hank: { id: 'org_globex', name: 'Globex' },
};
const validLogin = { id: 'org_acme', name: 'Acme' };
const matching = (pattern: string) => expect.stringMatching(pattern);

/** The `getOwner` function of the next requests. Each test may replace it. */
let getOwner: (request: IncomingMessage) => unknown;
let product: Product;
beforeAll(async () => {
  // The result has the type of a valid login but may be any value, as with a JavaScript caller.
  product = await startProduct({ getOwner: (request): Login => Object(getOwner)(request) });
});
beforeEach(() => {
  getOwner = ({ headers }) => users[String(headers['x-session'])];
  product.emulator.reset();
});
afterAll(() => product.stop());

/** The log line of a request. The server may write it after it has sent the response. */
async function waitForLogLine(requestId: string, expectedMessage = 'request'): Promise<object> {
  const { level, fields } = await waitFor(
    () =>
      product.lines.find((line) => line.message === expectedMessage && JSON.stringify(line.fields).includes(requestId)),
    `a log line "${expectedMessage}" contains ${requestId}`,
  );
  return { level, ...fields };
}

describe('startConnect in a product’s Apollo Server', () => {
  it.each([
    ['synchronously', (login: Login | undefined) => login],
    ['asynchronously', (login: Login | undefined) => sleep(5).then(() => login)],
  ])('creates a session for the owner that getOwner returns %s', async (_when, toResult) => {
    getOwner = ({ headers }) => toResult(users[String(headers['x-session'])]);
    for (const [session, { id, name, username = null }] of Object.entries(users)) {
      const { status, json } = await product.post(createSession, { 'x-session': session });
      expect([status, json]).toEqual([
        200,
        { data: { createConnectSession: { token: matching('^[\\w-]+$'), userErrors: [] } } },
      ]);
      expect(sessionRequests(product.emulator).at(-1)?.body).toMatchObject({
        origin_owner_id: id,
        origin_owner_name: name,
        ...(username !== null && { origin_username: username }),
      });
    }
  });

  it('returns ACCOUNT_NOT_FOUND for the account of another owner', async () => {
    const { id } = product.emulator.addAccount({ provider: 'bamboohr', ...ownerFields(acme) });
    const query = `mutation { createConnectSession(accountId: "${id}") { mode userErrors { code } } }`;
    const modes = ['ada', 'hank'].map(
      async (session) => (await product.post({ query }, { 'x-session': session })).json,
    );
    expect(await Promise.all(modes)).toEqual([
      { data: { createConnectSession: { mode: 'RELINK', userErrors: [] } } },
      { data: { createConnectSession: { mode: null, userErrors: [{ code: 'ACCOUNT_NOT_FOUND' }] } } },
    ]);
  });

  it('provides the StackOne client in the context to the product’s own code, with the same owner', async () => {
    const { connect, emulator } = product;
    let creating: Promise<unknown> | undefined;
    const server = await listen(
      createServer(async (request, response) => {
        const { stackone } = await connect.createContext(request, response);
        creating = stackone.createConnectSession({ provider: 'bamboohr' });
        response.end();
      }),
    );
    await fetch(server.url, { headers: { 'x-session': 'hank' } });
    expect(await creating).toMatchObject({ ok: true, value: { token: matching('^[\\w-]+$') } });
    expect(sessionRequests(emulator).at(-1)?.body).toMatchObject({ origin_owner_id: 'org_globex' });
    await server.close();
  });
});

describe('A product that extends the schema', () => {
  it('gets the data of its own fields at each request, because the operation store leaves its documents to Apollo Server', async () => {
    const { apolloOptions, createContext, stop } = await startConnect<Pick<Request, 'headers'>>({
      apiKey: 'key',
      logger: createLogger('silent'),
      getOwner: () => validLogin,
    });
    const schema = extendSchema(apolloOptions.schema, parse('extend type Viewer { plan: String }'));
    const apollo = new ApolloServer({ ...apolloOptions, schema });
    for (let turn = 0; turn < 3; turn++) {
      const contextValue = await createContext({ headers: new Headers() });
      const query = '{ viewer { ownerId plan } }';
      const { body } = await apollo.executeOperation({ query }, { contextValue });
      expect(body.kind === 'single' && body.singleResult).toEqual({
        data: { viewer: { ownerId: 'org_acme', plan: null } },
      });
    }
    await apollo.stop();
    await stop();
  });
});

/** Expects an error response, no StackOne request and a log line with the reason, all without `canary`. */
async function expectRejected(
  status: number,
  code: string,
  reason: string,
  body: object = createSession,
): Promise<void> {
  const response = await product.post(body);
  expect([response.status, response.json]).toEqual([
    status,
    { errors: [{ message: expect.any(String), extensions: { code } }] },
  ]);
  expect(response.text).not.toContain(reason);
  expect(response.headers.get('cache-control')).toBe('no-store');
  expect(product.emulator.history).toEqual([]);
  const requestId = response.headers.get('x-request-id') ?? '';
  expect(await waitForLogLine(requestId)).toMatchObject({
    level: code === 'UNAUTHENTICATED' ? 'info' : 'warn',
    code,
    reason,
  });
  expect(`${response.text}${JSON.stringify(product.lines)}`).not.toContain('canary');
}

describe('Invalid result of getOwner: nothing is sent to StackOne', () => {
  it.each([
    ['null', null],
    ['undefined', undefined],
  ])('%s → 401 UNAUTHENTICATED', async (_name, login) => {
    for (const result of [() => login, async () => login]) {
      getOwner = result;
      await expectRejected(401, 'UNAUTHENTICATED', 'getOwner returned no owner');
      await expectRejected(401, 'UNAUTHENTICATED', 'getOwner returned no owner', {
        query: '{ __typename }',
      });
    }
  });

  it.each<[string, () => unknown]>([
    [
      'getOwner throws',
      () => {
        throw new TypeError('no users table');
      },
    ],
    [
      'getOwner rejects',
      async () => {
        throw new TypeError('no users table');
      },
    ],
  ])('%s → 503 AUTH_UNAVAILABLE, and outside production its message in the log', async (_name, fail) => {
    getOwner = fail;
    await expectRejected(503, 'AUTH_UNAVAILABLE', 'getOwner threw TypeError: no users table');
  });

  it('getOwner rejects with a value that is not an Error → 503 AUTH_UNAVAILABLE', async () => {
    getOwner = () => Promise.reject('canary');
    await expectRejected(503, 'AUTH_UNAVAILABLE', 'getOwner threw a value that is no Error');
  });

  it.each<[string, unknown, 'id' | 'name']>([
    ['no id', { name: 'canary' }, 'id'],
    ['an empty id', { ...validLogin, id: '' }, 'id'],
    ['a numeric id', { ...validLogin, id: 42 }, 'id'],
    ['an id with a space', { ...validLogin, id: 'canary id' }, 'id'],
    ['an id of 129 characters', { ...validLogin, id: 'canary'.padEnd(129, 'x') }, 'id'],
    ['a list of ids', { ...validLogin, id: ['canary'] }, 'id'],
    ['a string', 'canary', 'id'],
    ['true', true, 'id'],
    ['no name', { id: 'canary' }, 'name'],
    ['a name with only spaces', { ...validLogin, name: '   ' }, 'name'],
    ['a name with a line break', { ...validLogin, name: 'canary\n' }, 'name'],
    ['a name of 201 characters', { ...validLogin, name: 'canary'.padEnd(201, 'x') }, 'name'],
  ])('%s → 500 INTERNAL_SERVER_ERROR', async (_name, login, part) => {
    getOwner = () => login;
    await expectRejected(500, 'INTERNAL_SERVER_ERROR', `the ${part} from getOwner is missing or malformed`);
  });
});

describe('A username from getOwner that is not text to display', () => {
  it.each<[string, unknown]>([
    ['a line break', 'canary\n'],
    ['201 characters', 'c'.repeat(201)],
    ['a number', 42],
    ['an object', { name: 'canary' }],
  ])('%s: the session is created without a username', async (_name, username) => {
    getOwner = () => ({ ...validLogin, username });
    const { json } = await product.post(createSession);
    expect(json).toMatchObject({ data: { createConnectSession: { userErrors: [] } } });
    expect(sessionRequests(product.emulator).at(-1)?.body).not.toHaveProperty('origin_username');
  });
});

describe('apolloOptions contain every limit of the standalone server: same response, nothing sent to StackOne', () => {
  let own: TestApp;
  let headers: Record<string, string>;
  beforeAll(async () => {
    own = await startTestApp({ INTROSPECTION: 'false' });
    headers = await signIn(acme);
  });
  afterAll(() => own.stop());

  const nodes = 'linkedAccounts { nodes { ';
  it.each<[string, unknown, Record<string, string>?]>([
    ['too many tokens', { query: `{ viewer { ${'ownerId '.repeat(300)} } }` }],
    ['too many nesting levels', { query: `{ ${nodes} provider { ${nodes} provider { ${nodes} id } } } } } } } }` }],
    ['too many aliases', { query: '{ a: __typename b: __typename c: __typename d: __typename e: __typename }' }],
    [
      'two mutation fields',
      { query: 'mutation { a: createConnectSession { token } b: createConnectSession { token } }' },
    ],
    ['introspection', { query: '{ __schema { types { name } } }' }],
    ['batched operations', [createSession, createSession]],
    ['automatic persisted query', { extensions: { persistedQuery: { version: 1, sha256Hash: 'a'.repeat(64) } } }],
    ['invalid enum value', { query: '{ providers(category: CANARY) { key } }' }],
    ['syntax error', { query: '{ canary' }],
    ['many unknown fields', { query: `{ ${'a b c d e f '.repeat(20)} }` }],
    ['Accept header without JSON', createSession, { accept: 'text/html' }],
  ])('%s', async (_name, body, extraHeaders = {}) => {
    own.emulator.reset();
    const embedded = await product.post(body, { 'x-session': 'ada', ...extraHeaders });
    const expected = await own.post(body, { ...headers, ...extraHeaders });
    expect([embedded.status, embedded.text]).toEqual([expected.status, expected.text]);
    expect(embedded.json.errors?.length).toBeGreaterThan(0);
    expect([product.emulator.history, own.emulator.history]).toEqual([[], []]);
  });

  it('CSRF protection: rejects a text/plain body and a query in the URL, and says what to send', async () => {
    const query = encodeURIComponent(createSession.query);
    const form = {
      method: 'POST',
      headers: { 'content-type': 'text/plain', 'x-session': 'ada' },
      body: JSON.stringify(createSession),
    };
    const responses = [
      await fetch(product.url, form),
      await fetch(`${product.url}/?query=${query}`, { headers: { 'x-session': 'ada' } }),
    ];
    expect(responses.map(({ status }) => status)).toEqual([400, 400]);
    for (const response of responses) {
      expect(await response.text()).toContain('Send the operation as application/json.');
    }
    expect(product.emulator.history).toEqual([]);
  });
});

describe('The apolloOptions of startConnect', () => {
  it('are new at each read, so that a plugin or a rule added to one server is not in another', () => {
    const { connect } = product;
    const rule = () => ({});
    connect.apolloOptions.plugins.push({});
    connect.apolloOptions.validationRules.push(rule);
    expect(connect.apolloOptions.plugins).not.toContainEqual({});
    expect(connect.apolloOptions.validationRules).not.toContain(rule);
  });
});

describe('A process that forbids code generation from strings', () => {
  it('runs each operation with Apollo Server, because graphql-jit cannot compile it', async () => {
    const { apiKey, url: baseUrl } = product.emulator;
    const script = `import { ApolloServer } from '@apollo/server';
import { startConnect } from './dist/src/index.js';
const owner = { id: 'org_acme', name: 'Acme' };
const connect = await startConnect({ apiKey: '${apiKey}', baseUrl: '${baseUrl}', production: false, logLevel: 'silent', getOwner: () => owner });
const apollo = new ApolloServer(connect.apolloOptions);
for (let turn = 0; turn < 2; turn++) {
  const contextValue = await connect.createContext({ headers: new Headers() });
  const { body } = await apollo.executeOperation({ query: 'mutation { createConnectSession { mode } }' }, { contextValue });
  console.log(JSON.stringify(body.singleResult));
}
await apollo.stop();
await connect.stop();`;
    const options = ['--disallow-code-generation-from-strings', '--input-type=module', '--eval', script];
    const { stdout } = await promisify(execFile)('node', options);
    const result = '{"data":{"createConnectSession":{"mode":"LINK"}}}\n';
    expect(stdout).toBe(result.repeat(2));
  });
});

describe('startConnect observes each request', () => {
  it('records the response once, whether Apollo Server or the operation store has run the operation', async () => {
    const record = jest.spyOn(RequestTelemetry.prototype, 'setResponse');
    const body = { query: `${createSession.query} # ${performance.now()}` };
    for (let turn = 1; turn <= 2; turn++) {
      await product.post(body, { 'x-session': 'ada' });
      expect(record).toHaveBeenCalledTimes(turn);
    }
    record.mockRestore();
  });

  it('logs one line per request and sends the request id to StackOne and to the client', async () => {
    const headers = {
      'x-session': 'ada',
      'x-request-id': 'request-of-ada',
      traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`,
    };
    const query = createSession.query.replace('mutation', `mutation ${'Connect'.padEnd(100, 's')}`);
    const response = await product.post({ ...createSession, query }, headers);
    expect(response.headers.get('x-request-id')).toBe('request-of-ada');
    expect(product.emulator.history.at(-1)?.headers).toMatchObject({
      'x-request-id': 'request-of-ada',
      traceparent: headers.traceparent,
    });
    expect(await waitForLogLine('request-of-ada')).toEqual({
      level: 'info',
      requestId: 'request-of-ada',
      trace_id: 'a'.repeat(32),
      span_id: 'b'.repeat(16),
      // At most 64 characters.
      operation: 'Connect'.padEnd(64, 's'),
      field: 'createConnectSession',
      owner: matching('^[\\w-]{12}$'),
      code: 'ok',
      reason: undefined,
      status: 200,
      milliseconds: expect.any(Number),
      upstreamAttempts: expect.any(Number),
      upstreamMilliseconds: expect.any(Number),
    });
    expect(await product.connect.metrics.metrics()).toMatch(
      /connect_request_duration_seconds_count\{field="createConnectSession",code="ok"\} \d/,
    );
  });

  it('logs no text of Apollo Server, which can quote a request', () => {
    product.connect.apolloOptions.logger?.error('canary');
    expect(product.lines.at(-1)).toEqual({
      level: 'error',
      message: 'Apollo Server logged a message',
      fields: {},
    });
  });

  it('cancels everything at once for a client that disconnected before createContext', async () => {
    let aborted: boolean | undefined;
    const controller = new AbortController();
    const server = await listen(
      createServer(async (request, response) => {
        controller.abort();
        await once(response, 'close');
        const context = await product.connect.createContext(request, response);
        aborted = context.request.signal.aborted;
      }),
    );
    const headers = { 'x-session': 'ada', 'x-request-id': 'disconnected-client' };
    await expect(fetch(server.url, { headers, signal: controller.signal })).rejects.toThrow();
    await waitUntil(() => aborted !== undefined, 'the context is created');
    expect(aborted).toBe(true);
    expect(await waitForLogLine('disconnected-client')).toMatchObject({ code: 'ok', status: 499 });
    await server.close();
  });

  it('cancels the StackOne request when the client disconnects', async () => {
    product.emulator.failNext({ kind: 'hang', match: { path: '/connect_sessions' } });
    const controller = new AbortController();
    const pending = fetch(product.url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-session': 'ada',
        'x-request-id': 'disconnecting-client',
      },
      body: JSON.stringify(createSession),
      signal: controller.signal,
    });
    await waitUntil(() => sessionRequests(product.emulator).length === 1, 'StackOne has received the request');
    controller.abort();
    await expect(pending).rejects.toThrow();
    expect(await waitForLogLine('disconnecting-client')).toMatchObject({ code: 'ok', status: 499 });
    // The deadline of an attempt is 5 seconds.
    expect(await waitForLogLine('disconnecting-client', 'upstream')).toMatchObject({
      milliseconds: expect.closeTo(0, -3),
    });
    expect(sessionRequests(product.emulator)).toHaveLength(1);
  });

  it('cancels the StackOne request when the client cancels a request of HTTP/2', async () => {
    const { emulator } = product;
    emulator.failNext({ kind: 'hang', match: { path: '/connect_sessions' } });
    const statuses: unknown[] = [];
    const connect = await startConnect<Http2ServerRequest>({
      apiKey: emulator.apiKey,
      baseUrl: emulator.url,
      production: false,
      getOwner: () => validLogin,
      logger: { ...createLogger('silent'), info: ({ status }) => void statuses.push(status) },
    });
    const errors: unknown[] = [];
    const host = createHttp2Server(async (request, response) => {
      const { stackone } = await connect.createContext(request, response);
      await stackone.createConnectSession({ provider: 'bamboohr' }).catch((error: unknown) => errors.push(error));
    });
    const { url, close } = await listen(host);
    const session = connectHttp2(url);
    const stream = session.request({ ':method': 'POST' });
    await waitUntil(() => sessionRequests(emulator).length === 1, 'StackOne has received the request');
    stream.close(constants.NGHTTP2_CANCEL);
    await waitUntil(() => errors.length === 1, 'the request is cancelled');
    expect(errors).toEqual([expect.objectContaining({ message: expect.stringContaining('disconnected') })]);
    expect(statuses).toEqual([499]);
    session.close();
    await close();
    await connect.stop();
  });
});
