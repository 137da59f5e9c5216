import { spawnSync } from 'node:child_process';
import { expect, it } from '@jest/globals';
import { inPackage } from '../support/package-files.js';

it('The tables, the charts and the figures in docs/performance.md are those of bench/results/results.json', () => {
  const { status, stderr } = spawnSync(process.execPath, [inPackage('bench/run.mjs'), '--draw', '--check'], {
    encoding: 'utf8',
  });
  expect([stderr, status]).toEqual(['', 0]);
});
