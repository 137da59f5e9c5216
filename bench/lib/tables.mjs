import { contestants, titleOf } from './contestants.mjs';
import { operations } from './operations.mjs';

/** @typedef {import('./summary.mjs').Summary} Summary */
/** @typedef {import('./plan.mjs').Plan} Plan */

const guardsText = { limit: 'none', ours: 'all', 'same guards': 'the same', 'no guards': 'fewer' };

/** The tables of what was measured. @param {Summary} summary @param {Plan} plan */
export function writeTables(summary, plan) {
  return [
    costTable('session', summary.session),
    costTable('default', summary.default),
    costTable('confirm', summary.confirm),
    summary.page && pageTables(summary.page),
    summary.latency && latencyTable(summary.latency, plan),
    summary.start && startTable(summary.start, plan),
    summary.versions && versionsTable(summary.versions),
    summary.growth && growthTable(summary.growth, plan),
  ]
    .filter((table) => table !== undefined)
    .join('\n\n');
}

/** @param {keyof typeof operations} operation @param {readonly import('./summary.mjs').Cost[] | undefined} costs */
function costTable(operation, costs) {
  return (
    costs &&
    `### ${operations[operation].title}\n\n${table(
      [
        'processor time',
        'guards',
        'median',
        'best round',
        '× the limit',
        '× the same server without this package',
        'per second',
      ],
      costs.map(({ name, cpuMicroseconds, bestCpuMicroseconds, ratio, toHost, perSecond }) => [
        titleOf(name),
        guardsOf(name),
        `${cpuMicroseconds.toFixed(0)} µs`,
        `${bestCpuMicroseconds.toFixed(0)} µs`,
        ratio.toFixed(2),
        toHost?.toFixed(2) ?? '',
        perSecond.toFixed(0),
      ]),
    )}${rivalLine(costs)}`
  );
}

/** @param {readonly import('./summary.mjs').Cost[]} costs */
function rivalLine(costs) {
  const ratio = costs.find(({ toBestRival }) => toBestRival !== null)?.toBestRival;
  return ratio == null
    ? ''
    : `\n\nThis package takes ${ratio.toFixed(2)} × the processor time of the best implementation with the same guards.`;
}

/** @param {NonNullable<Summary['page']>} page */
function pageTables({ sizes, growth }) {
  const names = growth.map(({ name }) => name);
  const costOf = (/** @type {string} */ name, /** @type {(typeof sizes)[number]} */ { costs }) =>
    costs.find((cost) => cost.name === name);
  return `### ${operations.page.title}\n\n${table(
    [
      'processor time (× the limit)',
      'guards',
      ...sizes.map(({ size }) => `${size} providers`),
      'each further provider',
    ],
    names.map((name, index) => [
      titleOf(name),
      guardsOf(name),
      ...sizes.map((size) => {
        const cost = costOf(name, size);
        return cost === undefined ? '' : `${cost.cpuMicroseconds.toFixed(0)} µs (${cost.ratio.toFixed(2)})`;
      }),
      `${growth[index]?.microsecondsPerProvider.toFixed(2)} µs`,
    ]),
  )}`;
}

/** @param {NonNullable<Summary['latency']>} latency @param {Plan} plan */
function latencyTable(latency, { rate, slowUpstreamMs }) {
  return `### Latency of createConnectSession\n\n${table(
    [
      'p50 / p99, in ms',
      `${rate} per second`,
      `${rate} per second, StackOne takes ${slowUpstreamMs} ms`,
      'its p99 above the limit’s',
    ],
    latency.map(({ name, fast, slow, slowP99Added }) => [
      titleOf(name),
      `${fast.p50.toFixed(1)} / ${fast.p99.toFixed(1)}`,
      `${slow.p50.toFixed(1)} / ${slow.p99.toFixed(1)}`,
      slowP99Added.toFixed(1),
    ]),
  )}`;
}

/** @param {NonNullable<Summary['start']>} start @param {Plan} plan */
function startTable(start, { warmUpRequests }) {
  return `### Start and memory\n\n${table(
    [
      'start',
      'guards',
      'time to the first response',
      'processor time until then',
      'memory at that time',
      `after ${warmUpRequests} sessions`,
    ],
    start.map(({ name, firstResponseMs, cpuMs, startMiB, warmMiB }) => [
      titleOf(name),
      guardsOf(name),
      `${firstResponseMs.toFixed(0)} ms`,
      `${cpuMs.toFixed(0)} ms`,
      `${startMiB.toFixed(0)} MiB`,
      `${warmMiB.toFixed(0)} MiB`,
    ]),
  )}`;
}

/** @param {NonNullable<Summary['versions']>} versions */
function versionsTable(versions) {
  return `### Start by Node.js version, on one core\n\n${table(
    ['start', 'Node.js', 'compile cache', 'time to the first response', 'processor time'],
    versions.map(({ name, version, isCached, firstResponseMs, cpuMs }) => [
      titleOf(name),
      version.slice(1),
      isCached ? 'yes' : 'no',
      `${firstResponseMs.toFixed(0)} ms`,
      `${cpuMs.toFixed(0)} ms`,
    ]),
  )}`;
}

/** @param {NonNullable<Summary['growth']>} growth @param {Plan} plan */
function growthTable({ fewMicroseconds, manyMicroseconds, ratio, fewMiB, manyMiB }, { fewOwners, manyOwners }) {
  return `### Number of customers\n\n${table(
    ['this package', 'processor time of a session', 'memory'],
    [
      [`${fewOwners} customers`, `${fewMicroseconds.toFixed(0)} µs`, `${fewMiB.toFixed(0)} MiB`],
      [`${manyOwners} customers`, `${manyMicroseconds.toFixed(0)} µs`, `${manyMiB.toFixed(0)} MiB`],
    ],
  )}\n\nRatio: ${ratio.toFixed(2)} ×.`;
}

/** @param {string} name */
function guardsOf(name) {
  const { guards } = contestants.get(name) ?? {};
  return guards === undefined ? '' : guardsText[guards];
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
 * @param {readonly import('./machine.mjs').PastRun[]} runs
 * @param {Record<string, string>} versions
 * @param {Plan} plan
 */
export function describeRuns(tables, runs, versions, plan) {
  return `# Results of the benchmark

${runs.map(describeRun).join('\n')}

${Object.entries(versions)
  .map(([name, version]) => `${name} ${version}`)
  .join(' · ')}

Medians over ${plan.closedRounds} rounds of ${plan.closedRequests} sessions on ${plan.concurrency} connections; of the page over ${plan.pageRounds} rounds of ${plan.pageRequests}; latencies over ${plan.openRounds} rounds of ${plan.openSeconds} seconds; starts over ${plan.startRounds} rounds. Ratios and differences are taken within a round. The catalog has ${plan.catalogSize} providers, where nothing else is stated. All implementations send the same requests to StackOne. *Guards* says which of the checks of this package an implementation has. Method: [README](../README.md).

${tables}
`;
}

/** @param {import('./machine.mjs').PastRun} run */
function describeRun({ suites, date, command, node, processor, cores, memoryGiB, system, load }) {
  return `- ${suites.join(', ')}: \`${command}\`, ${date}. Node ${node.slice(1)}, ${processor}, ${cores} cores, ${memoryGiB} GiB, ${system}; load average before the run ${load}.`;
}
