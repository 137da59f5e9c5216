import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type InstalledProject, installPackages, readManifest } from '../support/installed-package.js';
import { codeBlocks, readText } from '../support/package-files.js';
import { checkTypes, type Output, outputOf, run, silentSuccess } from '../support/run-in-project.js';

const { name, version } = readManifest('.');
let project: InstalledProject;
beforeAll(() => {
  // The emulator, and what every TypeScript project has.
  project = installPackages(['.', 'emulator'], ['@types/node']);
}, 60_000);
afterAll(() => project.remove());

const running: Output[] = [];
afterEach(() => {
  for (const { child } of running.splice(0)) child.kill('SIGKILL');
});

function start(command: string, args: readonly string[], env: Record<string, string>, wanted: RegExp) {
  const output = outputOf(project.folder, command, args, env, wanted);
  running.push(output);
  return output.found;
}

const bin = (...args: string[]) => run(project.folder, `node_modules/.bin/${name}`, args);

describe('The server package in a project with only its dependencies and the emulator', () => {
  it.each([
    ['nodenext', ['ES2023']],
    ['bundler', ['ES2023', 'DOM', 'DOM.Iterable']],
  ] as const)(
    'strict types hold, those of all libraries included: %s, %j',
    async (resolution, lib) => {
      const options = { lib, types: ['node'] };
      expect(await checkTypes(project.folder, { 'server.ts': serverConsumer }, resolution, options)).toEqual(
        silentSuccess,
      );
    },
    60_000,
  );

  it('compiles the TypeScript of docs/embedding.md', async () => {
    const blocks = codeBlocks('docs/embedding.md', 'ts').map((code, number) => [`${number}.ts`, code]);
    expect(blocks).toHaveLength(2);
    const options = { lib: ['ES2023'], types: ['node'] };
    expect(await checkTypes(project.folder, Object.fromEntries(blocks), 'bundler', options)).toEqual(silentSuccess);
  }, 60_000);

  it('runs the script of docs/embedding.md, which starts the emulator and gets a token', async () => {
    const [script = ''] = codeBlocks('docs/embedding.md', 'js');
    writeFileSync(join(project.folder, 'first-token.mjs'), script);
    const [, token] = await start('node', ['first-token.mjs'], {}, /token: '([\w-]{43})'/);
    expect(token).toBeDefined();
  });
});

describe('The installed command', () => {
  it('--help prints the usage and every variable of docs/configuration.md', async () => {
    const { code, stdout, stderr } = await bin('--help');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain(`Usage: ${name} `);
    const documented = readText('docs/configuration.md');
    const variables = [...stdout.matchAll(/^ {2}([A-Z]+(?:_[A-Z]+)*)/gm)].map(([, variable]) => variable);
    expect(variables.length).toBeGreaterThan(20);
    expect(variables.filter((variable) => !documented.includes(`| \`${variable}\` |`))).toEqual([]);
  });

  it('--version prints the version', async () => {
    expect(await bin('--version')).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
  });

  it.each(['--port', 'start'])('rejects the argument %s in one line, with exit code 2', async (argument) => {
    const stderr = `Unknown option: ${argument}. See --help.\n`;
    expect(await bin(argument)).toEqual({ code: 2, stdout: '', stderr });
  });

  it('says which settings are missing when there are none', async () => {
    const { code, stdout, stderr } = await bin();
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toContain('STACKONE_API_KEY is missing');
    expect(stderr).not.toMatch(/Cannot find|\bat /);
  });

  it('lists the missing settings of a configuration', async () => {
    const env = { STACKONE_API_KEY: 'key' };
    const { code, stderr } = await run(project.folder, `node_modules/.bin/${name}`, [], env);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^The configuration has 3 problem\(s\):\n( {2}- .+\n){3}$/);
  });

  it('starts the server', async () => {
    const env = {
      NODE_ENV: 'production',
      STACKONE_API_KEY: 'key',
      AUTH_SECRET: 'a secret of at least thirty-two bytes',
      AUTH_ISSUER: 'i',
      AUTH_AUDIENCE: 'a',
      PORT: '0',
    };
    const [, url] = await start(`node_modules/.bin/${name}`, [], env, /"url":"([^"]+)"/);
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
  });
});

const serverConsumer = `
import type { IncomingMessage } from 'node:http';
import { ApolloServer } from '@apollo/server';
import { type GraphQLContext, loadConfig, type Owner, startConnect, startServer } from 'stackone-connect-graphql';
import { type Emulator, startEmulator } from 'stackone-emulator';

const emulator: Emulator = await startEmulator({ port: 0 });
const apiKey = process.env['STACKONE_API_KEY'];
const getOwner = ({ headers }: IncomingMessage) => (headers.cookie === undefined ? null : { id: 'a', name: 'A' });
export const connect = await startConnect({ apiKey, baseUrl: emulator.url, getOwner });
// With a plugin and a context of the host app.
new ApolloServer({ ...connect.apolloOptions, plugins: [...connect.apolloOptions.plugins, {}] });
interface Mine extends GraphQLContext { readonly mine: string }
new ApolloServer<Mine>(connect.apolloOptions);
// @ts-expect-error an id is a string
await startConnect({ apiKey, getOwner: () => ({ id: 1, name: 'A' }) });
// @ts-expect-error getOwner is required
await startConnect({ apiKey });
// @ts-expect-error an object that only looks like an owner is not one
export const owner: Owner = { id: 'a', name: 'A' };
const config = loadConfig({});
await startServer(config);
`;
