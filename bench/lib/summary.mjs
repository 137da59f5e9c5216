import { contestants } from './contestants.mjs';
import { median } from './statistics.mjs';

/** @typedef {import('./measure.mjs').Measurements} Measurements */
/** @typedef {import('./measure.mjs').Closed} Closed */
/** @typedef {ReturnType<typeof summarizeResults>} Summary */
/** @typedef {ReturnType<typeof compareClosed>[number]} Cost */

const mebibyte = 2 ** 20;

/**
 * Computes medians over the rounds. Ratios and differences are computed within each round before the median is taken, so
 * that other load on the machine affects both sides of a comparison.
 * @param {Measurements} measured
 */
export function summarizeResults({ start, mutation, page, latency, growth, versions }) {
  return {
    start: start && summarizeStart(start, mutation?.warmBytes ?? {}),
    session: mutation && compareClosed(mutation.rounds.session),
    default: mutation && compareClosed(mutation.rounds.default),
    confirm: mutation && compareClosed(mutation.rounds.confirm),
    page: page && summarizePage(page),
    latency: latency && summarizeLatency(latency),
    growth: growth && summarizeGrowth(growth),
    versions: versions?.map(({ rounds, ...subject }) => ({
      ...subject,
      firstResponseMs: medianOf(rounds, (round) => round.firstResponseMs),
      cpuMs: medianOf(rounds, (round) => round.cpuMicroseconds) / 1000,
    })),
  };
}

/** @param {Record<string, import('./measure.mjs').Start[]>} start @param {Record<string, number>} warmBytes */
function summarizeStart(start, warmBytes) {
  return Object.entries(start).map(([name, rounds]) => ({
    name,
    firstResponseMs: medianOf(rounds, (round) => round.firstResponseMs),
    cpuMs: medianOf(rounds, (round) => round.cpuMicroseconds) / 1000,
    startMiB: medianOf(rounds, (round) => round.residentBytes) / mebibyte,
    warmMiB: (warmBytes[name] ?? Number.NaN) / mebibyte,
  }));
}

/**
 * The processor time of each implementation, and as a multiple of the limit, of the same server without this package,
 * and, for this package, of the best implementation with the same guards.
 * @param {Record<string, Closed[]>} closed
 */
function compareClosed(closed) {
  const ratioTo = (/** @type {readonly Closed[] | undefined} */ rounds, /** @type {string | undefined} */ other) =>
    median(compare(rounds, closed[other ?? ''], (a, b) => a.cpuMicroseconds / b.cpuMicroseconds));
  const rivals = Object.keys(closed).filter((name) => contestants.get(name)?.guards === 'same guards');
  return Object.entries(closed)
    .map(([name, rounds]) => {
      const { host, guards } = contestants.get(name) ?? {};
      const isOwnServer = guards === 'ours' && host === undefined;
      return {
        name,
        cpuMicroseconds: medianOf(rounds, (round) => round.cpuMicroseconds),
        bestCpuMicroseconds: best(rounds),
        ratio: ratioTo(rounds, 'limit'),
        bestRatio: best(rounds) / best(closed['limit']),
        toHost: host === undefined ? null : ratioTo(rounds, host),
        toBestRival:
          isOwnServer && rivals.length > 0 ? Math.max(...rivals.map((rival) => ratioTo(rounds, rival))) : null,
        perSecond: medianOf(rounds, (round) => round.perSecond),
      };
    })
    .toSorted((a, b) => a.ratio - b.ratio);
}

/** By the size of the catalog, and the growth for each further provider: the slope between the sizes. @param {NonNullable<Measurements['page']>} page */
function summarizePage(page) {
  const sizes = page.map(({ size, rounds }) => ({ size, costs: compareClosed(rounds) }));
  const names = Object.keys(page[0]?.rounds ?? {});
  const growth = names.map((name) => {
    const points = page.map(({ size, rounds }) => ({
      size,
      cost: medianOf(rounds[name], (round) => round.cpuMicroseconds),
    }));
    return { name, microsecondsPerProvider: slopeOf(points) };
  });
  return { sizes, growth };
}

/** Least squares. @param {readonly { size: number, cost: number }[]} points */
function slopeOf(points) {
  const mean = (/** @type {(point: { size: number, cost: number }) => number} */ figure) =>
    points.reduce((sum, point) => sum + figure(point), 0) / points.length;
  const [meanSize, meanCost] = [mean(({ size }) => size), mean(({ cost }) => cost)];
  return mean(({ size, cost }) => (size - meanSize) * (cost - meanCost)) / mean(({ size }) => (size - meanSize) ** 2);
}

/** @typedef {{ readonly p50: number, readonly p99: number }} Latency */

/** @param {{ fast: Record<string, Latency[]>, slow: Record<string, Latency[]> }} latency */
function summarizeLatency({ fast, slow }) {
  return Object.keys(fast).map((name) => ({
    name,
    fast: latencyOf(fast[name]),
    slow: latencyOf(slow[name]),
    slowP99Added: median(compare(slow[name], slow['limit'], (a, b) => a.p99 - b.p99)),
  }));
}

/** @param {NonNullable<Measurements['growth']>} growth */
function summarizeGrowth({ rounds: { few, many }, fewBytes, manyBytes }) {
  return {
    fewMicroseconds: medianOf(few, (round) => round.cpuMicroseconds),
    manyMicroseconds: medianOf(many, (round) => round.cpuMicroseconds),
    ratio: median(compare(many, few, (a, b) => a.cpuMicroseconds / b.cpuMicroseconds)),
    fewMiB: fewBytes / mebibyte,
    manyMiB: manyBytes / mebibyte,
  };
}

/** The minimum of all rounds: other load on the machine can only increase a value. @param {readonly Closed[]} rounds */
function best(rounds = []) {
  return Math.min(...rounds.map(({ cpuMicroseconds }) => cpuMicroseconds));
}

/** @param {readonly Latency[]} rounds */
function latencyOf(rounds = []) {
  return {
    p50: medianOf(rounds, (round) => round.p50),
    p99: medianOf(rounds, (round) => round.p99),
  };
}

/**
 * @template T
 * @param {readonly T[]} rounds
 * @param {(round: T) => number} figure
 */
function medianOf(rounds = [], figure) {
  return median(rounds.map(figure));
}

/**
 * Compares two lists of rounds, round by round.
 * @template T
 * @param {readonly T[]} rounds
 * @param {readonly T[]} others
 * @param {(round: T, other: T) => number} figure
 */
function compare(rounds = [], others = [], figure) {
  return rounds.flatMap((round, index) => {
    const other = others[index];
    return other === undefined ? [] : [figure(round, other)];
  });
}
