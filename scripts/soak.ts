import { type ChildProcess, fork } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { SignJWT } from 'jose';
import { Pool } from 'undici';
import { z } from 'zod';
import { type Emulator, startEmulator } from '../emulator/src/index.js';

/**
 * Soak test: runs the server at half of its capacity for ten minutes, or for the number of minutes in the first argument
 * (`npm run soak -- 2`). 5 % of the calls to StackOne fail. The heap after a garbage collection and the number of file
 * descriptors must not grow.
 */
const minutes = Number(process.argv[2] ?? 10);
const owners = 50;
const faultShare = 0.05;
const calibrationMs = 10_000;
const samples = 20;

const sampleShape = z.object({ heapMiB: z.number(), rssMiB: z.number(), descriptors: z.number() });
type Sample = z.infer<typeof sampleShape>;

/** Code for the server process: on a message, runs the garbage collection and reports memory and file descriptors. */
const reporter = `import { readdirSync } from 'node:fs';
process.on('message', () => {
  gc();
  const { heapUsed, rss } = process.memoryUsage();
  process.send({ heapMiB: heapUsed / 2 ** 20, rssMiB: rss / 2 ** 20, descriptors: readdirSync('/proc/self/fd').length });
});`;

const keys = generateKeyPairSync('ed25519');
const emulator = await startEmulator();
const { server, url } = await startServer(emulator);
/** A fixed number of connections, so that the numbers of file descriptors are comparable. */
const pool = new Pool(url, { connections: 32 });
const tokens = await Promise.all(Array.from({ length: owners }, (_, number) => signToken(number)));
seed(emulator);

const capacity = await measureCapacity();
const rate = Math.floor(capacity / 2);
process.stdout.write(
  `Capacity: ${Math.round(capacity)} requests per second. Soak test: ${rate} requests per second for ${minutes} minutes\n`,
);
const soakSamples = await soak(rate);
await pool.close();
server.kill('SIGTERM');
await once(server, 'exit');
await emulator.stop();
evaluate(soakSamples);

async function startServer({ url: baseUrl, apiKey }: Emulator): Promise<{ server: ChildProcess; url: string }> {
  const child = fork('dist/src/main.js', {
    execArgv: ['--expose-gc', '--import', `data:text/javascript,${encodeURIComponent(reporter)}`],
    silent: true,
    env: {
      PORT: '0',
      PLAYGROUND: 'false',
      STACKONE_API_KEY: apiKey,
      STACKONE_BASE_URL: baseUrl,
      AUTH_PUBLIC_KEY: keys.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
      AUTH_ISSUER: 'soak',
      AUTH_AUDIENCE: 'soak',
      RATE_LIMIT_PER_OWNER_PER_MINUTE: '1000000',
      RATE_LIMIT_TOTAL_PER_MINUTE: '1000000',
    },
  });
  child.stderr?.pipe(process.stderr);
  // Keep reading the log until the end: otherwise the writes of the server block.
  const serverUrl = await new Promise<string>((resolve) => {
    child.stdout?.on('data', (chunk) => {
      const match = /"url":"(http[^"]+)"/.exec(String(chunk));
      if (match?.[1] !== undefined) {
        resolve(match[1]);
      }
    });
  });
  return { server: child, url: serverUrl };
}

function signToken(number: number): Promise<string> {
  return new SignJWT({ org_id: `org_${number}`, org_name: `Owner ${number}` })
    .setProtectedHeader({ alg: 'EdDSA' })
    .setIssuer('soak')
    .setAudience('soak')
    .setExpirationTime('1d')
    .sign(keys.privateKey);
}

/** Adds the accounts. Also resets the emulator, because its history grows with each call. */
function seed(target: Emulator): void {
  target.reset();
  for (let number = 0; number < owners; number++) {
    target.addAccount({
      provider: 'bamboohr',
      origin_owner_id: `org_${number}`,
      origin_owner_name: `Owner ${number}`,
    });
  }
}

async function sendRequest(): Promise<void> {
  const isMutation = Math.random() < 0.5;
  const query = isMutation
    ? 'mutation { createConnectSession(provider: "bamboohr") { token userErrors { code } } }'
    : '{ linkedAccounts { nodes { id status } } }';
  const response = await pool.request({
    method: 'POST',
    path: '/graphql',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${tokens[Math.floor(Math.random() * owners)]}`,
    },
    body: JSON.stringify({ query }),
  });
  await response.body.dump();
}

async function measureCapacity(): Promise<number> {
  const end = performance.now() + calibrationMs;
  let responses = 0;
  const client = async () => {
    while (performance.now() < end) {
      await sendRequest();
      responses += 1;
    }
  };
  await Promise.all(Array.from({ length: 16 }, client));
  return responses / (calibrationMs / 1000);
}

async function soak(perSecond: number): Promise<Sample[]> {
  const collected: Sample[] = [];
  for (let number = 0; number < samples; number++) {
    seed(emulator);
    const end = performance.now() + (minutes * 60_000) / samples;
    const inFlight = new Set<Promise<void>>();
    while (performance.now() < end) {
      for (let sent = 0; sent < perSecond / 20; sent++) {
        if (Math.random() < faultShare) {
          emulator.failNext(Math.random() < 0.5 ? { status: 500 } : { kind: 'reset' });
        }
        const request = sendRequest().finally(() => inFlight.delete(request));
        inFlight.add(request);
      }
      await sleep(50);
    }
    await Promise.allSettled(inFlight);
    collected.push(await takeSample());
  }
  return collected;
}

async function takeSample(): Promise<Sample> {
  const report = once(server, 'message');
  server.send('report');
  const sample = sampleShape.parse((await report)[0]);
  const { heapMiB, rssMiB, descriptors } = sample;
  process.stdout.write(
    `heap ${heapMiB.toFixed(1)} MiB, resident ${rssMiB.toFixed(0)} MiB, ${descriptors} descriptors\n`,
  );
  return sample;
}

/** Compares the last quarter of the samples with the second one. The first quarter is the warm-up. */
function evaluate(collected: readonly Sample[]): void {
  const quarter = samples / 4;
  const median = (from: number, of: (sample: Sample) => number) =>
    collected
      .slice(from, from + quarter)
      .map(of)
      .sort((a, b) => a - b)[Math.floor(quarter / 2)] ?? 0;
  const heapGrowth = median(samples - quarter, (s) => s.heapMiB) / median(quarter, (s) => s.heapMiB);
  const descriptorGrowth = median(samples - quarter, (s) => s.descriptors) - median(quarter, (s) => s.descriptors);
  process.stdout.write(
    `heap × ${heapGrowth.toFixed(3)}, descriptors ${descriptorGrowth >= 0 ? '+' : ''}${descriptorGrowth}\n`,
  );
  process.exitCode = heapGrowth < 1.1 && descriptorGrowth <= 8 ? 0 : 1;
}
