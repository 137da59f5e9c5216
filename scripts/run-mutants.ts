import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Mutant, mutants } from '../test/mutants/guards.js';

const usage = `Removes the guards of test/mutants one at a time, in a copy, and reports those that no test detects.

npm run mutants -- [text] [--changed-since <revision>] [--time-limit <seconds>]

text             only mutants whose source file or test path contains the text
--changed-since  only mutants of source files that differ from this git revision
--time-limit     no further mutant starts after this many seconds; the rest is reported as not run
`;

const parsed = parseArgs({
  allowPositionals: true,
  options: {
    'changed-since': { type: 'string' },
    'time-limit': { type: 'string' },
    help: { type: 'boolean' },
  },
});

/** Tests without a server take the least time and run first. */
const testFolders = ['unit', 'contract', 'flow', 'browser'];
const maxRunMs = 400_000;
/** Less than in other runs: without its guard, each test of a file may wait for something that never happens. */
const testTimeoutMs = 20_000;

function changedFiles(revision: string): ReadonlySet<string> {
  const output = execFileSync('git', ['diff', '--name-only', '--relative', revision, '--'], {
    encoding: 'utf8',
  });
  return new Set(output.split('\n').filter((path) => path !== ''));
}

function selectMutants(): readonly Mutant[] {
  const text = parsed.positionals[0] ?? '';
  const revision = parsed.values['changed-since'];
  const changed = revision === undefined ? undefined : changedFiles(revision);
  return mutants
    .filter(({ file, noticedBy }) => `${file} ${noticedBy}`.includes(text))
    .filter(({ file }) => changed === undefined || changed.has(file))
    .toSorted((a, b) => testFolderIndex(a) - testFolderIndex(b) || a.noticedBy.localeCompare(b.noticedBy));
}

function testFolderIndex({ noticedBy }: Mutant): number {
  return testFolders.findIndex((folder) => noticedBy.startsWith(`${folder}/`));
}

function parseTimeLimit(): number {
  const value = parsed.values['time-limit'];
  const seconds = value === undefined ? Number.POSITIVE_INFINITY : Number(value);
  if (!(seconds > 0)) {
    throw new Error('--time-limit must be a number of seconds above 0');
  }
  return seconds;
}

/** All files, because tests read the documents and the manifests too. */
function copyPackage(): string {
  const copy = mkdtempSync(join(tmpdir(), 'mutants-'));
  const omitted = ['.git', 'node_modules'];
  cpSync('.', copy, { recursive: true, filter: (path) => !omitted.includes(basename(path)) });
  symlinkSync(join(process.cwd(), 'node_modules'), join(copy, 'node_modules'));
  return copy;
}

type TestResult = 'passed' | 'failed' | 'timeout';

function runTests(copy: string, tests: string): TestResult {
  const options = ['--runInBand', '--bail', '--forceExit', `--testTimeout=${testTimeoutMs}`, `test/${tests}`];
  const all = '--testPathIgnorePatterns=/node_modules/';
  const jest = ['--experimental-vm-modules', 'node_modules/jest/bin/jest.js', all, ...options];
  const { status, error } = spawnSync(process.execPath, jest, { cwd: copy, stdio: 'ignore', timeout: maxRunMs });
  if (error !== undefined) {
    return 'timeout';
  }
  return status === 0 ? 'passed' : 'failed';
}

/** Builds the programs and the pages that tests load. The compiler writes its output in spite of errors in the types. */
function rebuild(copy: string): void {
  const commands = [
    ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'],
    ['scripts/build-type-graphql.mjs'],
    ['scripts/build-assets.mjs'],
  ];
  for (const command of commands) {
    spawnSync(process.execPath, command, { cwd: copy, stdio: 'ignore' });
  }
}

function runMutant(copy: string, { file, guard, without, noticedBy }: Mutant): TestResult {
  const path = join(copy, file);
  const code = readFileSync(path, 'utf8');
  // A function, because `$` has a meaning in a replacement string.
  writeFileSync(
    path,
    code.replace(guard, () => without),
  );
  let result = runTests(copy, noticedBy);
  const isBuilt = result === 'passed';
  if (isBuilt) {
    // Most tests import the source files. Some load a built program or page, which only a new build changes.
    rebuild(copy);
    result = runTests(copy, noticedBy);
  }
  writeFileSync(path, code);
  if (isBuilt) {
    rebuild(copy);
  }
  return result;
}

/** A test that hangs says nothing about the guard. */
const words = { failed: 'detected', passed: 'MISSED  ', timeout: 'TIMEOUT ' } as const;

interface Outcome {
  readonly run: number;
  readonly missed: number;
}

function runMutants(copy: string, selected: readonly Mutant[], timeLimitSeconds: number): Outcome {
  const endsAt = performance.now() + timeLimitSeconds * 1000;
  const checkedTests = new Set<string>();
  let run = 0;
  let missed = 0;
  for (const mutant of selected) {
    if (performance.now() > endsAt) {
      break;
    }
    // Tests that fail with all guards in place would detect any mutant.
    if (!checkedTests.has(mutant.noticedBy) && runTests(copy, mutant.noticedBy) !== 'passed') {
      throw new Error(`test/${mutant.noticedBy} fails with all guards in place`);
    }
    checkedTests.add(mutant.noticedBy);
    const result = runMutant(copy, mutant);
    run += 1;
    missed += result === 'failed' ? 0 : 1;
    process.stdout.write(`${words[result]}  ${mutant.file}  ${mutant.guard.trim()}\n`);
  }
  return { run, missed };
}

function main(): number {
  if (parsed.values.help === true) {
    process.stdout.write(usage);
    return 0;
  }
  const timeLimitSeconds = parseTimeLimit();
  const selected = selectMutants();
  const revision = parsed.values['changed-since'];
  if (selected.length === 0) {
    if (revision === undefined) {
      process.stderr.write('No mutant has this text in its source file or test path.\n');
      return 1;
    }
    process.stdout.write(`No source file with a guard has changed since ${revision}: no mutants to run.\n`);
    return 0;
  }
  const copy = copyPackage();
  try {
    const { run, missed } = runMutants(copy, selected, timeLimitSeconds);
    process.stdout.write(`${run - missed} of ${run} mutants were detected.\n`);
    if (run < selected.length) {
      const omitted = selected.slice(run);
      const files = [...new Set(omitted.map(({ file }) => file))].sort();
      process.stdout.write(
        `${omitted.length} of ${selected.length} selected mutants did not run within ${timeLimitSeconds} s. Files: ${files.join(', ')}\n`,
      );
    }
    return missed === 0 && run > 0 ? 0 : 1;
  } finally {
    rmSync(copy, { recursive: true });
  }
}

process.exitCode = main();
