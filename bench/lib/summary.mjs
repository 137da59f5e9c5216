import { median } from './statistics.mjs';

/** @typedef {import('./measure.mjs').Measurements} Measurements */
/** @typedef {ReturnType<typeof summarise>} Summary */

/**
 * Medians over the rounds, the cheapest contestant first. What is compared is compared within a round, and the median is of the comparisons: a
 * round that something else disturbed then counts like any other.
 * @param {Measurements} measured
 */
export function summarise({ start, warmBytes, closed, open, slow, growth }) {
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
      firstAnswerMs: medianOf(start[name], (round) => round.firstAnswerMs),
      startMiB: medianOf(start[name], (round) => round.residentBytes) / 2 ** 20,
      warmMiB: (warmBytes[name] ?? Number.NaN) / 2 ** 20,
    };
  });
  const contestants = unsorted.toSorted((a, b) => a.ratio - b.ratio);
  return { contestants, growth: growth && summariseGrowth(growth) };
}

/** @param {NonNullable<Measurements['growth']>} growth */
function summariseGrowth({ rounds: { few, many }, fewBytes, manyBytes }) {
  return {
    fewMicroseconds: medianOf(few, (round) => round.cpuMicroseconds),
    manyMicroseconds: medianOf(many, (round) => round.cpuMicroseconds),
    ratio: median(compare(many, few, (a, b) => a.cpuMicroseconds / b.cpuMicroseconds)),
    fewMiB: fewBytes / 2 ** 20,
    manyMiB: manyBytes / 2 ** 20,
  };
}

/** Of all rounds: what else the machine does only ever adds. @param {readonly { cpuMicroseconds: number }[]} rounds */
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
 * Round by round.
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
