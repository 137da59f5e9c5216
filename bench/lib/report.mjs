import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { drawCharts } from './chart.mjs';
import { listVersions } from './machine.mjs';
import { summarizeResults } from './summary.mjs';
import { describeRun, writeTables } from './tables.mjs';

/**
 * A run of the benchmark.
 * @typedef {object} Run
 * @property {import('./measure.mjs').Measurements} measured
 * @property {import('./plan.mjs').Plan} plan
 * @property {import('./machine.mjs').Machine} machine
 * @property {readonly string[]} names of the implementations
 */

/**
 * Prints the tables. With `folder`, also writes the results of all rounds, the tables and the charts; measurements that
 * were not part of the run stay as they were.
 * @param {Run | undefined} run undefined: only the tables and the charts of the results in the folder
 * @param {string | undefined} folder
 */
export async function writeReport(run, folder) {
  if (folder === undefined) {
    if (run !== undefined) {
      process.stdout.write(`${writeTables(summarizeResults(run.measured), run.plan)}\n`);
    }
    return;
  }
  await mkdir(folder, { recursive: true });
  const path = join(folder, 'results.json');
  const earlier = await readFile(path, 'utf8').then(JSON.parse, () => ({}));
  const { machine, plan } = run ?? earlier;
  const versions = run === undefined ? earlier.versions : { ...earlier.versions, ...listVersions(run.names) };
  const measured = { ...earlier.measured, ...run?.measured };
  const summary = summarizeResults(measured);
  const tables = writeTables(summary, plan);
  process.stdout.write(`${tables}\n`);
  await writeFile(path, `${JSON.stringify({ machine, versions, plan, summary, measured }, null, 2)}\n`);
  await writeFile(join(folder, 'results.md'), describeRun(tables, machine, versions, plan));
  for (const [name, chart] of Object.entries(drawCharts(summary))) {
    await writeFile(join(folder, name), chart);
  }
  process.stdout.write(`\nWritten to ${folder}\n`);
}
