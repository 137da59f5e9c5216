import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'undici';
import { startEmulator } from '../emulator/src/index.js';
import { type Sample, signOwnerToken, startServerProcess } from './server-process.js';

/**
 * Hostile soak test: signed-in callers send unique texts, variables, tokens and owners for half an hour, or for the number
 * of minutes in the first argument (`npm run soak:hostile -- 5`), at the number of requests per second in the second one.
 * The process must stay below 256 MiB. The heap must not grow in the second half, when all caches are full: a cache of
 * 10,000 owners is full after 50,000 requests, and its Map doubles one last time after 82,000, when the deleted entries
 * have used up its places.
 */
const minutes = Number(process.argv[2] ?? 30);
const perSecond = Number(process.argv[3] ?? 100);
const samples = 60;
const goals = { peakMiB: 256, mibPerMinute: 0.1 };

const emulator = await startEmulator();
const server = await startServerProcess(emulator, {}, ['--max-old-space-size=160', '--max-semi-space-size=4']);
const pool = new Pool(server.url, { connections: 16 });
const sharedToken = await signOwnerToken(0);

interface Sent {
  readonly token: string;
  readonly body: object;
}

const session = 'mutation { createConnectSession(provider: "bamboohr") { token } }';
/** What is new in each request. */
const kinds: readonly ((number: number) => Promise<Sent>)[] = [
  async (number) => ({
    token: sharedToken,
    body: { query: `{ viewer { ownerId } } #${number}${'\n#'.repeat(5_000)}` },
  }),
  async (number) => ({ token: sharedToken, body: { query: `{ viewer { a${number}: ownerId } }` } }),
  async (number) => ({
    token: sharedToken,
    body: { query: 'query ($id: ID!) { linkedAccount(id: $id) { id } }', variables: { id: `account-${number}` } },
  }),
  async (number) => ({ token: await signOwnerToken(0, `token-${number}`), body: { query: session } }),
  async (number) => ({ token: await signOwnerToken(number), body: { query: session } }),
];

let sent = 0;
let failed = 0;
async function sendRequest(): Promise<void> {
  sent += 1;
  const create = kinds[sent % kinds.length];
  if (create === undefined) {
    return;
  }
  const { token, body } = await create(sent);
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
  const response = await pool.request({ method: 'POST', path: '/graphql', headers, body: JSON.stringify(body) });
  failed += (await response.body.text()).includes('"errors"') ? 1 : 0;
}

const start = performance.now();
const collected: (Sample & { readonly minute: number })[] = [];
for (let number = 0; number < samples; number++) {
  // Its history grows with each call.
  emulator.reset();
  const end = start + ((number + 1) * minutes * 60_000) / samples;
  const inFlight = new Set<Promise<void>>();
  while (performance.now() < end) {
    for (let request = 0; request < perSecond / 20 && inFlight.size < 200; request++) {
      const pending = sendRequest().finally(() => inFlight.delete(pending));
      inFlight.add(pending);
    }
    await sleep(50);
  }
  await Promise.all(inFlight);
  const sample = { ...(await server.sample()), minute: (performance.now() - start) / 60_000 };
  collected.push(sample);
  print(
    `${sample.minute.toFixed(1)} min: ${sent} requests, ${failed} with errors, heap ${sample.heapMiB.toFixed(1)} MiB, ` +
      `resident ${sample.rssMiB.toFixed(0)} MiB, at most ${sample.peakMiB.toFixed(0)} MiB, ${sample.descriptors} descriptors`,
  );
}
await pool.close();
await server.stop();
await emulator.stop();

const full = collected.slice(samples / 2);
const heapSlope = slope(full.map(({ minute, heapMiB }) => [minute, heapMiB]));
const rssSlope = slope(full.map(({ minute, rssMiB }) => [minute, rssMiB]));
const peakMiB = Math.max(...collected.map((sample) => sample.peakMiB));
print(
  `Growth: heap ${heapSlope.toFixed(3)}, resident ${rssSlope.toFixed(3)} MiB per minute; at most ${peakMiB.toFixed(0)} MiB`,
);
process.exitCode = heapSlope <= goals.mibPerMinute && peakMiB <= goals.peakMiB ? 0 : 1;

/** Of the line with the least squares. */
function slope(points: readonly (readonly [x: number, y: number])[]): number {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const meanX = mean(points.map(([x]) => x));
  const meanY = mean(points.map(([, y]) => y));
  const products = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0);
  return products / points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
