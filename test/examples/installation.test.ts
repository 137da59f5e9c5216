import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { manifest } from '../support/installed-package.js';
import { codeBlocks, inPackage, readText } from '../support/package-files.js';

const project = mkdtempSync(join(tmpdir(), 'installation-'));
const run = (command: string, ...args: string[]) =>
  execFileSync(command, args, { cwd: project, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

describe('In an empty folder', () => {
  beforeAll(() => {
    const packed = execFileSync('npm', ['pack', '--ignore-scripts', '--pack-destination', project], {
      cwd: inPackage('.'),
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const [command = ''] = codeBlocks('docs/embedding.md', 'sh');
    const args = command.trim().replace(manifest.name, `./${packed.trim()}`).split(' ').slice(1);
    run('npm', ...args, '--prefer-offline', '--no-audit', '--no-fund');
  }, 300_000);
  afterAll(() => rmSync(project, { recursive: true }));

  it('the command of docs/embedding.md installs the package, with one graphql and one Apollo Server', () => {
    const paths = run('npm', 'ls', 'graphql', '@apollo/server', '--all', '--parseable').trim().split('\n');
    const copies = paths.filter((path) => /node_modules\/(graphql|@apollo\/server)$/.test(path));
    expect(copies).toHaveLength(2);
  });

  it('its script starts the emulator and a server, and gets a token', async () => {
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

  it('the command starts by npx', () => {
    const { version } = JSON.parse(readText('package.json'));
    expect(run('npx', '--no-install', manifest.name, '--version')).toBe(`${version}\n`);
  });
});
