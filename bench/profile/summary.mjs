import { rankSelfTimes } from './call-tree.mjs';

const rows = 40;

/**
 * Describes the self time per mutation, by package and by function.
 * @param {import('./call-tree.mjs').Frame} tree
 * @param {string} name
 * @param {number} requests
 * @param {number} cpuMicroseconds processor time of the whole process per mutation
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
  return `${name}, ${requests} mutations. Per mutation:
${(tree.total / requests).toFixed(0).padStart(8)} µs of main thread time: the sum of the lists below
${cpuMicroseconds.toFixed(0).padStart(8)} µs of processor time of all threads, including the profiler

By package, self time
${describe(rankSelfTimes(tree, ({ owner }) => owner))}

By package, including Node.js code that it calls
${describe(rankSelfTimes(tree, ({ payer }) => payer))}

By function, self time
${describe(rankSelfTimes(tree, ({ place }) => place))}
`;
}
