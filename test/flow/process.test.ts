import { once } from 'node:events';
import { closeSync, existsSync, mkdtempSync, openSync, readdirSync, renameSync, rmSync } from 'node:fs';
import module from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { startEmulator } from '../../emulator/src/index.js';
import { Secret } from '../../src/config/secret.js';
import { createOwnerHash } from '../../src/observability/owner-hash.js';
import { listen } from '../support/listen.js';
import { inPackage } from '../support/package-files.js';
import { type Program, startProgram, startTimeout, waitForUrl } from '../support/program.js';
import { openSocket } from '../support/raw-http.js';
import { freePort } from '../support/redis.js';
import { acme, ownerFields } from '../support/test-env.js';
import { waitUntil } from '../support/wait.js';

const tokenSchema = z.object({ token: z.string() });
const dataSchema = z.object({ data: z.object({ linkedAccounts: z.object({}) }) });

const start = (env: Record<string, string>, preload?: string) =>
  startProgram(env, preload === undefined ? {} : { preload });
const server = { file: 'dist/src/main.js' } as const;
const serverEnv = {
  STACKONE_API_KEY: 'canary-key',
  STACKONE_BASE_URL: 'http://127.0.0.1:1',
  AUTH_SECRET: 'canary-secret-of-more-than-32-bytes',
  AUTH_ISSUER: 'i',
  AUTH_AUDIENCE: 'a',
  PORT: '0',
};
const demoPorts = { PORT: '0', EMULATOR_PORT: '0' };

describe('the command line program', () => {
  it('starts the demo without an API key, prints all URLs, and exits with 0 on SIGTERM', async () => {
    const program = start(demoPorts);
    const url = await waitForUrl(program);
    await waitUntil(() => program.output().includes('Ctrl+C'), 'the URLs are printed', startTimeout);
    expect(program.output()).toContain(`The page         ${url}/`);
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    program.process.kill('SIGTERM');
    expect(await program.exitCode).toBe(0);
  });

  it('prints every configuration problem in one message and exits with 1', async () => {
    const program = start({
      STACKONE_API_KEY: 'key',
      NODE_ENV: 'production',
      PORT: 'canary',
      LOG_LEVEL: 'canary',
    });
    expect(await program.exitCode).toBe(1);
    expect(program.output()).toMatch(/^The configuration has 5 problem\(s\):\n( {2}- .+\n){5}$/);
    for (const name of ['PORT', 'LOG_LEVEL', 'AUTH_ISSUER', 'AUTH_AUDIENCE']) {
      expect(program.output()).toMatch(new RegExp(`^ {2}- ${name} `, 'm'));
    }
    expect(program.output()).not.toContain('canary');
  });

  /** `unit/demo` has all of them. */
  it('prints the problems of the demo and exits with 1', async () => {
    const program = start({ PORT: '0', AUTH_ISSUER: 'canary', EMULATOR_PORT: 'canary' });
    expect(await program.exitCode).toBe(1);
    expect(program.output()).toContain('AUTH_ISSUER is set but STACKONE_API_KEY is not');
    expect(program.output()).toContain('EMULATOR_PORT is not valid');
    expect(program.output()).not.toContain('canary');
  });

  it('explains that its port is in use and exits with 1', async () => {
    const { port, close } = await listen(createServer());
    const program = start({ ...demoPorts, PORT: String(port) });
    expect(await program.exitCode).toBe(1);
    expect(program.output()).toContain('another program listens on this port. Stop it, or set PORT or EMULATOR_PORT.');
    await close();
  });

  /** `flow/start-failure` has the port of the metrics too. */
  it('ends, with what it has opened, when its port is in use, and Redis cannot be reached', async () => {
    const { port, close } = await listen(createServer());
    const program = startProgram({ ...serverEnv, PORT: String(port), REDIS_URL: 'redis://127.0.0.1:1' }, server);
    expect(await program.exitCode).toBe(1);
    expect(program.output()).toContain('another program listens on this port. Stop it, or set PORT or METRICS_PORT.');
    await close();
  });

  it('logs the configuration in force without secrets, and the variables that are probably misspelt', async () => {
    const program = startProgram({ ...serverEnv, OWNER_CLAIM: 'canary', PATHS: 'canary' }, server);
    await waitForUrl(program);
    expect(program.output()).toMatch(/"level":"warn".*"variable":"OWNER_CLAIM","suggestion":"OWNER_ID_CLAIM"/);
    expect(program.output()).toMatch(/"STACKONE_API_KEY":"\[set\]".*"AUTH_ISSUER":"i".*"msg":"configuration"/);
    expect(program.output()).not.toMatch(/canary|PATHS/);
  });

  it('prints how log lines show an owner, with the API key only', async () => {
    const program = startProgram({ STACKONE_API_KEY: 'key' }, { ...server, args: ['owner-hash', 'org_acme'] });
    expect(await program.exitCode).toBe(0);
    expect(program.output()).toBe(`${createOwnerHash(new Secret('key'))('org_acme')}\n`);
    const help = startProgram(serverEnv, { ...server, args: ['owner-hash', '--help'] });
    expect(await help.exitCode).toBe(0);
    expect(help.output()).toMatch(/^Usage: stackone-connect-graphql owner-hash <owner id>\n\nowner-hash prints .*\n$/);
    for (const args of [['owner-hash'], ['owner-hash', 'a', 'b']]) {
      const wrong = startProgram(serverEnv, { ...server, args });
      expect([await wrong.exitCode, wrong.output()]).toEqual([
        2,
        'owner-hash takes one owner id. See owner-hash --help.\n',
      ]);
    }
  });

  // Node.js 20 cannot: no test there.
  const itWithCompileCache = 'enableCompileCache' in module ? it : () => undefined;
  itWithCompileCache('keeps compiled code for the next start next to the code, or in NODE_COMPILE_CACHE', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'compile-cache-'));
    const printFolder = `import module from 'node:module';
      process.once('exit', () => process.stdout.write('Compiled code: ' + module.getCompileCacheDir?.() + ';'));`;
    const readFolder = async (env: Record<string, string>) => {
      const program = startProgram(
        { ...serverEnv, SHUTDOWN_GRACE_SECONDS: '0', ...env },
        { ...server, preload: printFolder },
      );
      await waitForUrl(program, { timeoutMs: 60_000, intervalMs: 20 });
      program.process.kill('SIGTERM');
      expect(await program.exitCode).toBe(0);
      return /Compiled code: (.*);/.exec(program.output())?.[1];
    };
    const [chosen, none, own] = await Promise.all([
      readFolder({ NODE_COMPILE_CACHE: folder }),
      readFolder({ NODE_DISABLE_COMPILE_CACHE: '1' }),
      readFolder({}),
    ]);
    expect([chosen, none, own]).toEqual([
      expect.stringContaining(`${folder}/`),
      'undefined',
      expect.stringContaining(inPackage('dist/.compile-cache/')),
    ]);
    // Written when the process exits.
    expect([readdirSync(folder).length > 0, existsSync(own ?? '')]).toEqual([true, true]);
    rmSync(folder, { recursive: true });
  });

  it('logs an unhandled rejection at level fatal and exits with 1', async () => {
    const program = start(demoPorts, "process.on('SIGUSR2', () => Promise.reject(new TypeError('unhandled')))");
    await waitForUrl(program);
    program.process.kill('SIGUSR2');
    expect(await program.exitCode).toBe(1);
    expect(program.output()).toContain('"level":"fatal"');
  });
});

/** A higher number finds rare failures. */
const rounds = Number(process.env['SIGTERM_ROUNDS'] ?? 1);

describe('SIGTERM under load', () => {
  it('completes every accepted request, also with a slow StackOne', async () => {
    for (let round = 0; round < rounds; round++) {
      const program = start({
        ...demoPorts,
        SHUTDOWN_GRACE_SECONDS: '1',
        RATE_LIMIT_PER_OWNER_PER_MINUTE: '1000000',
        RATE_LIMIT_TOTAL_PER_MINUTE: '1000000',
      });
      const url = await waitForUrl(program);
      const { token } = tokenSchema.parse(await (await fetch(`${url}/demo/token?tenant=acme`)).json());
      let responses = 0;
      // Like a load balancer: sends requests until a response closes the connection.
      const client = async () => {
        for (let isOpen = true; isOpen; ) {
          const response = await fetch(`${url}/graphql`, {
            method: 'POST',
            headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
            body: '{"query":"{ linkedAccounts { nodes { id } } }"}',
          });
          dataSchema.parse(await response.json());
          responses += 1;
          isOpen = response.headers.get('connection') !== 'close';
        }
      };
      const clients = Promise.all(Array.from({ length: 16 }, client));
      await waitUntil(() => responses > 50, 'the clients have received 50 responses', startTimeout);
      await slowDown(program);
      program.process.kill('SIGTERM');
      // Further signals, such as those of a process manager, change nothing. The kernel does not keep their order.
      await sleep(100);
      program.process.kill('SIGTERM');
      program.process.kill('SIGINT');
      await clients;
      expect(await program.exitCode).toBe(0);
    }
  }, 300_000);
});

describe('SIGTERM', () => {
  const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`;

  it('during the start: the process exits with 0 at once', async () => {
    // A start that does not end, with a timer that keeps the process.
    const preload = `import { Server } from 'node:net'; Server.prototype.listen = () => {}; setInterval(() => {}, 1000);`;
    const program = startProgram(serverEnv, { ...server, preload });
    const isReady = () => program.output().includes('"msg":"configuration"');
    await waitUntil(isReady, 'it has read its configuration', startTimeout);
    program.process.kill('SIGTERM');
    expect(await program.exitCode).toBe(0);
    expect(program.output()).toContain('stopped during the start');
  });

  it('with a request of which a part has arrived: the process exits with 0 long before the timeout', async () => {
    const program = startProgram(
      { ...serverEnv, SHUTDOWN_GRACE_SECONDS: '0', SHUTDOWN_TIMEOUT_SECONDS: '300' },
      server,
    );
    const socket = openSocket(await waitForUrl(program));
    socket.write('POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{');
    await waitUntil(() => socket.bytesWritten > 0, 'the request is sent');
    program.process.kill('SIGTERM');
    expect(await program.exitCode).toBe(0);
    socket.destroy();
  });

  it('with a response that its client does not read to the end: the process logs it and exits with 1 after the timeout', async () => {
    const program = startProgram({ ...serverEnv, SHUTDOWN_GRACE_SECONDS: '0', SHUTDOWN_TIMEOUT_SECONDS: '1' }, server);
    const socket = openSocket(await waitForUrl(program));
    socket.write(get('/playground/graphiql.js').repeat(16));
    await once(socket, 'data');
    socket.pause();
    program.process.kill('SIGTERM');
    expect(await program.exitCode).toBe(1);
    expect(program.output()).toContain('stopped before all requests were complete');
    socket.destroy();
  });
});

/** Node.js warns about 11 listeners of one signal, in lines that are no JSON. */
it('Many webhooks and events that wait cause no warning of Node.js, and each has its alert at the stop', async () => {
  const emulator = await startEmulator();
  const webhookSecret = 'whsec_of_the_webhooks_of_this_test';
  const program = startProgram(
    {
      ...serverEnv,
      STACKONE_API_KEY: emulator.apiKey,
      STACKONE_BASE_URL: emulator.url,
      STACKONE_WEBHOOK_SECRET: webhookSecret,
      EVENTS_URL: 'http://127.0.0.1:1',
      EVENTS_SECRET: Buffer.alloc(24, 1).toString('base64'),
      RATE_LIMIT_TOTAL_PER_MINUTE: '100000',
      SHUTDOWN_GRACE_SECONDS: '0',
    },
    server,
  );
  const url = await waitForUrl(program);
  Object.assign(emulator.settings, { webhookSecret, webhookUrl: `${url}/webhooks/stackone` });
  const add = (count: number) => {
    for (let index = 0; index < count; index++) {
      emulator.addAccount({ provider: 'jira', ...ownerFields(acme) });
    }
  };
  const reads = () =>
    emulator.history.filter(({ path, status }) => path.startsWith('/accounts/') && status === 200).length;
  add(20);
  await waitUntil(
    () => reads() === 20,
    () => `20 accounts are read: ${reads()}`,
  );
  emulator.failNext({ status: 500, match: { path: '/accounts' } }, Number.POSITIVE_INFINITY);
  add(20);
  await waitUntil(() => program.output().includes('"alert":"upstream-breaker"'), program.output);
  program.process.kill('SIGTERM');
  expect(await program.exitCode).toBe(0);
  const alerts = (name: string) => program.output().split(`"alert":"${name}"`).length - 1;
  expect([alerts('webhook-lost'), alerts('event-lost')]).toEqual([20, 20]);
  const reasons = [...program.output().matchAll(/"alert":"webhook-lost","reason":"([^"]*)"/g)].map(([, text]) => text);
  expect(new Set(reasons)).toEqual(new Set(['GET /accounts/… was not sent: the circuit breaker is open']));
  expect(
    program
      .output()
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('{')),
  ).toEqual([]);
  await emulator.stop();
});

describe('SIGHUP', () => {
  it('during the start opens the file for the audit again, and the server starts', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'audit-'));
    const path = join(folder, 'audit.jsonl');
    // The start goes on after SIGUSR2, and a timer keeps the process until then.
    const preload = `import { Server } from 'node:net';
      const { listen } = Server.prototype;
      Server.prototype.listen = function (...args) {
        process.once('SIGUSR2', () => listen.apply(this, args));
        process.stderr.write('waiting');
        return this;
      };
      setInterval(() => {}, 1000);`;
    const program = startProgram({ ...serverEnv, AUDIT_LOG: path }, { ...server, preload });
    await waitUntil(() => program.output().includes('waiting'), 'the start waits', startTimeout);
    renameSync(path, `${path}.1`);
    program.process.kill('SIGHUP');
    program.process.kill('SIGUSR2');
    await waitForUrl(program);
    await waitUntil(() => existsSync(path), 'the file is opened again', startTimeout);
    program.process.kill('SIGTERM');
    expect(await program.exitCode).toBe(0);
    rmSync(folder, { recursive: true });
  });

  it('without a file for the audit stops the server in the same way, and a second one changes nothing', async () => {
    const program = startProgram(serverEnv, server);
    await waitForUrl(program);
    program.process.kill('SIGHUP');
    program.process.kill('SIGHUP');
    expect(await program.exitCode).toBe(0);
    expect(program.output()).toContain('"msg":"stopped"');
  });
});

describe('More connections than file descriptors', () => {
  // As many as the shell allows. The start needs about a hundred at a time.
  const fewDescriptors = { ...server, shell: 'ulimit -n 160' };
  const connectOften = (url: string) => Array.from({ length: 200 }, () => openSocket(url).on('error', () => undefined));
  /** By Apollo Server, which is loaded for it. */
  const refuse = async (url: string) => {
    const headers = { 'content-type': 'application/json' };
    const { status } = await fetch(`${url}/graphql`, { method: 'POST', headers, body: '{"query":"{ __typename }"}' });
    expect(status).toBe(401);
  };

  it('do not end the process, and it serves again when they are closed', async () => {
    const program = startProgram(serverEnv, fewDescriptors);
    const url = await waitForUrl(program);
    await refuse(url);
    const sockets = connectOften(url);
    // Longer than the interval in which the server measures itself.
    await sleep(1_500);
    for (const socket of sockets) {
      socket.destroy();
    }
    const isLive = () =>
      fetch(`${url}/livez`).then(
        ({ ok }) => ok,
        () => false,
      );
    await waitUntil(isLive, 'the server serves', startTimeout);
    await refuse(url);
    expect(program.output()).not.toContain('"level":"fatal"');
  });

  it('end a process that could not load Apollo Server, because Node.js can keep the failure', async () => {
    const program = startProgram(serverEnv, fewDescriptors);
    connectOften(await waitForUrl(program));
    expect(await program.exitCode).toBe(1);
    expect(program.output()).toContain('"level":"fatal"');
  });
});

describe('A standard output that cannot be written', () => {
  const env = { ...serverEnv, SHUTDOWN_GRACE_SECONDS: '0' };

  it('from the start: the server serves, and exits with 0 on SIGTERM', async () => {
    const port = await freePort();
    // As on a full disk, every write fails.
    const stdout = openSync(inPackage('package.json'), 'r');
    const program = startProgram({ ...env, PORT: String(port) }, { ...server, stdout });
    closeSync(stdout);
    const isLive = () =>
      fetch(`http://127.0.0.1:${port}/livez`).then(
        ({ ok }) => ok,
        () => false,
      );
    await waitUntil(isLive, 'the server listens', startTimeout);
    program.process.kill('SIGTERM');
    expect([await program.exitCode, program.output()]).toEqual([0, '']);
  });

  it('because its reader has ended: the process exits with 0 on SIGTERM', async () => {
    const program = startProgram(env, server);
    await waitForUrl(program);
    program.process.stdout?.destroy();
    program.process.kill('SIGTERM');
    expect(await program.exitCode).toBe(0);
  });
});

/** Delays the next sixteen StackOne responses. */
async function slowDown(program: Program): Promise<void> {
  const emulator = /The emulator +(\S+)/.exec(program.output())?.[1];
  const response = await fetch(`${emulator}/__emulator/faults`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ kind: 'delay', delayMs: 600, times: 16 }),
  });
  expect(response.status).toBeLessThan(300);
}
