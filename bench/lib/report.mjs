import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { drawCharts } from './chart.mjs';
import { withFigures } from './figures.mjs';
import { listVersions } from './machine.mjs';
import { summarizeResults } from './summary.mjs';
import { describeRuns, writeTables } from './tables.mjs';

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
 * @param {object} targets
 * @param {string | undefined} targets.folder
 * @param {string | undefined} targets.document quotes the figures of the folder
 * @param {boolean} [isCheck] writes nothing, and fails when a file differs
 */
export async function writeReport(run, { folder, document }, isCheck = false) {
  if (folder === undefined) {
    if (run !== undefined) {
      process.stdout.write(`${writeTables(summarizeResults(run.measured), run.plan)}\n`);
    }
    return;
  }
  await mkdir(folder, { recursive: true });
  const path = join(folder, 'results.json');
  const earlier = await readFile(path, 'utf8').then(JSON.parse, () => ({}));
  const { plan } = run ?? earlier;
  const versions = run === undefined ? earlier.versions : { ...earlier.versions, ...listVersions(run.names) };
  const measured = { ...earlier.measured, ...run?.measured };
  const runs = run === undefined ? earlier.runs : addRun(earlier.runs, run);
  const summary = summarizeResults(measured);
  const tables = writeTables(summary, plan);
  const charts = Object.entries(drawCharts(summary)).map(([name, chart]) => [join(folder, name), chart]);
  const files = new Map([
    [path, `${JSON.stringify({ runs, versions, plan, summary, measured }, null, 2)}\n`],
    [join(folder, 'results.md'), describeRuns(tables, runs, versions, plan)],
    .../** @type {[string, string][]} */ (charts),
  ]);
  if (document !== undefined) {
    files.set(document, withFigures(await readFile(document, 'utf8'), summary, plan, runs));
  }
  if (isCheck) {
    await check(files);
    return;
  }
  process.stdout.write(`${tables}\n`);
  for (const [file, content] of files) {
    await writeFile(file, content);
  }
  process.stdout.write(`\nWritten to ${[...files.keys()].join(', ')}\n`);
}

/**
 * The runs of which measurements are left, the latest last.
 * @param {readonly import('./machine.mjs').PastRun[] | undefined} earlier
 * @param {Run} run
 */
function addRun(earlier = [], { machine, measured }) {
  const suites = Object.keys(measured);
  const left = earlier.map((past) => ({ ...past, suites: past.suites.filter((suite) => !suites.includes(suite)) }));
  return [...left.filter((past) => past.suites.length > 0), { ...machine, suites }];
}

/** @param {ReadonlyMap<string, string>} files */
async function check(files) {
  for (const [file, content] of files) {
    if ((await readFile(file, 'utf8')) !== content) {
      process.stderr.write(`${file} differs from results.json: run npm run bench -- --draw\n`);
      process.exitCode = 1;
    }
  }
}
