import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterEach, describe } from '@jest/globals';
import { listen } from './listen.js';
import { waitUntil } from './wait.js';

const hasRedis = spawnSync('redis-server', ['--version']).error === undefined;
if (!hasRedis && process.env['CI'] === undefined) {
  process.stderr.write('redis-server is not installed: the tests that need it are skipped\n');
}
// In CI these tests fail without redis-server.
export const withRedis: (title: string, tests: () => void) => void =
  hasRedis || process.env['CI'] !== undefined ? describe : describe.skip;

const running: ChildProcess[] = [];

/** Stopped after the test. @param options of `redis-server` */
export async function startRedis(port: number, options: readonly string[] = []): Promise<ChildProcess> {
  const child = spawn('redis-server', ['--port', String(port), '--bind', '127.0.0.1', '--save', '', ...options]);
  let output = '';
  child.stdout.on('data', (bytes) => {
    output += bytes;
  });
  running.push(child);
  await waitUntil(() => output.includes('Ready to accept connections'), 'Redis is ready');
  return child;
}

export async function stopRedis(): Promise<void> {
  for (const redis of running.splice(0)) {
    if (redis.exitCode === null && redis.signalCode === null) {
      const exited = once(redis, 'exit');
      redis.kill('SIGKILL');
      await exited;
    }
  }
}
afterEach(stopRedis);

export async function freePort(): Promise<number> {
  const { port, close } = await listen(createServer());
  await close();
  return port;
}
