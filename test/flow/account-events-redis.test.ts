import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import { afterEach, expect, it } from '@jest/globals';
import { createClient } from '@redis/client';
import { z } from 'zod';
import { AccountChangeKind } from '../../src/domain/account-change.js';
import { RedisClient } from '../../src/egress/redis.js';
import { AccountChanges } from '../../src/events/account-changes.js';
import { RedisFanout } from '../../src/events/redis-fanout.js';
import { createLogger } from '../../src/observability/logger.js';
import { openStream } from '../support/account-stream.js';
import { listen } from '../support/listen.js';
import { freePort, startRedis, stopRedis, withRedis } from '../support/redis.js';
import { acme, globex, ownerFields, startTestApp, type TestApp } from '../support/test-app.js';
import { waitUntil } from '../support/wait.js';

const secret = 'whsec_shared';

/** Two servers in front of one emulator, with one Redis. */
async function withTwoServers(
  use: (servers: readonly [TestApp, TestApp], redisPort: number) => Promise<void>,
  further = {},
) {
  const port = await freePort();
  await startRedis(port);
  const env = { STACKONE_WEBHOOK_SECRET: secret, REDIS_URL: `redis://127.0.0.1:${port}`, ...further };
  const one = await startTestApp(env);
  const other = await startTestApp({ ...env, STACKONE_BASE_URL: one.emulator.url });
  try {
    await waitForRedis([one, other], 1);
    await use([one, other], port);
  } finally {
    await Promise.all([one.stop(), other.stop()]);
  }
}

/** Each server has two connections; the second one subscribes. */
const waitForRedis = (servers: readonly TestApp[], count: number) =>
  waitUntil(
    () =>
      servers.every(
        (server) =>
          server.logs().split('Redis is connected').length > count &&
          server.logs().split('Redis delivers account changes').length > count,
      ),
    'both servers use Redis',
  );

async function sendWebhook({ url }: TestApp, accountId: string, eventDate: string): Promise<number> {
  const body = JSON.stringify({
    event: 'account.updated',
    event_date: eventDate,
    account_id: accountId,
    sent_at: new Date().toISOString(),
  });
  const signature = createHmac('sha256', secret).update(body).digest('base64url');
  const headers = { 'x-stackone-signature': signature };
  return (await fetch(`${url}/webhooks/stackone`, { method: 'POST', headers, body })).status;
}

withRedis('Two servers with one Redis', () => {
  it('deliver a change to the streams of both, and to no other customer', async () => {
    await withTwoServers(async ([one, other]) => {
      const streams = [await openStream(one, acme), await openStream(other, acme)];
      const foreign = [await openStream(one, globex), await openStream(other, globex)];
      const { id } = one.emulator.addAccount({ provider: 'bamboohr', ...ownerFields(acme) });
      expect(await sendWebhook(one, id, '1')).toBe(200);
      expect(await sendWebhook(other, id, '2')).toBe(200);
      const kinds = await Promise.all(streams.map((stream) => stream.kinds(2)));
      expect(kinds).toEqual([
        ['UPDATED', 'UPDATED'],
        ['UPDATED', 'UPDATED'],
      ]);
      expect(foreign.flatMap(({ changes }) => changes)).toEqual([]);
    });
  });

  it('store only ids there: of owners for a minute, of accounts for 25 hours, of broken accounts for longer', async () => {
    await withTwoServers(async ([one, other], port) => {
      const stream = await openStream(other, acme);
      Object.assign(one.emulator.settings, { webhookUrl: `${one.url}/webhooks/stackone`, webhookSecret: secret });
      const texts = { label: 'canary label', origin_username: 'canary username' };
      const { id } = one.emulator.addAccount({ provider: 'bamboohr', ...ownerFields(acme), ...texts });
      expect(await stream.kinds(1)).toEqual(['LINKED']);
      const { createConnectSession } = await (await one.sdk(acme)).createConnectSession({ label: 'canary label' });
      expect(createConnectSession.userErrors).toEqual([]);
      const client = createClient({ url: `redis://127.0.0.1:${port}` });
      await client.connect();
      const readers = {
        string: (key: string) => client.get(key),
        hash: (key: string) => client.hGetAll(key),
        set: (key: string) => client.sMembers(key),
      };
      const stored: string[] = [];
      for (const key of await client.keys('*')) {
        const type = z.enum(['string', 'hash', 'set']).parse(await client.type(key));
        const entry = `${key} ${JSON.stringify(await readers[type](key))}`;
        stored.push(entry);
        expect(entry).not.toMatch(/canary|Acme|@/);
        if (!/:events:(broken|last-webhook)$/.test(key)) {
          expect(await client.ttl(key)).toBeLessThanOrEqual(entry.includes(acme.org_id) ? 60 : 25 * 3600);
          expect(await client.ttl(key)).toBeGreaterThanOrEqual(0);
        }
      }
      expect(stored.some((entry) => entry.includes(acme.org_id))).toBe(true);
      expect(stored.some((entry) => entry.includes(id))).toBe(true);
      client.destroy();
    });
  });

  it('publish one webhook once, however often it is sent to both', async () => {
    await withTwoServers(async ([one, other]) => {
      const stream = await openStream(other, acme);
      const { id } = one.emulator.addAccount({ provider: 'bamboohr', ...ownerFields(acme) });
      const statuses = new Set<number>();
      for (let round = 0; round < 4; round++) {
        const sent = Array.from({ length: 50 }, (_, index) => sendWebhook(index % 2 ? one : other, id, 'same'));
        for (const status of await Promise.all(sent)) {
          statuses.add(status);
        }
      }
      // 429: more than this server accepts in a second.
      expect([...statuses].filter((status) => status !== 200 && status !== 429)).toEqual([]);
      await waitUntil(async () => (await sendWebhook(one, id, 'last')) === 200, 'the limit accepts the last one');
      await stream.kinds(2);
      expect(one.emulator.history.filter(({ path }) => path === `/accounts/${id}`)).toHaveLength(2);
      expect(stream.changes).toHaveLength(2);
    });
  });

  it('report that they may not use the channel, and deliver changes as soon as they may', async () => {
    const port = await freePort();
    // The default of Redis 7 for a new user: no channels.
    await startRedis(port, ['--user', 'app', 'on', '>password', '~*', '+@all', 'resetchannels']);
    const env = { STACKONE_WEBHOOK_SECRET: secret, REDIS_URL: `redis://app:password@127.0.0.1:${port}` };
    const server = await startTestApp(env);
    await waitUntil(() => server.logs().includes('"alert":"redis-gone","reason":"NOPERM"'), 'the alert');
    const admin = createClient({ url: `redis://127.0.0.1:${port}` });
    await admin.connect();
    await admin.sendCommand(['ACL', 'SETUSER', 'app', '&stackone-connect:*']);
    await waitUntil(() => server.logs().includes('Redis delivers account changes'), 'the subscription');
    expect(server.logs().split('NOPERM')).toHaveLength(2);
    await server.stop();
    const connections = async () =>
      String(await admin.sendCommand(['CLIENT', 'LIST']))
        .trim()
        .split('\n').length;
    await waitUntil(async () => (await connections()) === 1, 'the server has closed its connections');
    admin.destroy();
  });

  it('deliver to the product one BROKEN of an account that flaps, whichever of them detects it', async () => {
    const kinds: unknown[] = [];
    const product = await listen(
      createServer(async (request, response) => {
        const event = z.object({ type: z.string() }).parse(await json(request));
        kinds.push(event.type);
        response.end();
      }),
    );
    const env = { EVENTS_URL: product.url, EVENTS_SECRET: Buffer.alloc(24, 1).toString('base64') };
    await withTwoServers(async ([one, other]) => {
      const streams = [await openStream(one, acme), await openStream(other, acme)];
      const { id } = one.emulator.addAccount({ provider: 'bamboohr', ...ownerFields(acme) });
      const steps = [
        [one, 'error'],
        [other, 'active'],
        [other, 'error'],
        [one, 'active'],
        [one, 'active'],
      ] as const;
      for (const [index, [server, status]] of steps.entries()) {
        one.emulator.updateAccount(id, { status });
        await sendWebhook(server, id, String(index));
        await Promise.all(streams.map((stream) => stream.kinds(index + 1)));
      }
      await waitUntil(() => kinds.length === 3, 'three events');
      expect(kinds).toEqual(['linked_account.broken', 'linked_account.recovered', 'linked_account.updated']);
    }, env);
    await product.close();
  });

  it('keep their streams when Redis is killed, and deliver what was missed when it is back', async () => {
    await withTwoServers(async ([one, other], port) => {
      const [near, far] = [await openStream(one, acme), await openStream(other, acme)];
      const { id } = one.emulator.addAccount({ provider: 'bamboohr', ...ownerFields(acme) });
      await stopRedis();
      await waitUntil(() => [one, other].every((server) => server.logs().includes('redis-gone')), 'the alert');
      expect(await sendWebhook(one, id, 'while Redis is gone')).toBe(200);
      expect(await near.kinds(1)).toEqual(['UPDATED']);
      await startRedis(port);
      await waitForRedis([one, other], 2);
      expect(await far.kinds(1)).toEqual(['UPDATED']);
      await sendWebhook(one, id, 'later');
      expect(await far.kinds(2)).toEqual(['UPDATED', 'UPDATED']);
      expect(near.changes).toHaveLength(2);
    });
  });
});

withRedis('A change that no other instance has heard', () => {
  const clients: RedisClient[] = [];
  afterEach(() => {
    for (const client of clients.splice(0)) {
      client.close();
    }
  });

  /** Connects an instance to a Redis of this test. */
  async function createConnect() {
    const port = await freePort();
    await startRedis(port);
    const lines: string[] = [];
    const logger = createLogger('info', { write: (line) => void lines.push(line) });
    return async () => {
      const redis = await RedisClient.connect(`redis://127.0.0.1:${port}`, logger, () => {});
      const connected = clients.push(redis);
      const fanout = new RedisFanout(redis);
      const changes = new AccountChanges((message) => fanout.send(message));
      fanout.start(changes);
      await waitUntil(() => lines.join('').split('Redis delivers').length > connected, 'the subscription');
      const heard: string[] = [];
      changes.listen(acme.org_id, (owned) => void heard.push(owned.change.accountId));
      const publish = (accountId: string) => {
        const change = { kind: AccountChangeKind.REMOVED, accountId, account: null, at: new Date() };
        changes.publish({ ownerId: acme.org_id, change });
      };
      return { redis, publish, heard };
    };
  }

  it('is sent again when the connections to Redis are back', async () => {
    const connect = await createConnect();
    const one = await connect();
    one.publish('1');
    const other = await connect();
    await one.redis.client.sendCommand(['CLIENT', 'KILL', 'TYPE', 'pubsub']);
    await waitUntil(() => other.heard.length > 0, 'the change');
    expect(other.heard).toEqual(['1']);
  });

  it('because the connection that sends was lost is sent a moment later', async () => {
    const connect = await createConnect();
    const [one, other] = [await connect(), await connect()];
    one.redis.client.once('reconnecting', () => one.publish('1'));
    await one.redis.client.sendCommand(['CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'no']).catch(() => undefined);
    await waitUntil(() => other.heard.length > 0, 'the change');
    expect(other.heard).toEqual(['1']);
  });

  it('is delivered after messages in the channel that no server of this version sends', async () => {
    const connect = await createConnect();
    const [one, other] = [await connect(), await connect()];
    for (const text of ['canary', '{}', 'null', '{"id":"1","ownerId":"org_acme","change":{"kind":"CANARY"}}']) {
      await one.redis.publish('stackone-connect:changes', text);
    }
    one.publish('1');
    await waitUntil(() => other.heard.length > 0, 'the change');
    expect(other.heard).toEqual(['1']);
  });
});
