import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { inPackage } from '../support/package-files.js';

const tokenSchema = z.object({ token: z.string() });
const answersSchema = z.object({ data: z.object({ linkedAccounts: z.object({}) }) });

/** The built program, as `npm start` runs it. */
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
  const preloading =
    preload === undefined ? [] : ['--import', `data:text/javascript,${encodeURIComponent(preload)}`];
  const child = spawn(process.execPath, [...preloading, inPackage('dist/src/main.js')], {
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

async function waitFor<T>(read: () => T | undefined, what: string): Promise<T> {
  for (let turn = 0; turn < 1_000; turn++) {
    const value = read();
    if (value !== undefined) {
      return value;
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`waited in vain for ${what}`);
}

const demoPorts = { PORT: '0', EMULATOR_PORT: '0' };
const urlOf = (program: Program) =>
  waitFor(() => /"url":"(http[^"]+)"/.exec(program.output())?.[1], `the address in: ${program.output()}`);

describe('the program', () => {
  it('starts as a demo without a key, tells where everything is, and stops with 0 on SIGTERM', async () => {
    const program = start(demoPorts);
    const url = await urlOf(program);
    await waitFor(() => (program.output().includes('Ctrl+C') ? true : undefined), 'the words');
    expect(program.output()).toContain(`The page         ${url}/`);
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    program.process.kill('SIGTERM');
    expect(await program.exitCode).toBe(0);
  });

  it('refuses a bad configuration with every problem in one message and exit code 1', async () => {
    const program = start({ NODE_ENV: 'production', PORT: 'canary', LOG_LEVEL: 'canary' });
    expect(await program.exitCode).toBe(1);
    expect(program.output()).toMatch(
      /3 problem\(s\):\n {2}- PORT .*\n {2}- LOG_LEVEL .*\n {2}- STACKONE_API_KEY /,
    );
    expect(program.output()).not.toContain('canary');
  });

  it('says in words that its port is taken, with exit code 1', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const address = other.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const program = start({ ...demoPorts, PORT: String(port) });
    expect(await program.exitCode).toBe(1);
    expect(program.output()).toContain(
      'something else listens there. Stop it, or set PORT or EMULATOR_PORT.',
    );
    other.close();
  });

  it('ends with 1 and a line in the log when a rejection is not handled', async () => {
    const program = start(demoPorts, "setTimeout(() => Promise.reject(new TypeError('nobody')), 1500)");
    expect(await program.exitCode).toBe(1);
    expect(program.output()).toContain('"level":"fatal"');
  });
});

/** More can be asked for, to look for what happens seldom. */
const rounds = Number(process.env['SIGTERM_ROUNDS'] ?? 3);

describe('SIGTERM under load', () => {
  it('loses no request that was accepted, also when StackOne is slow to answer', async () => {
    for (let round = 0; round < rounds; round++) {
      const program = start({
        ...demoPorts,
        RATE_LIMIT_PER_OWNER_PER_MINUTE: '1000000',
        RATE_LIMIT_TOTAL_PER_MINUTE: '1000000',
      });
      const url = await urlOf(program);
      const { token } = tokenSchema.parse(await (await fetch(`${url}/demo/token?tenant=acme`)).json());
      let answered = 0;
      // Like a load balancer: sends on until it is told that no more is wanted.
      const client = async () => {
        for (let isWanted = true; isWanted; ) {
          const response = await fetch(`${url}/graphql`, {
            method: 'POST',
            headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
            body: '{"query":"{ linkedAccounts { nodes { id } } }"}',
          });
          answersSchema.parse(await response.json());
          answered += 1;
          isWanted = response.headers.get('connection') !== 'close';
        }
      };
      const clients = Promise.all(Array.from({ length: 16 }, client));
      await waitFor(() => (answered > 50 ? true : undefined), 'some answers');
      await slowDown(program);
      program.process.kill('SIGTERM');
      await clients;
      expect(await program.exitCode).toBe(0);
    }
  }, 300_000);
});

/** The next sixteen calls to StackOne take longer than the grace. */
async function slowDown(program: Program): Promise<void> {
  const emulator = /The emulator +(\S+)/.exec(program.output())?.[1];
  const response = await fetch(`${emulator}/__emulator/faults`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ kind: 'delay', delayMs: 600, times: 16 }),
  });
  expect(response.status).toBeLessThan(300);
}
