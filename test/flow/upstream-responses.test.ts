import { createServer } from 'node:http';
import { pipeline, Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { listen } from '../support/listen.js';
import {
  acme,
  errorCode,
  type GraphQLResponse,
  globex,
  ownerFields,
  sessionRequests,
  signIn,
  startTestApp,
  type TestApp,
} from '../support/test-app.js';

const canary = 'canary-from-upstream';
const json = { 'content-type': 'application/json' };
const session = { id: 1, token: canary, origin_owner_id: acme.org_id };

let app: TestApp;
let accountId: string;

const addAccount = () => app.emulator.addAccount({ provider: 'hubspot', ...ownerFields(acme) }).id;

type Fault = Parameters<TestApp['emulator']['failNext']>[0];

/** Fails two requests, so that a second attempt fails like the first. */
function failTwice(make: () => Fault, method: string, path: string): void {
  for (let attempt = 1; attempt <= 2; attempt++) {
    app.emulator.failNext({ ...make(), match: { method, path } });
  }
}

const run = async (query: string): Promise<GraphQLResponse> => app.post({ query }, await signIn(acme));
const mutation = 'mutation { createConnectSession { token userErrors { code } } }';
const created = {
  data: { createConnectSession: { token: expect.stringMatching(/^\S{16,}$/), userErrors: [] } },
};
const writeRequests = () =>
  app.emulator.history.filter(({ method, path }) => method !== 'GET' && /^\/(connect_sess|accounts)/.test(path));

/** Expects UPSTREAM_UNAVAILABLE for the one mutation field, and no upstream content in the response or the logs. */
function expectUnavailable(response: GraphQLResponse, on = app): void {
  expect(response.status).toBe(200);
  expect(response.json.data).toBeNull();
  expect(response.json.errors).toEqual([
    {
      message: expect.any(String),
      locations: expect.any(Array),
      path: [expect.any(String)],
      extensions: { code: 'UPSTREAM_UNAVAILABLE' },
    },
  ]);
  expect(response.text + on.logs()).not.toContain(canary);
}

const text =
  (body: unknown, headers: Record<string, string> = json) =>
  () => ({ status: 201, body, headers });
const withToken = (token: unknown) => text(JSON.stringify({ ...session, token }));
const withOwner = (origin_owner_id: unknown) => text(JSON.stringify({ ...session, origin_owner_id }));

describe('Invalid session in StackOne’s response → UPSTREAM_UNAVAILABLE, one attempt, nothing of it in the response or the logs, recovery', () => {
  beforeAll(async () => {
    app = await startTestApp();
  });
  afterAll(() => app.stop());

  it.each<[string, () => Fault]>([
    ['missing token', withToken(undefined)],
    ['token: null', withToken(null)],
    ['empty token', withToken('')],
    ['token that is a number', withToken(4_242)],
    ['token that is an object', withToken({ value: canary })],
    ['token that is a list', withToken([canary])],
    ['token with spaces', withToken(`${canary} ${canary}`)],
    ['token with a line break', withToken(`${canary}\n`)],
    ['token that is not ASCII', withToken(`${canary}é`)],
    ['token longer than 4096 characters', withToken(canary.padEnd(4097, 'x'))],
    ['token in __proto__', text(`{"__proto__":{"token":"${canary}"},"origin_owner_id":"${acme.org_id}"}`)],
    ['missing owner', withOwner(undefined)],
    ['owner: null', withOwner(null)],
    ['owner that is a list', withOwner([acme.org_id])],
    ['JSON list', text(JSON.stringify([session]))],
    ['JSON string', text(JSON.stringify(canary))],
    ['JSON null', text('null')],
    ['empty body', text('')],
    ['204 without a body', () => ({ status: 204 })],
    ['truncated JSON', text(`{"token":"${canary}`)],
    ['two JSON values', text(JSON.stringify(session).repeat(2))],
    ['body that is not UTF-8', text(Buffer.from(JSON.stringify({ ...session, name: 'é' }), 'latin1'))],
    ['compressed body', text(gzipSync(JSON.stringify(session)), { ...json, 'content-encoding': 'gzip' })],
    ['content type text/html', text(JSON.stringify(session), { 'content-type': 'text/html' })],
    ['content type text/plain', text(JSON.stringify(session), { 'content-type': 'text/plain' })],
    ['content type application/jsonl', text(JSON.stringify(session), { 'content-type': 'application/jsonl' })],
    ['body larger than 64 KiB', text(JSON.stringify({ ...session, padding: 'x'.repeat(65_536) }))],
  ])('%s', async (_name, make) => {
    failTwice(make, 'POST', '/connect_sessions');
    expectUnavailable(await run(mutation));
    // An unusable body is not requested again.
    expect(sessionRequests(app.emulator)).toHaveLength(1);
    expect(app.logs()).not.toContain('"alert"');
    app.emulator.reset();
    expect((await run(mutation)).json).toEqual(created);
    app.emulator.reset();
  });

  it('endless body without content-length', async () => {
    let sent = 0;
    const body = function* () {
      yield `{"origin_owner_id":"${acme.org_id}","token":"${canary}`;
      for (; ; sent += 1) {
        yield 'x'.repeat(1024);
      }
    };
    const upstream = await listen(
      createServer((_request, response) => {
        pipeline(Readable.from(body()), response.writeHead(201, json), () => undefined);
      }),
    );
    const other = await startTestApp({ STACKONE_BASE_URL: upstream.url });
    try {
      expectUnavailable(await other.post({ query: mutation }, await signIn(acme)), other);
      // Chunks of 1 KiB. The limit is above the size of the socket buffers.
      expect(sent).toBeLessThan(32 * 1024);
    } finally {
      await other.stop();
      await upstream.close();
    }
  });
});

describe('Token of 4096 visible ASCII characters', () => {
  beforeAll(async () => {
    app = await startTestApp();
  });
  afterAll(() => app.stop());

  it('is returned unchanged', async () => {
    const token = '!~"\\'.padEnd(4096, 'x');
    failTwice(withToken(token), 'POST', '/connect_sessions');
    expect((await run(mutation)).json).toMatchObject({ data: { createConnectSession: { token } } });
  });
});

describe('A session with another spelling of the content type is used', () => {
  beforeAll(async () => {
    app = await startTestApp();
  });
  afterAll(() => app.stop());

  it.each([
    ['space before the parameter', { 'content-type': 'application/json ; charset=utf-8' }],
    ['capitals', { 'content-type': 'Application/JSON' }],
  ])('%s', async (_name, headers) => {
    app.emulator.failNext({ status: 201, body: { ...session, token: 'the-token' }, headers });
    expect((await run(mutation)).json).toMatchObject({ data: { createConnectSession: { token: 'the-token' } } });
  });
});

describe('A response that belongs to another request', () => {
  beforeAll(async () => {
    app = await startTestApp();
  });
  afterAll(() => app.stop());

  it.each<[string, () => Fault]>([
    ['session of another owner', withOwner(globex.org_id)],
    ['owner in upper case', withOwner(acme.org_id.toUpperCase())],
  ])('%s → UPSTREAM_UNAVAILABLE, one attempt, an alert', async (_name, make) => {
    const before = app.logs().length;
    failTwice(make, 'POST', '/connect_sessions');
    expectUnavailable(await run(mutation));
    expect(sessionRequests(app.emulator)).toHaveLength(1);
    expect(app.logs().slice(before)).toContain('"alert":"foreign-response"');
    app.emulator.reset();
    expect((await run(mutation)).json).toEqual(created);
    app.emulator.reset();
  });
});

describe('Failed account look-up: nothing is written to StackOne', () => {
  // Each test has its own server, because the circuit breaker counts consecutive failures.
  beforeEach(async () => {
    app = await startTestApp();
    accountId = addAccount();
  });
  afterEach(() => app.stop());

  const row = () => ({ ...app.emulator.accounts()[0], label: canary });
  const page = (status: number): Fault => ({ status, body: canary, headers: { 'content-type': 'text/html' } });
  const faults: [string, () => Fault][] = [
    ['status 500', () => ({ status: 500, body: { message: canary } })],
    ['a connection reset', () => ({ kind: 'reset' })],
    ['an HTML page', () => page(200)],
    ['an HTML page with 404', () => page(404)],
    ['another account', () => ({ status: 200, body: { ...row(), id: 'other' } })],
    ['an account without an id', () => ({ status: 200, body: { ...row(), id: undefined } })],
    ['a JSON list', () => ({ status: 200, body: [row()] })],
    ['more than 1 MiB', () => ({ status: 200, body: { ...row(), padding: 'x'.repeat(1024 * 1024) } })],
  ];
  const operations: [string, (id: string) => string][] = [
    ['createConnectSession', (id) => `createConnectSession(accountId: "${id}") { token }`],
    ['confirmLinkedAccount', (id) => `confirmLinkedAccount(accountId: "${id}") { account { id } }`],
    ['deleteLinkedAccount', (id) => `deleteLinkedAccount(accountId: "${id}") { deletedAccountId }`],
  ];

  it.each(operations.flatMap(([name, operation]) => faults.map(([fault, make]) => ({ name, fault, operation, make }))))(
    '$name returns UPSTREAM_UNAVAILABLE after $fault',
    async ({ operation, make }) => {
      failTwice(make, 'GET', `/accounts/${accountId}`);
      expectUnavailable(await run(`mutation { ${operation(accountId)} }`));
      expect(writeRequests()).toEqual([]);
      app.emulator.reset();
      accountId = addAccount();
      const { json: response } = await run(`mutation { ${operation(accountId)} }`);
      expect(response.errors).toBeUndefined();
    },
  );

  it.each([
    [401, 'UPSTREAM_MISCONFIGURED'],
    [403, 'UPSTREAM_MISCONFIGURED'],
    [409, 'UPSTREAM_REJECTED'],
    [429, 'UPSTREAM_RATE_LIMITED'],
  ])('createConnectSession: look-up status %i → %s', async (status, code) => {
    failTwice(() => ({ status, body: { message: canary } }), 'GET', '/accounts/');
    const response = await run(`mutation { createConnectSession(accountId: "${accountId}") { token } }`);
    expect(errorCode(response)).toBe(code);
    expect(response.text + app.logs()).not.toContain(canary);
    expect(writeRequests()).toEqual([]);
  });

  it.each(['RELINK', 'FAIL'])(
    'createConnectSession with onExisting: %s creates no session when the account list fails',
    async (choice) => {
      failTwice(() => ({ status: 500, body: { message: canary } }), 'GET', '/accounts');
      const arguments_ = `provider: "hubspot", onExisting: ${choice}`;
      expectUnavailable(await run(`mutation { createConnectSession(${arguments_}) { token } }`));
      expect(writeRequests()).toEqual([]);
    },
  );

  it('an HTML page with 404 is the list of no owner: the accounts of the customer are not reported as gone', async () => {
    failTwice(() => page(404), 'GET', '/accounts');
    const response = await run('{ linkedAccounts { nodes { id } } }');
    expect(errorCode(response)).toBe('UPSTREAM_UNAVAILABLE');
    expect(response.text + app.logs()).not.toContain(canary);
  });
});
