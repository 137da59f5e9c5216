import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Mutant, mutants } from '../test/mutants/guards.js';

/** Takes the guards out one by one, in a copy, and tells which of them no test would miss. */
const copy = mkdtempSync(join(tmpdir(), 'mutants-'));
const parts = [
  'src',
  'test',
  'emulator',
  'demo',
  'client',
  'dist',
  'package.json',
  'jest.config.js',
  'schema.graphql',
  'README.md',
];
for (const part of parts) {
  cpSync(part, join(copy, part), { recursive: true });
}
symlinkSync(join(process.cwd(), 'node_modules'), join(copy, 'node_modules'));

function passes(tests: string): boolean {
  const options = ['--runInBand', '--bail', '--forceExit', `test/${tests}`];
  const jest = ['--experimental-vm-modules', 'node_modules/jest/bin/jest.js', ...options];
  const { status } = spawnSync(process.execPath, jest, { cwd: copy, stdio: 'ignore', timeout: 180_000 });
  return status === 0;
}

function isNoticed({ file, guard, without, noticedBy }: Mutant): boolean {
  const path = join(copy, file);
  const code = readFileSync(path, 'utf8');
  writeFileSync(
    path,
    code.replace(guard, () => without),
  );
  const noticed = !passes(noticedBy);
  writeFileSync(path, code);
  return noticed;
}

const wanted = process.argv[2] ?? '';
const chosen = mutants.filter(({ file, noticedBy }) => `${file} ${noticedBy}`.includes(wanted));
// Tests that fail anyway would notice anything.
const failing = [...new Set(chosen.map(({ noticedBy }) => noticedBy))].filter((tests) => !passes(tests));
if (failing.length > 0) {
  throw new Error(`these tests fail with all guards in place: ${failing.join(', ')}`);
}
const missed = chosen.filter((mutant) => {
  const noticed = isNoticed(mutant);
  process.stdout.write(`${noticed ? 'noticed' : 'MISSED '}  ${mutant.file}  ${mutant.guard.trim()}\n`);
  return !noticed;
});
rmSync(copy, { recursive: true });
process.stdout.write(
  `${chosen.length - missed.length} of ${chosen.length} guards are noticed when they are gone\n`,
);
process.exitCode = missed.length === 0 && chosen.length > 0 ? 0 : 1;
