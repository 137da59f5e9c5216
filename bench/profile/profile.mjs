import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startBench } from '../lib/bench.mjs';
import { startWarm, withCost } from '../lib/measure.mjs';
import { toCallTree } from './call-tree.mjs';
import { drawFlames } from './flames.mjs';
import { describeTree } from './summary.mjs';

const intervalMicroseconds = 200;

/**
 * Profiles one warm implementation under load. Writes the CPU profile, which browser DevTools can open, a summary and a
 * flame graph.
 * @param {string} name
 * @param {import('../lib/operations.mjs').OperationName} operation
 * @param {import('../lib/plan.mjs').Plan} plan
 * @param {string} folder
 */
export async function profile(name, operation, plan, folder) {
  const { fewOwners: owners, profiledRequests: requests, concurrency } = plan;
  const bench = await startBench(owners, plan);
  const { server } = await startWarm(bench, name, operation, owners, plan);
  await server.request({ kind: 'start profile', intervalMicroseconds });
  const { cpuMicroseconds } = await withCost(server, requests, () =>
    bench.load.request({ url: server.url, operation, owners, requests, concurrency }),
  );
  const taken = await server.request({ kind: 'stop profile' });
  await server.stop();
  await bench.stop();

  const tree = toCallTree(taken);
  const summary = describeTree(tree, name, requests, cpuMicroseconds);
  const path = (/** @type {string} */ ending) =>
    join(folder, `profile-${name}${operation === 'session' ? '' : `-${operation}`}.${ending}`);
  await mkdir(folder, { recursive: true });
  await writeFile(path('cpuprofile'), JSON.stringify(taken));
  await writeFile(path('txt'), summary);
  await writeFile(path('svg'), drawFlames(tree, name, requests));
  process.stdout.write(`${summary}\nWritten to ${path('{cpuprofile,txt,svg}')}\n`);
}
