import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { publint } from 'publint';
import { StackOneDataSource } from '../../src/linking/stackone-data-source.js';
import {
  type InstalledPackage,
  type InstalledProject,
  installPackages,
  packageFolders,
  readManifest,
} from '../support/installed-package.js';
import { inPackage, sourceFiles } from '../support/package-files.js';

let project: InstalledProject;
beforeAll(() => {
  project = installPackages(packageFolders, ['@types/node']);
}, 60_000);
afterAll(() => project.remove());

const contents = {
  '.': {
    source: 'src',
    built: 'dist/src',
    parts: [
      'CHANGELOG.md',
      'LICENSE',
      'README.md',
      'SECURITY.md',
      'dist/cjs/',
      'dist/playground/',
      'dist/src/',
      'docs/',
      'package.json',
      'schema.graphql',
      'schema.subgraph.graphql',
    ],
    entrypoints: ['.'],
  },
  client: {
    source: 'client/src',
    built: 'dist',
    parts: ['LICENSE', 'README.md', 'dist/', 'package.json'],
    entrypoints: ['.', './react', './elements'],
  },
  emulator: {
    source: 'emulator/src',
    built: 'dist',
    parts: ['LICENSE', 'README.md', 'dist/', 'package.json'],
    entrypoints: ['.'],
  },
};

describe.each(packageFolders.map((folder) => ({ folder, ...readManifest(folder), ...contents[folder] })))(
  'The published package $name',
  ({ folder, source, built, parts, entrypoints }) => {
    let installed: InstalledPackage;
    beforeAll(() => {
      const [found] = project.packages.filter(({ manifest }) => manifest.name === readManifest(folder).name);
      if (found === undefined) throw new Error(`${folder} is not installed`);
      installed = found;
    });

    it('contains the built entries and the documents, and nothing of the demo, the scripts and the tests', () => {
      const depth = folder === '.' ? /^((?:dist\/)?[^/]+\/).*/ : /^([^/]+\/).*/;
      const found = installed.files.map((path) => path.replace(depth, '$1'));
      expect([...new Set(found)].sort()).toEqual(parts);
      const unwanted = /\.(test|png|tsbuildinfo)|fixture|mutant/;
      expect(installed.files.filter((path) => unwanted.test(path))).toEqual([]);
    });

    it('contains each source file built, with types and a source map that includes the source', () => {
      const missing = sourceFiles(source)
        .filter((path) => !path.endsWith('.d.ts'))
        .flatMap((path) => {
          const stem = join(built, path.slice(source.length).replace(/\.tsx?$/, ''));
          return [`${stem}.js`, `${stem}.d.ts`, `${stem}.js.map`].filter((file) => !installed.files.includes(file));
        });
      expect(missing).toEqual([]);
      const withoutSource = installed.files.filter((path) => {
        if (!path.endsWith('.map')) return false;
        const map = JSON.parse(installed.read(path));
        return map.sourcesContent?.length !== map.sources.length;
      });
      expect(withoutSource).toEqual([]);
    });

    it('passes publint in strict mode', async () => {
      const tarball = Uint8Array.from(readFileSync(installed.tarball)).buffer;
      expect((await publint({ pack: { tarball }, strict: true })).messages).toEqual([]);
    });

    it('has types for every entry, under each module resolution: Node with import and require, Node 10, bundlers', async () => {
      const found = await checkPackage(createPackageFromTarballData(readFileSync(installed.tarball)), {
        entrypoints,
      });
      if (!found.types) throw new Error('it has no types');
      expect(found.problems).toEqual([]);
      expect(Object.keys(found.entrypoints)).toEqual(entrypoints);
    });
  },
);

it('The package of the server contains the licenses of the code of the playground', () => {
  const server = project.packages.find(({ manifest }) => manifest.name === readManifest('.').name);
  const licenses = server?.read('dist/playground/LICENSES') ?? '';
  expect(licenses.match(/^(graphiql|react|react-dom)$/gm)).toEqual(['react', 'react-dom', 'graphiql']);
  expect(licenses.match(/Permission is hereby granted/g)).toHaveLength(3);
});

describe('The packages of this repository', () => {
  it('have the same version', () => {
    const versions = packageFolders.map((folder) => readManifest(folder).version);
    expect(new Set(versions).size).toBe(1);
  });

  it('require the same version range of a shared dependency', () => {
    const ranges = packageFolders.flatMap((folder) => Object.entries(readManifest(folder).dependencies));
    const differing = ranges.filter(([name, range]) =>
      ranges.some(([other, otherRange]) => other === name && otherRange !== range),
    );
    expect(differing).toEqual([]);
  });
});

describe('A host app that emits declarations, as in a monorepo', () => {
  it('can export everything that startConnect returns and the methods of the data source, without types of its own', () => {
    const methods = Object.getOwnPropertyNames(StackOneDataSource.prototype).filter((name) => name !== 'constructor');
    expect(methods).toContain('createConnectSession');
    const properties =
      'apolloOptions createContext createPublicContext handleStream handleWebhook fetchStream fetchWebhook';
    writeFileSync(
      join(project.folder, 'shared.mts'),
      `import { startConnect, type ConnectOptions, type GraphQLContext } from 'stackone-connect-graphql';
       import { createConnectClient } from 'stackone-connect-client';
       import { startEmulator } from 'stackone-emulator';
       export const { ${properties.replaceAll(' ', ', ')}, metrics, stop } = await startConnect({ apiKey: 'key', getOwner: () => null });
       declare const context: GraphQLContext;
       export const { caller, request, stackone } = context;
       type Arguments<Name extends keyof typeof stackone> = Parameters<(typeof stackone)[Name]>;
       ${methods.map((name) => `export const ${name} = (...all: Arguments<'${name}'>) => stackone.${name}(...all);`).join('\n')}
       export const optionsOf = ({ getOwner, onAudit, onAccountChange, logger }: ConnectOptions<Request>) => [getOwner, onAudit, onAccountChange, logger] as const;
       export const client = createConnectClient();
       export const emulator = await startEmulator();`,
    );
    const compile = ['--noEmit', '--declaration', '--strict', '--skipLibCheck', '--module', 'nodenext', 'shared.mts'];
    const tsc = inPackage('node_modules/typescript/bin/tsc');
    const { stdout } = spawnSync(process.execPath, [tsc, ...compile], { cwd: project.folder, encoding: 'utf8' });
    expect(stdout).toBe('');
  }, 120_000);
});

describe('A host app in CommonJS', () => {
  it('compiles with the types of the server and of the emulator checked', () => {
    writeFileSync(
      join(project.folder, 'host.cts'),
      `import { startConnect } from 'stackone-connect-graphql';
       import { startEmulator } from 'stackone-emulator';
       export const started = [startConnect, startEmulator];`,
    );
    const compile = ['--noEmit', '--strict', '--target', 'es2022', '--module', 'node16', 'host.cts'];
    const tsc = inPackage('node_modules/typescript/bin/tsc');
    const { stdout } = spawnSync(process.execPath, [tsc, ...compile], { cwd: project.folder, encoding: 'utf8' });
    // Other packages can have errors of their own.
    expect(stdout.split('\n').filter((line) => /^(host|node_modules.stackone-)/.test(line))).toEqual([]);
  }, 120_000);
});
