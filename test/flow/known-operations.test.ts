import { setTimeout as sleep } from 'node:timers/promises';
import { ApolloServer } from '@apollo/server';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { acme, type GraphQLResponse, signIn, startTestApp, type TestApp } from '../support/test-app.js';

const mutation = `mutation create($provider: String, $label: String, $accountId: ID) {
  createConnectSession(provider: $provider, label: $label, accountId: $accountId) {
    token expiresAt mode userErrors { code field message }
  }
}`;
const list = `query list($first: Int = 25, $status: [LinkedAccountStatus!]) {
  viewer { ownerId } linkedAccounts(first: $first, status: $status) { nodes { id label } }
}
query other { viewer { ownerId } }`;
const session = { query: mutation, variables: { provider: 'bamboohr' } };
const accountList = { query: list, operationName: 'list' };

interface GraphQLRequest {
  readonly query: string;
  readonly variables?: unknown;
  readonly operationName?: string;
  readonly extensions?: unknown;
}

let app: TestApp;
const apolloExecution = jest.spyOn(ApolloServer.prototype, 'executeHTTPGraphQLRequest');

beforeAll(async () => {
  app = await startTestApp();
});
afterEach(() => app.emulator.reset());
afterAll(async () => {
  apolloExecution.mockRestore();
  await app.stop();
});

/** The part of a response that must be equal for both ways of execution. */
function comparable({ status, headers, text }: GraphQLResponse) {
  const changing = ['date', 'x-request-id', 'content-length'];
  return {
    status,
    headers: Object.fromEntries([...headers].filter(([name]) => !changing.includes(name))),
    text: text.replace(/"token":"[^"]+"/, '"token":"…"').replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '…'),
  };
}

/** The log line of the last request, without the fields that differ between requests. */
async function lastLine(server: TestApp) {
  // The server may write the line after it has sent the response.
  await sleep(50);
  const lines = server.logs().trim().split('\n');
  const line = lines.findLast((text) => text.includes('"msg":"request"')) ?? '{}';
  const { requestId, time, milliseconds, upstreamMilliseconds, ...rest } = JSON.parse(line);
  return rest;
}

let unique = 0;
/** The same document with a text that the server has not seen. */
function withUnseenText(body: GraphQLRequest): GraphQLRequest {
  unique += 1;
  return { ...body, query: `${body.query}\n# ${unique}` };
}

/** Sends a request with a cached text and with an unseen one, and expects the same response, log line and calls. */
async function executeBothWays(
  server: TestApp,
  body: GraphQLRequest,
  headers: Record<string, string>,
  arrange: () => void = () => {},
) {
  const results = [];
  for (const sent of [body, withUnseenText(body)]) {
    arrange();
    apolloExecution.mockClear();
    const requestCount = server.emulator.history.length;
    const response = comparable(await server.post(sent, headers));
    const calls = server.emulator.history.slice(requestCount).map(({ method, path }) => `${method} ${path}`);
    results.push({
      response,
      line: await lastLine(server),
      calls,
      executedByApollo: apolloExecution.mock.calls.length > 0,
    });
  }
  const [cached, unseen] = results;
  if (cached === undefined || unseen === undefined) {
    throw new Error('Both requests must have a result');
  }
  expect(unseen.executedByApollo).toBe(true);
  expect({ ...cached, executedByApollo: true }).toEqual(unseen);
  return cached;
}

describe('Operation cache: a cached operation and an unseen one have the same response, log line and StackOne calls', () => {
  let signedIn: Record<string, string>;
  beforeAll(async () => {
    signedIn = await signIn(acme);
    for (const body of [session, accountList]) {
      await app.post(body, signedIn);
    }
  });

  it.each([
    ['created session', session, 200],
    ['account list', accountList, 200],
    ['invalid argument', { ...session, variables: { label: '\u0000' } }, 200],
    ['unknown account', { ...session, variables: { accountId: 'unknown' } }, 200],
    ['null for a variable with a default value', { ...accountList, variables: { first: null } }, 200],
  ])('%s, executed without Apollo', async (_name, body, status) => {
    const { response, executedByApollo } = await executeBothWays(app, body, signedIn);
    expect(executedByApollo).toBe(false);
    expect(response.status).toBe(status);
  });

  it.each([
    [500, 'UPSTREAM_UNAVAILABLE'],
    [403, 'UPSTREAM_MISCONFIGURED'],
    [400, 'UPSTREAM_REJECTED'],
  ])('StackOne status %i → %s', async (status, code) => {
    const { response, line, executedByApollo } = await executeBothWays(app, session, signedIn, () =>
      app.emulator.failNext({ status, match: { path: '/connect_sessions' } }, 2),
    );
    app.emulator.reset();
    expect(executedByApollo).toBe(false);
    expect(response.text).toContain(code);
    expect(line.code).toBe(code);
  });

  it.each<[string, GraphQLRequest]>([
    ['a variable of the wrong type', { query: mutation, variables: { provider: 7 } }],
    ['variables that are not an object', { query: mutation, variables: 'x' }],
    ['an unknown operationName', { query: list, operationName: 'unknown' }],
    ['two operations without operationName', { query: list }],
    ['extensions', { ...session, extensions: { persistedQuery: { version: 1 } } }],
  ])('%s: executed by Apollo, with nothing sent to StackOne', async (_name, body) => {
    const { executedByApollo, calls } = await executeBothWays(app, body, signedIn);
    expect(executedByApollo).toBe(true);
    expect(calls).toEqual([]);
  });

  it('invalid access token → 401 with nothing sent to StackOne', async () => {
    for (const authorization of ['Bearer a.b.c', '']) {
      const { response, calls } = await executeBothWays(app, session, { authorization });
      expect(response.status).toBe(401);
      expect(calls).toEqual([]);
    }
  });

  it('returns the requested media type, and 406 for an unsupported one', async () => {
    const json = 'application/json';
    const graphqlJson = 'application/graphql-response+json';
    for (const accept of [graphqlJson, `${graphqlJson}, ${json};q=0.9`, json, '*/*']) {
      await app.post(session, { ...signedIn, accept });
      expect((await executeBothWays(app, session, { ...signedIn, accept })).executedByApollo).toBe(false);
    }
    const { response, calls } = await executeBothWays(app, session, { ...signedIn, accept: 'text/html' });
    expect(response.status).toBe(406);
    expect(calls).toEqual([]);
  });

  it('evicts the oldest operation when it holds two hundred', async () => {
    for (let index = 0; index < 201; index += 1) {
      await app.post(withUnseenText(accountList), signedIn);
    }
    apolloExecution.mockClear();
    await app.post(session, signedIn);
    expect(apolloExecution).toHaveBeenCalledTimes(1);
    await app.post(session, signedIn);
    expect(apolloExecution).toHaveBeenCalledTimes(1);
  });
});

describe('Rate limit', () => {
  it('applies to a cached operation with the same status and Retry-After', async () => {
    const limitedApp = await startTestApp({ RATE_LIMIT_PER_OWNER_PER_MINUTE: '1' });
    try {
      const signedIn = await signIn(acme);
      expect((await limitedApp.post(session, signedIn)).status).toBe(200);
      const { response, calls, executedByApollo } = await executeBothWays(limitedApp, session, signedIn);
      expect([response.status, executedByApollo, calls]).toEqual([429, false, []]);
      expect(Number(response.headers['retry-after'])).toBeGreaterThan(0);
    } finally {
      await limitedApp.stop();
    }
  });
});
