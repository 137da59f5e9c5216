import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe } from '@jest/globals';
import { listen } from './listen.js';
import type { Certificates } from './tls-certificates.js';
import { waitUntil } from './wait.js';

const hasRedis = spawnSync('redis-server', ['--version']).error === undefined;
if (!hasRedis && process.env['CI'] === undefined) {
  process.stderr.write('redis-server is not installed: the tests that need it are skipped\n');
}
// In CI these tests fail without redis-server.
export const withRedis: (title: string, tests: () => void) => void =
  hasRedis || process.env['CI'] !== undefined ? describe : describe.skip;

const running: { readonly child: ChildProcess; readonly folder: string }[] = [];

/** Stopped after the test. @param options of `redis-server` */
export async function startRedis(port: number, options: readonly string[] = []): Promise<ChildProcess> {
  // A replica writes the data of its primary to a file.
  const folder = await mkdtemp(join(tmpdir(), 'redis-'));
  const address = ['--port', String(port), '--bind', '127.0.0.1'];
  const child = spawn('redis-server', [...address, '--save', '', '--dir', folder, ...options]);
  let output = '';
  child.stdout.on('data', (bytes) => {
    output += bytes;
  });
  running.push({ child, folder });
  await waitUntil(() => output.includes('Ready to accept connections'), 'Redis is ready');
  return child;
}

/** With TLS at `tlsPort`, where each client needs a certificate, which is the default of Redis. `port` has no TLS. */
export async function startRedisWithTls(port: number, tlsPort: number, certificates: Certificates): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'redis-tls-'));
  const { key, cert } = certificates.of('valid');
  const files = { key, cert, 'ca-cert': certificates.authority };
  const options = ['--tls-port', String(tlsPort)];
  for (const [name, text] of Object.entries(files)) {
    await writeFile(join(folder, name), text);
    options.push(`--tls-${name}-file`, join(folder, name));
  }
  await startRedis(port, options);
  await rm(folder, { recursive: true });
}

export async function stopRedis(): Promise<void> {
  for (const { child, folder } of running.splice(0)) {
    if (child.exitCode === null && child.signalCode === null) {
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    }
    await rm(folder, { recursive: true });
  }
}
afterEach(stopRedis);

export async function freePort(): Promise<number> {
  const { port, close } = await listen(createServer());
  await close();
  return port;
}
