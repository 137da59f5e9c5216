import { spawnSync } from 'node:child_process';
import { interleave, startBench } from './bench.mjs';

/** @typedef {import('./bench.mjs').Bench} Bench */
/** @typedef {import('./bench.mjs').Server} Server */
/** @typedef {import('./plan.mjs').Plan} Plan */
/** @typedef {Awaited<ReturnType<typeof measure>>} Measurements */
/** @typedef {{ readonly server: Server, readonly owners: number }} Running a warm server, and the number of owners that call it */

/**
 * Runs all measurements.
 * @param {readonly string[]} names of the contestants
 * @param {Plan} plan
 */
export async function measure(names, plan) {
  const bench = await startBench(plan.manyOwners);
  const start = await measureStarts(bench, names, plan);
  const speed = await measureSpeed(bench, names, plan);
  const growth = names.includes('ours') && plan.growthRounds > 0 ? await measureGrowth(bench, plan) : undefined;
  await bench.stop();
  return { start, ...speed, growth };
}

/**
 * Measures the time from the start of the process to the first correct response, and the memory at that time.
 * @param {Bench} bench @param {readonly string[]} names @param {Plan} plan
 */
function measureStarts(bench, names, { startRounds, fewOwners: owners }) {
  const subjects = Object.fromEntries(names.map((name) => [name, name]));
  return interleave('start', startRounds, subjects, async (name) => {
    const startedAt = performance.now();
    const server = await bench.startContestant(name, oneCore);
    await bench.load.request({ url: server.url, owners, requests: 1, concurrency: 1 });
    const firstResponseMs = performance.now() - startedAt;
    const { residentBytes } = await readUsage(server);
    await server.stop();
    return { firstResponseMs, residentBytes };
  });
}

const taskset = ['taskset', '-c', '0'];
/** Limits a process to one core. Without the command `taskset`, all cores are used. */
const oneCore = spawnSync('taskset', ['-c', '0', 'true']).status === 0 ? taskset : [];

/** @param {Bench} bench @param {readonly string[]} names @param {Plan} plan */
async function measureSpeed(bench, names, plan) {
  /** @type {Record<string, Running>} */
  const running = {};
  /** @type {Record<string, number>} */
  const warmBytes = {};
  for (const name of names) {
    running[name] = await startWarm(bench, name, plan.fewOwners, plan);
    warmBytes[name] = (await readUsage(running[name].server)).residentBytes;
  }
  const closed = await interleave('closed loop', plan.closedRounds, running, (one) => measureClosed(bench, one, plan));
  /** @param {string} title @param {number} rate */
  const measureRate = (title, rate) =>
    interleave(title, plan.openRounds, running, (one) => measureOpen(bench, one, rate, plan));
  const open = [];
  for (const rate of plan.rates) {
    open.push({ rate, rounds: await measureRate(`${rate} a second`, rate) });
  }
  await bench.upstream.request({ latencyMs: plan.slowUpstreamMs });
  const slow = await measureRate(`${plan.slowRate} a second, slow upstream`, plan.slowRate);
  await bench.upstream.request({ latencyMs: 0 });
  await Promise.all(Object.values(running).map(({ server }) => server.stop()));
  return { warmBytes, closed, open, slow };
}

/**
 * Compares two servers of this package: one has verified the tokens of a few owners, the other those of many owners.
 * @param {Bench} bench @param {Plan} plan
 */
async function measureGrowth(bench, plan) {
  const warm = { ...plan, warmUpRequests: plan.manyOwners };
  const few = await startWarm(bench, 'ours', plan.fewOwners, warm);
  const many = await startWarm(bench, 'ours', plan.manyOwners, warm);
  const rounds = await interleave('growth', plan.growthRounds, { few, many }, (one) => measureClosed(bench, one, plan));
  const { residentBytes: fewBytes } = await readUsage(few.server);
  const { residentBytes: manyBytes } = await readUsage(many.server);
  await Promise.all([few.server.stop(), many.server.stop()]);
  return { rounds, fewBytes, manyBytes };
}

/**
 * @param {Bench} bench @param {string} name @param {number} owners @param {Plan} plan
 * @returns {Promise<Running>}
 */
export async function startWarm(bench, name, owners, { warmUpRequests: requests, concurrency }) {
  const server = await bench.startContestant(name);
  await bench.load.request({ url: server.url, owners, requests, concurrency });
  return { server, owners };
}

/** @param {Bench} bench @param {Running} running @param {Plan} plan */
async function measureClosed(bench, { server, owners }, { leadInRequests, closedRequests, concurrency }) {
  /** @param {number} requests @returns {Promise<{ perSecond: number }>} */
  const load = (requests) => bench.load.request({ url: server.url, owners, requests, concurrency });
  await load(leadInRequests);
  return withCost(server, closedRequests, () => load(closedRequests));
}

/**
 * @param {Bench} bench @param {Running} running @param {number} rate @param {Plan} plan
 * @returns {Promise<{ p50: number, p99: number }>}
 */
function measureOpen(bench, { server, owners }, rate, { openSeconds: seconds }) {
  return bench.load.request({ url: server.url, owners, rate, seconds });
}

/**
 * Runs `work` and measures the processor time of the server process for each of its requests.
 * @template {object} Result
 * @param {Server} server
 * @param {number} requests
 * @param {() => Promise<Result>} work
 */
export async function withCost(server, requests, work) {
  const before = await readUsage(server);
  const result = await work();
  const after = await readUsage(server);
  return { ...result, cpuMicroseconds: (after.cpuMicroseconds - before.cpuMicroseconds) / requests };
}

/** @param {Server} server @returns {Promise<{ cpuMicroseconds: number, residentBytes: number }>} processor time since the start of the process, current memory */
function readUsage(server) {
  return server.request({ kind: 'usage' });
}
