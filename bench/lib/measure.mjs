import { spawnSync } from 'node:child_process';
import { interleave, startBench } from './bench.mjs';
import { capableOf } from './contestants.mjs';
import { measureVersions } from './node-versions.mjs';

/** @typedef {import('./bench.mjs').Bench} Bench */
/** @typedef {import('./bench.mjs').Server} Server */
/** @typedef {import('./operations.mjs').OperationName} OperationName */
/** @typedef {import('./plan.mjs').Plan} Plan */
/** @typedef {{ readonly perSecond: number, readonly cpuMicroseconds: number }} Closed */
/** @typedef {{ readonly firstResponseMs: number, readonly cpuMicroseconds: number, readonly residentBytes: number }} Start */
/** @typedef {{ readonly server: Server, readonly owners: number }} Running a warm server, and the number of owners that call it */

/**
 * One part of the benchmark. `mutation` is the main one.
 * @typedef {keyof typeof suites} Suite
 * @typedef {{ -readonly [Name in Suite]?: Awaited<ReturnType<(typeof suites)[Name]>> }} Measurements
 */
export const suites = {
  start: measureStarts,
  mutation: measureMutations,
  page: measurePages,
  latency: measureLatencies,
  growth: measureGrowth,
  versions: measureVersions,
};

/**
 * Runs measurements, one after the other.
 * @param {readonly Suite[]} chosen
 * @param {readonly string[]} names of the contestants
 * @param {Plan} plan
 */
export async function measure(chosen, names, plan) {
  const bench = await startBench(plan.manyOwners, plan);
  /** @type {Record<string, unknown>} */
  const measured = {};
  for (const suite of chosen) {
    measured[suite] = await suites[suite](bench, names, plan);
  }
  await bench.stop();
  return /** @type {Measurements} */ (measured);
}

/** From the start of the process to the first correct response, and the memory at that time. @param {Bench} bench @param {readonly string[]} names @param {Plan} plan */
function measureStarts(bench, names, plan) {
  const subjects = Object.fromEntries(names.map((name) => [name, name]));
  return interleave('start', plan.startRounds, subjects, (name) => measureStart(bench, name, plan));
}

/**
 * @param {Bench} bench @param {string} name @param {Plan} plan @param {import('./bench.mjs').StartOptions} [options]
 * @returns {Promise<Start>}
 */
export async function measureStart(bench, name, { fewOwners: owners }, options = {}) {
  const startedAt = performance.now();
  const server = await bench.startContestant(name, { prefix: oneCore, ...options });
  await bench.load.request({ url: server.url, operation: 'session', owners, requests: 1, concurrency: 1 });
  const firstResponseMs = performance.now() - startedAt;
  const { residentBytes, cpuMicroseconds } = await readUsage(server);
  await server.stop();
  return { firstResponseMs, cpuMicroseconds, residentBytes };
}

const taskset = ['taskset', '-c', '0'];
/** Limits a process to one core. Without the command `taskset`, all cores are used. */
const oneCore = spawnSync('taskset', ['-c', '0', 'true']).status === 0 ? taskset : [];

/** Processor time of the operations with a single account or session, and the memory of a warm process. @param {Bench} bench @param {readonly string[]} names @param {Plan} plan */
async function measureMutations(bench, names, plan) {
  /** @type {Record<string, Running>} */
  const running = {};
  /** @type {Record<string, number>} */
  const warmBytes = {};
  for (const name of names) {
    running[name] = await startWarm(bench, name, 'session', plan.fewOwners, plan);
    warmBytes[name] = (await readUsage(running[name].server)).residentBytes;
  }
  /** @param {OperationName} operation @param {number} rounds */
  const measureAll = (operation, rounds) => {
    const capable = Object.fromEntries(
      capableOf(names, operation).flatMap((name) => Object.entries({ [name]: running[name] })),
    );
    return interleave(operation, rounds, /** @type {Record<string, Running>} */ (capable), (one) =>
      measureClosed(bench, one, operation, plan),
    );
  };
  const session = await measureAll('session', plan.closedRounds);
  const secondary = Math.ceil(plan.closedRounds / 2);
  const rounds = {
    session,
    default: await measureAll('default', secondary),
    confirm: await measureAll('confirm', secondary),
  };
  await stopAll(running);
  return { warmBytes, rounds };
}

/** The query of the page, by the size of the catalog. @param {Bench} bench @param {readonly string[]} names @param {Plan} plan */
async function measurePages(bench, names, plan) {
  const { pageCatalogSizes, pageRounds, pageWarmUpRequests, pageLeadInRequests, pageRequests } = plan;
  /** @type {Record<string, Running>} */
  const running = {};
  for (const name of capableOf(names, 'page')) {
    for (const catalogSize of pageCatalogSizes) {
      const warm = { ...plan, warmUpRequests: pageWarmUpRequests };
      running[`${name} ${catalogSize}`] = await startWarm(bench, name, 'page', plan.fewOwners, warm, catalogSize);
    }
  }
  const pagePlan = { ...plan, leadInRequests: pageLeadInRequests, closedRequests: pageRequests };
  const measured = await interleave('page', pageRounds, running, (one) => measureClosed(bench, one, 'page', pagePlan));
  await stopAll(running);
  const sizes = pageCatalogSizes.map((size) => ({
    size,
    rounds: Object.fromEntries(capableOf(names, 'page').map((name) => [name, measured[`${name} ${size}`] ?? []])),
  }));
  return sizes;
}

/** Latency at a fixed rate, with an upstream that responds at once and with a slow one. @param {Bench} bench @param {readonly string[]} names @param {Plan} plan */
async function measureLatencies(bench, names, plan) {
  /** @type {Record<string, Running>} */
  const running = {};
  for (const name of capableOf(names, 'default')) {
    running[name] = await startWarm(bench, name, 'session', plan.fewOwners, plan);
  }
  const measureRate = (/** @type {string} */ title) =>
    interleave(title, plan.openRounds, running, (one) => measureOpen(bench, one, plan));
  const fast = await measureRate(`${plan.rate} a second`);
  await bench.upstream.request({ latencyMs: plan.slowUpstreamMs });
  const slow = await measureRate(`${plan.rate} a second, slow upstream`);
  await bench.upstream.request({ latencyMs: 0 });
  await stopAll(running);
  return { fast, slow };
}

/**
 * Compares two servers of this package: one has verified the tokens of a few owners, the other those of many owners.
 * @param {Bench} bench @param {readonly string[]} _names @param {Plan} plan
 */
async function measureGrowth(bench, _names, plan) {
  const warm = { ...plan, warmUpRequests: plan.manyOwners };
  const few = await startWarm(bench, 'ours', 'session', plan.fewOwners, warm);
  const many = await startWarm(bench, 'ours', 'session', plan.manyOwners, warm);
  const rounds = await interleave('growth', plan.growthRounds, { few, many }, (one) =>
    measureClosed(bench, one, 'session', plan),
  );
  const { residentBytes: fewBytes } = await readUsage(few.server);
  const { residentBytes: manyBytes } = await readUsage(many.server);
  await stopAll({ few, many });
  return { rounds, fewBytes, manyBytes };
}

/**
 * @param {Bench} bench @param {string} name @param {OperationName} operation @param {number} owners @param {Plan} plan
 * @param {number} [catalogSize]
 * @returns {Promise<Running>}
 */
export async function startWarm(
  bench,
  name,
  operation,
  owners,
  { warmUpRequests: requests, concurrency, ...plan },
  catalogSize = plan.catalogSize,
) {
  const server = await bench.startContestant(name, { catalogSize });
  await bench.load.request({ url: server.url, operation, owners, requests, concurrency });
  return { server, owners };
}

/** @param {Bench} bench @param {Running} running @param {OperationName} operation @param {Plan} plan @returns {Promise<Closed>} */
async function measureClosed(bench, { server, owners }, operation, { leadInRequests, closedRequests, concurrency }) {
  /** @param {number} requests @returns {Promise<{ perSecond: number }>} */
  const load = (requests) => bench.load.request({ url: server.url, operation, owners, requests, concurrency });
  await load(leadInRequests);
  return withCost(server, closedRequests, () => load(closedRequests));
}

/**
 * @param {Bench} bench @param {Running} running @param {Plan} plan
 * @returns {Promise<{ p50: number, p99: number }>}
 */
function measureOpen(bench, { server, owners }, { rate, openSeconds: seconds }) {
  return bench.load.request({ url: server.url, operation: 'session', owners, rate, seconds });
}

/** @param {Record<string, Running>} running */
async function stopAll(running) {
  await Promise.all(Object.values(running).map(({ server }) => server.stop()));
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
