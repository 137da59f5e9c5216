import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { listen } from '../support/listen.js';
import { inPackage } from '../support/package-files.js';
import { waitFor, waitUntil } from '../support/wait.js';

const tokenSchema = z.object({ token: z.string() });
const dataSchema = z.object({ data: z.object({ linkedAccounts: z.object({}) }) });

/** A process of the built program, as `npm start` runs it. */
interface Program {
  readonly process: ChildProcess;
  readonly output: () => string;
  readonly exitCode: Promise<number | null>;
}

const running: ChildProcess[] = [];
afterEach(() => {
  for (const child of running.splice(0)) {
    child.kill('SIGKILL');
  }
});

function start(env: Record<string, string>, preload?: string): Program {
  const preloading = preload === undefined ? [] : ['--import', `data:text/javascript,${encodeURIComponent(preload)}`];
  const child = spawn(process.execPath, [...preloading, inPackage('dist/demo/main.js')], {
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.push(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk;
    });
  }
  const exitCode = once(child, 'close').then(() => child.exitCode);
  return { process: child, output: () => output, exitCode };
}

const demoPorts = { PORT: '0', EMULATOR_PORT: '0' };
const startTimeout = { timeoutMs: 10_000, intervalMs: 10 };
const waitForUrl = (program: Program) =>
  waitFor(
    () => /"url":"(http[^"]+)"/.exec(program.output())?.[1],
    () => `no server URL in the output: ${program.output()}`,
    startTimeout,
  );

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

  it.each<[Record<string, string>, string]>([
    [{ NODE_ENV: 'production' }, 'STACKONE_API_KEY is missing: the demo does not run in production'],
    [{ AUTH_ISSUER: 'canary' }, 'AUTH_ISSUER is set but STACKONE_API_KEY is not'],
    [{ STACKONE_BASE_URL: 'canary' }, 'STACKONE_BASE_URL is set but STACKONE_API_KEY is not'],
    [{ AUTH_SECRET_FILE: 'canary' }, 'AUTH_SECRET_FILE is set but STACKONE_API_KEY is not'],
    [{ OWNER_ID_CLAIM: 'canary' }, 'OWNER_ID_CLAIM is set but STACKONE_API_KEY is not'],
    [{ EMULATOR_PORT: '65536' }, 'EMULATOR_PORT is not valid'],
    [{ EMULATOR_PORT: 'canary' }, 'EMULATOR_PORT is not valid'],
  ])('does not start the demo with %j', async (env, problem) => {
    const program = start({ ...demoPorts, ...env });
    expect(await program.exitCode).toBe(1);
    expect(program.output()).toContain(problem);
    expect(program.output()).not.toContain('canary');
  });

  it('explains that its port is in use and exits with 1', async () => {
    const { port, close } = await listen(createServer());
    const program = start({ ...demoPorts, PORT: String(port) });
    expect(await program.exitCode).toBe(1);
    expect(program.output()).toContain('another program listens on this port. Stop it, or set PORT or EMULATOR_PORT.');
    await close();
  });

  it('logs an unhandled rejection at level fatal and exits with 1', async () => {
    const program = start(demoPorts, "setTimeout(() => Promise.reject(new TypeError('unhandled')), 1500)");
    expect(await program.exitCode).toBe(1);
    expect(program.output()).toContain('"level":"fatal"');
  });
});

/** A higher number finds rare failures. */
const rounds = Number(process.env['SIGTERM_ROUNDS'] ?? 3);

describe('SIGTERM under load', () => {
  it('completes every accepted request, also with a slow StackOne', async () => {
    for (let round = 0; round < rounds; round++) {
      const program = start({
        ...demoPorts,
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
      await clients;
      expect(await program.exitCode).toBe(0);
    }
  }, 300_000);
});

/** Delays the next sixteen StackOne responses beyond the grace period. */
async function slowDown(program: Program): Promise<void> {
  const emulator = /The emulator +(\S+)/.exec(program.output())?.[1];
  const response = await fetch(`${emulator}/__emulator/faults`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ kind: 'delay', delayMs: 600, times: 16 }),
  });
  expect(response.status).toBeLessThan(300);
}
