import { generateKeyPairSync } from 'node:crypto';
import { Agent, createServer as createHttpServer, request as httpRequest } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { AccountChanges } from '../../src/events/account-changes.js';
import { RequestCancellation } from '../../src/observability/cancellation.js';
import { createLogger } from '../../src/observability/logger.js';
import { startServer } from '../../src/server.js';
import { type AccountStream, changesQuery, openStream } from '../support/account-stream.js';
import { listen } from '../support/listen.js';
import { openSocket } from '../support/raw-http.js';
import {
  acme,
  globex,
  ownerFields,
  signIn,
  signToken,
  startSharedApp,
  startTestApp,
  testConfig,
} from '../support/test-app.js';
import { waitUntil } from '../support/wait.js';

const secret = 'whsec_stream';
const app = await startSharedApp({ STACKONE_WEBHOOK_SECRET: secret, METRICS_PORT: '0' });
const url = `${app.url}/graphql/stream`;

const streams: AccountStream[] = [];
let requests = new AbortController();
afterEach(() => {
  jest.restoreAllMocks();
  requests.abort();
  requests = new AbortController();
  for (const stream of streams.splice(0)) {
    stream.close();
  }
});
const open = async (claims: Parameters<typeof openStream>[1]) => {
  const stream = await openStream(app, claims);
  streams.push(stream);
  return stream;
};
const sendWebhooks = () =>
  void Object.assign(app.emulator.settings, { webhookUrl: `${app.url}/webhooks/stackone`, webhookSecret: secret });
const openStreams = async () => Number(/^connect_streams_open (\d+)$/m.exec(await app.metrics())?.[1]);
const request = async (body: unknown, headers: Record<string, string> = {}, target = url) =>
  fetch(target, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream', ...(await signIn(acme)), ...headers },
    body: JSON.stringify(body),
    signal: requests.signal,
  });

beforeEach(() => waitUntil(async () => (await openStreams()) === 0, 'the end of earlier streams'));

describe('POST /graphql/stream', () => {
  it('delivers a change to every stream of the owner and to no other owner', async () => {
    const [first, second, other] = [await open(acme), await open(acme), await open(globex)];
    sendWebhooks();
    app.emulator.addAccount({ provider: 'bamboohr', ...ownerFields(acme), label: 'Berlin' });
    app.emulator.addAccount({ provider: 'greenhouse', ...ownerFields(globex) });
    expect([await first.kinds(1), await second.kinds(1), await other.kinds(1)]).toEqual([
      ['LINKED'],
      ['LINKED'],
      ['LINKED'],
    ]);
    expect(first.changes).toMatchObject([{ account: { label: 'Berlin', status: 'ACTIVE' } }]);
    expect(other.changes).toMatchObject([{ account: { label: null } }]);
  });

  it('is an event stream that proxies do not buffer and nothing caches', async () => {
    const response = await request({ query: changesQuery });
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    });
    const { value } = (await response.body?.getReader().read()) ?? {};
    expect(Buffer.from(value ?? []).toString()).toBe(':\n\n');
  });

  it.each([
    ['no access token', { query: changesQuery }, { authorization: '' }, 401, 'UNAUTHENTICATED'],
    ['a query', { query: '{ viewer { ownerId } }' }, {}, 400, 'BAD_USER_INPUT'],
    ['a mutation', { query: 'mutation { createConnectSession { token } }' }, {}, 400, 'BAD_USER_INPUT'],
    ['a document that does not parse', { query: 'subscription {' }, {}, 400, 'GRAPHQL_PARSE_FAILED'],
    ['an unknown field', { query: 'subscription { other }' }, {}, 400, 'GRAPHQL_VALIDATION_FAILED'],
    [
      'a nested query',
      {
        query: `subscription { linkedAccountChanged { account { provider { linkedAccounts { provider { linkedAccounts { id } } } } } } }`,
      },
      {},
      400,
      'GRAPHQL_VALIDATION_FAILED',
    ],
    ['no document', {}, {}, 400, 'BAD_USER_INPUT'],
    [
      'a missing variable',
      { query: 'subscription($all: Boolean!) { linkedAccountChanged { kind accountId @include(if: $all) } }' },
      {},
      400,
      'BAD_USER_INPUT',
    ],
    [
      'one of two operations, without its name',
      {
        query: 'subscription A { linkedAccountChanged { kind } } subscription B { linkedAccountChanged { accountId } }',
      },
      {},
      400,
      'BAD_USER_INPUT',
    ],
    [
      'a field that is skipped',
      { query: 'subscription { ... @skip(if: true) { linkedAccountChanged { kind } } }' },
      {},
      400,
      'BAD_USER_INPUT',
    ],
  ])('refuses %s as POST /graphql does', async (_title, body, headers, status, code) => {
    const response = await request(body, headers);
    expect([response.status, await response.json()]).toMatchObject([status, { errors: [{ extensions: { code } }] }]);
    expect(app.emulator.history).toEqual([]);
  });

  it.each(['{ viewer { ownerId } }', 'mutation { createConnectSession { token } }'])(
    'says where to send another operation: %s',
    async (query) => {
      const response = await request({ query });
      const error = { message: 'Send queries and mutations to POST /graphql.', extensions: { code: 'BAD_USER_INPUT' } };
      expect(await response.json()).toEqual({ errors: [error] });
    },
  );

  it.each([
    ['a variable that is missing', 'linkedAccountChanged @skip(if: $flag) { kind }', undefined],
    ['a variable that is given', 'linkedAccountChanged @include(if: $flag) { kind }', { flag: true }],
    ['a variable, on a fragment', '... @include(if: $flag) { linkedAccountChanged { kind } }', undefined],
    ['null', 'linkedAccountChanged @skip(if: null) { kind }', undefined],
    ['a text', 'linkedAccountChanged @skip(if: "no") { kind }', undefined],
    ['no argument', 'linkedAccountChanged @skip { kind }', undefined],
  ])('refuses a directive on the field with %s, on both paths', async (_title, selection, variables) => {
    const query = `subscription${selection.includes('$') ? '($flag: Boolean!)' : ''} { ${selection} }`;
    for (const path of ['/graphql/stream', '/graphql']) {
      const response = await fetch(`${app.url}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(await signIn(acme)) },
        body: JSON.stringify({ query, variables }),
      });
      const message = 'The field of a subscription cannot have directives.';
      expect([response.status, await response.json()]).toEqual([
        400,
        { errors: [{ message, extensions: { code: 'BAD_USER_INPUT' } }] },
      ]);
    }
    expect(app.emulator.history).toEqual([]);
  });

  it('opens at most ten streams for one person, and again after one is closed', async () => {
    for (let count = 0; count < 10; count++) {
      await open(acme);
    }
    const refused = await request({ query: changesQuery });
    expect([refused.status, refused.headers.get('retry-after'), await refused.json()]).toMatchObject([
      429,
      '30',
      { errors: [{ extensions: { code: 'RATE_LIMITED', retryAfterSeconds: 30 } }] },
    ]);
    await open(globex);
    // A colleague has places of its own.
    await open({ ...acme, email: 'grace@acme.example' });
    streams[0]?.close();
    await waitUntil(async () => (await request({ query: changesQuery })).status === 200, 'a free place');
  });

  it('listens for changes no longer than it is open, and not at all when it is refused', async () => {
    const listening = new Set<object>();
    const listen = AccountChanges.prototype.listen;
    jest.spyOn(AccountChanges.prototype, 'listen').mockImplementation(function (this: AccountChanges, ...args) {
      const stop = listen.apply(this, args);
      listening.add(stop);
      return () => {
        listening.delete(stop);
        stop();
      };
    });
    for (let count = 0; count < 10; count++) {
      await open(acme);
    }
    expect((await request({ query: changesQuery })).status).toBe(429);
    expect(listening.size).toBe(10);
    for (const stream of streams) {
      stream.close();
    }
    await waitUntil(() => listening.size === 0, 'the end of all subscriptions');
  });

  it('opens at most a hundred streams for all people of one owner', async () => {
    for (let count = 0; count < 100; count++) {
      await open({ ...acme, email: `${count % 20}@acme.example` });
    }
    const refused = await request({ query: changesQuery }, await signIn({ ...acme, email: 'grace@acme.example' }));
    expect(refused.status).toBe(429);
    await open(globex);
  });

  it('opens more than ten streams for people without usernames', async () => {
    const nobody = { ...acme, email: undefined };
    for (let count = 0; count < 12; count++) {
      await open(nobody);
    }
    expect(await openStreams()).toBe(12);
  });

  it('completes the stream when the access token expires', async () => {
    const stream = await open({ ...acme, exp: Math.floor(Date.now() / 1000) + 1 });
    await stream.ended;
  });

  it('stays open with an access token whose expiry is too late for a date', async () => {
    const stream = await open({ ...acme, exp: Number.MAX_SAFE_INTEGER });
    await expect(Promise.race([stream.ended.then(() => 'ended'), sleep(200, 'open')])).resolves.toBe('open');
  });

  it('reads what a change selects, however long it has been open: each change has a deadline of its own', async () => {
    const selection = 'account { provider { linkedAccounts { id } } }';
    const response = await request({ query: `subscription { linkedAccountChanged { ${selection} } }` });
    const now = performance.now.bind(performance);
    // Longer than one request may take.
    jest.spyOn(performance, 'now').mockImplementation(() => now() + 9_000);
    sendWebhooks();
    const { id } = app.emulator.addAccount({ provider: 'bamboohr', ...ownerFields(acme) });
    let received = '';
    for await (const chunk of response.body ?? []) {
      received += Buffer.from(chunk).toString();
      if (received.includes('event: next')) {
        break;
      }
    }
    expect(received).toContain(`{"account":{"provider":{"linkedAccounts":[{"id":"${id}"}]}}}`);
  });

  it('forgets a client that has left, with the timers of its stream', async () => {
    const [intervals, timeouts] = [jest.spyOn(globalThis, 'setInterval'), jest.spyOn(globalThis, 'setTimeout')];
    const cleared = [jest.spyOn(globalThis, 'clearInterval'), jest.spyOn(globalThis, 'clearTimeout')];
    const stream = await open(acme);
    expect(await openStreams()).toBe(1);
    stream.close();
    await waitUntil(async () => (await openStreams()) === 0, 'the end of the stream');
    // The heartbeats, and the end of the access token, which is valid for five minutes.
    const timers = [
      intervals.mock.results[intervals.mock.calls.findIndex(([, ms]) => ms === 15_000)],
      timeouts.mock.results[timeouts.mock.calls.findIndex(([, ms = 0]) => ms > 60_000)],
    ].map((result) => result?.value);
    expect(timers).toEqual([expect.anything(), expect.anything()]);
    const ended: unknown[] = cleared.flatMap(({ mock }) => mock.calls.map(([timer]) => timer));
    expect(timers.map((timer) => ended.includes(timer))).toEqual([true, true]);
  });
});

it('A client that leaves while its access token is verified is no error in the log', async () => {
  let respond: (() => void) | undefined;
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const issuer = await listen(
    createHttpServer((_request, response) => {
      respond = () => void response.end(JSON.stringify({ keys: [publicKey.export({ format: 'jwk' })] }));
    }),
  );
  const other = await startTestApp({ AUTH_PUBLIC_KEY: undefined, AUTH_JWKS_URL: issuer.url, METRICS_PORT: '0' });
  const [left, opened] = [
    jest.spyOn(RequestCancellation.prototype, 'abort'),
    jest.spyOn(AccountChanges.prototype, 'listen'),
  ];
  const authorization = `Bearer ${await signToken(acme, { key: privateKey })}`;
  request({ query: changesQuery }, { authorization }, `${other.url}/graphql/stream`).catch(() => undefined);
  await waitUntil(() => respond !== undefined, 'the request for the keys');
  requests.abort();
  await waitUntil(() => left.mock.calls.length === 1, 'the end of the connection');
  respond?.();
  await waitUntil(() => opened.mock.calls.length === 1, 'the verification');
  await other.stop();
  await issuer.close();
  expect(other.logs()).not.toContain('"level":"error"');
});

describe('A pipelined request behind an event stream', () => {
  const pipelined = async (path: string, query: string) => {
    const body = JSON.stringify({ query });
    const { authorization } = await signIn(acme);
    const head = `POST ${path} HTTP/1.1\r\nhost: a\r\nauthorization: ${authorization}\r\ncontent-type: application/json`;
    return `${head}\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
  };

  it('is in the request log and in the metrics, also if its client leaves before the response', async () => {
    const { id } = app.emulator.addAccount({ provider: 'bamboohr', ...ownerFields(acme) });
    const query = `mutation { deleteLinkedAccount(accountId: "${id}") { deletedAccountId } }`;
    const socket = openSocket(app.url);
    socket.write((await pipelined('/graphql/stream', changesQuery)) + (await pipelined('/graphql', query)));
    await waitUntil(() => app.emulator.accounts().length === 0, 'the deletion');
    const count = () => app.logs().split('"msg":"request"').length;
    const before = count();
    socket.destroy();
    await waitUntil(() => count() === before + 1, 'the line of the log');
    expect(await app.metrics()).toMatch(/^connect_request_duration_seconds_count\{.*\} 1$/m);
  });

  it('does not leave a stream open when its client leaves', async () => {
    const socket = openSocket(app.url);
    const stream = await pipelined('/graphql/stream', changesQuery);
    // More than the number of listeners that Node.js warns of.
    socket.write(stream.repeat(9) + (await pipelined('/graphql', '{ viewer { ownerId } }')).repeat(5));
    await waitUntil(async () => (await openStreams()) === 9, 'the streams');
    socket.destroy();
    await waitUntil(async () => (await openStreams()) === 0, 'the end of the streams');
  });
});

describe('POST /graphql', () => {
  it('refuses a subscription and names the place for it', async () => {
    const response = await app.post({ query: changesQuery }, await signIn(acme));
    expect([response.status, response.json.errors?.[0]?.message]).toEqual([
      400,
      'Send subscriptions to POST /graphql/stream.',
    ]);
  });
});

describe('a stop', () => {
  it('completes every stream first, so that the page connects to another instance', async () => {
    const other = await startTestApp();
    const stream = await openStream(other, acme);
    await Promise.all([other.stop(), stream.ended]);
  });

  it('completes a stream that its client opens at once on the same connection, and is not delayed by it', async () => {
    const logger = createLogger('silent');
    const server = await startServer(testConfig({ STACKONE_BASE_URL: app.emulator.url }), { logger });
    const headers = { 'content-type': 'application/json', ...(await signIn(acme)) };
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const openAgain = () =>
      new Promise<string>((resolve, reject) => {
        const sent = httpRequest(`${server.url}/graphql/stream`, { method: 'POST', agent, headers }, (response) => {
          opened += 1;
          text(response).then(resolve, reject);
        });
        sent.on('error', reject).end(JSON.stringify({ query: changesQuery }));
      });
    let opened = 0;
    const first = openAgain();
    await waitUntil(() => opened === 1, 'the stream');
    const stopped = server.stop(500);
    await first;
    expect(await openAgain()).toContain('event: complete');
    await stopped;
    agent.destroy();
  });
});
