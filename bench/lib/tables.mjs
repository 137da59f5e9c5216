import { titleOf } from './contestants.mjs';

/** @typedef {import('./summary.mjs').Summary} Summary */
/** @typedef {import('./plan.mjs').Plan} Plan */

/** @param {Summary} summary @param {Plan} plan */
export function writeTables({ contestants, growth }, plan) {
  const cost = table(
    [
      'processor time per mutation',
      'median',
      'best round',
      '× the limit, median',
      '× the limit, best rounds',
      'mutations per second',
    ],
    contestants.map(({ name, cpuMicroseconds, bestCpuMicroseconds, ratio, bestRatio, perSecond }) => [
      titleOf(name),
      `${cpuMicroseconds.toFixed(0)} µs`,
      `${bestCpuMicroseconds.toFixed(0)} µs`,
      ratio.toFixed(2),
      bestRatio.toFixed(2),
      perSecond.toFixed(0),
    ]),
  );
  const latency = table(
    [
      'p50 / p99, in ms',
      ...plan.rates.map((rate) => `${rate} per second`),
      `${plan.slowRate} per second, StackOne takes ${plan.slowUpstreamMs} ms`,
      'p99 above the limit’s',
    ],
    contestants.map(({ name, rates, slow }) => [
      titleOf(name),
      ...rates.map(({ p50, p99 }) => `${p50.toFixed(1)} / ${p99.toFixed(1)}`),
      `${slow.p50.toFixed(1)} / ${slow.p99.toFixed(1)}`,
      slow.p99Added.toFixed(1),
    ]),
  );
  const start = table(
    ['start', 'time to first response', 'memory at that time', `after ${plan.warmUpRequests} requests`],
    contestants.map(({ name, firstResponseMs, startMiB, warmMiB }) => [
      titleOf(name),
      `${firstResponseMs.toFixed(0)} ms`,
      `${startMiB.toFixed(0)} MiB`,
      `${warmMiB.toFixed(0)} MiB`,
    ]),
  );
  const grown = growth && [
    table(
      ['ours', 'processor time per mutation', 'memory'],
      [
        [`${plan.fewOwners} customers`, `${growth.fewMicroseconds.toFixed(0)} µs`, `${growth.fewMiB.toFixed(0)} MiB`],
        [
          `${plan.manyOwners} customers`,
          `${growth.manyMicroseconds.toFixed(0)} µs`,
          `${growth.manyMiB.toFixed(0)} MiB`,
        ],
      ],
    ),
    `Ratio: ${growth.ratio.toFixed(2)} ×.`,
  ];
  return [cost, latency, start, ...(grown ?? [])].join('\n\n');
}

/** @param {readonly string[]} head @param {readonly (readonly string[])[]} rows */
function table(head, rows) {
  const line = (/** @type {readonly string[]} */ cells) => `| ${cells.join(' | ')} |`;
  const rule = head.map((_, index) => (index === 0 ? '---' : '---:'));
  return [line(head), line(rule), ...rows.map(line)].join('\n');
}

/**
 * A Markdown page with the tables and the information that is needed to reproduce them.
 * @param {string} tables
 * @param {import('./machine.mjs').Machine} machine
 * @param {Record<string, string>} versions
 * @param {Plan} plan
 */
export function describeRun(tables, machine, versions, plan) {
  const { date, command, node, processor, cores, memoryGiB, system, load } = machine;
  return `# Cost of one mutation

![Processor time per mutation](results.svg)

\`${command}\`, ${date}. Node ${node.slice(1)}, ${processor}, ${cores} cores, ${memoryGiB} GiB, ${system}; load average before the run ${load}.

${Object.entries(versions)
  .map(([name, version]) => `${name} ${version}`)
  .join(' · ')}

Medians over ${plan.closedRounds} rounds of ${plan.closedRequests} mutations on ${plan.concurrency} connections; latencies over ${plan.openRounds} rounds of ${plan.openSeconds} seconds; starts over ${plan.startRounds} rounds. Ratios and differences are taken within a round. Method: [README](../README.md).

${tables}
`;
}
