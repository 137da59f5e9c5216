import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { ApolloServer } from '@apollo/server';
import { ApolloServerPluginDrainHttpServer } from '@apollo/server/plugin/drainHttpServer';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createClient } from 'graphql-sse';
import { type Emulator, startEmulator } from '../../emulator/src/index.js';
import type { Login } from '../../src/auth/host-login.js';
import { type Connect, type ConnectOptions, startConnect } from '../../src/embed.js';
import type { HostAccountChange } from '../../src/events/host-callback.js';
import type { HostRequest } from '../../src/http/host-requests.js';
import { changesQuery, type StreamedChange } from '../support/account-stream.js';
import { type Listener, listen } from '../support/listen.js';
import { inPackage } from '../support/package-files.js';
import { exchangeRaw, openSocket } from '../support/raw-http.js';
import { outputOf } from '../support/run-in-project.js';
import { acme, canaries, globex, ownerFields } from '../support/test-env.js';
import { waitUntil } from '../support/wait.js';

const webhookSecret = 'whsec_embedded';
const users: Readonly<Record<string, Login>> = {
  ada: { id: acme.org_id, name: acme.org_name },
  hank: { id: globex.org_id, name: globex.org_name },
};
const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator({ apiKey: canaries.apiKey });
});
beforeEach(() => emulator.reset());
afterAll(() => emulator.stop());

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) {
    await end();
  }
});

async function startEmbedded<Request extends HostRequest>(
  options: Partial<ConnectOptions<Request>>,
  session: Session<Request>,
) {
  const connect = await startConnect<Request>({
    apiKey: emulator.apiKey,
    baseUrl: emulator.url,
    production: false,
    webhookSecret,
    logger: silent,
    getOwner: (request) => users[session(request) ?? ''],
    ...options,
  });
  ends.push(connect.stop);
  return connect;
}
type Session<Request> = (request: Request) => string | null | undefined;
const nodeSession = ({ headers }: IncomingMessage) => String(headers['x-session']);

/** Serves the handlers as Express does: with the method that a router has checked, and the errors of their promises. */
async function serve(listener: RequestListener): Promise<Listener> {
  const host = await listen(createServer(listener));
  ends.push(host.close);
  return host;
}

function routes(connect: Connect<IncomingMessage>, errors: unknown[], parse: (request: IncomingMessage) => unknown) {
  return async (request: IncomingMessage, response: ServerResponse) => {
    await parse(request);
    const handle = request.url === '/graphql/stream' ? connect.handleStream : connect.handleWebhook;
    await handle(request, response).catch((error: unknown) => {
      errors.push(error);
      response.writeHead(500).end();
    });
  };
}

interface Opened {
  readonly changes: readonly StreamedChange[];
  readonly ended: Promise<void>;
  readonly leave: () => void;
}
async function openStream(url: string, user: string): Promise<Opened> {
  const client = createClient({ url: `${url}/graphql/stream`, headers: { 'x-session': user }, retryAttempts: 0 });
  ends.push(() => client.dispose());
  const changes: StreamedChange[] = [];
  let connected = () => {};
  const isOpen = new Promise<void>((resolve) => {
    connected = resolve;
  });
  const ended = new Promise<void>((complete, error) => {
    const next = ({ data }: { data?: { linkedAccountChanged: StreamedChange } | null }) =>
      void (data && changes.push(data.linkedAccountChanged));
    client.subscribe<{ linkedAccountChanged: StreamedChange }>(
      { query: changesQuery },
      { next, error, complete },
      { connected },
    );
  });
  await Promise.race([isOpen, ended.catch(() => undefined)]);
  return { changes, ended, leave: () => client.dispose() };
}

const webhookOf = (accountId: string) =>
  JSON.stringify({
    event: 'account.updated',
    account_id: accountId,
    event_date: new Date().toISOString(),
    sent_at: new Date().toISOString(),
  });
const sign = (body: string, key = webhookSecret) => createHmac('sha256', key).update(body).digest('base64url');
const sendWebhook = async (url: string, body: string, signature = sign(body), method = 'POST') => {
  const headers = { 'content-type': 'application/json', 'x-stackone-signature': signature };
  return (await fetch(`${url}/webhooks/stackone`, { method, headers, body })).status;
};
const link = () => emulator.addAccount({ provider: 'bamboohr', ...ownerFields(acme) });

/** A stream that opens, a change that arrives for its owner only, webhooks that are refused, and clients that leave. */
async function expectEvents(url: string, { metrics }: Pick<Connect<IncomingMessage>, 'metrics'>): Promise<void> {
  const { id } = link();
  await expect((await openStream(url, 'nobody')).ended).rejects.toMatchObject({ response: { status: 401 } });
  // A page of another site can send this with the user's cookie.
  const form = { method: 'POST', headers: { 'x-session': 'ada', 'content-type': 'text/plain' } };
  const refused = await fetch(`${url}/graphql/stream`, { ...form, body: JSON.stringify({ query: changesQuery }) });
  expect([refused.status, await refused.json()]).toMatchObject([
    415,
    { errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] },
  ]);
  const [ada, hank] = [await openStream(url, 'ada'), await openStream(url, 'hank')];
  const body = webhookOf(id);
  expect(await sendWebhook(url, body, sign(body, 'another secret'))).toBe(401);
  expect(await sendWebhook(url, `${body} `, sign(body))).toBe(401);
  expect(await sendWebhook(url, 'x'.repeat(70_000))).toBe(413);
  const json = { 'x-session': 'ada', 'content-type': 'application/json' };
  const large = await fetch(`${url}/graphql/stream`, { method: 'POST', headers: json, body: 'x'.repeat(20_000) });
  expect([large.status, await large.json()]).toMatchObject([
    413,
    { errors: [{ message: 'The body is too large. The limit is 16 KiB.', extensions: { code: 'BAD_USER_INPUT' } }] },
  ]);
  expect(emulator.history.filter(({ path }) => path === `/accounts/${id}`)).toEqual([]);
  expect(await sendWebhook(url, body)).toBe(200);
  await waitUntil(() => ada.changes.length > 0, 'the change');
  expect(ada.changes).toMatchObject([{ kind: 'UPDATED', accountId: id, account: { id, status: 'ACTIVE' } }]);
  expect(hank.changes).toEqual([]);
  const openStreams = async () => /^connect_streams_open (\d+)$/m.exec(await metrics.metrics())?.[1];
  expect(await openStreams()).toBe('2');
  ada.leave();
  hank.leave();
  await waitUntil(async () => (await openStreams()) === '0', 'the end of the streams');
}

describe('handleStream and handleWebhook', () => {
  it('serve a Node host whose bodies are unread', async () => {
    const errors: unknown[] = [];
    const connect = await startEmbedded({}, nodeSession);
    const { url } = await serve(routes(connect, errors, () => undefined));
    await expectEvents(url, connect);
    expect(await sendWebhook(url, webhookOf('a'), undefined, 'PUT')).toBe(405);
    // A proxy that still sends would take a closed connection for an outage of the host.
    for (const path of ['/graphql/stream', '/webhooks/stackone']) {
      const socket = openSocket(url);
      let responses = '';
      socket.on('data', (text) => {
        responses += text;
      });
      const body = ' '.repeat(100_000);
      socket.write(
        `POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 200000\r\n\r\n`,
      );
      socket.write(body);
      await waitUntil(() => responses.startsWith('HTTP/1.1 413 '), 'the refusal');
      socket.write(`${body}PUT /webhooks/stackone HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
      await once(socket, 'close');
      expect(responses).toContain('HTTP/1.1 405 ');
    }
    expect(errors).toEqual([]);
  });

  it('serve a body parser that keeps the bytes of a webhook, and one that parses the operation of a stream', async () => {
    const connect = await startEmbedded({}, nodeSession);
    const errors: unknown[] = [];
    const keep = async (request: IncomingMessage) => {
      const bytes = await buffer(request);
      Reflect.set(request, 'body', request.url === '/graphql/stream' ? JSON.parse(bytes.toString()) : bytes);
    };
    const { url } = await serve(routes(connect, errors, keep));
    const { id } = link();
    const { changes } = await openStream(url, 'ada');
    expect(await sendWebhook(url, webhookOf(id))).toBe(200);
    await waitUntil(() => changes.length > 0, 'the change');
    expect(errors).toEqual([]);
  });

  it('disconnect a page that does not read its stream, so that it opens another one', async () => {
    const connect = await startEmbedded({}, nodeSession);
    const serveRoutes = routes(connect, [], () => undefined);
    const { url } = await serve((request, response) => {
      if (request.url === '/graphql/stream') {
        // What Node.js reports when the buffers of the connection are full.
        Object.assign(response, { write: () => false });
      }
      return serveRoutes(request, response);
    });
    const socket = openSocket(url).resume();
    // More than 64 KiB for each change.
    const reasons = ['a', 'b', 'c', 'd'].map((name) => `${name}: statusReasons { code description }`).join(' ');
    const query = JSON.stringify({ query: `subscription { linkedAccountChanged { account { ${reasons} } } }` });
    socket.write('POST /graphql/stream HTTP/1.1\r\nhost: app.example\r\nx-session: ada\r\n');
    socket.write(`content-type: application/json\r\ncontent-length: ${query.length}\r\n\r\n${query}`);
    const reason = { code: 'c'.repeat(1_000), description: 'd'.repeat(1_000), timestamp: new Date().toISOString() };
    const { id } = link();
    emulator.updateAccount(id, { status: 'error', status_reasons: Array.from({ length: 10 }, () => reason) });
    const sendAndLook = async () => {
      await sendWebhook(url, webhookOf(id));
      return socket.destroyed;
    };
    await waitUntil(sendAndLook, 'the end of the connection', { intervalMs: 200 });
  });

  it('reject a webhook that a body parser has parsed, with a TypeError that says what to change', async () => {
    const connect = await startEmbedded({}, nodeSession);
    const errors: unknown[] = [];
    const parse = async (request: IncomingMessage) => {
      Reflect.set(request, 'body', JSON.parse((await buffer(request)).toString()));
    };
    const { url } = await serve(routes(connect, errors, parse));
    const { id } = link();
    expect(await sendWebhook(url, webhookOf(id))).toBe(500);
    expect(errors).toEqual([new TypeError('The webhook needs the raw body: mount its route before any body parser.')]);
    expect(emulator.history).toEqual([]);
  });

  it('find no webhooks without a secret', async () => {
    const connect = await startEmbedded({ webhookSecret: undefined }, nodeSession);
    const { url } = await serve(routes(connect, [], () => undefined));
    expect(await sendWebhook(url, webhookOf('a'))).toBe(404);
  });

  it('let Apollo Server stop while a stream is open, and complete the stream', async () => {
    const connect = await startEmbedded({}, nodeSession);
    const httpServer = createServer(routes(connect, [], () => undefined));
    const { url, close } = await listen(httpServer);
    ends.push(close);
    const plugins = [...connect.apolloOptions.plugins, ApolloServerPluginDrainHttpServer({ httpServer })];
    const apollo = new ApolloServer({ ...connect.apolloOptions, plugins });
    await apollo.start();
    const { ended } = await openStream(url, 'ada');
    const startedAt = Date.now();
    await Promise.all([apollo.stop(), ended]);
    // The plugin closes connections that are open after ten seconds.
    expect(Date.now() - startedAt).toBeLessThan(8_000);
  });
});

const openStreams = async ({ metrics }: Pick<Connect<HostRequest>, 'metrics'>) =>
  /^connect_streams_open (\d+)$/m.exec(await metrics.metrics())?.[1];

describe('A stream of a host app', () => {
  it('does not stay open for a client that left while its owner was looked up', async () => {
    let found = () => {};
    const looksUp = new Promise<void>((resolve) => {
      found = resolve;
    });
    const getOwner = async () => {
      await looksUp;
      return users['ada'];
    };
    const connect = await startEmbedded({ getOwner }, nodeSession);
    let handled = false;
    const { url } = await serve(async (request, response) => {
      const handling = connect.handleStream(request, response);
      await once(response, 'close');
      found();
      await handling;
      handled = true;
    });
    const controller = new AbortController();
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ query: changesQuery });
    const pending = fetch(`${url}/graphql/stream`, { method: 'POST', headers, body, signal: controller.signal });
    setTimeout(() => controller.abort(), 50);
    await expect(pending).rejects.toThrow();
    await waitUntil(() => handled, 'the request is handled');
    expect(await openStreams(connect)).toBe('0');
  });

  it('does not stay open for a client that left while its pipelined request waited', async () => {
    const connect = await startEmbedded({ getOwner: () => users['ada'] }, nodeSession);
    let handled = 0;
    const { url } = await serve(async (request, response) => {
      await once(request.socket, 'close');
      await connect.handleStream(Object.assign(request, { body: { query: changesQuery } }), response);
      handled += 1;
    });
    const socket = openSocket(url);
    const head =
      'POST /graphql/stream HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 0\r\n\r\n';
    socket.write(head.repeat(2));
    setTimeout(() => socket.destroy(), 50);
    await waitUntil(() => handled === 2, 'both requests are handled');
    expect(await openStreams(connect)).toBe('0');
  });

  it.each(['before', 'after'])('ends when the signal of a Fetch request is aborted %s the response', async (when) => {
    const controller = new AbortController();
    const getOwner = () => {
      if (when === 'before') {
        controller.abort();
      }
      return users['ada'];
    };
    const connect = await startEmbedded<Request>({ getOwner }, () => 'ada');
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ query: changesQuery });
    const init = { method: 'POST', headers, body, signal: controller.signal };
    const response = await connect.fetchStream(new Request('http://localhost/graphql/stream', init));
    controller.abort();
    // Its body ends, and would do so without a reader too.
    await waitUntil(async () => (await openStreams(connect)) === '0', 'the stream has ended');
    expect(await response.text()).toMatch(/^(:\n\n)?$/);
  });

  it('is refused when the person has ten, also if the owners of many requests are found at the same time', async () => {
    let found = () => {};
    const looksUp = new Promise<void>((resolve) => {
      found = resolve;
    });
    let calls = 0;
    const getOwner = async () => {
      calls += 1;
      await looksUp;
      return { id: acme.org_id, name: acme.org_name, username: acme.email };
    };
    const connect = await startEmbedded<Request>({ getOwner }, () => 'ada');
    const headers = { 'content-type': 'application/json' };
    const init = { method: 'POST', headers, body: JSON.stringify({ query: changesQuery }) };
    const open = async () => {
      const request = new Request('http://localhost/graphql/stream', init);
      return (await connect.fetchStream(request)).status;
    };
    const opening = Array.from({ length: 30 }, open);
    await waitUntil(() => calls === opening.length, 'each request waits for its owner');
    found();
    const statuses = await Promise.all(opening);
    expect(statuses.filter((status) => status === 200)).toHaveLength(10);
    expect(statuses.filter((status) => status === 429)).toHaveLength(20);
    expect(await openStreams(connect)).toBe('10');
  });

  it('is served again by the next Apollo Server, after the first one has stopped', async () => {
    const connect = await startEmbedded({}, nodeSession);
    const { url } = await serve(routes(connect, [], () => undefined));
    const { id } = link();
    for (let count = 0; count < 2; count++) {
      const apollo = new ApolloServer(connect.apolloOptions);
      await apollo.start();
      const { changes, ended } = await openStream(url, 'ada');
      expect(await sendWebhook(url, webhookOf(id))).toBe(200);
      await waitUntil(() => changes.length === 1, 'the change');
      await Promise.all([apollo.stop(), ended]);
    }
  });

  it('ends when one of two Apollo Servers stops, and is served again until the other one stops', async () => {
    const connect = await startEmbedded({}, nodeSession);
    const { url } = await serve(routes(connect, [], () => undefined));
    const [first, second] = [new ApolloServer(connect.apolloOptions), new ApolloServer(connect.apolloOptions)];
    await Promise.all([first.start(), second.start()]);
    const before = await openStream(url, 'ada');
    await Promise.all([first.stop(), before.ended]);
    const { id } = link();
    const after = await openStream(url, 'ada');
    expect(await sendWebhook(url, webhookOf(id))).toBe(200);
    await waitUntil(() => after.changes.length === 1, 'the change');
    await Promise.all([second.stop(), after.ended]);
    // A new stream ends at once.
    await (await openStream(url, 'ada')).ended;
  });
});

/** A host app that leaves the promises of the handlers alone, as Express 4 does: a rejection ends its process. */
const hostWithoutCatch = `
const { createServer } = await import('node:http');
const { startConnect } = await import(process.env.PACKAGE_URL);
const connect = await startConnect({
  apiKey: 'key', webhookSecret: 'whsec_embedded', production: false, logLevel: 'silent', getOwner: () => undefined,
});
createServer((request, response) => {
  void (request.url === '/graphql/stream' ? connect.handleStream : connect.handleWebhook)(request, response);
}).listen(0, '127.0.0.1', function () { console.log('port ' + this.address().port); });
`;

describe('the process of a host app', () => {
  const head = (path: string, type: string) =>
    `POST ${path} HTTP/1.1\r\nHost: host\r\nContent-Type: ${type}\r\nContent-Length: 2\r\nConnection: close\r\n\r\n`;

  it('keeps running after a stream without an owner, and after a client that leaves in the middle of a body', async () => {
    const { child, found } = outputOf(
      '.',
      process.execPath,
      ['--input-type=module', '-e', hostWithoutCatch],
      { PACKAGE_URL: pathToFileURL(inPackage('dist/src/index.js')).href },
      /port (\d+)/,
    );
    ends.push(() => child.kill('SIGKILL'));
    const url = `http://127.0.0.1:${(await found)[1]}`;

    // The body arrives after the owner was looked up.
    const late = await exchangeRaw(url, head('/graphql/stream', 'application/json'), '{}\r\n\r\n\r\n\r\n');
    expect(late.response).toMatch(/^HTTP\/1\.1 401 /);
    expect((await exchangeRaw(url, head('/graphql/stream', 'text/plain'))).response).toMatch(/^HTTP\/1\.1 415 /);
    for (const path of ['/graphql/stream', '/webhooks/stackone']) {
      const socket = openSocket(url);
      socket.write(`${head(path, 'application/json')}{`, () => setTimeout(() => socket.destroy(), 50));
      await once(socket, 'close');
    }
    expect(await sendWebhook(url, '{}', 'wrong')).toBe(401);
    expect(child.exitCode).toBeNull();
  });
});

describe('fetchStream and fetchWebhook', () => {
  it('serve a Fetch host', async () => {
    const connect = await startEmbedded<Request>({}, ({ headers }) => headers.get('x-session'));
    const { url } = await serve(async (incoming, outgoing) => {
      const request = await toRequest(incoming, outgoing);
      const isStream = request.url.endsWith('/graphql/stream');
      const response = await (isStream ? connect.fetchStream(request) : connect.fetchWebhook(request));
      outgoing.writeHead(response.status, Object.fromEntries(response.headers));
      const reader = response.body?.getReader();
      outgoing.once('close', () => void reader?.cancel());
      for (let chunk = await reader?.read(); chunk?.value !== undefined; chunk = await reader?.read()) {
        outgoing.write(chunk.value);
      }
      outgoing.end();
    });
    await expectEvents(url, connect);
    expect(await sendWebhook(url, webhookOf('a'), undefined, 'PUT')).toBe(405);
  });

  it.each([
    ['fetchWebhook', 413],
    ['fetchStream', 413],
  ] as const)('%s stops reading a body that is too large', async (name, status) => {
    const connect = await startEmbedded<Request>({}, () => 'ada');
    const chunks = 50;
    let sent = 0;
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        sent += 1;
        controller.enqueue(new Uint8Array(16 * 1024));
        if (sent === chunks) {
          controller.close();
        }
      },
    });
    const headers = { 'content-type': 'application/json' };
    const init = { method: 'POST', headers, body, duplex: 'half' };
    expect((await connect[name](new Request('https://host.example', init))).status).toBe(status);
    expect(sent).toBeLessThan(chunks);
  });
});

async function toRequest(incoming: IncomingMessage, outgoing: ServerResponse): Promise<Request> {
  const abort = new AbortController();
  outgoing.once('close', () => abort.abort());
  const headers = Object.entries(incoming.headers).map(([name, value]): [string, string] => [name, String(value)]);
  const body = new Uint8Array(await buffer(incoming));
  const { method = 'GET', url = '/' } = incoming;
  return new Request(new URL(url, 'http://127.0.0.1'), { method, headers, body, signal: abort.signal });
}

describe('onAccountChange', () => {
  it('is called with the owner of each change, also when an earlier call threw', async () => {
    const calls: HostAccountChange[] = [];
    const alerts: object[] = [];
    const connect = await startEmbedded<IncomingMessage>(
      {
        logger: { ...silent, error: (fields: object) => void alerts.push(fields) },
        onAccountChange: (change) => {
          calls.push(change);
          if (calls.length === 1) {
            throw new RangeError('a problem of the host app');
          }
        },
      },
      nodeSession,
    );
    const { url } = await serve(routes(connect, [], () => undefined));
    const ids = [link().id, link().id];
    for (const [index, id] of ids.entries()) {
      expect(await sendWebhook(url, webhookOf(id))).toBe(200);
      await waitUntil(() => calls.length > index, 'the call');
    }
    expect(calls).toMatchObject(ids.map((accountId) => ({ ownerId: acme.org_id, kind: 'UPDATED', accountId })));
    expect(alerts).toEqual([{ alert: 'event-lost', reason: 'RangeError' }]);
  });
});
