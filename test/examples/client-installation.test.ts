import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { withTarballs } from '../support/installed-package.js';
import { codeBlocks } from '../support/package-files.js';

const project = mkdtempSync(join(tmpdir(), 'client-installation-'));
const run = (command: string, ...args: string[]) =>
  execFileSync(command, args, { cwd: project, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
const npmInstall = (...args: string[]) => run('npm', 'install', ...args, '--prefer-offline', '--no-audit', '--no-fund');

describe('The client in an empty Vite app', () => {
  beforeAll(() => {
    const [typed = ''] = codeBlocks('client/README.md', 'ts');
    mkdirSync(join(project, 'src'));
    writeFileSync(join(project, 'package.json'), '{ "private": true, "type": "module" }');
    writeFileSync(join(project, 'index.html'), '<!doctype html><script type="module" src="/src/main.ts"></script>');
    writeFileSync(join(project, 'src/main.ts'), `${typed}console.log(providers, linkedAccounts);\n`);
    npmInstall('--save-dev', 'vite@8');
    const [command = ''] = codeBlocks('client/README.md', 'sh');
    npmInstall(...withTarballs(command.trim(), project).slice(2));
  }, 300_000);
  afterAll(() => rmSync(project, { recursive: true }));

  it('installs graphql-request, typed documents and graphql only, with the command of its README', () => {
    const paths = run('npm', 'ls', '--omit=dev', '--all', '--parseable').trim().split('\n').slice(1);
    expect(paths.map((path) => relative(join(project, 'node_modules'), path)).sort()).toEqual([
      '@graphql-typed-document-node/core',
      'graphql',
      'graphql-request',
      'stackone-connect-client',
    ]);
  });

  it('builds the example of its README with Vite', () => {
    run('npx', '--no-install', 'vite', 'build', '--logLevel', 'warn');
    const scripts = readdirSync(join(project, 'dist/assets')).filter((name) => name.endsWith('.js'));
    expect(scripts).toHaveLength(1);
    const [script = ''] = scripts;
    expect(readFileSync(join(project, 'dist/assets', script), 'utf8').includes('LinkedAccountFields')).toBe(true);
  }, 60_000);
});
