import { spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, request } from 'undici';
import { startEmulator } from '../emulator/src/index.js';
import { type ServerProcess, signOwnerToken, startServerProcess } from './server-process.js';

/**
 * Load test of account events: two servers with one Redis and 1,000 streams. Prints the memory of an idle stream, the time
 * from a webhook to the streams, losses and crossings, and what streams and a flood of webhooks cost a mutation.
 * `npm run events -- 2000` sends 2,000 events instead of 20,000.
 */
const eventCount = Number(process.argv[2] ?? 20_000);
const owners = 200;
const streamsPerOwner = 5;
const secret = 'whsec_event_load';
const dispatcher = new Agent({ connections: 4_000, bodyTimeout: 0, headersTimeout: 60_000 });
const subscription = 'subscription { linkedAccountChanged { accountId } }';
const mutation = 'mutation { createConnectSession(provider: "bamboohr", onExisting: CREATE_ANOTHER) { token } }';

const redisPort = await freePort();
const redis = spawn('redis-server', ['--port', String(redisPort), '--save', ''], { stdio: 'ignore' });
await sleep(500);
const emulator = await startEmulator();
const env = { STACKONE_WEBHOOK_SECRET: secret, REDIS_URL: `redis://127.0.0.1:${redisPort}` };
const servers = [await startServerProcess(emulator, env), await startServerProcess(emulator, env)] as const;
const tokens = await Promise.all(Array.from({ length: owners }, (_, number) => signOwnerToken(number)));
const accounts = Array.from({ length: owners }, (_, number) =>
  emulator.addAccount({ provider: 'bamboohr', origin_owner_id: `org_${number}`, origin_owner_name: `Owner ${number}` }),
).map(({ id }) => id);

/** Deliveries by owner, and changes of another owner's account. */
const delivered = new Array<number>(owners).fill(0);
let crossings = 0;
let latencies: number[] = [];
const sentAt = new Map<string, number>();

const quiet = await mutationTimes();
const before = await servers[0].sample();
await openStreams();
const after = await servers[0].sample();
const ofFirst = (owners * streamsPerOwner) / servers.length;
print('memory of an idle stream', `${Math.round(((after.rssMiB - before.rssMiB) * 1024) / ofFirst)} KiB (RSS)`);
print('heap of an idle stream', `${Math.round(((after.heapMiB - before.heapMiB) * 1024) / ofFirst)} KiB`);
const withStreams = await mutationTimes();
print('p99 of the mutation', `${quiet.toFixed(1)} ms without, ${withStreams.toFixed(1)} ms with 1,000 idle streams`);

await sendEvents(600, 20);
print('event to page', `p50 ${quantile(latencies, 0.5)} ms, p99 ${quantile(latencies, 0.99)} ms`);
latencies = [];
const start = delivered.reduce((sum, count) => sum + count, 0);
await sendEvents(eventCount, 150);
const arrived = delivered.reduce((sum, count) => sum + count, 0) - start;
const lost = eventCount * streamsPerOwner - arrived;
print(`${eventCount} events`, `${lost} of ${eventCount * streamsPerOwner} deliveries lost, ${crossings} crossings`);
print('event to page, under load', `p50 ${quantile(latencies, 0.5)} ms, p99 ${quantile(latencies, 0.99)} ms`);
print('p99 of the mutation during 500 forged webhooks a second', `${(await flood()).toFixed(1)} ms`);

await dispatcher.destroy();
const exits = await Promise.all(servers.map((server) => server.stop()));
print('exit codes', exits.join(', '));
await emulator.stop();
redis.kill();

function print(what: string, figure: string): void {
  process.stdout.write(`${what}: ${figure}\n`);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

function post(server: ServerProcess, path: string, token: string | undefined, body: string) {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
  return request(`${server.url}${path}`, { method: 'POST', dispatcher, headers, body });
}

async function openStreams(): Promise<void> {
  for (let owner = 0; owner < owners; owner++) {
    await Promise.all(Array.from({ length: streamsPerOwner }, (_, index) => openStream(owner, owner + index)));
  }
}

async function openStream(owner: number, index: number): Promise<void> {
  const server = servers[index % 2 === 0 ? 0 : 1];
  const { body, statusCode } = await post(
    server,
    '/graphql/stream',
    tokens[owner],
    JSON.stringify({ query: subscription }),
  );
  if (statusCode !== 200) {
    throw new Error(`A stream was refused: ${statusCode}`);
  }
  body.on('error', () => undefined);
  body.on('data', (chunk: Buffer) => {
    for (const [, accountId = ''] of chunk.toString().matchAll(/"accountId":"([^"]+)"/g)) {
      delivered[owner] = (delivered[owner] ?? 0) + 1;
      crossings += accountId === accounts[owner] ? 0 : 1;
      latencies.push(Math.round(performance.now() - (sentAt.get(accountId) ?? 0)));
    }
  });
}

/** Sends to both servers in turn. What a server refuses is sent again, as StackOne does. */
async function sendEvents(count: number, perSecond: number): Promise<void> {
  const expected = delivered.reduce((sum, done) => sum + done, 0) + count * streamsPerOwner;
  const beginning = performance.now();
  const sends: Promise<void>[] = [];
  for (let index = 0; index < count; index++) {
    const dueMs = (index / perSecond) * 1000 - (performance.now() - beginning);
    if (dueMs > 0) {
      await sleep(dueMs);
    }
    sends.push(sendWebhook(index, `${beginning} ${index}`));
  }
  await Promise.all(sends);
  const deadline = performance.now() + 15_000;
  while (delivered.reduce((sum, done) => sum + done, 0) < expected && performance.now() < deadline) {
    await sleep(50);
  }
}

async function sendWebhook(index: number, date: string): Promise<void> {
  const accountId = accounts[index % owners] ?? '';
  const sent_at = new Date().toISOString();
  const text = JSON.stringify({ event: 'account.updated', event_date: date, account_id: accountId, sent_at });
  const signature = createHmac('sha256', secret).update(text).digest('base64url');
  for (;;) {
    sentAt.set(accountId, performance.now());
    if ((await sendSigned(servers[index % 2 === 0 ? 0 : 1], text, signature)) === 200) {
      return;
    }
    await sleep(200);
  }
}

async function sendSigned(server: ServerProcess, body: string, signature: string): Promise<number> {
  const headers = { 'content-type': 'application/json', 'x-stackone-signature': signature };
  const response = await request(`${server.url}/webhooks/stackone`, { method: 'POST', dispatcher, headers, body });
  await response.body.dump();
  return response.statusCode;
}

/** @returns the 99th percentile in milliseconds */
async function mutationTimes(): Promise<number> {
  const times: number[] = [];
  for (let index = 0; index < 500; index++) {
    const begin = performance.now();
    const { body } = await post(servers[0], '/graphql', tokens[index % owners], JSON.stringify({ query: mutation }));
    await body.dump();
    times.push(performance.now() - begin);
  }
  return quantile(times, 0.99);
}

async function flood(): Promise<number> {
  const stop = new AbortController();
  const forged = JSON.stringify({ event: 'account.updated', account_id: 'a', sent_at: new Date().toISOString() });
  const flooding = (async () => {
    while (!stop.signal.aborted) {
      await Promise.all(Array.from({ length: 50 }, () => sendSigned(servers[0], forged, 'forged')));
      await sleep(100);
    }
  })();
  const time = await mutationTimes();
  stop.abort();
  await flooding;
  return time;
}

function quantile(values: readonly number[], part: number): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length * part)] ?? Number.NaN;
}
