import { createHmac } from 'node:crypto';
import { afterEach, expect, it } from '@jest/globals';
import { createClient } from '@redis/client';
import type { Environment } from '../../src/config/from-environment.js';
import { examine } from '../support/doctor.js';
import { freePort, startRedis, startRedisWithTls, withRedis } from '../support/redis.js';
import { startTestApp, type TestApp, testEnv } from '../support/test-app.js';
import { createCertificates, trustAuthority } from '../support/tls-certificates.js';
import { waitFor } from '../support/wait.js';

const password = 'canary-redis-password';
const webhookSecret = 'canary-webhook-secret';

/** The findings about Redis and webhooks. Nothing listens at the address of StackOne. */
async function examineRedis(env: Environment): Promise<string[]> {
  const lines = await examine(
    testEnv({ STACKONE_BASE_URL: 'http://127.0.0.1:1', STACKONE_WEBHOOK_SECRET: webhookSecret, ...env }),
  );
  return lines.filter((line) => /^\w+ (redis|webhooks):/.test(line));
}

withRedis('doctor › Redis with TLS', () => {
  const certificates = createCertificates();
  trustAuthority(certificates);

  it('explains that it requires a client certificate', async () => {
    const [port, tlsPort] = [await freePort(), await freePort()];
    await startRedisWithTls(port, tlsPort, certificates);
    // Redis can close the connection before it has said why.
    expect(await examineRedis({ REDIS_URL: `rediss://127.0.0.1:${tlsPort}` })).toContainEqual(
      expect.stringMatching(
        /^error redis: Redis (requires|closes) .* tls-auth-clients to no: this server has no client/,
      ),
    );
  });
});

withRedis('doctor › Redis', () => {
  let app: TestApp | undefined;
  afterEach(async () => {
    await app?.stop();
    app = undefined;
  });

  it('explains a wrong password, a missing one, and one that Redis does not have', async () => {
    const port = await freePort();
    await startRedis(port, ['--requirepass', password]);
    expect(await examineRedis({ REDIS_URL: `redis://:canary-wrong@127.0.0.1:${port}` })).toEqual([
      'error redis: Redis rejects the user name or the password in REDIS_URL (WRONGPASS). Fix: Correct them. Percent-encode special characters, such as %40 for @.',
      'unknown webhooks: STACKONE_WEBHOOK_SECRET is set. It is not known when the last webhook arrived, because Redis does not work.',
    ]);
    expect(await examineRedis({ REDIS_URL: `redis://127.0.0.1:${port}` })).toContain(
      'error redis: Redis requires a password (NOAUTH). Fix: Add it to REDIS_URL: redis://:<password>@<host>:<port>.',
    );
    expect(await examineRedis({ REDIS_URL: `rediss://:${password}@127.0.0.1:${port}` })).toContainEqual(
      expect.stringMatching(/^error redis: Redis .* Fix: Check .*scheme .* rediss: is for a Redis with TLS/),
    );
    expect(await examineRedis({ REDIS_URL: `redis://:${password}@127.0.0.1:${port}` })).toContain(
      'ok redis: Redis works: all instances share the rate limits.',
    );
  });

  it('explains a replica, which is read-only, and an address where nothing listens', async () => {
    const port = await freePort();
    await startRedis(port, ['--replicaof', '127.0.0.1 1']);
    expect(await examineRedis({ REDIS_URL: `redis://127.0.0.1:${port}` })).toContain(
      'error redis: REDIS_URL leads to a read-only replica (READONLY). Fix: Use the address of the primary.',
    );
    expect(await examineRedis({ REDIS_URL: `redis://:${password}@127.0.0.1:1` })).toContain(
      'error redis: Redis at redis://127.0.0.1:1 cannot be reached (ECONNREFUSED). Fix: Check the host and the port in REDIS_URL, and the firewall.',
    );
  });

  it('explains a user that may use some of the commands, keys and channels only', async () => {
    const port = await freePort();
    await startRedis(port);
    const admin = createClient({ url: `redis://127.0.0.1:${port}` });
    await admin.connect();
    const examineUser = async (...rules: readonly string[]) => {
      await admin.sendCommand(['ACL', 'SETUSER', 'app', 'reset', 'on', `>${password}`, ...rules]);
      return examineRedis({
        REDIS_URL: `redis://app:${password}@127.0.0.1:${port}`,
        STACKONE_WEBHOOK_SECRET: undefined,
      });
    };
    const fix = 'Fix: Allow this in the ACL of Redis: ~stackone-connect:* &stackone-connect:* +@all -@dangerous.';
    for (const rules of [
      ['~other:*', '&*', '+@all'],
      ['~*', '&*', '+@all', '-eval'],
      ['~*', '&*', '+@all', '-@set'],
      ['~stackone-connect:events:*', '&*', '+@all'],
    ]) {
      expect(await examineUser(...rules)).toContain(
        `error redis: The user in REDIS_URL may not use the commands of this server (NOPERM). ${fix}`,
      );
    }
    // A new user of Redis 7 may use no channel.
    expect(await examineUser('resetchannels', '~*', '+@all')).toContain(
      `error redis: The user in REDIS_URL may not publish account changes (the channel is refused). ${fix}`,
    );
    expect(await examineUser('~stackone-connect:*', '&stackone-connect:*', '+@all', '-@dangerous')).toContain(
      'ok redis: Redis works: all instances share the rate limits.',
    );
    admin.destroy();
  });

  it('leaves only keys that expire, and reports no change to the instances', async () => {
    const port = await freePort();
    await startRedis(port);
    const url = `redis://127.0.0.1:${port}`;
    app = await startTestApp({ REDIS_URL: url, STACKONE_WEBHOOK_SECRET: webhookSecret });
    const logs = app.logs;
    await waitFor(
      () => logs().includes('Redis delivers account changes') || undefined,
      () => 'account changes are not delivered',
    );
    const before = logs();
    expect(await examineRedis({ REDIS_URL: url })).toContain(
      'ok redis: Redis works: all instances share the rate limits.',
    );
    const client = createClient({ url });
    await client.connect();
    const keys = (await client.keys('*')).filter((key) => !key.startsWith('stackone-connect:events:'));
    expect(keys.sort()).toEqual(['stackone-connect:owner:stackone-connect-doctor', 'stackone-connect:window']);
    for (const key of keys) {
      expect(await client.pTTL(key)).toBeGreaterThan(0);
    }
    expect(await client.sMembers('stackone-connect:events:broken')).not.toContain('doctor');
    client.destroy();
    expect(logs()).toBe(before);
  });

  it('explains a database that Redis does not have', async () => {
    const port = await freePort();
    await startRedis(port);
    expect(await examineRedis({ REDIS_URL: `redis://127.0.0.1:${port}/99` })).toContainEqual(
      expect.stringMatching(/^error redis: Redis refuses a command \(ERR\)\. Fix: .* number of a database, check that/),
    );
  });

  it('knows when the last webhook with a valid signature arrived, at any instance', async () => {
    const port = await freePort();
    await startRedis(port);
    const env = { REDIS_URL: `redis://127.0.0.1:${port}` };
    expect(await examineRedis(env)).toContainEqual(
      expect.stringMatching(/^unknown webhooks: .* No webhook with a valid signature has arrived yet\. Fix: Register/),
    );
    app = await startTestApp({ ...env, STACKONE_WEBHOOK_SECRET: webhookSecret });
    const logs = app.logs;
    await waitFor(
      () => logs().includes('Redis is connected') || undefined,
      () => 'Redis is not connected',
    );
    const body = JSON.stringify({ event: 'account.created', account_id: 'a', sent_at: new Date().toISOString() });
    const send = (secret: string) =>
      fetch(`${app?.url}/webhooks/stackone`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'x-stackone-signature': createHmac('sha256', secret).update(body).digest('base64url'),
        },
        body,
      });
    expect((await send('another-secret')).status).toBe(401);
    expect(await examineRedis(env)).toContainEqual(expect.stringMatching(/^unknown webhooks: /));
    const before = Date.now();
    expect((await send(webhookSecret)).status).toBe(200);
    const line = await waitFor(
      async () => (await examineRedis(env)).find((finding) => finding.startsWith('ok webhooks: ')),
      () => 'the webhook is not known',
    );
    const [time = ''] = /\d{4}-[\d:.TZ-]+Z/.exec(line) ?? [];
    expect(Date.parse(time)).toBeGreaterThanOrEqual(before);
  });

  it('does not believe a time in Redis that is none', async () => {
    const port = await freePort();
    await startRedis(port);
    const url = `redis://127.0.0.1:${port}`;
    const client = createClient({ url });
    await client.connect();
    await client.set('stackone-connect:events:last-webhook', 'canary');
    client.destroy();
    expect(await examineRedis({ REDIS_URL: url })).toContainEqual(
      expect.stringMatching(/^unknown webhooks: .* No webhook with a valid signature/),
    );
  });

  it('says that webhooks are off without a secret, and unknown without Redis', async () => {
    expect(await examineRedis({ STACKONE_WEBHOOK_SECRET: undefined })).toEqual([
      'ok redis: REDIS_URL is not set: each instance counts its own requests. Set it for several instances.',
      expect.stringMatching(/^warning webhooks: Webhooks are off without a valid STACKONE_WEBHOOK_SECRET/),
    ]);
  });
});
