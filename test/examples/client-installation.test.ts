import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestDemo } from '../support/demo.js';
import { withTarballs } from '../support/installed-package.js';
import { codeBlocks } from '../support/package-files.js';
import { run as runInProject } from '../support/run-in-project.js';

const project = mkdtempSync(join(tmpdir(), 'client-installation-'));
const run = (command: string, ...args: string[]) =>
  execFileSync(command, args, { cwd: project, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
const npmInstall = (...args: string[]) => run('npm', 'install', ...args, '--prefer-offline', '--no-audit', '--no-fund');

/** Starts the development server of Vite, and calls the demo through it as a page does. */
const throughProxy = `
import { createServer } from 'vite';
const vite = await createServer({ logLevel: 'error', server: { host: '127.0.0.1', port: 0 } });
await vite.listen();
const url = 'http://127.0.0.1:' + vite.httpServer.address().port;
const { token } = await (await fetch(url + '/demo/token?tenant=acme')).json();
const headers = { authorization: 'Bearer ' + token, 'content-type': 'application/json' };
const response = await fetch(url + '/graphql', { method: 'POST', headers, body: '{"query":"{viewer{ownerId}}"}' });
console.log(await response.text());
await vite.close();
process.exit();
`;

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

  it('installs graphql-request, graphql-sse, typed documents, Lit and graphql only, with the command of its README', () => {
    const paths = run('npm', 'ls', '--omit=dev', '--all', '--parseable').trim().split('\n').slice(1);
    expect(paths.map((path) => relative(join(project, 'node_modules'), path)).sort()).toEqual([
      '@graphql-typed-document-node/core',
      '@lit-labs/ssr-dom-shim',
      '@lit/reactive-element',
      '@types/trusted-types',
      'graphql',
      'graphql-request',
      'graphql-sse',
      'lit',
      'lit-element',
      'lit-html',
      'stackone-connect-client',
    ]);
  });

  it('reaches the demo with the Vite configuration of docs/client.md', async () => {
    const demo = await startTestDemo();
    const [config = ''] = codeBlocks('docs/client.md', 'js');
    writeFileSync(join(project, 'vite.config.js'), config.replace('http://127.0.0.1:4000', demo.url));
    writeFileSync(join(project, 'through-proxy.js'), throughProxy);
    const outcome = await runInProject(project, 'node', ['through-proxy.js']);
    rmSync(join(project, 'vite.config.js'));
    await demo.stop();
    expect(outcome).toEqual({ code: 0, stdout: '{"data":{"viewer":{"ownerId":"org_acme"}}}\n\n', stderr: '' });
  }, 60_000);

  it('builds the example of its README with Vite', () => {
    run('npx', '--no-install', 'vite', 'build', '--logLevel', 'warn');
    const scripts = readdirSync(join(project, 'dist/assets')).filter((name) => name.endsWith('.js'));
    expect(scripts).toHaveLength(1);
    const [script = ''] = scripts;
    expect(readFileSync(join(project, 'dist/assets', script), 'utf8').includes('LinkedAccountFields')).toBe(true);
  }, 60_000);
});
