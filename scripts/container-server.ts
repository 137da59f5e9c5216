import type { ChildProcess } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SignJWT } from 'jose';
import { z } from 'zod';
import { startEmulator } from '../emulator/src/index.js';
import type { Containers } from './container-images.js';

const secret = 'secret-of-the-container-test-32-bytes';
const maxImageBytes = 220e6;
const memoryMegabytes = 160;
/** No user of its own, no capability, no other privilege, no file that can be written. */
export const restrictions: readonly string[] = [
  ...[
    '--network',
    'host',
    '--read-only',
    '--read-only-tmpfs=false',
    '--cap-drop=all',
    '--security-opt=no-new-privileges',
  ],
  ...['--memory', `${memoryMegabytes}m`, '--ulimit', 'nofile=1024:1024', '--ulimit', 'nproc=4096:4096'],
];

export const environment = (variables: Readonly<Record<string, string>>) =>
  Object.entries(variables).flatMap(([name, value]) => ['--env', `${name}=${value}`]);

export interface Container {
  readonly url: string;
  /** On the host. */
  readonly pid: number;
  /** Runs the health check of the image. @throws Error when it fails */
  readonly checkHealth: () => Promise<unknown>;
  /** @returns the exit code, and how long it took */
  readonly stop: () => Promise<{ readonly exitCode: number | null; readonly milliseconds: number }>;
}

/** Starts a server and waits until it listens. @throws Error with its output when it exits first */
export async function startContainer(
  containers: Containers,
  name: string,
  args: readonly string[],
): Promise<Container> {
  const process = containers.start('--name', name, ...args);
  const exited = new Promise<number | null>((resolve) => process.once('close', resolve));
  const url = await readUrl(process, exited);
  const pid = Number(await containers.podman('inspect', '--format', '{{.State.Pid}}', name));
  const stop = async () => {
    const started = performance.now();
    globalThis.process.kill(pid, 'SIGTERM');
    while (isRunning(pid)) {
      await sleep(5);
    }
    const milliseconds = Math.round(performance.now() - started);
    return { exitCode: await exited, milliseconds };
  };
  return { url, pid, stop, checkHealth: () => containers.podman('healthcheck', 'run', name) };
}

function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

async function readUrl(process: ChildProcess, exited: Promise<unknown>): Promise<string> {
  let output = '';
  const url = new Promise<string>((resolve) => {
    for (const stream of [process.stdout, process.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        output += text;
        const [, found] = /(?:"url":"|emulator at )(http:\/\/[^",\s]+)/.exec(output) ?? [];
        if (found !== undefined) {
          resolve(found.replace('0.0.0.0', '127.0.0.1'));
        }
      });
    }
  });
  const first = await Promise.race([url, exited.then(() => undefined)]);
  if (first === undefined) {
    throw new Error(`A container exited:\n${output}`);
  }
  return first;
}

export function signToken(secretText: string, issuer: string): Promise<string> {
  return new SignJWT({ org_id: 'org_acme', org_name: 'Acme', email: 'ada@acme.example' })
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuer(issuer)
    .setAudience(issuer)
    .setExpirationTime('1h')
    .sign(new TextEncoder().encode(secretText));
}

export function check(condition: boolean, failure: string): void {
  if (!condition) {
    throw new Error(failure);
  }
}

const sessionShape = z.object({ data: z.object({ createConnectSession: z.object({ token: z.string().min(1) }) }) });

/**
 * Runs the image without privileges in front of an emulator, lets it create a session, and stops it.
 * @returns the measured values, a line each
 */
export async function checkServer(containers: Containers): Promise<string[]> {
  const bytes = Number(await containers.podman('image', 'inspect', '--format', '{{.Size}}', 'localhost/server'));
  check(bytes <= maxImageBytes, `The image has ${bytes} bytes, more than ${maxImageBytes}`);
  const root = await containers.podman('image', 'mount', 'localhost/server');
  const tools = ['bin/sh', 'usr/bin/npm', 'usr/bin/apt-get', 'usr/local/bin/npm', 'usr/local/lib/node_modules'];
  const found = tools.filter((path) => existsSync(join(root, path)));
  check(existsSync(join(root, 'app/dist/src/main.js')) && found.length === 0, `The image has ${found.join(', ')}`);
  await containers.podman('image', 'unmount', 'localhost/server');
  const emulator = await startEmulator();
  const started = performance.now();
  const server = await startContainer(containers, 'server', [
    ...restrictions,
    ...environment({
      NODE_ENV: 'development',
      HOST: '127.0.0.1',
      PORT: '0',
      STACKONE_API_KEY: emulator.apiKey,
      STACKONE_BASE_URL: emulator.url,
      AUTH_SECRET: secret,
      AUTH_ISSUER: 'test',
      AUTH_AUDIENCE: 'test',
      SHUTDOWN_GRACE_SECONDS: '0',
    }),
    'localhost/server',
  ]);
  check((await fetch(`${server.url}/livez`)).ok, 'GET /livez failed');
  const startMilliseconds = Math.round(performance.now() - started);
  const processorMilliseconds = readProcessorTime(server.pid);
  checkPrivileges(server.pid);
  const response = await fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${await signToken(secret, 'test')}` },
    body: '{"query":"mutation { createConnectSession(provider: \\"bamboohr\\") { token } }"}',
  });
  const text = await response.text();
  check(sessionShape.safeParse(JSON.parse(text)).success, `createConnectSession failed: ${text}`);
  const memory = await containers.podman('stats', '--no-stream', '--format', '{{.MemUsage}}', 'server');
  const { exitCode, milliseconds } = await server.stop();
  check(exitCode === 0, `The container exited with ${exitCode}`);
  check(milliseconds <= 1000, `The container stopped after ${milliseconds} ms`);
  await emulator.stop();
  return [
    `Image: ${(bytes / 1e6).toFixed(0)} MB, at most ${maxImageBytes / 1e6}`,
    `From "podman run" to the first response: ${startMilliseconds} ms, ${processorMilliseconds} ms of processor time`,
    `Memory after a connect session: ${memory}`,
    `Stop: ${milliseconds} ms, exit code ${exitCode}`,
  ];
}

/** Milliseconds that a process has used, in its own code and in the kernel. Depends less on the load of the machine. */
function readProcessorTime(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  // The fields 14 and 15 of proc(5), in hundredths of a second; the first two are removed.
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

/** As the kernel sees the process. */
function checkPrivileges(pid: number): void {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const fieldOf = (field: string) => new RegExp(`^${field}:\\s+(\\S+)`, 'm').exec(status)?.[1];
  check(fieldOf('Uid') === '10001', `The process has the user id ${fieldOf('Uid')}`);
  for (const capabilities of ['CapPrm', 'CapEff', 'CapBnd', 'CapAmb']) {
    check(Number(`0x${fieldOf(capabilities)}`) === 0, `The process has capabilities: ${capabilities}`);
  }
  check(fieldOf('NoNewPrivs') === '1', 'The process can get new privileges');
  const root = readFileSync(`/proc/${pid}/mountinfo`, 'utf8')
    .split('\n')
    .find((line) => line.split(' ')[4] === '/');
  check(/^ro\b/.test(root?.split(' ')[5] ?? ''), 'The root file system can be written');
}
