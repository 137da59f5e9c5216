import { Agent, request as sendRequest } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SignJWT } from 'jose';
import { type Emulator, startEmulator } from '../../emulator/src/index.js';
import { type Balancer, startBalancer } from '../support/balancer.js';
import { type Program, startProgram, waitForUrl } from '../support/program.js';
import { waitUntil } from '../support/wait.js';

/** A higher number finds rare failures. */
const rounds = Number(process.env['SIGTERM_ROUNDS'] ?? 1);
const secret = 'secret-of-the-tests-with-32-bytes';

let emulator: Emulator;
let balancer: Balancer;
beforeAll(async () => {
  emulator = await startEmulator();
  balancer = await startBalancer();
});
afterAll(async () => {
  await balancer.stop();
  await emulator.stop();
});

async function startInstance(): Promise<Program & { readonly url: string }> {
  const program = startProgram(
    {
      STACKONE_API_KEY: emulator.apiKey,
      STACKONE_BASE_URL: emulator.url,
      AUTH_SECRET: secret,
      AUTH_ISSUER: 'issuer',
      AUTH_AUDIENCE: 'audience',
      PORT: '0',
      LOG_LEVEL: 'info',
      SHUTDOWN_GRACE_SECONDS: '1',
      RATE_LIMIT_PER_OWNER_PER_MINUTE: '1000000',
      RATE_LIMIT_TOTAL_PER_MINUTE: '1000000',
    },
    { file: 'dist/src/main.js' },
  );
  const url = await waitForUrl(program, { timeoutMs: 60_000, intervalMs: 20 });
  balancer.add(url);
  await waitUntil(() => balancer.isReady(url), 'the balancer uses the instance', { timeoutMs: 60_000, intervalMs: 20 });
  return { ...program, url };
}

function signToken(): Promise<string> {
  return new SignJWT({ org_id: 'org_acme', org_name: 'Acme', iss: 'issuer', aud: 'audience' })
    .setProtectedHeader({ alg: 'HS256' })
    .setExpirationTime('1h')
    .sign(new TextEncoder().encode(secret));
}

/** Sends one request on a connection that is kept open, without any retry. */
function post(agent: Agent, token: string): Promise<string> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
  return new Promise((resolve, reject) => {
    const request = sendRequest(`${balancer.url}/graphql`, { method: 'POST', agent, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      response.once('end', () => resolve(text)).once('error', reject);
    });
    request.once('error', reject).end('{"query":"{ linkedAccounts { nodes { id } } }"}');
  });
}

describe('A rolling restart behind a load balancer', () => {
  it(
    'loses no request and refuses no connection, and every process exits with 0',
    async () => {
      const token = await signToken();
      const lost: string[] = [];
      let responses = 0;
      let isOver = false;
      let old = await startInstance();
      const clients = Array.from({ length: 12 }, async (_, index) => {
        const agent = new Agent({ keepAlive: true, maxSockets: 1 });
        while (!isOver) {
          const text = await post(agent, token).catch((error: unknown) => String(error));
          responses += 1;
          if (text !== '{"data":{"linkedAccounts":{"nodes":[]}}}\n') {
            lost.push(text);
          }
          // Half of the clients come back at once.
          await sleep(index % 2 === 0 ? 0 : Math.random() * 40);
        }
        agent.destroy();
      });
      for (let round = 0; round < rounds; round++) {
        const next = await startInstance();
        old.process.kill('SIGTERM');
        expect([round, await old.exitCode]).toEqual([round, 0]);
        emulator.reset();
        old = next;
      }
      isOver = true;
      await Promise.all(clients);
      expect({ lost, refused: balancer.refused() }).toEqual({ lost: [], refused: 0 });
      expect(responses).toBeGreaterThan(100);
      if (process.env['SIGTERM_ROUNDS'] !== undefined) {
        process.stdout.write(`${rounds} restarts, ${responses} responses\n`);
      }
    },
    60_000 + rounds * 20_000,
  );
});
