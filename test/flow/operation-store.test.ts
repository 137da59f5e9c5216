import { ApolloServer } from '@apollo/server';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { buildSchema, print } from 'graphql';
import { IntegrationsDocument } from '../../client/src/index.js';
import { readText } from '../support/package-files.js';
import { randomOperations } from '../support/random-operations.js';
import {
  acme,
  errorCode,
  type GraphQLResponse,
  globex,
  ownerFields,
  signIn,
  startTestApp,
  type TestApp,
} from '../support/test-app.js';
import { waitFor } from '../support/wait.js';

const mutation = `mutation create($provider: String, $label: String, $accountId: ID) {
  createConnectSession(provider: $provider, label: $label, accountId: $accountId) {
    token expiresAt mode userErrors { code field message }
  }
}`;
const list = `query list($first: Int = 25, $status: [LinkedAccountStatus!]) {
  viewer { ownerId } linkedAccounts(first: $first, status: $status) { nodes { id label } }
}
query other { viewer { ownerId } }`;
const good = { query: mutation, variables: { provider: 'bamboohr' } };
const goodList = { query: list, operationName: 'list' };
const fromApolloClient = { ...goodList, extensions: { clientLibrary: { name: '@apollo/client', version: '4.3.8' } } };
const spreadTwice = { query: '{ ...f ...f } fragment f on Query { linkedAccounts(first: 0) { nodes { id } } }' };

let app: TestApp;
const apollo = jest.spyOn(ApolloServer.prototype, 'executeHTTPGraphQLRequest');

beforeAll(async () => {
  app = await startTestApp();
});
afterEach(() => app.emulator.reset());
afterAll(async () => {
  apollo.mockRestore();
  await app.stop();
});

/** The parts of a response that must not depend on what ran the operation. */
function comparable({ status, headers, text }: GraphQLResponse) {
  const changing = ['date', 'x-request-id', 'content-length'];
  return {
    status,
    headers: Object.fromEntries([...headers].filter(([name]) => !changing.includes(name))),
    text: text.replace(/"(token\w*)":"[^"]+"/g, `"$1":"…"`).replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '…'),
  };
}

/** The line of the log for a request, which is written after its response, without what changes from one to the next. */
async function lineOf(server: TestApp, { headers }: GraphQLResponse) {
  const id = `"requestId":"${headers.get('x-request-id')}"`;
  const find = () =>
    server
      .logs()
      .slice(-20_000)
      .split('\n')
      .find((text) => text.includes('"msg":"request"') && text.includes(id));
  const { requestId, time, milliseconds, upstreamMilliseconds, ...rest } = JSON.parse(await waitFor(find, id));
  return rest;
}

let unique = 0;
/** The same document in a text that was never sent before, so that Apollo Server runs it. */
function withNewText(body: { readonly query: string }) {
  unique += 1;
  return { ...body, query: `${body.query}\n# ${unique}` };
}

/** Sends a request in its known text and in a new one: response, log line and calls to StackOne. */
async function bothWays(
  server: TestApp,
  body: { readonly query: string },
  headers: Record<string, string>,
  arrange: () => void = () => {},
) {
  const results = [];
  for (const sent of [body, withNewText(body)]) {
    arrange();
    apollo.mockClear();
    const asked = server.emulator.history.length;
    const response = await server.post(sent, headers);
    const calls = server.emulator.history.slice(asked).map(({ method, path }) => `${method} ${path}`);
    results.push({
      answer: comparable(response),
      line: await lineOf(server, response),
      calls,
      byApollo: apollo.mock.calls.length > 0,
    });
  }
  const [known, fresh] = results;
  if (known === undefined || fresh === undefined) throw new Error('two results are expected');
  expect(fresh.byApollo).toBe(true);
  expect({ ...known, byApollo: true }).toEqual(fresh);
  return known;
}

describe('An operation of the store', () => {
  let signedIn: Record<string, string>;
  // Before each one: documents of another test can evict them.
  beforeEach(async () => {
    signedIn = await signIn(acme);
    for (const body of [good, goodList, spreadTwice]) await app.post(body, signedIn);
  });

  it.each([
    ['creates a session', good, 200],
    ['lists accounts', goodList, 200],
    ['returns a user error for an invalid argument', { ...good, variables: { label: '\u0000' } }, 200],
    ['returns ACCOUNT_NOT_FOUND for an unknown account', { ...good, variables: { accountId: 'unknown' } }, 200],
    ['rejects null for a variable with a default', { ...goodList, variables: { first: null } }, 200],
    ['names a field once in an error although its fragment is spread twice', spreadTwice, 200],
    ['lists accounts for Apollo Client 4, which names itself in `extensions`', fromApolloClient, 200],
  ])('%s without Apollo Server', async (_, body, status) => {
    const { answer, byApollo } = await bothWays(app, body, signedIn);
    expect(byApollo).toBe(false);
    expect(answer.status).toBe(status);
  });

  it.each([
    [500, 'UPSTREAM_UNAVAILABLE'],
    [403, 'UPSTREAM_MISCONFIGURED'],
    [400, 'UPSTREAM_REJECTED'],
  ])('returns the same error as Apollo Server after an upstream %i', async (status, code) => {
    const { answer, line, byApollo } = await bothWays(app, good, signedIn, () =>
      app.emulator.failNext({ status, match: { path: '/connect_sessions' } }, 2),
    );
    app.emulator.reset();
    expect(byApollo).toBe(false);
    expect(answer.text).toContain(code);
    expect(line.code).toBe(code);
  });

  it('returns one error when all accounts of a list fail for the same reason', async () => {
    const server = await startTestApp();
    try {
      for (const id of ['account_1', 'account_2', 'account_3']) {
        server.emulator.addAccount({ id, provider: 'bamboohr', ...ownerFields(acme) });
      }
      const body = { query: '{ linkedAccounts { nodes { id provider { key } } } }' };
      const arrange = () => server.emulator.failNext({ status: 403, match: { path: '/connector_profiles' } });
      arrange();
      await server.post(body, signedIn);
      const { answer, byApollo } = await bothWays(server, body, signedIn, arrange);
      expect(byApollo).toBe(false);
      const { data, errors } = JSON.parse(answer.text);
      expect([data.linkedAccounts.nodes.length, errors.length]).toEqual([3, 1]);
    } finally {
      await server.stop();
    }
  });

  it.each<[string, { readonly query: string }]>([
    ['a variable of a wrong type', { query: mutation, variables: { provider: 7 } } as { query: string }],
    ['variables that are not an object', { query: mutation, variables: 'x' } as { query: string }],
    ['an unknown operation name', { query: list, operationName: 'unknown' } as { query: string }],
    ['no operation name for a document with two operations', { query: list }],
    ['extensions', { ...good, extensions: { persistedQuery: { version: 1 } } } as { query: string }],
  ])('leaves a request with %s to Apollo Server, and sends nothing to StackOne', async (_, body) => {
    const { byApollo, calls } = await bothWays(app, body, signedIn);
    expect(byApollo).toBe(true);
    expect(calls).toEqual([]);
  });

  it.each([
    ['a directive with a variable', 'query ($flag: Boolean!) { viewer { ownerId @include(if: $flag) } }'],
    ['introspection', '{ viewer { ownerId } __schema { queryType { name } } }'],
    ['a key that every object has', '{ __proto__: viewer { ownerId } }'],
    ['a nullable field next to another field', '{ viewer { ownerId } linkedAccount(id: "a") { id } }'],
    ['a nullable field above another field', '{ linkedAccount(id: "a") { provider { linkedAccounts { id } } } }'],
  ])('leaves a document with %s to Apollo Server', async (_, query) => {
    const body = { query, variables: { flag: true } };
    expect((await app.post(body, signedIn)).status).toBe(200);
    expect((await bothWays(app, body, signedIn)).byApollo).toBe(true);
  });

  it.each([
    ['is not valid', '{ viewer { nothing } }', 'GRAPHQL_VALIDATION_FAILED'],
    ['exceeds a limit', `{ ${'a'.repeat(65)}: viewer { ownerId } }`, 'GRAPHQL_VALIDATION_FAILED'],
  ])('is never a document that %s: it is refused at each request', async (_, query, code) => {
    for (const request of [1, 2]) {
      expect([request, errorCode(await app.post({ query }, signedIn))]).toEqual([request, code]);
    }
  });

  it('requires a valid access token for each request, and sends nothing to StackOne without it', async () => {
    for (const authorization of ['Bearer a.b.c', '']) {
      const { answer, calls } = await bothWays(app, good, { authorization });
      expect(answer.status).toBe(401);
      expect(calls).toEqual([]);
    }
  });

  it('leaves variables with a list of more than 50 items to Apollo Server, which stops at 50 invalid ones', async () => {
    const withStatuses = (length: number, status: unknown) => ({
      ...goodList,
      variables: { status: Array.from({ length }, () => status) },
    });
    expect((await bothWays(app, withStatuses(50, 'ACTIVE'), signedIn)).byApollo).toBe(false);
    expect((await bothWays(app, withStatuses(51, 'ACTIVE'), signedIn)).byApollo).toBe(true);
    const { answer, calls } = await bothWays(app, withStatuses(4_000, 1), signedIn);
    expect([answer.status, calls]).toEqual([400, []]);
  });

  it('returns the content type that the client accepts, and 406 for any other', async () => {
    const json = 'application/json';
    const response = 'application/graphql-response+json';
    for (const accept of [response, `${response}, ${json};q=0.9`, json, '*/*']) {
      await app.post(good, { ...signedIn, accept });
      expect((await bothWays(app, good, { ...signedIn, accept })).byApollo).toBe(false);
    }
    for (const accept of ['text/html', '']) {
      const { answer, calls } = await bothWays(app, good, { ...signedIn, accept });
      expect(answer.status).toBe(406);
      expect(calls).toEqual([]);
    }
  });

  it('evicts the least recently used document when its memory is full, and never a trusted one', async () => {
    const trusted = { query: print(IntegrationsDocument) };
    // Each comment takes memory, so a few of these documents fill the store.
    const long = (index: number) => ({ query: `{ viewer { ownerId } } # ${index}${'\n#'.repeat(4_500)}` });
    for (let index = 0; index < 8; index += 1) {
      await app.post(long(index), signedIn);
    }
    apollo.mockClear();
    await app.post(trusted, signedIn);
    expect(apollo).toHaveBeenCalledTimes(0);
    await app.post(long(0), signedIn);
    expect(apollo).toHaveBeenCalledTimes(1);
    await app.post(long(0), signedIn);
    expect(apollo).toHaveBeenCalledTimes(1);
  });
});

describe('The list of providers, which callers share', () => {
  it('never contains the accounts of another caller', async () => {
    const [ofAcme, ofGlobex] = [acme, globex].map(
      (owner) => app.emulator.addAccount({ provider: 'bamboohr', ...ownerFields(owner) }).id,
    );
    const query = '{ providers { key linkedAccounts { id } } }';
    for (const [owner, own, foreign] of [
      [acme, ofAcme, ofGlobex],
      [globex, ofGlobex, ofAcme],
      [acme, ofAcme, ofGlobex],
      [globex, ofGlobex, ofAcme],
    ] as const) {
      const { text } = await app.post({ query }, await signIn(owner));
      expect([text.includes(`"id":"${own}"`), text.includes(`"id":"${foreign}"`)]).toEqual([true, false]);
    }
  });

  it('is the same for each selection, at each request', async () => {
    const signedIn = await signIn(acme);
    for (const query of ['{ providers { key } }', '{ a: providers { name } b: providers { k: key } }']) {
      const texts: string[] = [];
      for (let request = 0; request < 4; request++) {
        texts.push((await app.post({ query }, signedIn)).text);
      }
      expect(new Set(texts).size).toBe(1);
    }
  });
});

describe('A random operation', () => {
  it('has the same status, headers and body from the store as from Apollo Server', async () => {
    const signedIn = await signIn(acme);
    const seen = { fromStore: 0, failed: 0, refused: 0 };
    const property = fc.asyncProperty(
      randomOperations(buildSchema(readText('schema.graphql'))),
      fc.constantFrom(undefined, '/accounts', '/connector_profiles', '/connect_sessions'),
      fc.constantFrom({}, {}, {}, { accept: '' }, { accept: 'text/html' }, { accept: 'application/json;q=0.5' }),
      async (operation, failingPath, accept) => {
        const headers = { ...signedIn, ...accept };
        arrange(failingPath);
        // Without `Accept` in the first request, so that the store has the document.
        const plain = comparable(await app.post(operation, signedIn));
        arrange(failingPath);
        const first = comparable(await app.post(withNewText(operation), headers));
        arrange(failingPath);
        apollo.mockClear();
        const second = comparable(await app.post(operation, headers));
        const byApollo = apollo.mock.calls.length > 0;
        expect(second).toEqual(first);
        if (!byApollo) {
          arrange(failingPath);
          // With the text of the providers from the second response.
          expect(comparable(await app.post(operation, headers))).toEqual(first);
        }
        // A document that has not run is not in the store.
        expect(byApollo || JSON.parse(plain.text).data !== undefined).toBe(true);
        seen.fromStore += byApollo ? 0 : 1;
        seen.failed += !byApollo && first.text.includes('"errors"') ? 1 : 0;
        seen.refused += byApollo ? 1 : 0;
      },
    );
    await fc.assert(property, { numRuns: Number(process.env['RANDOM_OPERATIONS'] ?? 300) });
    // Of 300 operations, these are about 80, 20 and 220. By chance, one of them is too small once in a million runs.
    expect(seen.fromStore).toBeGreaterThan(20);
    expect(seen.failed).toBeGreaterThan(2);
    expect(seen.refused).toBeGreaterThan(10);
  }, 120_000);

  /** Two accounts, and where a path fails, it fails for every request. */
  function arrange(failingPath: string | undefined): void {
    const { emulator } = app;
    emulator.reset();
    for (const [provider, id] of [
      ['bamboohr', 'account_1'],
      ['lever', 'account_2'],
    ] as const) {
      emulator.addAccount({ id, provider, origin_owner_id: acme.org_id, origin_owner_name: acme.org_name });
    }
    if (failingPath !== undefined) {
      emulator.failNext({ status: 400, match: { path: failingPath } }, 20);
    }
  }
});

describe('The rate limit', () => {
  it('applies to an operation of the store, with the same status and Retry-After', async () => {
    const limited = await startTestApp({ RATE_LIMIT_PER_OWNER_PER_MINUTE: '1' });
    try {
      const signedIn = await signIn(acme);
      expect((await limited.post(good, signedIn)).status).toBe(200);
      const { answer, calls, byApollo } = await bothWays(limited, good, signedIn);
      expect([answer.status, byApollo, calls]).toEqual([429, false, []]);
      expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    } finally {
      await limited.stop();
    }
  });
});

describe('New documents of one owner, each in a text of its own', () => {
  it('are refused before they are parsed when there are too many; known documents and other owners are served', async () => {
    const server = await startTestApp({ RATE_LIMIT_PER_OWNER_PER_MINUTE: '30' });
    try {
      const [signedIn, otherOwner] = await Promise.all([signIn(acme), signIn(globex)]);
      const padding = '#'.repeat(15_000);
      const send = (text: string, headers = signedIn) =>
        server.post({ query: `${text} # ${++unique}${padding}` }, headers);
      const findRefused = async (text: string) => {
        const responses = await Promise.all(Array.from({ length: 30 }, () => send(text)));
        return responses.find((response) => errorCode(response) === 'RATE_LIMITED');
      };
      let refused = await findRefused('{ viewer { ownerId } }');
      for (let round = 1; round < 20 && refused === undefined; round++) {
        refused = await findRefused('{ viewer { ownerId } }');
      }
      expect(refused?.status).toBe(429);
      expect(Number(refused?.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(await findRefused('this is no GraphQL')).toBeDefined();
      expect(await findRefused('mutation { createConnectSession { token } }')).toBeDefined();

      expect((await send('{ viewer { ownerId } }', otherOwner)).status).toBe(200);
      await expect((await server.sdk(acme)).createConnectSession({ provider: 'bamboohr' })).resolves.toMatchObject({
        createConnectSession: { userErrors: [] },
      });
    } finally {
      await server.stop();
    }
  });

  it('cost nothing from the second time on, also those that Apollo Server runs each time', async () => {
    const server = await startTestApp({ RATE_LIMIT_PER_OWNER_PER_MINUTE: '30' });
    try {
      const signedIn = await signIn(acme);
      // A long text, of which a new one costs more: about 150 of them would be too many.
      const query = `{ __schema { queryType { name } } } ${'#'.repeat(15_000)}`;
      for (let sent = 1; sent <= 250; sent++) {
        expect((await server.post({ query }, signedIn)).status).toBe(200);
      }
    } finally {
      await server.stop();
    }
  });
});
