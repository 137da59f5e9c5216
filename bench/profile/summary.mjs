import { rankSelfTimes } from './call-tree.mjs';

const rows = 40;

/**
 * Self time of each mutation, by package and by function.
 * @param {import('./call-tree.mjs').Frame} tree
 * @param {string} name
 * @param {number} requests
 * @param {number} cpuMicroseconds processor time of the whole process for each
 */
export function describeTree(tree, name, requests, cpuMicroseconds) {
  const describe = (/** @type {[string, number][]} */ ranked) =>
    ranked
      .slice(0, rows)
      .map(([what, time]) => {
        const share = ((100 * time) / tree.total).toFixed(1);
        return `${(time / requests).toFixed(1).padStart(8)} µs ${share.padStart(5)} %  ${what}`;
      })
      .join('\n');
  return `${name}, ${requests} mutations, each:
${(tree.total / requests).toFixed(0).padStart(8)} µs of the main thread, by the clock: what is below
${cpuMicroseconds.toFixed(0).padStart(8)} µs of processor time, with all other threads and the profiler itself

By package, self time
${describe(rankSelfTimes(tree, ({ owner }) => owner))}

By package, with what Node does for it
${describe(rankSelfTimes(tree, ({ payer }) => payer))}

By function, self time
${describe(rankSelfTimes(tree, ({ place }) => place))}
`;
}
