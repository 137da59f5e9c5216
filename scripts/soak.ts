import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'undici';
import { type Emulator, startEmulator } from '../emulator/src/index.js';
import { type Sample, signOwnerToken, startServerProcess } from './server-process.js';

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

const emulator = await startEmulator();
const server = await startServerProcess(emulator);
/** A fixed number of connections, so that the numbers of file descriptors are comparable. */
const pool = new Pool(server.url, { connections: 32 });
const tokens = await Promise.all(Array.from({ length: owners }, (_, number) => signOwnerToken(number)));
seed(emulator);

const capacity = await measureCapacity();
const rate = Math.floor(capacity / 2);
process.stdout.write(
  `Capacity: ${Math.round(capacity)} requests per second. Soak test: ${rate} requests per second for ${minutes} minutes\n`,
);
const soakSamples = await soak(rate);
await pool.close();
await server.stop();
await emulator.stop();
evaluate(soakSamples);

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
  const sample = await server.sample();
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
