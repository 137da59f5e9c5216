import { createServer, type IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Login } from '../../src/auth/owner.js';
import { type Product, startProduct } from '../support/product-server.js';
import { acme, signIn, startTestApp, type TestApp } from '../support/test-app.js';

const mint = {
  query: 'mutation { createConnectSession(provider: "bamboohr") { token userErrors { code } } }',
};
const people: Readonly<Record<string, Login>> = {
  ada: { id: 'org_acme', name: 'Acme Corporation', username: 'ada@acme.example' },
  hank: { id: 'org_globex', name: 'Globex' },
};
const isA = (what: string) => expect.stringMatching(what);

/** What `getOwner` does for the next requests; each test says so first. */
let getOwner: (request: IncomingMessage) => unknown;
let product: Product;
beforeAll(async () => {
  // As from JavaScript: whatever it gives is parsed.
  product = await startProduct({ getOwner: (request): Login => Object(getOwner)(request) });
});
beforeEach(() => {
  getOwner = ({ headers }) => people[String(headers['x-session'])];
  product.emulator.reset();
});
afterAll(() => product.stop());

/** A request's line is written when its answer has left, which may be after it has arrived here. */
async function lineOf(requestId: string, wanted = 'request'): Promise<object> {
  for (;;) {
    const line = product.lines.find(({ message, fields }) => {
      return message === wanted && JSON.stringify(fields).includes(requestId);
    });
    if (line !== undefined) {
      return { level: line.level, ...line.fields };
    }
    await sleep(2);
  }
}

describe('In a product’s own Apollo Server', () => {
  it.each([
    ['at once', (login: Login | undefined) => login],
    ['after a while', (login: Login | undefined) => sleep(5).then(() => login)],
  ])('the owner is who getOwner gives %s, and a session is minted for it alone', async (_when, response) => {
    getOwner = ({ headers }) => response(people[String(headers['x-session'])]);
    for (const [session, { id, name, username = null }] of Object.entries(people)) {
      const { status, json } = await product.post(mint, { 'x-session': session });
      expect([status, json]).toEqual([
        200,
        { data: { createConnectSession: { token: isA('^[\\w-]+$'), userErrors: [] } } },
      ]);
      expect(product.emulator.history.at(-1)?.body).toMatchObject({
        origin_owner_id: id,
        origin_owner_name: name,
        ...(username !== null && { origin_username: username }),
      });
    }
  });

  it('a customer’s account is nobody else’s', async () => {
    const { id } = product.emulator.addAccount({
      provider: 'bamboohr',
      origin_owner_id: 'org_acme',
      origin_owner_name: 'Acme Corporation',
    });
    const query = `mutation { createConnectSession(accountId: "${id}") { mode userErrors { code } } }`;
    const modes = ['ada', 'hank'].map(
      async (session) => (await product.post({ query }, { 'x-session': session })).json,
    );
    expect(await Promise.all(modes)).toEqual([
      { data: { createConnectSession: { mode: 'RELINK', userErrors: [] } } },
      { data: { createConnectSession: { mode: null, userErrors: [{ code: 'ACCOUNT_NOT_FOUND' }] } } },
    ]);
  });

  it('the context also serves the product’s own code, with the same owner', async () => {
    const { connect, emulator } = product;
    const created = await new Promise((resolve, reject) => {
      const server = createServer(async (request, response) => {
        const { stackone } = await connect.createContext(request, response);
        stackone.createConnectSession({ provider: 'bamboohr' }).then(resolve, reject);
        response.end();
        server.close();
      }).listen(0, '127.0.0.1', () => {
        const address = server.address();
        const port = typeof address === 'object' ? address?.port : undefined;
        fetch(`http://127.0.0.1:${port}`, { headers: { 'x-session': 'hank', connection: 'close' } }).catch(
          reject,
        );
      });
    });
    expect(created).toMatchObject({ ok: true, value: { token: isA('^[\\w-]+$') } });
    expect(emulator.history.at(-1)?.body).toMatchObject({ origin_owner_id: 'org_globex' });
  });
});

/** The answer, that nothing was sent, and what the operator reads; `canary` is in neither. */
async function expectRefusal(
  status: number,
  code: string,
  reason: string,
  body: object = mint,
): Promise<void> {
  const response = await product.post(body);
  expect([response.status, response.json]).toEqual([
    status,
    { errors: [{ message: expect.any(String), extensions: { code } }] },
  ]);
  expect(response.headers.get('cache-control')).toBe('no-store');
  expect(product.emulator.history).toEqual([]);
  const requestId = response.headers.get('x-request-id') ?? '';
  expect(await lineOf(requestId)).toMatchObject({
    level: code === 'UNAUTHENTICATED' ? 'info' : 'warn',
    code,
    reason,
  });
  expect(`${response.text}${JSON.stringify(product.lines)}`).not.toContain('canary');
}

describe('Nothing is sent to StackOne', () => {
  it.each([
    ['null', null],
    ['undefined', undefined],
  ])('for a request that is nobody’s: getOwner gives %s', async (_what, login) => {
    for (const response of [() => login, async () => login]) {
      getOwner = response;
      await expectRefusal(401, 'UNAUTHENTICATED', 'getOwner found nobody signed in');
      await expectRefusal(401, 'UNAUTHENTICATED', 'getOwner found nobody signed in', {
        query: '{ __typename }',
      });
    }
  });

  it.each<[string, () => unknown]>([
    [
      'throws',
      () => {
        throw new TypeError('canary');
      },
    ],
    [
      'rejects',
      async () => {
        throw new TypeError('canary');
      },
    ],
  ])('when getOwner %s, which says nothing of who is signed in', async (_how, fail) => {
    getOwner = fail;
    await expectRefusal(503, 'AUTH_UNAVAILABLE', 'getOwner threw TypeError');
  });

  it('when getOwner throws what is no Error', async () => {
    getOwner = () => Promise.reject('canary');
    await expectRefusal(503, 'AUTH_UNAVAILABLE', 'getOwner threw something that is no Error');
  });

  const good = { id: 'org_acme', name: 'Acme' };
  it.each<[string, unknown, 'id' | 'name']>([
    ['no id', { name: 'canary' }, 'id'],
    ['an empty id', { ...good, id: '' }, 'id'],
    ['an id that is a number', { ...good, id: 42 }, 'id'],
    ['an id with a space', { ...good, id: 'canary id' }, 'id'],
    ['an id of 129 characters', { ...good, id: 'canary'.padEnd(129, 'x') }, 'id'],
    ['several ids', { ...good, id: ['canary'] }, 'id'],
    ['the words of another id', 'canary', 'id'],
    ['true', true, 'id'],
    ['no name', { id: 'canary' }, 'name'],
    ['a name of spaces', { ...good, name: '   ' }, 'name'],
    ['a name with a line break', { ...good, name: 'canary\n' }, 'name'],
    ['a name of 201 characters', { ...good, name: 'canary'.padEnd(201, 'x') }, 'name'],
  ])('when getOwner gives %s, which signing in again would not mend', async (_what, login, part) => {
    getOwner = () => login;
    await expectRefusal(500, 'INTERNAL_SERVER_ERROR', `the ${part} from getOwner is missing or malformed`);
  });
});

describe('Every guard of this project’s own server is in apolloOptions:', () => {
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
    ['too many levels', { query: `{ ${nodes} provider { ${nodes} provider { ${nodes} id } } } } } } } }` }],
    [
      'too many aliases',
      { query: '{ a: __typename b: __typename c: __typename d: __typename e: __typename }' },
    ],
    [
      'two sessions at once',
      { query: 'mutation { a: createConnectSession { token } b: createConnectSession { token } }' },
    ],
    ['introspection', { query: '{ __schema { types { name } } }' }],
    ['a batch', [mint, mint]],
    ['a persisted query', { extensions: { persistedQuery: { version: 1, sha256Hash: 'a'.repeat(64) } } }],
    ['a value that does not fit', { query: '{ providers(category: CANARY) { key } }' }],
    ['what is no query', { query: '{ canary' }],
    ['unknown fields, many', { query: `{ ${'a b c d e f '.repeat(20)} }` }],
    ['an answer that the client would not take', mint, { accept: 'text/html' }],
  ])('%s', async (_what, body, more = {}) => {
    own.emulator.reset();
    const embedded = await product.post(body, { 'x-session': 'ada', ...more });
    const expected = await own.post(body, { ...headers, ...more });
    expect([embedded.status, embedded.text]).toEqual([expected.status, expected.text]);
    expect(embedded.json.errors?.length).toBeGreaterThan(0);
    expect([product.emulator.history, own.emulator.history]).toEqual([[], []]);
  });

  it('what another site’s page could send without asking: a form’s body, or a query in the address', async () => {
    const query = encodeURIComponent(mint.query);
    const form = {
      method: 'POST',
      headers: { 'content-type': 'text/plain', 'x-session': 'ada' },
      body: JSON.stringify(mint),
    };
    const responses = [
      await fetch(product.url, form),
      await fetch(`${product.url}/?query=${query}`, { headers: { 'x-session': 'ada' } }),
    ];
    expect(responses.map(({ status }) => status)).toEqual([400, 400]);
    expect(product.emulator.history).toEqual([]);
  });
});

describe('Of each request in a product’s server', () => {
  it('one line of chosen fields is logged, and its id goes to StackOne and back', async () => {
    const headers = {
      'x-session': 'ada',
      'x-request-id': 'request-of-ada',
      traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`,
    };
    const response = await product.post(
      { ...mint, query: mint.query.replace('mutation', 'mutation Connect') },
      headers,
    );
    expect(response.headers.get('x-request-id')).toBe('request-of-ada');
    expect(product.emulator.history.at(-1)?.headers).toMatchObject({
      'x-request-id': 'request-of-ada',
      traceparent: headers.traceparent,
    });
    expect(await lineOf('request-of-ada')).toEqual({
      level: 'info',
      requestId: 'request-of-ada',
      operation: 'Connect',
      field: 'createConnectSession',
      owner: isA('^[\\w-]{12}$'),
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

  it('StackOne is not waited for when the client has gone', async () => {
    product.emulator.failNext({ kind: 'hang', match: { path: '/connect_sessions' } });
    const leave = new AbortController();
    const sent = fetch(product.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-session': 'ada', 'x-request-id': 'one-that-leaves' },
      body: JSON.stringify(mint),
      signal: leave.signal,
    });
    while (!product.emulator.history.some(({ path }) => path === '/connect_sessions')) {
      await sleep(2);
    }
    leave.abort();
    await expect(sent).rejects.toThrow();
    expect(await lineOf('one-that-leaves')).toMatchObject({ status: 499 });
    // Without the client's leaving it would be given up after 5 seconds.
    expect(await lineOf('one-that-leaves', 'upstream')).toMatchObject({
      milliseconds: expect.closeTo(0, -3),
    });
    expect(product.emulator.history.filter(({ path }) => path === '/connect_sessions')).toHaveLength(1);
  });
});
