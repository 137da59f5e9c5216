import { titleOf } from './contestants.mjs';

/** @typedef {import('./summary.mjs').Summary} Summary */

const start = '<!-- figures:start -->';
const end = '<!-- figures:end -->';
const rival = 'mercurius-guarded';

/**
 * The main figures as a Markdown table, for documents.
 * @param {Summary} summary
 */
export function describeFigures({ session, page, latency, start: starts, growth }) {
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
      'Slowest response of a hundred at 200 sessions per second, with a StackOne that takes 20 ms',
      `${slow.slowP99Added.toFixed(1)} ms above a bare proxy`,
    ],
    growth && ['Processor time with 10,000 customers', `${growth.ratio.toFixed(2)} × that with 10`],
    own &&
      other && [
        'Start to the first response, on one core',
        `${own.firstResponseMs.toFixed(0)} ms, ${(own.firstResponseMs / other.firstResponseMs).toFixed(2)} × ${titleOf(rival)}`,
      ],
    own &&
      other && [
        'Memory after 10,000 sessions',
        `${own.warmMiB.toFixed(0)} MiB, ${(own.warmMiB / other.warmMiB).toFixed(2)} × ${titleOf(rival)}`,
      ],
  ].filter((row) => row !== undefined);
  return ['| Figure | Value |', '|---|---:|', ...rows.map((row) => `| ${row.join(' | ')} |`)].join('\n');
}

/** The document with these figures between its markers. @param {string} document @param {Summary} summary */
export function withFigures(document, summary) {
  const [before, rest = ''] = document.split(start);
  const after = rest.split(end)[1];
  if (after === undefined) {
    throw new Error('the document has no markers for figures');
  }
  return `${before}${start}\n${describeFigures(summary)}\n${end}${after}`;
}
