import { median } from './statistics.mjs';

/** @typedef {import('./measure.mjs').Measurements} Measurements */
/** @typedef {ReturnType<typeof summarizeResults>} Summary */

/**
 * Computes medians over the rounds and sorts the implementations by processor time. Ratios and differences are computed
 * within each round before the median is taken, so that other load on the machine affects both sides of a comparison.
 * @param {Measurements} measured
 */
export function summarizeResults({ start, warmBytes, closed, open, slow, growth }) {
  const unsorted = Object.keys(closed).map((name) => {
    const ratios = compare(closed[name], closed['limit'], (a, b) => a.cpuMicroseconds / b.cpuMicroseconds);
    return {
      name,
      cpuMicroseconds: medianOf(closed[name], (round) => round.cpuMicroseconds),
      bestCpuMicroseconds: best(closed[name]),
      ratio: median(ratios),
      bestRatio: best(closed[name]) / best(closed['limit']),
      perSecond: medianOf(closed[name], (round) => round.perSecond),
      rates: open.map(({ rate, rounds }) => ({ rate, ...latencyOf(rounds[name]) })),
      slow: {
        ...latencyOf(slow[name]),
        p99Added: median(compare(slow[name], slow['limit'], (a, b) => a.p99 - b.p99)),
      },
      firstResponseMs: medianOf(start[name], (round) => round.firstResponseMs),
      startMiB: medianOf(start[name], (round) => round.residentBytes) / 2 ** 20,
      warmMiB: (warmBytes[name] ?? Number.NaN) / 2 ** 20,
    };
  });
  const contestants = unsorted.toSorted((a, b) => a.ratio - b.ratio);
  return { contestants, growth: growth && summarizeGrowth(growth) };
}

/** @param {NonNullable<Measurements['growth']>} growth */
function summarizeGrowth({ rounds: { few, many }, fewBytes, manyBytes }) {
  return {
    fewMicroseconds: medianOf(few, (round) => round.cpuMicroseconds),
    manyMicroseconds: medianOf(many, (round) => round.cpuMicroseconds),
    ratio: median(compare(many, few, (a, b) => a.cpuMicroseconds / b.cpuMicroseconds)),
    fewMiB: fewBytes / 2 ** 20,
    manyMiB: manyBytes / 2 ** 20,
  };
}

/** The minimum of all rounds: other load on the machine can only increase a value. @param {readonly { cpuMicroseconds: number }[]} rounds */
function best(rounds = []) {
  return Math.min(...rounds.map(({ cpuMicroseconds }) => cpuMicroseconds));
}

/** @param {readonly { p50: number, p99: number }[]} rounds */
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
