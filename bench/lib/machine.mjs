import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, release, totalmem, type } from 'node:os';
import { contestants } from './contestants.mjs';

/** @typedef {ReturnType<typeof describeMachine>} Machine */
/** @typedef {Machine & { readonly suites: readonly string[] }} PastRun `suites`: what it measured, without what a later run measured again */

/** Describes the machine, to make results comparable. Call it before the run: `load` is the load of other processes. */
export function describeMachine() {
  return {
    date: new Date().toISOString().slice(0, 10),
    command: ['npm run bench', ...(process.argv.length > 2 ? ['--', ...process.argv.slice(2)] : [])].join(' '),
    node: process.version,
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    load: Math.round((loadavg()[0] ?? 0) * 10) / 10,
    system: `${type()} ${release().split('-')[0]}`,
  };
}

/**
 * The versions of the packages that determine the results.
 * @param {readonly string[]} names of the contestants
 * @returns {Record<string, string>}
 */
export function listVersions(names) {
  const packages = new Set(['graphql', ...names.flatMap((name) => contestants.get(name)?.packages ?? [])]);
  const version = (/** @type {string} */ folder) =>
    String(JSON.parse(readFileSync(new URL(`${folder}/package.json`, import.meta.url), 'utf8')).version);
  return Object.fromEntries([
    ['stackone-connect-graphql', version('../..')],
    ...[...packages].sort().map((name) => [name, version(`../node_modules/${name}`)]),
  ]);
}
