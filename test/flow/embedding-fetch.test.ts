import type { IncomingMessage } from 'node:http';
import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { GraphQLSchema } from 'graphql';
import { type Emulator, startEmulator } from '../../emulator/src/index.js';
import type { Login } from '../../src/auth/host-login.js';
import { type Connect, startConnect } from '../../src/embed.js';
import type { GraphQLContext } from '../../src/graphql/context.js';
import { createFetchHandler, type FetchHandler, listenFetch } from '../support/fetch-handler.js';
import type { Listener } from '../support/listen.js';
import type { LogLine } from '../support/product-server.js';
import { canaries, type GraphQLResponse, post, sessionRequests } from '../support/test-env.js';
import { waitFor, waitUntil } from '../support/wait.js';

const createSession = {
  query: 'mutation { createConnectSession(provider: "bamboohr") { token userErrors { code } } }',
};
const users: Readonly<Record<string, Login>> = {
  ada: { id: 'org_acme', name: 'Acme Corporation', username: 'ada@acme.example' },
  'ada without accounts': { id: 'org_acme', name: 'Acme Corporation', maxAccounts: 0 },
};

type HostServer = ApolloServer<GraphQLContext>;
let emulator: Emulator;
let connect: Connect<Request>;
let apollo: HostServer;
let handler: FetchHandler;
let host: Listener;
const lines: LogLine[] = [];

beforeAll(async () => {
  emulator = await startEmulator({ apiKey: canaries.apiKey });
  const log = (level: string) => (fields: object, message: string) => {
    lines.push({ level, message, fields });
  };
  connect = await startConnect({
    apiKey: emulator.apiKey,
    baseUrl: emulator.url,
    production: false,
    rateLimitPerOwnerPerMinute: 1_000_000,
    rateLimitTotalPerMinute: 1_000_000,
    logger: { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') },
    getOwner: async ({ headers }: Request) => users[headers.get('x-session') ?? ''],
  });
  apollo = new ApolloServer<GraphQLContext>(connect.apolloOptions);
  await apollo.start();
  handler = createFetchHandler(apollo, connect);
  host = await listenFetch((request) => handler(request));
});
beforeEach(() => {
  lines.length = 0;
  emulator.reset();
});
afterAll(async () => {
  await host.close();
  await apollo.stop();
  await connect.stop();
  await emulator.stop();
});

const send = (body: unknown, headers: Record<string, string>): Promise<GraphQLResponse> =>
  post(host.url, body, headers);

/** The log lines of requests, without those of calls to StackOne. */
const requestLines = () => lines.filter(({ message }) => message === 'request');

function expectHeaders({ headers }: Pick<GraphQLResponse, 'headers'>, requestId: string): void {
  expect([headers.get('cache-control'), headers.get('x-request-id')]).toEqual(['no-store', requestId]);
}

describe('createContext with a Fetch request', () => {
  it('creates a session for the owner that getOwner returns, and logs the request once', async () => {
    const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
    const response = await send(createSession, {
      'x-session': 'ada',
      'x-request-id': 'fetch-1',
      traceparent,
    });
    expect([response.status, response.json]).toEqual([
      200,
      { data: { createConnectSession: { token: expect.stringMatching(/^[\w-]+$/), userErrors: [] } } },
    ]);
    expectHeaders(response, 'fetch-1');
    expect(sessionRequests(emulator)).toMatchObject([
      {
        headers: { 'x-request-id': 'fetch-1', traceparent },
        body: { origin_owner_id: 'org_acme', origin_username: 'ada@acme.example' },
      },
    ]);
    expect(requestLines()).toEqual([
      {
        level: 'info',
        message: 'request',
        fields: {
          requestId: 'fetch-1',
          trace_id: 'a'.repeat(32),
          span_id: 'b'.repeat(16),
          operation: undefined,
          field: 'createConnectSession',
          owner: expect.stringMatching(/^[\w-]{12}$/),
          code: 'ok',
          reason: undefined,
          status: 200,
          milliseconds: expect.any(Number),
          upstreamAttempts: expect.any(Number),
          upstreamMilliseconds: expect.any(Number),
        },
      },
    ]);
    expect(await connect.metrics.metrics()).toMatch(
      /connect_request_duration_seconds_count\{field="createConnectSession",code="ok"\} 1\n/,
    );
  });

  it('gives a request without an id a new one, for a prepared operation too', async () => {
    const responses = [
      await send(createSession, { 'x-session': 'ada' }),
      await send(createSession, { 'x-session': 'ada', 'x-request-id': 'not valid: a space' }),
    ];
    const ids = responses.map(({ headers }) => headers.get('x-request-id') ?? '');
    for (const [index, response] of responses.entries()) {
      expectHeaders(response, ids[index] ?? '');
      expect(ids[index]).toMatch(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/);
    }
    expect(new Set(ids).size).toBe(2);
    expect(requestLines()).toMatchObject(ids.map((requestId) => ({ fields: { requestId, code: 'ok' } })));
  });

  it('no one signed in → 401 UNAUTHENTICATED, logged once, nothing sent to StackOne', async () => {
    for (const body of [createSession, { query: '{ __typename }' }, { query: '{ canary' }]) {
      lines.length = 0;
      const response = await send(body, { 'x-request-id': 'fetch-2' });
      expect([response.status, response.json]).toEqual([
        401,
        { errors: [{ message: 'Sign in again.', extensions: { code: 'UNAUTHENTICATED' } }] },
      ]);
      expectHeaders(response, 'fetch-2');
      expect(requestLines()).toMatchObject([
        {
          level: 'info',
          fields: {
            requestId: 'fetch-2',
            owner: undefined,
            code: 'UNAUTHENTICATED',
            reason: 'getOwner returned no owner',
            status: 401,
            upstreamAttempts: 0,
          },
        },
      ]);
    }
    expect(emulator.history).toEqual([]);
  });

  it.each([
    ['an operation that is not valid', { query: '{ canary }' }, 'GRAPHQL_VALIDATION_FAILED'],
    ['text that is not GraphQL', { query: '{ canary' }, 'GRAPHQL_PARSE_FAILED'],
  ])('%s → 400, logged once, nothing sent to StackOne', async (_name, body, code) => {
    const response = await send(body, { 'x-session': 'ada', 'x-request-id': 'fetch-3' });
    expect([response.status, response.json.errors?.[0]?.extensions.code]).toEqual([400, code]);
    expectHeaders(response, 'fetch-3');
    expect(requestLines()).toMatchObject([{ fields: { requestId: 'fetch-3', code, status: 400 } }]);
    expect(emulator.history).toEqual([]);
  });

  it.each<[string, unknown]>([
    ['a body without a query', {}],
    ['a body that is not JSON', 'canary'],
    ['a batch', [createSession]],
    ['null', null],
    ['a query that is a list', { query: ['{ viewer { ownerId } }'] }],
    ['variables that are a text', { query: '{ viewer { ownerId } }', variables: '{}' }],
    ['variables that are a list', { query: '{ viewer { ownerId } }', variables: [] }],
    ['extensions that are a text', { query: '{ viewer { ownerId } }', extensions: 'a' }],
    ['an operation name that is a number', { query: '{ viewer { ownerId } }', operationName: 1 }],
  ])('%s → 400 without data, logged once, nothing sent to StackOne', async (_name, body) => {
    const response = await send(body, { 'x-session': 'ada', 'x-request-id': 'fetch-4' });
    expect([response.status, response.json]).toEqual([
      400,
      { errors: [{ message: expect.any(String), extensions: { code: 'BAD_USER_INPUT' } }] },
    ]);
    expect(requestLines()).toMatchObject([
      { fields: { requestId: 'fetch-4', code: 'BAD_USER_INPUT', status: 400, owner: expect.any(String) } },
    ]);
    expect(emulator.history).toEqual([]);
  });

  it.each([{ query: '' }, { query: '{ viewer { ownerId } }', operationName: 'Unknown' }])(
    '%p, which Apollo Server rejects later, is logged once',
    async (body) => {
      expect((await send(body, { 'x-session': 'ada' })).status).toBe(400);
      expect(requestLines()).toMatchObject([{ fields: { code: 'BAD_USER_INPUT', status: 400 } }]);
    },
  );

  it('is logged once although several operations run with its context', async () => {
    const request = new Request('http://127.0.0.1/graphql', { headers: { 'x-session': 'ada' } });
    const contextValue = await connect.createContext(request);
    for (const query of ['{ viewer { ownerId } }', '{ viewer { ownerName } }']) {
      await apollo.executeOperation({ query }, { contextValue });
    }
    expect(requestLines()).toHaveLength(1);
  });

  it('provides the StackOne client in the context to the product’s own code, with the same owner', async () => {
    const request = new Request('http://127.0.0.1/connect', { headers: { 'x-session': 'ada' } });
    const { stackone, request: context } = await connect.createContext(request);
    const result = await stackone.createConnectSession({ provider: 'bamboohr' });
    expect(result).toMatchObject({ ok: true });
    expectHeaders(Response.json(result, { headers: context.responseHeaders }), context.id);
    expect(sessionRequests(emulator)).toMatchObject([{ body: { origin_owner_id: 'org_acme' } }]);
    expect(requestLines()).toEqual([]);
  });
});

describe('A route of the host app that calls StackOne without GraphQL', () => {
  const contextOf = (user: string) =>
    connect.createContext(new Request('http://127.0.0.1/connect', { headers: { 'x-session': user } }));

  it('gets the status of the response when the user is not signed in: 401, nothing sent to StackOne', async () => {
    await expect(contextOf('nobody')).rejects.toMatchObject({ extensions: { http: { status: 401 } } });
    expect(emulator.history).toEqual([]);
  });

  it('gets an error with the code of the failure', async () => {
    const { stackone } = await contextOf('ada');
    emulator.failNext({ status: 503, match: { path: '/connect_sessions' } }, 2);
    const session = stackone.createConnectSession({ provider: 'bamboohr' });
    await expect(session).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
  });

  it.each([
    ['onExisting', '{"provider": "bamboohr", "onExisting": "FAIL"}', ' relink, create-another, fail.'],
    ['category', '{"category": "HRIS"}', 'ats, hris, '],
  ])(
    'cannot pass a value of the enum in GraphQL as %s: INVALID_INPUT, nothing sent to StackOne',
    async (field, input, values) => {
      const { stackone } = await contextOf('ada');
      expect(await stackone.createConnectSession(JSON.parse(input))).toMatchObject({
        ok: false,
        userErrors: [{ code: 'INVALID_INPUT', field, message: expect.stringContaining(values) }],
      });
      expect(emulator.history).toEqual([]);
    },
  );
});

describe('The StackOne client of a request that has read an account', () => {
  const clientOf = async (user: string) => {
    const request = new Request('http://127.0.0.1/connect', { headers: { 'x-session': user } });
    return (await connect.createContext(request)).stackone;
  };
  const addAccount = () => {
    const acme = { origin_owner_id: 'org_acme', origin_owner_name: 'Acme Corporation' };
    return emulator.addAccount({ provider: 'bamboohr', ...acme });
  };
  const readAccount = async () => {
    const { id } = addAccount();
    const stackone = await clientOf('ada');
    expect(await stackone.linkedAccount(id)).toMatchObject({ id });
    return { id, stackone };
  };

  it.each<[string, (read: Awaited<ReturnType<typeof readAccount>>) => Promise<unknown>]>([
    ['createConnectSession', ({ id, stackone }) => stackone.createConnectSession({ accountId: id })],
    ['confirmLinkedAccount', ({ id, stackone }) => stackone.confirmLinkedAccount(id)],
    ['deleteLinkedAccount', ({ id, stackone }) => stackone.deleteLinkedAccount(id)],
  ])('reads it again before %s: an account that now has another owner is not found', async (_name, change) => {
    const read = await readAccount();
    emulator.updateAccount(read.id, { origin_owner_id: 'org_globex' });
    expect(await change(read)).toMatchObject({ ok: false, userErrors: [{ code: 'ACCOUNT_NOT_FOUND' }] });
    expect(emulator.history.map(({ method }) => method)).toEqual(['GET', 'GET']);
  });

  it('does not find it after it has deleted it', async () => {
    const { id, stackone } = await readAccount();
    expect(await stackone.deleteLinkedAccount(id)).toEqual({ ok: true, value: id });
    expect(await stackone.linkedAccount(id)).toBeNull();
  });

  it('counts the accounts again before it confirms one', async () => {
    const stackone = await clientOf('ada without accounts');
    expect(await stackone.providers(undefined)).toContainEqual(
      expect.objectContaining({ availability: 'LIMIT_REACHED' }),
    );
    expect(await stackone.confirmLinkedAccount(addAccount().id)).toMatchObject({ ok: true });
    expect(lines.map(({ fields }) => fields)).toContainEqual(
      expect.objectContaining({ flag: 'ACCOUNT_LIMIT_EXCEEDED' }),
    );
  });
});

/** A plugin of the host app that records which of its hooks Apollo Server calls. */
function createRecorder() {
  const hooks: string[] = [];
  const plugin: ApolloServerPlugin = {
    requestDidStart: async () => ({
      didResolveOperation: async () => void hooks.push('didResolveOperation'),
      didEncounterErrors: async () => void hooks.push('didEncounterErrors'),
      executionDidStart: async () => {
        hooks.push('executionDidStart');
        return { willResolveField: () => void hooks.push('willResolveField') };
      },
      willSendResponse: async () => void hooks.push('willSendResponse'),
    }),
  };
  return { plugin, hooks };
}

describe('A plugin of the host app', () => {
  const { plugin, hooks } = createRecorder();
  const failing = { query: 'query Failing { linkedAccounts(first: 0) { nodes { id } } }' };
  const executed = ['didResolveOperation', 'executionDidStart', 'willResolveField'];
  let server: HostServer;
  afterEach(() => server.stop());

  /** The names of the hooks that are called for one request, each once. */
  async function hooksOf(body: object): Promise<string[]> {
    hooks.length = 0;
    const response = await createFetchHandler(
      server,
      connect,
    )(
      new Request('http://127.0.0.1/graphql', {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-session': 'ada' },
        body: JSON.stringify(body),
      }),
    );
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] });
    return [...new Set(hooks)];
  }

  it('does not see the execution and the errors of a prepared operation', async () => {
    const plugins = [...connect.apolloOptions.plugins, plugin];
    server = new ApolloServer<GraphQLContext>({ ...connect.apolloOptions, plugins });
    await server.start();
    expect(await hooksOf(failing)).toEqual([...executed, 'didEncounterErrors', 'willSendResponse']);
    expect(await hooksOf(failing)).toEqual(['didResolveOperation', 'willSendResponse']);
  });

  it('sees the execution of every operation when the schema is replaced', async () => {
    const plugins = [...connect.apolloOptions.plugins, plugin];
    const schema = new GraphQLSchema(connect.apolloOptions.schema.toConfig());
    server = new ApolloServer<GraphQLContext>({ ...connect.apolloOptions, schema, plugins });
    await server.start();
    for (let time = 0; time < 3; time++) {
      expect(await hooksOf(failing)).toEqual([...executed, 'didEncounterErrors', 'willSendResponse']);
    }
  });
});

/** Waits until StackOne has received the request for a session, whose response is delayed. */
async function waitForSessionRequest(): Promise<void> {
  await waitUntil(() => sessionRequests(emulator).length === 1, 'StackOne has received the request');
}

/** The log line of the cancelled call to StackOne. The deadline of an attempt is 5 seconds. */
async function expectCancelledCall(): Promise<void> {
  const isSession = ({ fields }: (typeof lines)[number]) =>
    'endpoint' in fields && fields.endpoint === 'POST /connect_sessions';
  const line = await waitFor(() => lines.find(isSession), 'the cancelled call is logged');
  expect(line.fields).toMatchObject({
    milliseconds: expect.closeTo(0, -3),
  });
  expect(sessionRequests(emulator)).toHaveLength(1);
}

describe('The call to StackOne is cancelled', () => {
  beforeEach(async () => {
    // The provider catalog is fetched beforehand, so that the test waits for the session only.
    await send({ query: '{ providers { key } }' }, { 'x-session': 'ada' });
    lines.length = 0;
    emulator.reset();
    emulator.failNext({ kind: 'delay', delayMs: 60_000, match: { path: '/connect_sessions' } });
  });

  it('when the signal of the request is aborted, because the client disconnected', async () => {
    const client = new AbortController();
    const pending = fetch(`${host.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-session': 'ada' },
      body: JSON.stringify(createSession),
      signal: client.signal,
    });
    await waitForSessionRequest();
    client.abort();
    await expect(pending).rejects.toThrow();
    await expectCancelledCall();
    await waitUntil(() => requestLines().length === 1, 'the request is logged');
    // The session, and the list of accounts that is read at the same time.
    expect(requestLines()).toMatchObject([{ fields: { upstreamAttempts: 2 } }]);
  });

  it('when the signal that createContext received is aborted', async () => {
    const cancellation = new AbortController();
    const request = new Request('http://127.0.0.1/graphql', { headers: { 'x-session': 'ada' } });
    const { stackone } = await connect.createContext(request, { signal: cancellation.signal });
    const creating = stackone.createConnectSession({ provider: 'bamboohr' });
    creating.catch(() => {});
    await waitForSessionRequest();
    cancellation.abort();
    await expect(creating).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    await expectCancelledCall();
  });

  it('a cancelled call does not count for the circuit breaker', async () => {
    emulator.reset();
    emulator.failNext({ kind: 'delay', delayMs: 60_000, match: { path: '/connect_sessions' } }, 6);
    for (let count = 1; count <= 6; count++) {
      const cancellation = new AbortController();
      const request = new Request('http://127.0.0.1/graphql', { headers: { 'x-session': 'ada' } });
      const { stackone } = await connect.createContext(request, { signal: cancellation.signal });
      const creating = stackone.createConnectSession({ provider: 'bamboohr' });
      creating.catch(() => {});
      await waitUntil(() => sessionRequests(emulator).length === count, 'StackOne has received the request');
      cancellation.abort();
      await expect(creating).rejects.toMatchObject({
        message: expect.stringContaining('client disconnected'),
      });
    }
    expect(lines.filter(({ fields }) => 'alert' in fields && fields.alert === 'upstream-breaker')).toEqual([]);
  });

  it('before it is sent, when the signal is already aborted', async () => {
    const request = new Request('http://127.0.0.1/graphql', { headers: { 'x-session': 'ada' } });
    const { stackone } = await connect.createContext(request, { signal: AbortSignal.abort() });
    await expect(stackone.createConnectSession({ provider: 'bamboohr' })).rejects.toMatchObject({
      code: 'UPSTREAM_UNAVAILABLE',
    });
    expect(emulator.history).toEqual([]);
  });
});

describe('createContext without a request', () => {
  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['the context of a framework that has the request as a property', { req: new Request('http://127.0.0.1/') }],
  ])('%s → TypeError that says what it needs', async (_name, request) => {
    await expect(Reflect.apply(connect.createContext, undefined, [request])).rejects.toThrow(
      new TypeError('createContext needs a Fetch request, or a Node request and its response.'),
    );
  });
});

describe('createContext with a Node request', () => {
  it.each<[string, { readonly signal?: AbortSignal } | undefined]>([
    ['no response', undefined],
    ['a signal in place of the response', { signal: AbortSignal.abort() }],
  ])('%s → TypeError, nothing sent to StackOne', async (_name, response) => {
    const node = await startConnect<Pick<IncomingMessage, 'headers'>>({
      apiKey: emulator.apiKey,
      baseUrl: emulator.url,
      production: false,
      logLevel: 'silent',
      getOwner: () => ({ id: 'org_acme', name: 'Acme Corporation' }),
    });
    const headers = { get: 'a header whose name is that of a method of Headers' };
    await expect(node.createContext({ headers }, response)).rejects.toThrow(
      new TypeError('createContext needs the response of a Node request as its second argument.'),
    );
    await node.stop();
    expect(emulator.history).toEqual([]);
  });
});
