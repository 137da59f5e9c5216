import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { contestants } from './lib/contestants.mjs';
import { describeMachine } from './lib/machine.mjs';
import { measure } from './lib/measure.mjs';
import { fullPlan, quickPlan, withRounds } from './lib/plan.mjs';
import { writeReport } from './lib/report.mjs';
import { profile } from './profile/profile.mjs';

const usage = `npm run bench -- [options]

  --quick            takes about one minute: approximate results, no growth
  --only ours,yoga   measures only these implementations, and always limit
  --out folder       writes the results to this folder; required to write results of --quick and --only
  --profile ours     profiles one implementation instead of measuring

Implementations: ${[...contestants.keys()].join(', ')}
`;

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string' },
    out: { type: 'string' },
    profile: { type: 'string' },
    operation: { type: 'string', default: 'session' },
    rounds: { type: 'string' },
    suite: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
const basePlan = options.quick ? quickPlan : fullPlan;
const plan = options.rounds === undefined ? basePlan : withRounds(basePlan, Number(options.rounds));
const operation = /** @type {import('./lib/operations.mjs').OperationName} */ (options.operation);
const chosen = [...(options.only?.split(',') ?? []), ...(options.profile?.split(',') ?? [])];
const isKnown = chosen.every((name) => contestants.has(name));
const results = fileURLToPath(new URL('results/', import.meta.url));

if (options.help || !isKnown) {
  process.stdout.write(usage);
  process.exitCode = isKnown ? 0 : 1;
} else if (options.profile !== undefined) {
  await profile(options.profile, operation, plan, options.out ?? results);
} else {
  const names = [...contestants.keys()].filter(
    (name) => options.only === undefined || name === 'limit' || chosen.includes(name),
  );
  const isWhole = !options.quick && options.only === undefined;
  const machine = describeMachine();
  if (machine.load > machine.cores / 4) {
    process.stderr.write(
      `Other processes are using this machine (load average ${machine.load}): the results are approximate.\n`,
    );
  }
  const measured = await measure(names, plan);
  await writeReport(measured, plan, machine, options.out ?? (isWhole ? results : undefined));
}
