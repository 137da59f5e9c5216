import { titleOf } from './contestants.mjs';

/** @typedef {import('./summary.mjs').Summary} Summary */

const start = '<!-- figures:start -->';
const end = '<!-- figures:end -->';
const rival = 'mercurius-guarded';

/**
 * The main figures as a Markdown table, for documents.
 * @param {Summary} summary
 * @param {import('./plan.mjs').Plan} plan
 * @param {readonly import('./machine.mjs').PastRun[]} runs
 */
function describeFigures({ session, page, latency, start: starts, growth }, plan, runs) {
  const ours = session?.find(({ name }) => name === 'ours');
  const embedded = session?.filter(({ toHost }) => toHost !== null) ?? [];
  const [own, other] = ['ours', rival].map((name) => starts?.find((found) => found.name === name));
  const pages = page?.sizes.map(({ size, costs }) => ({ size, cost: costs.find(({ name }) => name === 'ours') })) ?? [];
  const slope = page?.growth.find(({ name }) => name === 'ours');
  const slow = latency?.find(({ name }) => name === 'ours');
  const rows = [
    ours && ['Processor time of `createConnectSession`', `${ours.ratio.toFixed(2)} × a bare proxy`],
    ours && [
      'The same, compared with the best implementation with the same guards from other packages',
      `${ours.toBestRival?.toFixed(2)} ×`,
    ],
    ...embedded.map(({ name, toHost }) => [
      `The same, for ${titleOf(name)}`,
      `${toHost?.toFixed(2)} × the same server without this package`,
    ]),
    ...pages.map(
      ({ size, cost }) =>
        cost && [
          `Processor time of the page’s query with ${size} providers`,
          `${(cost.cpuMicroseconds / 1000).toFixed(2)} ms, ${cost.ratio.toFixed(2)} × a bare proxy`,
        ],
    ),
    slope && ['Each further provider', `${slope.microsecondsPerProvider.toFixed(2)} µs`],
    slow && [
      `Slowest response of a hundred (p99) at ${plan.rate} sessions per second, with a StackOne that takes ${plan.slowUpstreamMs} ms`,
      `${slow.slowP99Added.toFixed(1)} ms above a bare proxy`,
    ],
    growth && [
      `Processor time with ${plan.manyOwners} customers`,
      `${growth.ratio.toFixed(2)} × that with ${plan.fewOwners}`,
    ],
    own &&
      other && [
        'Start to the first response, on one core',
        `${own.firstResponseMs.toFixed(0)} ms, ${(own.firstResponseMs / other.firstResponseMs).toFixed(2)} × ${titleOf(rival)}`,
      ],
    own &&
      other && [
        `Memory after ${plan.warmUpRequests} sessions`,
        `${own.warmMiB.toFixed(0)} MiB, ${(own.warmMiB / other.warmMiB).toFixed(2)} × ${titleOf(rival)}`,
      ],
  ].filter((row) => row !== undefined);
  const origins = runs.map(
    ({ command, date, node, cores, load }) =>
      `\`${command}\`, ${date}, with Node.js ${node.slice(1)} on ${cores} cores, load average before the run ${load}`,
  );
  const origin = `From ${origins.join('; and ')}.`;
  return ['| Figure | Value |', '|---|---:|', ...rows.map((row) => `| ${row.join(' | ')} |`), '', origin].join('\n');
}

/**
 * The document with these figures between its markers.
 * @param {string} document @param {Summary} summary @param {import('./plan.mjs').Plan} plan
 * @param {readonly import('./machine.mjs').PastRun[]} runs
 */
export function withFigures(document, summary, plan, runs) {
  const [before, rest = ''] = document.split(start);
  const after = rest.split(end)[1];
  if (after === undefined) {
    throw new Error('the document has no markers for figures');
  }
  return `${before}${start}\n${describeFigures(summary, plan, runs)}\n${end}${after}`;
}
