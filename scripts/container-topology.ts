import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parse } from 'yaml';
import { z } from 'zod';
import type { Containers } from './container-images.js';
import { run } from './container-images.js';
import { type Container, check, environment, restrictions, signToken, startContainer } from './container-server.js';

const servicesShape = z.object({
  services: z.record(
    z.string(),
    z.object({ environment: z.record(z.string(), z.string()).default({}), command: z.array(z.string()).default([]) }),
  ),
});

const changes = 12;
const clients = 8;

/**
 * Runs the services of the compose file, each with its environment and configuration: the servers and the emulator as
 * containers, Redis and nginx as processes. The names of the services become free ports of this machine.
 * @returns what was seen, a line each
 */
export async function checkTopology(containers: Containers, composeFile: string): Promise<string[]> {
  const { services } = servicesShape.parse(parse(composeFile, { merge: true }));
  const ports = await freePorts(['connect-1:4000', 'connect-2:4000', 'nginx:8080', 'redis:6379', 'emulator:4010']);
  const portOf = (address: string) => String(ports.get(address));
  const onHost = (text: string) =>
    [...ports].reduce((result, [address, port]) => result.replaceAll(address, `127.0.0.1:${port}`), text);
  const environmentOf = (name: string) =>
    Object.fromEntries(Object.entries(services[name]?.environment ?? {}).map(([key, value]) => [key, onHost(value)]));
  const startServer = (name: string) =>
    startContainer(containers, `${name}-${Date.now()}`, [
      ...restrictions,
      ...environment({
        ...environmentOf(name),
        HOST: '127.0.0.1',
        PORT: portOf(`${name}:4000`),
        METRICS_PORT: '0',
        // The clients of this test are one customer.
        RATE_LIMIT_PER_OWNER_PER_MINUTE: '1000000',
        RATE_LIMIT_TOTAL_PER_MINUTE: '1000000',
      }),
      'localhost/server',
    ]);

  const processes = [startRedis(portOf('redis:6379'), services['redis']?.command ?? [])];
  try {
    processes.push(await startNginx(containers.folder, portOf('nginx:8080'), onHost));
    const emulator = await startContainer(containers, 'emulator', [
      ...restrictions,
      ...environment({ ...environmentOf('emulator'), EMULATOR_PORT: portOf('emulator:4010') }),
      'localhost/tryout',
    ]);
    const servers = [await startServer('connect-1'), await startServer('connect-2')];
    const { AUTH_SECRET = '', AUTH_ISSUER = '' } = environmentOf('connect-1');
    const token = await signToken(AUTH_SECRET, AUTH_ISSUER);
    const product = new Product(`http://127.0.0.1:${portOf('nginx:8080')}`, emulator.url, token);
    await product.countMissedChanges(changes).then(checkMissed);
    const { responses, lost } = await product.requestWhile(() => restartAll(servers, startServer));
    check(lost.length === 0, `The rolling restart lost ${lost.length} of ${responses} requests: ${lost[0]}`);
    await product.countMissedChanges(changes).then(checkMissed);
    await Promise.all([...servers, emulator].map(({ stop }) => stop()));
    return [
      `nginx and two instances: ${2 * changes} of ${2 * changes} changes reached an event stream`,
      `Rolling restart of both instances: ${responses} responses, ${lost.length} requests lost`,
    ];
  } finally {
    for (const process of processes) {
      process.kill('SIGTERM');
    }
  }
}

function startRedis(port: string, [, ...options]: readonly string[]) {
  return spawn('redis-server', ['--port', port, '--bind', '127.0.0.1', ...options], { stdio: 'ignore' });
}

async function startNginx(folder: string, port: string, onHost: (text: string) => string) {
  const path = join(folder, 'nginx.conf');
  const text = readFileSync('deploy/nginx.conf', 'utf8').replace('listen 8080', `listen 127.0.0.1:${port}`);
  writeFileSync(path, onHost(text).replaceAll('/tmp/', `${folder}/`));
  await run('nginx', ['-t', '-c', path]);
  return spawn('nginx', ['-c', path, '-g', 'daemon off;'], { stdio: 'ignore' });
}

/** One after the other, and each with the health check of the image. */
async function restartAll(servers: Container[], startServer: (name: string) => Promise<Container>): Promise<void> {
  for (const [index, server] of servers.entries()) {
    const { exitCode } = await server.stop();
    check(exitCode === 0, `An instance exited with ${exitCode}`);
    const restarted = await startServer(`connect-${index + 1}`);
    await restarted.checkHealth();
    servers[index] = restarted;
  }
}

function checkMissed(missed: number): void {
  check(missed === 0, `${missed} of ${changes} changes did not reach the event stream`);
}

async function freePorts(addresses: readonly string[]): Promise<Map<string, number>> {
  const ports = new Map<string, number>();
  for (const address of addresses) {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const bound = server.address();
    ports.set(address, typeof bound === 'object' && bound !== null ? bound.port : 0);
    server.close();
  }
  return ports;
}

/** A page and a backend of the product, which know the URL of nginx only. */
class Product {
  readonly #headers: Record<string, string>;

  constructor(
    readonly url: string,
    readonly emulatorUrl: string,
    token: string,
  ) {
    this.#headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
  }

  /** Opens a stream, lets StackOne report new accounts, and waits for them. */
  async countMissedChanges(count: number): Promise<number> {
    const leave = new AbortController();
    const response = await fetch(`${this.url}/graphql/stream`, {
      method: 'POST',
      headers: { ...this.#headers, accept: 'text/event-stream' },
      body: '{"query":"subscription { linkedAccountChanged { kind accountId } }"}',
      signal: leave.signal,
    });
    check(response.ok && response.body !== null, `The stream was refused: ${response.status}`);
    const expected = new Set<string>();
    const seen = new Set<string>();
    const read = async () => {
      const decoder = new TextDecoder();
      for await (const bytes of response.body ?? []) {
        for (const [, id = ''] of decoder.decode(bytes, { stream: true }).matchAll(/"accountId":"(\w+)"/g)) {
          seen.add(id);
        }
      }
    };
    const reading = read().catch(() => undefined);
    for (let index = 0; index < count; index++) {
      expected.add(await this.#linkAccount());
    }
    const missing = () => [...expected].filter((id) => !seen.has(id)).length;
    for (let waitedMs = 0; missing() > 0 && waitedMs < 20_000; waitedMs += 50) {
      await sleep(50);
    }
    leave.abort();
    await reading;
    return missing();
  }

  async #linkAccount(): Promise<string> {
    const response = await fetch(`${this.emulatorUrl}/__emulator/accounts`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"provider":"bamboohr","origin_owner_id":"org_acme","origin_owner_name":"Acme"}',
    });
    return z.object({ id: z.string() }).parse(await response.json()).id;
  }

  /** Sends requests, without repeating any, until `action` is complete. */
  async requestWhile(action: () => Promise<void>): Promise<{ responses: number; lost: string[] }> {
    let isOver = false;
    let responses = 0;
    const lost: string[] = [];
    const sending = Array.from({ length: clients }, async () => {
      while (!isOver) {
        const text = await this.#readViewer().catch((error: unknown) => String(error));
        responses += 1;
        if (!text.startsWith('{"data":{"viewer":{')) {
          lost.push(text);
        }
        await sleep(20);
      }
    });
    await action();
    isOver = true;
    await Promise.all(sending);
    return { responses, lost };
  }

  async #readViewer(): Promise<string> {
    const body = '{"query":"{ viewer { ownerId } }"}';
    const response = await fetch(`${this.url}/graphql`, { method: 'POST', headers: this.#headers, body });
    return response.text();
  }
}
