import { spawnSync } from 'node:child_process';
import { connect, createServer, type Socket } from 'node:net';
import { expect, it } from '@jest/globals';
import { RedisClient } from '../../src/egress/redis.js';
import { type FaultApp, loggedAlerts, startFaultApp, waitForLogLine, withFaultApp } from '../support/fault-cases.js';
import { listen } from '../support/listen.js';
import { freePort, startRedis, startRedisWithTls, stopRedis, withRedis } from '../support/redis.js';
import { acme, errorCode } from '../support/test-app.js';
import { createCertificates, trustAuthority } from '../support/tls-certificates.js';
import { waitUntil } from '../support/wait.js';

const connected = 'Redis is connected';
/** A burst of ten sessions per owner. */
const limit = { RATE_LIMIT_PER_OWNER_PER_MINUTE: '30' };
/** A reconnection takes seconds, and each of these polls takes processor time. */
const slowly = { timeoutMs: 20_000, intervalMs: 100 };
/** As long as a request waits for Redis. */
const commandTimeoutMs = 250;

const countOf = (text: string, part: string) => text.split(part).length - 1;
const waitForConnection = (fixture: FaultApp, count = 1) =>
  waitUntil(
    () => countOf(fixture.app.logs(), connected) === count,
    `the server has connected to Redis ${count} time(s)`,
  );

const statistics = (port: number) =>
  String(spawnSync('redis-cli', ['-p', String(port), 'info', 'commandstats']).stdout);

/** How many scripts Redis has run. */
function countScripts(port: number): number {
  const scripts = statistics(port).matchAll(/^cmdstat_eval(?:sha)?:calls=(\d+)/gm);
  return [...scripts].reduce((sum, [, calls]) => sum + Number(calls), 0);
}

/** In front of Redis. `silence` keeps the open connections open, as after a failover: nothing comes through them any more. */
async function startRelay(port: number) {
  let target = port;
  const sockets: Socket[] = [];
  const pairs: (readonly [Socket, Socket])[] = [];
  const server = createServer((client) => {
    const redis = connect(target, '127.0.0.1');
    client.on('error', () => undefined).pipe(redis);
    redis.on('error', () => undefined).pipe(client);
    sockets.push(client, redis);
    pairs.push([client, redis]);
  });
  const listener = await listen(server);
  return {
    port: listener.port,
    /** New connections lead to another Redis, as after a change in DNS. */
    leadTo: (to: number) => {
      target = to;
    },
    silence: () => {
      for (const [client, redis] of pairs.splice(0)) {
        client.unpipe().resume();
        redis.unpipe().resume();
      }
    },
    close: async () => {
      for (const socket of sockets) {
        socket.destroy();
      }
      await listener.close();
    },
  };
}

/** Creates sessions with each server in turn until the rate limit rejects one. @returns the number of sessions */
async function createUntilLimited(...fixtures: readonly FaultApp[]): Promise<number> {
  let created = 0;
  for (;;) {
    for (const fixture of fixtures) {
      const code = errorCode(await fixture.createSession());
      if (code !== undefined) {
        expect(code).toBe('RATE_LIMITED');
        return created;
      }
      created += 1;
    }
  }
}

/** On a busy machine, some of the requests are slow for other reasons. */
async function fastestRequestMs(fixture: FaultApp): Promise<number> {
  const times: number[] = [];
  while (times.length < 5) {
    const start = performance.now();
    await fixture.createSession();
    times.push(performance.now() - start);
  }
  return Math.min(...times);
}

withRedis('Rate limits of two servers with the same Redis', () => {
  it('are shared, are counted per server with one alert during a Redis outage, and are shared again afterwards', async () => {
    const port = await freePort();
    const env = { ...limit, REDIS_URL: `redis://127.0.0.1:${port}` };
    await startRedis(port);
    const fixtures = await Promise.all([startFaultApp({ env }), startFaultApp({ env })]);
    const [one, other] = fixtures;
    try {
      await Promise.all(fixtures.map((fixture) => waitForConnection(fixture)));
      expect(await createUntilLimited(one, other)).toBe(10);
      expect(await createUntilLimited(other)).toBe(0);

      await stopRedis();
      expect(await createUntilLimited(one)).toBe(10);
      expect(await createUntilLimited(other)).toBe(10);

      await startRedis(port);
      await Promise.all(fixtures.map((fixture) => waitForConnection(fixture, 2)));
      expect(await createUntilLimited(one, other)).toBe(10);
      expect(await createUntilLimited(one)).toBe(0);
      expect(fixtures.map(({ app }) => loggedAlerts(app))).toEqual([['redis-gone'], ['redis-gone']]);
    } finally {
      await Promise.all(fixtures.map((fixture) => fixture.stop()));
    }
  });
});

withRedis('The shares of the total rate limit of two servers with the same Redis', () => {
  it('hold for both together, and a mutation needs one command for the session and one for each request', async () => {
    const port = await freePort();
    // 40 requests in each window of five seconds.
    const env = { RATE_LIMIT_TOTAL_PER_MINUTE: '480', REDIS_URL: `redis://127.0.0.1:${port}` };
    await startRedis(port);
    const fixtures = await Promise.all([startFaultApp({ env }), startFaultApp({ env })]);
    const [one, other] = fixtures;
    try {
      await Promise.all(fixtures.map((fixture) => waitForConnection(fixture)));
      const calls = fixtures.flatMap((fixture) => Array.from({ length: 8 }, () => fixture.createSession()));
      const codes = (await Promise.all(calls)).map(errorCode);
      expect(codes.filter((code) => code === 'RATE_LIMITED')).toHaveLength(6);
      expect(one.upstream.requests.length + other.upstream.requests.length).toBe(10);
      expect(fixtures.map(({ app }) => loggedAlerts(app))).toEqual([[], []]);
      expect(countScripts(port)).toBe(2 * calls.length);
    } finally {
      await Promise.all(fixtures.map((fixture) => fixture.stop()));
    }
  });
});

withRedis('The shares of three owners that send as many look-ups as they can', () => {
  it('are the same in Redis as in memory, and leave the rest to the others', async () => {
    const port = await freePort();
    await startRedis(port);
    await withFaultApp(
      async (fixture) => {
        await waitForConnection(fixture);
        const lookUp = async (owner: number) => {
          const query = 'mutation { confirmLinkedAccount(accountId: "account-1") { account { id } } }';
          return errorCode(await fixture.run(query, { ...acme, org_id: `org_${owner}` })) === undefined;
        };
        const served = [0, 0, 0];
        for (let round = 0; round < 10; round++) {
          for (const [owner, count] of served.entries()) {
            served[owner] = count + Number(await lookUp(owner));
          }
        }
        expect(served).toEqual([6, 6, 6]);
        expect(await Promise.all(Array.from({ length: 12 }, (_, call) => lookUp(100 + call)))).not.toContain(false);
        expect(loggedAlerts(fixture.app)).toEqual([]);
      },
      // 40 requests in each window of five seconds.
      { env: { RATE_LIMIT_TOTAL_PER_MINUTE: '480', REDIS_URL: `redis://127.0.0.1:${port}` } },
    );
  });
});

withRedis('Redis that responds but does not count', () => {
  it.each([
    ['in an hour, because the clock of Redis was set back', ['expire', 'stackone-connect:window', '3600']],
    ['never', ['persist', 'stackone-connect:window']],
  ])('a full window that ends %s: a new one starts', async (_title, command) => {
    const port = await freePort();
    await startRedis(port);
    const redis = (...words: string[]) => spawnSync('redis-cli', ['-p', String(port), ...words]);
    await withFaultApp(
      async (fixture) => {
        await waitForConnection(fixture);
        redis('hset', 'stackone-connect:window', 'all', '1000000000');
        redis(...command);
        expect(errorCode(await fixture.createSession())).toBeUndefined();
      },
      { env: { REDIS_URL: `redis://127.0.0.1:${port}` } },
    );
  });

  it.each([
    ['in an hour, because the clock of Redis was set back', 'expire', '3600'],
    ['never', 'persist'],
  ])('a full window of an owner that ends %s: a new one starts', async (_title, command, ...seconds) => {
    const port = await freePort();
    await startRedis(port);
    await withFaultApp(
      async (fixture) => {
        await waitForConnection(fixture);
        expect(await createUntilLimited(fixture)).toBe(10);
        spawnSync('redis-cli', ['-p', String(port), command, `stackone-connect:owner:${acme.org_id}`, ...seconds]);
        expect(await createUntilLimited(fixture)).toBe(10);
        const response = await fixture.createSession();
        expect(response.json.errors?.[0]?.extensions.retryAfterSeconds).toBeLessThanOrEqual(20);
      },
      { env: { ...limit, REDIS_URL: `redis://127.0.0.1:${port}` } },
    );
  });

  it('works again after it was slow: the metric says so without another request', async () => {
    const port = await freePort();
    await startRedis(port);
    await withFaultApp(
      async (fixture) => {
        const failing = async () => /^connect_redis_failing (\d)$/m.exec(await fixture.app.metrics())?.[1];
        await waitForConnection(fixture);
        spawnSync('redis-cli', ['-p', String(port), 'client', 'pause', String(3 * commandTimeoutMs)]);
        await fixture.createSession();
        expect(await failing()).toBe('1');
        await waitUntil(async () => (await failing()) === '0', 'the metric is 0', slowly);
        expect(countOf(fixture.app.logs(), connected)).toBe(1);
      },
      { env: { REDIS_URL: `redis://127.0.0.1:${port}`, METRICS_PORT: '0' } },
    );
  });

  it.each([
    ['a read-only replica', ['--replicaof', '127.0.0.1 1'], 'READONLY'],
    ['out of memory', ['--maxmemory', '1'], 'OOM'],
    ['without its password', ['--requirepass', 'secret'], 'NOAUTH'],
  ])('%s: one alert that says why, and the limit holds', async (_title, options, reason) => {
    const port = await freePort();
    await startRedis(port, options);
    await withFaultApp(
      async (fixture) => {
        await waitForConnection(fixture);
        expect(await createUntilLimited(fixture)).toBe(10);
        expect(loggedAlerts(fixture.app)).toEqual(['redis-gone']);
        expect(fixture.app.logs()).toContain(`"reason":"${reason}"`);
      },
      { env: { ...limit, REDIS_URL: `redis://127.0.0.1:${port}` } },
    );
  });

  it('hangs: one request waits for it, the next ones do not, and the limit holds', async () => {
    const port = await freePort();
    const child = await startRedis(port);
    await withFaultApp(
      async (fixture) => {
        await waitForConnection(fixture);
        child.kill('SIGSTOP');
        expect(await createUntilLimited(fixture)).toBe(10);
        expect(loggedAlerts(fixture.app)).toEqual(['redis-gone']);
        child.kill('SIGCONT');
        // It was sent one command, and runs it now.
        expect(countScripts(port)).toBe(1);
      },
      { env: { ...limit, REDIS_URL: `redis://127.0.0.1:${port}` } },
    );
  });
});

withRedis('A connection to Redis', () => {
  it('from which nothing comes any more is replaced, and both servers share the limits again', async () => {
    const port = await freePort();
    await startRedis(port);
    const relay = await startRelay(port);
    const through = (to: number) => ({ env: { ...limit, REDIS_URL: `redis://127.0.0.1:${to}` } });
    const fixtures = await Promise.all([startFaultApp(through(relay.port)), startFaultApp(through(port))]);
    const [one, other] = fixtures;
    try {
      await Promise.all(fixtures.map((fixture) => waitForConnection(fixture)));
      // The subscription has a connection of its own.
      const subscribed = (times: number) => () => countOf(one.app.logs(), 'Redis delivers account changes') === times;
      await waitUntil(subscribed(1), 'the subscription');
      relay.silence();
      // No request is needed to notice it.
      await waitUntil(() => countOf(one.app.logs(), connected) === 2, 'a new connection', slowly);
      await waitUntil(subscribed(2), 'a new subscription', slowly);
      expect(await createUntilLimited(one, other)).toBe(10);
      expect(fixtures.map(({ app }) => loggedAlerts(app))).toEqual([['redis-gone'], []]);
    } finally {
      await Promise.all(fixtures.map((fixture) => fixture.stop()));
      await relay.close();
    }
  });

  it('to a primary that becomes a replica is replaced by one to the new primary', async () => {
    const [port, nextPort] = [await freePort(), await freePort()];
    await startRedis(port);
    const relay = await startRelay(port);
    await startRedis(nextPort);
    const fixture = await startFaultApp({ env: { ...limit, REDIS_URL: `redis://127.0.0.1:${relay.port}` } });
    try {
      await waitForConnection(fixture);
      relay.leadTo(nextPort);
      spawnSync('redis-cli', ['-p', String(port), 'replicaof', '127.0.0.1', String(nextPort)]);
      // Several commands fail at the same time.
      await Promise.all(Array.from({ length: 9 }, () => fixture.createSession()));
      expect(fixture.app.logs()).toContain('"reason":"READONLY"');
      // No request is needed to notice it.
      await waitUntil(() => countOf(fixture.app.logs(), 'Redis works again') === 1, 'Redis works', slowly);
      expect(errorCode(await fixture.createSession())).toBeUndefined();
      expect(countScripts(nextPort)).toBeGreaterThan(0);
      expect(loggedAlerts(fixture.app)).toEqual(['redis-gone']);
    } finally {
      await fixture.stop();
      await relay.close();
    }
  });

  it('whose server is older than version 7 and wraps the error of a script: the alert says why', async () => {
    const port = await freePort();
    await startRedis(port);
    const reasons: unknown[] = [];
    const logger = { debug: () => {}, info: () => {}, warn: () => {}, error: (fields: object) => reasons.push(fields) };
    const redis = await RedisClient.connect(`redis://127.0.0.1:${port}`, logger, () => undefined);
    await waitUntil(() => redis.client.isReady, 'Redis is connected');
    const wrapped =
      'ERR Error running script (call to f_f751): @user_script:1: @user_script: 1: -OOM command not allowed';
    const script = `return redis.error_reply("${wrapped}")`;
    await redis.use(
      (client) => client.eval(script),
      async () => null,
    );
    redis.close();
    expect(reasons).toEqual([{ alert: 'redis-gone', reason: 'OOM' }]);
  });

  it('whose user may not use PING works: no alert', async () => {
    const port = await freePort();
    const keys = ['~stackone-connect:*', '&stackone-connect:*'];
    await startRedis(port, ['--user', 'app', 'on', '>password', ...keys, '+@all', '-ping']);
    await withFaultApp(
      async (fixture) => {
        await waitForConnection(fixture);
        const refused = () => /cmdstat_ping:.*rejected_calls=[2-9]/.test(statistics(port));
        await waitUntil(refused, 'Redis has refused a ping on each connection', slowly);
        expect(await createUntilLimited(fixture)).toBe(10);
        expect(loggedAlerts(fixture.app)).toEqual([]);
      },
      { env: { ...limit, REDIS_URL: `redis://app:password@127.0.0.1:${port}` } },
    );
  });
});

withRedis('A Redis with TLS', () => {
  const certificates = createCertificates();
  trustAuthority(certificates);

  it('that refuses each connection, because it has no client certificate: one alert, and the limit holds', async () => {
    const [port, tlsPort] = [await freePort(), await freePort()];
    await startRedisWithTls(port, tlsPort, certificates);
    await withFaultApp(
      async (fixture) => {
        expect(await createUntilLimited(fixture)).toBe(10);
        const attempts = () =>
          Number(
            /^total_connections_received:(\d+)/m.exec(
              String(spawnSync('redis-cli', ['-p', String(port), 'info', 'stats']).stdout),
            )?.[1],
          );
        const before = attempts();
        // One of them is that of redis-cli.
        await waitUntil(() => attempts() > before + 4, 'further attempts to connect', slowly);
        expect(loggedAlerts(fixture.app)).toEqual(['redis-gone']);
        expect(fixture.app.logs()).not.toContain(connected);
      },
      { env: { ...limit, REDIS_URL: `rediss://127.0.0.1:${tlsPort}` } },
    );
  });
});

describe('Redis that is not available', () => {
  it('accepts connections and never responds: requests are not delayed and the limit holds', async () => {
    const silent = createServer((socket) => socket.on('error', () => undefined).resume());
    const { port, close } = await listen(silent);
    await withFaultApp(
      async (fixture) => {
        expect(await createUntilLimited(fixture)).toBe(10);
        expect(await fastestRequestMs(fixture)).toBeLessThan(commandTimeoutMs);
      },
      { env: { ...limit, REDIS_URL: `redis://127.0.0.1:${port}` } },
    );
    await close();
  });

  it('is not running: requests are not delayed, the limit holds, and its password is not logged', async () => {
    const password = 'canary-redis-password';
    const port = await freePort();
    await withFaultApp(
      async (fixture) => {
        await waitForLogLine(fixture.app, '"alert":"redis-gone"');
        expect(await createUntilLimited(fixture)).toBe(10);
        expect(await fastestRequestMs(fixture)).toBeLessThan(commandTimeoutMs);
        expect(loggedAlerts(fixture.app)).toEqual(['redis-gone']);
        expect(fixture.app.logs()).not.toContain(password);
      },
      { env: { ...limit, REDIS_URL: `redis://:${password}@127.0.0.1:${port}` } },
    );
  });
});
