import { once } from 'node:events';
import { createServer } from 'node:http';
import { pipeline, Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  acme,
  type GraphQLResponse,
  globex,
  signIn,
  startTestApp,
  type TestApp,
} from '../support/test-app.js';

const canary = 'canary-from-upstream';
const json = { 'content-type': 'application/json' };
const session = { id: 1, token: canary, origin_owner_id: acme.org_id };

let app: TestApp;
let accountId: string;

function addAccount(): string {
  return app.emulator.addAccount({
    provider: 'hubspot',
    origin_owner_id: acme.org_id,
    origin_owner_name: acme.org_name,
  }).id;
}

type Fault = Parameters<TestApp['emulator']['failNext']>[0];

/** Made twice, so that a second attempt fails as the first did. */
function spoil(make: () => Fault, method: string, path: string): void {
  for (let attempt = 1; attempt <= 2; attempt++) {
    app.emulator.failNext({ ...make(), match: { method, path } });
  }
}

const run = async (query: string): Promise<GraphQLResponse> => app.post({ query }, await signIn(acme));
const minting = 'mutation { createConnectSession { token userErrors { code } } }';
const minted = {
  data: { createConnectSession: { token: expect.stringMatching(/^\S{16,}$/), userErrors: [] } },
};
const changes = () =>
  app.emulator.history.filter(
    ({ method, path }) => method !== 'GET' && /^\/(connect_sess|accounts)/.test(path),
  );

function expectUnavailable(response: GraphQLResponse, on = app): void {
  expect(response.json.data).toBeNull();
  expect(response.json.errors?.map(({ extensions }) => extensions)).toEqual([
    { code: 'UPSTREAM_UNAVAILABLE' },
  ]);
  expect(response.text + on.logs()).not.toContain(canary);
}

const text =
  (body: unknown, headers: Record<string, string> = json) =>
  () => ({ status: 201, body, headers });
const withToken = (token: unknown) => text(JSON.stringify({ ...session, token }));
const withOwner = (origin_owner_id: unknown) => text(JSON.stringify({ ...session, origin_owner_id }));

describe('A session is dropped, none of it is shown or logged, and the next good call succeeds, where', () => {
  beforeAll(async () => {
    app = await startTestApp();
  });
  afterAll(() => app.stop());

  it.each<[string, () => Fault]>([
    ['the token is missing', withToken(undefined)],
    ['the token is null', withToken(null)],
    ['the token is empty', withToken('')],
    ['the token is a number', withToken(4_242)],
    ['the token is an object', withToken({ value: canary })],
    ['the token is a list', withToken([canary])],
    ['the token has spaces', withToken(`${canary} ${canary}`)],
    ['the token has a line break', withToken(`${canary}\n`)],
    ['the token is not ASCII', withToken(`${canary}é`)],
    ['the token is longer than 4096 characters', withToken(canary.padEnd(4097, 'x'))],
    [
      'the token is inherited',
      text(`{"__proto__":{"token":"${canary}"},"origin_owner_id":"${acme.org_id}"}`),
    ],
    ['the owner is somebody else', withOwner(globex.org_id)],
    ['the owner is missing', withOwner(undefined)],
    ['the owner is null', withOwner(null)],
    ['the owner is a list', withOwner([acme.org_id])],
    ['the owner has another case', withOwner(acme.org_id.toUpperCase())],
    ['the answer is a list', text(JSON.stringify([session]))],
    ['the answer is text', text(JSON.stringify(canary))],
    ['the answer is null', text('null')],
    ['the answer is empty', text('')],
    ['the answer has no body', () => ({ status: 204 })],
    ['the answer is half a JSON', text(`{"token":"${canary}`)],
    ['the answer is followed by another', text(JSON.stringify(session).repeat(2))],
    ['the answer is not UTF-8', text(Buffer.from(JSON.stringify({ ...session, name: 'é' }), 'latin1'))],
    [
      'the answer is compressed',
      text(gzipSync(JSON.stringify(session)), { ...json, 'content-encoding': 'gzip' }),
    ],
    ['the answer is said to be a page', text(JSON.stringify(session), { 'content-type': 'text/html' })],
    ['the answer is said to be text', text(JSON.stringify(session), { 'content-type': 'text/plain' })],
    [
      'the answer is said to be JSON lines',
      text(JSON.stringify(session), { 'content-type': 'application/jsonl' }),
    ],
    ['the answer is larger than 64 KiB', text(JSON.stringify({ ...session, padding: 'x'.repeat(65_536) }))],
  ])('%s', async (_what, make) => {
    spoil(make, 'POST', '/connect_sessions');
    expectUnavailable(await run(minting));
    app.emulator.reset();
    expect((await run(minting)).json).toEqual(minted);
  });

  it('it never ends and its length is told nowhere', async () => {
    let sent = 0;
    const body = function* () {
      yield `{"origin_owner_id":"${acme.org_id}","token":"${canary}`;
      for (; ; sent += 1) yield 'x'.repeat(1024);
    };
    const upstream = createServer((_request, response) => {
      pipeline(Readable.from(body()), response.writeHead(201, json), () => undefined);
    }).listen(0, '127.0.0.1');
    await once(upstream, 'listening');
    const address = upstream.address();
    const port = typeof address === 'object' ? address?.port : '';
    const other = await startTestApp({ STACKONE_BASE_URL: `http://127.0.0.1:${port}` });
    try {
      expectUnavailable(await other.post({ query: minting }, await signIn(acme)), other);
      // Of 1 KiB each: what fits the buffers of two attempts' sockets.
      expect(sent).toBeLessThan(32 * 1024);
    } finally {
      await other.stop();
      upstream.close();
    }
  });
});

describe('A token of 4096 visible characters', () => {
  beforeAll(async () => {
    app = await startTestApp();
  });
  afterAll(() => app.stop());

  it('is given as it is', async () => {
    const token = '!~"\\'.padEnd(4096, 'x');
    spoil(withToken(token), 'POST', '/connect_sessions');
    expect((await run(minting)).json).toMatchObject({ data: { createConnectSession: { token } } });
  });
});

describe('While an account cannot be looked up, nothing is changed:', () => {
  // A new server for each: what is counted as failures in a row must not reach the next.
  beforeEach(async () => {
    app = await startTestApp();
    accountId = addAccount();
  });
  afterEach(() => app.stop());

  const row = () => ({ ...app.emulator.accounts()[0], label: canary });
  const faults: [string, () => Fault][] = [
    ['500', () => ({ status: 500, body: { message: canary } })],
    ['a cut connection', () => ({ kind: 'reset' })],
    ['a page', () => ({ status: 200, body: canary, headers: { 'content-type': 'text/html' } })],
    ['another account', () => ({ status: 200, body: { ...row(), id: 'other' } })],
    ['an account without an id', () => ({ status: 200, body: { ...row(), id: undefined } })],
    ['a list', () => ({ status: 200, body: [row()] })],
    ['more than 64 KiB', () => ({ status: 200, body: { ...row(), padding: 'x'.repeat(65_536) } })],
  ];
  const operations: [string, (id: string) => string][] = [
    ['createConnectSession', (id) => `createConnectSession(accountId: "${id}") { token }`],
    ['confirmLinkedAccount', (id) => `confirmLinkedAccount(accountId: "${id}") { account { id } }`],
    ['deleteLinkedAccount', (id) => `deleteLinkedAccount(accountId: "${id}") { deletedAccountId }`],
  ];

  it.each(
    operations.flatMap(([name, operation]) =>
      faults.map(([what, make]) => ({ name, what, operation, make })),
    ),
  )('$name fails when StackOne gives $what', async ({ operation, make }) => {
    spoil(make, 'GET', `/accounts/${accountId}`);
    expectUnavailable(await run(`mutation { ${operation(accountId)} }`));
    expect(changes()).toEqual([]);
    app.emulator.reset();
    accountId = addAccount();
    const { json: response } = await run(`mutation { ${operation(accountId)} }`);
    expect(response.errors).toBeUndefined();
  });

  it.each([
    [401, 'UPSTREAM_MISCONFIGURED'],
    [403, 'UPSTREAM_MISCONFIGURED'],
    [409, 'UPSTREAM_REJECTED'],
    [429, 'UPSTREAM_RATE_LIMITED'],
  ])('a session is not minted on %i, and the code is %s', async (status, code) => {
    spoil(() => ({ status, body: { message: canary } }), 'GET', '/accounts/');
    const response = await run(`mutation { createConnectSession(accountId: "${accountId}") { token } }`);
    expect(response.json.errors?.map(({ extensions }) => extensions.code)).toEqual([code]);
    expect(response.text + app.logs()).not.toContain(canary);
    expect(changes()).toEqual([]);
  });

  it.each(['RELINK', 'FAIL'])(
    'onExisting: %s mints nothing when the accounts cannot be listed',
    async (choice) => {
      spoil(() => ({ status: 500, body: { message: canary } }), 'GET', '/accounts');
      const arguments_ = `provider: "hubspot", onExisting: ${choice}`;
      expectUnavailable(await run(`mutation { createConnectSession(${arguments_}) { token } }`));
      expect(changes()).toEqual([]);
    },
  );
});
