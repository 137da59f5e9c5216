import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { drawChart } from './chart.mjs';
import { listVersions } from './machine.mjs';
import { summarizeResults } from './summary.mjs';
import { describeRun, writeTables } from './tables.mjs';

/** @typedef {import('./measure.mjs').Measurements} Measurements */
/** @typedef {import('./plan.mjs').Plan} Plan */
/** @typedef {import('./machine.mjs').Machine} Machine */

/**
 * Prints the tables. With `folder`, also writes the results of all rounds, the tables and the chart.
 * @param {Measurements} measured
 * @param {Plan} plan
 * @param {Machine} machine
 * @param {string | undefined} folder
 */
export async function writeReport(measured, plan, machine, folder) {
  const versions = listVersions(Object.keys(measured.closed));
  const summary = summarizeResults(measured);
  const tables = writeTables(summary, plan);
  process.stdout.write(`${tables}\n`);
  if (folder === undefined) {
    return;
  }
  await mkdir(folder, { recursive: true });
  const json = JSON.stringify({ machine, versions, plan, summary, measured }, null, 2);
  await writeFile(join(folder, 'results.json'), `${json}\n`);
  await writeFile(join(folder, 'results.md'), describeRun(tables, machine, versions, plan));
  await writeFile(join(folder, 'results.svg'), drawChart(summary));
  process.stdout.write(`\nWritten to ${folder}\n`);
}
