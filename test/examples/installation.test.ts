import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startEmulator } from '../../emulator/src/index.js';
import { commonJsHost, esmHost, printedToken } from '../support/host-script.js';
import { readManifest, withTarballs } from '../support/installed-package.js';
import { codeBlocks, inPackage } from '../support/package-files.js';
import { run as runInProject } from '../support/run-in-project.js';

const project = mkdtempSync(join(tmpdir(), 'installation-'));
const run = (command: string, ...args: string[]) =>
  execFileSync(command, args, { cwd: project, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

describe('The packages in an empty folder', () => {
  beforeAll(() => {
    const [commands = ''] = codeBlocks('docs/embedding.md', 'sh');
    for (const command of commands.trim().split('\n')) {
      run('npm', ...withTarballs(command, project).slice(1), '--prefer-offline', '--no-audit', '--no-fund');
    }
  }, 300_000);
  afterAll(() => rmSync(project, { recursive: true }));

  it('are installed by the commands of docs/embedding.md, with one graphql and one Apollo Server', () => {
    const paths = run('npm', 'ls', 'graphql', '@apollo/server', '--all', '--parseable').trim().split('\n');
    const copies = paths.filter((path) => /node_modules\/(graphql|@apollo\/server)$/.test(path));
    expect(copies).toHaveLength(2);
  });

  it('run the script of docs/embedding.md, which starts the emulator and a server and gets a token', async () => {
    const [script = ''] = codeBlocks('docs/embedding.md', 'js');
    writeFileSync(join(project, 'first-token.mjs'), script);
    const child = spawn('node', ['first-token.mjs'], { cwd: project, stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    for await (const chunk of child.stdout.setEncoding('utf8')) {
      output += chunk;
      if (output.includes('token')) break;
    }
    child.kill('SIGKILL');
    expect(output).toMatch(/token: '[\w-]{43}'/);
  });

  it('get a token from CommonJS, and from a bundle in a folder without node_modules', async () => {
    const emulator = await startEmulator();
    const elsewhere = mkdtempSync(join(tmpdir(), 'bundle-'));
    writeFileSync(join(project, 'host.cjs'), commonJsHost);
    writeFileSync(join(project, 'host.mjs'), esmHost);
    const esbuild = inPackage('node_modules/.bin/esbuild');
    run(esbuild, 'host.mjs', '--bundle', '--platform=node', '--format=cjs', `--outfile=${elsewhere}/host.cjs`);
    for (const folder of [project, elsewhere]) {
      const { stdout } = await runInProject(folder, 'node', ['host.cjs'], { EMULATOR_URL: emulator.url });
      expect(stdout).toMatch(printedToken);
    }
    rmSync(elsewhere, { recursive: true });
    await emulator.stop();
  }, 60_000);

  it('start with npx', () => {
    const { name, version } = readManifest('.');
    expect(run('npx', '--no-install', name, '--version')).toBe(`${version}\n`);
  });
});
