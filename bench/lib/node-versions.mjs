import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { interleave } from './bench.mjs';
import { measureStart } from './measure.mjs';

/** This package, and what it is compared with. */
const compared = ['ours', 'mercurius-guarded'];

/**
 * The start on several Node.js versions, without and with a compile cache (`NODE_COMPILE_CACHE`), which Node.js 20 does
 * not have.
 * @param {import('./bench.mjs').Bench} bench @param {readonly string[]} names @param {import('./plan.mjs').Plan} plan
 */
export async function measureVersions(bench, names, plan) {
  const folder = await mkdtemp(join(tmpdir(), 'bench-node-'));
  const paths = [process.execPath, ...plan.nodeVersions.map((version) => install(version, folder))];
  const chosen = compared.filter((name) => names.includes(name));
  const subjects = paths.flatMap((nodePath, index) => {
    const version = execFileSync(nodePath, ['--version'], { encoding: 'utf8' }).trim();
    const caches = Number(/\d+/.exec(version)) < 22 ? [false] : [false, true];
    return chosen.flatMap((name) =>
      caches.map((isCached) => ({
        name,
        version,
        isCached,
        options: {
          nodePath,
          env: isCached ? { NODE_COMPILE_CACHE: join(folder, `cache-${index}-${name}`) } : {},
        },
      })),
    );
  });
  for (const { name, options, isCached } of subjects) {
    if (isCached) {
      // Fills the cache.
      await measureStart(bench, name, plan, options);
      await measureStart(bench, name, plan, options);
    }
  }
  const byName = Object.fromEntries(subjects.map((subject, index) => [index, subject]));
  const rounds = await interleave('versions', plan.startRounds, byName, ({ name, options }) =>
    measureStart(bench, name, plan, options),
  );
  await rm(folder, { recursive: true });
  return subjects.map(({ name, version, isCached }, index) => ({
    name,
    version,
    isCached,
    rounds: rounds[index] ?? [],
  }));
}

/** From npm, without scripts. @param {string} version @param {string} folder @returns {string} the path of the program */
function install(version, folder) {
  const prefix = join(folder, version);
  const name = `node-${process.platform}-${process.arch}`;
  execFileSync('npm', [
    'install',
    '--prefix',
    prefix,
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    `${name}@${version}`,
  ]);
  return join(prefix, 'node_modules', name, 'bin', 'node');
}
