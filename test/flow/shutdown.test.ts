import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { type Emulator, startEmulator } from '../../emulator/src/index.js';
import { createLogger } from '../../src/observability/logger.js';
import { type Server, startServer } from '../../src/server.js';
import { exchangeRaw, openSocket } from '../support/raw-http.js';
import { acme, canaries, signIn, testConfig } from '../support/test-env.js';
import { waitUntil } from '../support/wait.js';

let emulator: Emulator;
let server: Server;
let stopped: Promise<void> | undefined;

async function start(env: Record<string, string> = {}): Promise<void> {
  emulator = await startEmulator({ apiKey: canaries.apiKey });
  const logger = createLogger('silent');
  server = await startServer(testConfig({ STACKONE_BASE_URL: emulator.url, ...env }), { logger });
  stopped = undefined;
}
function stop(graceMs: number): void {
  stopped = server.stop(graceMs);
}
afterEach(async () => {
  await (stopped ?? server.stop());
  await emulator.stop();
});

const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`;
const statusesOf = (text: string) => [...text.matchAll(/HTTP\/1\.1 (\d{3})/g)].map((match) => Number(match[1]));
const listening = () =>
  fetch(`${server.url}/livez`).then(
    () => true,
    () => false,
  );

async function query(text: string): Promise<string> {
  const body = JSON.stringify({ query: text });
  const { authorization } = await signIn(acme);
  const type = 'Content-Type: application/json';
  return `POST /graphql HTTP/1.1\r\nHost: a\r\nAuthorization: ${authorization}\r\n${type}\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
}

/** A connection that collects what it receives. */
async function open() {
  const socket = openSocket(server.url);
  let received = '';
  socket.on('data', (chunk) => {
    received += chunk;
  });
  const closed = once(socket, 'close');
  await once(socket, 'connect');
  return { socket, closed, received: () => received };
}

describe('During the grace period', () => {
  it('new connections are served, /readyz returns 503, and each response closes its connection', async () => {
    await start();
    stop(500);
    const ready = await fetch(`${server.url}/readyz`);
    expect([ready.status, ready.headers.get('connection')]).toEqual([503, 'close']);
    const { response } = await exchangeRaw(server.url, await query('{ viewer { ownerId } }'));
    expect(statusesOf(response)).toEqual([200]);
    expect(response).toMatch(/^connection: close\r$/im);
  });

  it('requests in one packet are all answered, in their order', async () => {
    await start();
    stop(500);
    const queries = ['a', 'b', 'c'].map((alias) =>
      query(`{ ${alias}: viewer { ownerId } linkedAccounts { nodes { id } } }`),
    );
    const { response } = await exchangeRaw(server.url, (await Promise.all(queries)).join(''));
    expect(statusesOf(response)).toEqual([200, 200, 200]);
    expect([...response.matchAll(/"data":\{"(\w)"/g)].map((match) => match[1])).toEqual(['a', 'b', 'c']);
  });
});

describe('After the grace period', () => {
  it('open connections can send one more request, and new connections are refused', async () => {
    await start();
    const used = await open();
    used.socket.write(get('/livez'));
    await waitUntil(() => used.received().includes('ok'), 'the first response arrives');
    const spare = await open();
    stop(600);
    await waitUntil(async () => !(await listening()), 'the server no longer listens', { intervalMs: 10 });
    used.socket.write(await query('{ viewer { ownerId } }'));
    spare.socket.write(await query('{ viewer { ownerId } }'));
    await Promise.all([used.closed, spare.closed]);
    expect([statusesOf(used.received()), statusesOf(spare.received())]).toEqual([[200, 200], [200]]);
    expect(await listening()).toBe(false);
  });

  it('a request in flight is finished, and a request that arrives partly does not delay the end', async () => {
    await start();
    emulator.failNext({ kind: 'delay', delayMs: 1_000 });
    const busy = await open();
    busy.socket.write(await query('{ linkedAccounts { nodes { id } } }'));
    await waitUntil(() => emulator.history.length > 0, 'StackOne has the request');
    const whole = await query('{ viewer { ownerId } }');
    const partial = [whole.slice(0, 30), whole.slice(0, -5), ''];
    const waiting = await Promise.all(
      partial.map(async (text) => {
        const connection = await open();
        connection.socket.write(text);
        return connection;
      }),
    );
    await sleep(50);
    stop(0);
    await stopped;
    await Promise.all([busy, ...waiting].map(({ closed }) => closed));
    expect(statusesOf(busy.received())).toEqual([200]);
    expect(busy.received()).toContain('"nodes":[]');
    expect(waiting.map(({ received }) => received())).toEqual(['', '', '']);
  });

  it('a response that its client reads slowly is sent completely', async () => {
    await start({ PLAYGROUND: 'true' });
    const file = await (await fetch(`${server.url}/playground/graphiql.js`)).text();
    const count = 16;
    const slow = await open();
    slow.socket.write(get('/playground/graphiql.js').repeat(count));
    await waitUntil(() => slow.received() !== '', 'the first response has begun');
    slow.socket.pause();
    stop(0);
    await sleep(300);
    slow.socket.resume();
    await slow.closed;
    const { length } = slow.received().split(file);
    // Requests that were still unread may be dropped; no response may be cut.
    expect(slow.received().endsWith(file)).toBe(true);
    expect(length - 1).toBe(statusesOf(slow.received()).length);
  });
});

it('Webhooks that were accepted are finished while a request is still in flight', async () => {
  emulator = await startEmulator({ apiKey: canaries.apiKey });
  const lines: string[] = [];
  const logger = createLogger('info', { write: (line) => void lines.push(line) });
  const secret = 'secret-of-the-webhook';
  const env = { STACKONE_BASE_URL: emulator.url, STACKONE_WEBHOOK_SECRET: secret };
  server = await startServer(testConfig(env), { logger });
  emulator.failNext({ kind: 'hang', match: { path: '/connector_profiles' } }, Number.POSITIVE_INFINITY);
  emulator.failNext({ status: 503, match: { path: '/accounts/' } }, Number.POSITIVE_INFINITY);
  const body = JSON.stringify({ event: 'account.updated', account_id: 'a', sent_at: new Date().toISOString() });
  const signature = createHmac('sha256', secret).update(body).digest('base64url');
  const headers = { 'content-type': 'application/json', 'x-stackone-signature': signature };
  expect((await fetch(`${server.url}/webhooks/stackone`, { method: 'POST', headers, body })).status).toBe(200);
  const busy = await open();
  busy.socket.write(await query('{ providers { key } }'));
  const sent = (path: string) => emulator.history.some((request) => request.path.startsWith(path));
  await waitUntil(() => sent('/connector_profiles') && sent('/accounts/'), 'both are read');
  stop(0);
  await waitUntil(() => lines.some((line) => line.includes('"alert":"webhook-lost"')), 'the webhook is given up');
  expect(lines.filter((line) => line.includes('"msg":"request"'))).toEqual([]);
  await emulator.stop();
  await Promise.all([stopped, busy.closed]);
});
