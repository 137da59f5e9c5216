import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { contestants } from './lib/contestants.mjs';
import { describeMachine } from './lib/machine.mjs';
import { measure, suites } from './lib/measure.mjs';
import { operations } from './lib/operations.mjs';
import { fullPlan, quickPlan, withRounds } from './lib/plan.mjs';
import { writeReport } from './lib/report.mjs';
import { profile } from './profile/profile.mjs';

const usage = `npm run bench -- [options]

  --quick            takes about two minutes: approximate results
  --rounds 3         the same number of rounds for all measurements: fewer are faster and less exact
  --suite page       runs only these measurements: ${Object.keys(suites).join(', ')}
  --only ours,yoga   measures only these implementations, and always limit
  --out folder       writes the results to this folder. Without it, only a run of all implementations without --quick
                     writes results: those of its measurements replace the earlier ones in bench/results
  --draw             measures nothing: writes the tables, the charts and the figures in docs/performance.md again, from
                     bench/results/results.json. With --check, writes nothing and fails when one of them differs
  --profile ours     profiles one implementation instead of measuring
  --operation page   what is profiled: ${Object.keys(operations).join(', ')}

Implementations: ${[...contestants.keys()].join(', ')}
`;

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    suite: { type: 'string' },
    only: { type: 'string' },
    out: { type: 'string' },
    draw: { type: 'boolean', default: false },
    check: { type: 'boolean', default: false },
    profile: { type: 'string' },
    operation: { type: 'string', default: 'session' },
    help: { type: 'boolean', default: false },
  },
});
const basePlan = options.quick ? quickPlan : fullPlan;
const plan = options.rounds === undefined ? basePlan : withRounds(basePlan, Number(options.rounds));
const document = fileURLToPath(new URL('../docs/performance.md', import.meta.url));
const results = { folder: fileURLToPath(new URL('results/', import.meta.url)), document };
const nowhere = { folder: undefined, document: undefined };
const targets = options.out === undefined ? undefined : { folder: options.out, document: undefined };

/** The listed names, or all of them. @template {string} Name @param {string | undefined} list @param {readonly Name[]} names */
function choose(list, names) {
  const listed = list?.split(',') ?? names;
  const unknown = listed.filter((name) => !names.some((known) => known === name));
  return { chosen: names.filter((name) => listed.includes(name)), unknown };
}

const names = [...contestants.keys()];
const only = choose(options.only, names);
const suite = choose(options.suite, /** @type {import('./lib/measure.mjs').Suite[]} */ (Object.keys(suites)));
const profiled = choose(options.profile ?? '', ['', ...names]);
const operation = choose(
  options.operation,
  /** @type {import('./lib/operations.mjs').OperationName[]} */ (Object.keys(operations)),
);
const unknown = [only, suite, profiled, operation].flatMap((choice) => choice.unknown);

if (options.help || unknown.length > 0) {
  process.stdout.write(unknown.length > 0 ? `Unknown: ${unknown.join(', ')}\n\n${usage}` : usage);
  process.exitCode = unknown.length > 0 ? 1 : 0;
} else if (options.draw) {
  await writeReport(undefined, targets ?? results, options.check);
} else if (options.profile !== undefined) {
  const [what = 'session'] = operation.chosen;
  await profile(options.profile, what, plan, options.out ?? results.folder);
} else {
  const machine = describeMachine();
  if (machine.load > machine.cores / 4) {
    process.stderr.write(
      `Other processes are using this machine (load average ${machine.load}): the results are approximate.\n`,
    );
  }
  const chosen = names.filter((name) => name === 'limit' || only.chosen.includes(name));
  const measured = await measure(suite.chosen, chosen, plan);
  const isWhole = !options.quick && options.only === undefined;
  await writeReport({ measured, plan, machine, names: chosen }, targets ?? (isWhole ? results : nowhere));
}
