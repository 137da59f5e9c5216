import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, unlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Emulator, startEmulator } from '../../emulator/src/index.js';
import { createWorkshop, HostProject, type Workshop } from '../support/host-project.js';
import { commonJsHost, esmHost, nextRoute, printedToken } from '../support/host-script.js';
import { codeBlocks } from '../support/package-files.js';
import { run } from '../support/run-in-project.js';
import { waitFor } from '../support/wait.js';

let workshop: Workshop;
let project: HostProject;
let emulator: Emulator;
/** A folder that has nothing but what a test puts there: no package.json and no node_modules, here and above. */
let elsewhere: string;

beforeAll(async () => {
  [workshop, emulator] = await Promise.all([createWorkshop(), startEmulator()]);
  project = new HostProject(workshop, { private: true });
  elsewhere = mkdtempSync(join(tmpdir(), 'elsewhere-'));
  const host = ['stackone-connect-graphql', '@apollo/server@5', 'graphql@16'];
  await project.add('npm', [...host, 'esbuild@0.28', 'next@16', 'react@19', 'react-dom@19']);
  project.write('host.mjs', esmHost);
  project.write('host.cjs', commonJsHost);
}, 300_000);
afterAll(async () => {
  await emulator.stop();
  project.remove();
  workshop.remove();
  rmSync(elsewhere, { recursive: true });
});

/** The output of a file of `elsewhere`. */
async function outputOf(file: string): Promise<string> {
  const { stdout, stderr } = await run(elsewhere, 'node', [file], { EMULATOR_URL: emulator.url });
  return stdout + stderr;
}

/** The arguments of the command in docs/embedding.md that builds this format, without the files. */
function documentedArguments(format: string): string[] {
  const lines = codeBlocks('docs/embedding.md', 'sh').join('').split('\n');
  const line =
    lines.find((text) => text.startsWith('npx esbuild server.js') && text.includes(`--format=${format}`)) ?? '';
  const words = line.match(/(?:[^\s"]+|"[^"]*")+/g) ?? [];
  return words.slice(3).flatMap((word) => (word.startsWith('--outfile') ? [] : word.replaceAll('"', '')));
}

describe('A token from a bundle, in a folder without package.json and node_modules', () => {
  it.each([
    ['an ES module', 'host.mjs', 'esm', 'bundle.mjs'],
    ['CommonJS from import', 'host.mjs', 'cjs', 'bundle.cjs'],
    ['CommonJS from require', 'host.cjs', 'cjs', 'bundle-2.cjs'],
    ['an ES module with shortened names', 'host.mjs', 'esm', 'bundle-2.mjs', '--minify'],
  ])(
    'esbuild: %s, without class-validator and without warnings',
    async (_name, entry, format, file, ...more) => {
      const args = documentedArguments(format);
      expect(args).toContain('--bundle');
      const bundle = [entry, ...args, ...more, `--outfile=${join(elsewhere, file)}`, '--log-level=warning'];
      const { code, stderr } = await run(project.folder, 'node_modules/.bin/esbuild', bundle);
      expect([code, stderr]).toEqual([0, '']);
      expect(await outputOf(file)).toMatch(printedToken);
    },
    60_000,
  );

  it('Next.js: a standalone build', async () => {
    project.write('next.config.js', "module.exports = { output: 'standalone' };");
    project.write('app/layout.js', 'export default ({ children }) => <html><body>{children}</body></html>;');
    project.write('app/graphql/route.js', nextRoute);
    await project.run('node_modules/.bin/next', ['build'], { NEXT_TELEMETRY_DISABLED: '1' });
    const folder = join(elsewhere, 'next');
    cpSync(join(project.folder, '.next/standalone'), folder, { recursive: true });
    const child = spawn('node', ['server.js'], {
      cwd: folder,
      env: { PATH: process.env['PATH'], PORT: '0', HOSTNAME: '127.0.0.1', EMULATOR_URL: emulator.url },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (chunk: string) => {
        output += chunk;
      });
    }
    try {
      const url = await waitFor(() => /Local: +(http:\S+)/.exec(output)?.[1], 'Next.js listens');
      const response = await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query: 'mutation { createConnectSession { token } }' }),
      });
      expect(await response.text()).toMatch(printedToken);
      expect(response.headers.get('cache-control')).toBe('no-store');
      expect(response.headers.get('x-request-id')).toMatch(/^[\da-f-]{36}$/);
    } finally {
      child.kill('SIGKILL');
    }
  }, 240_000);
});

describe('A token without the package.json of the host app', () => {
  it('from its code and node_modules alone, as in a container', async () => {
    mkdirSync(join(elsewhere, 'container/dist'), { recursive: true });
    cpSync(join(project.folder, 'node_modules'), join(elsewhere, 'container/node_modules'), { recursive: true });
    cpSync(join(project.folder, 'host.mjs'), join(elsewhere, 'container/dist/host.mjs'));
    expect(await outputOf('container/dist/host.mjs')).toMatch(printedToken);
  }, 60_000);

  it.each([{}, { name: 'host' }, { version: 1 }, { name: '', version: '' }])(
    'with the package.json %j',
    async (manifest) => {
      project.write('package.json', JSON.stringify(manifest));
      const output = await project.run('node', ['host.mjs'], { EMULATOR_URL: emulator.url });
      expect(output).toMatch(printedToken);
    },
    60_000,
  );

  it('without a package.json, from CommonJS', async () => {
    unlinkSync(join(project.folder, 'package.json'));
    expect(await project.run('node', ['host.cjs'], { EMULATOR_URL: emulator.url })).toMatch(printedToken);
  });
});
