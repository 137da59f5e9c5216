import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { publint } from 'publint';
import { type InstalledPackage, installPackage, manifest } from '../support/installed-package.js';
import { codeBlocks, inPackage, readText, sourceFiles } from '../support/package-files.js';

let installed: InstalledPackage;
beforeAll(() => {
  // What a TypeScript project has by itself.
  installed = installPackage(['@types/node', '@types/react']);
}, 60_000);
afterAll(() => installed.remove());

const running: ChildProcess[] = [];
afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL');
});

interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** To its end, in the project, with nothing of this process' environment. */
function run(command: string, args: readonly string[], env: Record<string, string> = {}): Promise<Outcome> {
  return new Promise((resolve) => {
    const options = { cwd: installed.project, env: { PATH: process.env['PATH'], ...env } };
    const child = execFile(command, [...args], options, (_error, stdout, stderr) => {
      resolve({ code: child.exitCode, stdout, stderr });
    });
  });
}

/** Until its output has what is looked for. */
function outputOf(command: string, args: readonly string[], env: Record<string, string>, wanted: RegExp) {
  const child = spawn(command, args, {
    cwd: installed.project,
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.push(child);
  return new Promise<RegExpExecArray>((resolve, reject) => {
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (chunk: string) => {
        output += chunk;
        const found = wanted.exec(output);
        if (found !== null) resolve(found);
      });
    }
    child.once('close', () => reject(new Error(`it ended without ${wanted}:\n${output}`)));
  });
}

const bin = (...args: string[]) => run(`node_modules/.bin/${manifest.name}`, args);

describe('The published package', () => {
  it('has the built entries, the schema and the documents, and nothing of the demo, the scripts or the tests', () => {
    const parts = installed.files.map((path) => path.replace(/^((?:dist\/)?[^/]+\/).*/, '$1'));
    expect([...new Set(parts)].sort()).toEqual([
      'CHANGELOG.md',
      'LICENSE',
      'README.md',
      'SECURITY.md',
      'dist/client/',
      'dist/emulator/',
      'dist/playground/',
      'dist/src/',
      'docs/',
      'package.json',
      'schema.graphql',
    ]);
    expect(installed.files.filter((path) => /\.(test|png|tsbuildinfo)|fixture|mutant/.test(path))).toEqual(
      [],
    );
  });

  it('has every file of the source, built, typed, and with a map that holds the source', () => {
    const sources = ['src', 'emulator', 'client']
      .flatMap(sourceFiles)
      .filter((path) => path !== 'emulator/main.ts' && !path.endsWith('.d.ts'));
    const missing = sources.flatMap((path) => {
      const stem = `dist/${path.replace(/\.ts$/, '')}`;
      return [`${stem}.js`, `${stem}.d.ts`, `${stem}.js.map`].filter(
        (file) => !installed.files.includes(file),
      );
    });
    expect(missing).toEqual([]);
    const withoutSource = installed.files.filter((path) => {
      if (!path.endsWith('.map')) return false;
      const map = JSON.parse(
        readFileSync(join(installed.project, 'node_modules', manifest.name, path), 'utf8'),
      );
      return map.sourcesContent?.length !== map.sources.length;
    });
    expect(withoutSource).toEqual([]);
  });

  it('has nothing that publint would mend', async () => {
    const tarball = Uint8Array.from(readFileSync(installed.tarball)).buffer;
    expect((await publint({ pack: { tarball }, strict: true })).messages).toEqual([]);
  });

  it('has types that every entry resolves to, under Node’s rules for modules and under a bundler’s', async () => {
    const entrypoints = ['.', './client', './react', './emulator'];
    const found = await checkPackage(createPackageFromTarballData(readFileSync(installed.tarball)), {
      entrypoints,
    });
    if (!found.types) throw new Error('it has no types');
    // It is ESM alone: what CommonJS and the resolution of Node 10 make of it does not count.
    const counts = (kind: string) => kind === 'node16-esm' || kind === 'bundler';
    const problems = found.problems.filter(
      (problem) => !('resolutionKind' in problem) || counts(problem.resolutionKind),
    );
    expect(problems).toEqual([]);
    expect(Object.keys(found.entrypoints)).toEqual(entrypoints);
  });
});

describe('In a project that has the package and what it asks for, and nothing else,', () => {
  it.each([
    ['NodeNext', 'NodeNext', ['ES2023', 'DOM', 'DOM.Iterable'], 'all.tsx'],
    ['ESNext', 'bundler', ['ES2023', 'DOM', 'DOM.Iterable'], 'all.tsx'],
    ['NodeNext', 'NodeNext', ['ES2023'], 'server.ts'],
  ])(
    'strict types hold, those of all libraries included: %s, %s, %j',
    async (module, moduleResolution, lib, file) => {
      const compilerOptions = { module, moduleResolution, lib, ...strictest };
      writeFileSync(join(installed.project, 'package.json'), '{ "type": "module" }');
      writeFileSync(join(installed.project, 'server.ts'), serverConsumer);
      writeFileSync(join(installed.project, 'all.tsx'), `${serverConsumer}${clientConsumer}`);
      writeFileSync(
        join(installed.project, 'tsconfig.json'),
        JSON.stringify({ compilerOptions, files: [file] }),
      );
      expect(await run(inPackage('node_modules/.bin/tsc'), ['-p', '.'])).toEqual({
        code: 0,
        stdout: '',
        stderr: '',
      });
    },
    60_000,
  );

  it('what docs/client.md shows compiles', async () => {
    const files = ['ts', 'tsx'].flatMap((language) =>
      codeBlocks('docs/client.md', language).map((code, number) => ({ name: `${number}.${language}`, code })),
    );
    expect(files.length).toBeGreaterThan(3);
    for (const { name, code } of files) writeFileSync(join(installed.project, name), code);
    const compilerOptions = {
      module: 'ESNext',
      moduleResolution: 'bundler',
      ...strictest,
      skipLibCheck: true,
      // A frontend has it; what runs here must do without.
      paths: { '@stackone/hub': [inPackage('node_modules/@stackone/hub')] },
    };
    writeFileSync(
      join(installed.project, 'tsconfig.json'),
      JSON.stringify({ compilerOptions, files: files.map(({ name }) => name) }),
    );
    expect(await run(inPackage('node_modules/.bin/tsc'), ['-p', '.'])).toMatchObject({ code: 0, stdout: '' });
  }, 60_000);

  it('the script of docs/embedding.md starts the emulator and a server, and gets a token', async () => {
    const [script = ''] = codeBlocks('docs/embedding.md', 'js');
    writeFileSync(join(installed.project, 'first-token.mjs'), script);
    const [, token] = await outputOf('node', ['first-token.mjs'], {}, /token: '([\w-]{43})'/);
    expect(token).toBeDefined();
  });

  it('the emulator runs, and says which package its Hub would need', async () => {
    const script = `
      import { startEmulator } from 'stackone-connect-graphql/emulator';
      const emulator = await startEmulator();
      const hub = await fetch(emulator.url + '/hub/stackone-hub.js');
      console.log(hub.status, await hub.text());
      await emulator.stop();`;
    writeFileSync(join(installed.project, 'emulator.mjs'), script);
    const { code, stdout, stderr } = await run('node', ['emulator.mjs']);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^404 .*The package @stackone\/hub is not installed/);
  });
});

describe('The installed command', () => {
  it('--help tells the usage, variables that are read, and where all of them are', async () => {
    const { code, stdout, stderr } = await bin('--help');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain(`Usage: ${manifest.name} `);
    const path = /All of them: (\S+)/.exec(stdout)?.[1] ?? '';
    const documented = readFileSync(path, 'utf8');
    const variables = [...stdout.matchAll(/\b[A-Z]+(_[A-Z]+)+\b/g)].map(([name]) => name);
    expect(variables.length).toBeGreaterThan(7);
    expect(variables.filter((name) => !documented.includes(`| \`${name}\` |`))).toEqual([]);
  });

  it('--version tells the version', async () => {
    const { version } = JSON.parse(readText('package.json'));
    expect(await bin('--version')).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
  });

  it.each(['--port', '4000', 'start'])(
    'refuses the argument %s in one line, with exit code 2',
    async (argument) => {
      const stderr = `There is no argument ${argument}: try --help.\n`;
      expect(await bin(argument)).toEqual({ code: 2, stdout: '', stderr });
    },
  );

  it('says what to do when there is no key, since the demo is not in the package', async () => {
    const { code, stdout, stderr } = await bin();
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toContain('There is no STACKONE_API_KEY');
    expect(stderr).toContain(join('node_modules', manifest.name, 'docs/configuration.md'));
    expect(stderr).not.toMatch(/Cannot find|\bat /);
  });

  it('lists what is missing from a configuration', async () => {
    const { code, stderr } = await run(`node_modules/.bin/${manifest.name}`, [], { STACKONE_API_KEY: 'key' });
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
    const [, url] = await outputOf(`node_modules/.bin/${manifest.name}`, [], env, /"url":"([^"]+)"/);
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
  });
});

const strictest = {
  target: 'ES2022',
  jsx: 'react-jsx',
  types: ['node'],
  strict: true,
  exactOptionalPropertyTypes: true,
  skipLibCheck: false,
  noEmit: true,
};

const serverConsumer = `
import type { IncomingMessage } from 'node:http';
import { ApolloServer } from '@apollo/server';
import { type GraphQLContext, loadConfig, type Owner, startApp, startConnect } from 'stackone-connect-graphql';
import { type Emulator, startEmulator } from 'stackone-connect-graphql/emulator';

const emulator: Emulator = await startEmulator({ port: 0 });
const apiKey = process.env['STACKONE_API_KEY'];
const getOwner = ({ headers }: IncomingMessage) => (headers.cookie === undefined ? null : { id: 'a', name: 'A' });
export const connect = await startConnect({ apiKey, baseUrl: emulator.url, getOwner });
// With a plugin, and with a context, of the product's own.
new ApolloServer({ ...connect.apolloOptions, plugins: [...connect.apolloOptions.plugins, {}] });
interface Mine extends GraphQLContext { readonly mine: string }
new ApolloServer<Mine>(connect.apolloOptions);
// @ts-expect-error an id is a string
await startConnect({ apiKey, getOwner: () => ({ id: 1, name: 'A' }) });
// @ts-expect-error getOwner is asked for
await startConnect({ apiKey });
// @ts-expect-error what only looks like an owner is none
export const owner: Owner = { id: 'a', name: 'A', username: null };
const config = loadConfig({});
if (config.mode === 'live') await startApp(config);
`;

const clientConsumer = `
import { GraphQLClient } from 'graphql-request';
import { getSdk } from 'stackone-connect-graphql/client';
import { ConnectButton } from 'stackone-connect-graphql/react';

const { createConnectSession } = await getSdk(new GraphQLClient('/graphql')).createConnectSession({ provider: 'bamboohr' });
export const token: string | null = createConnectSession.token;
export const button = <ConnectButton provider="bamboohr" />;
`;
