import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { build } from 'esbuild';
import { z } from 'zod';
import { serverErrorCodes } from '../../client/src/index.js';
import { errorCodes } from '../../src/domain/error-codes.js';
import { dependenciesSchema, requiredPackages } from '../support/installed-package.js';
import { inPackage, readText } from '../support/package-files.js';

const lockSchema = z.object({ packages: z.record(z.string(), dependenciesSchema) });

interface Bundle {
  readonly text: string;
  /** The files of this package in it. */
  readonly files: readonly string[];
  /** The packages that it asks for. */
  readonly packages: readonly string[];
}

/** As a frontend's bundler would make it of `code`, with other packages left outside. */
async function bundle(code: string): Promise<Bundle> {
  const { outputFiles, metafile } = await build({
    stdin: { contents: code, resolveDir: inPackage('.'), loader: 'ts' },
    bundle: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    minify: true,
    packages: 'external',
    metafile: true,
    write: false,
  });
  const [output] = Object.values(metafile.outputs);
  const inputs = Object.entries(output?.inputs ?? {}).filter(([, { bytesInOutput }]) => bytesInOutput > 0);
  return {
    text: outputFiles.map(({ text }) => text).join(''),
    files: inputs.map(([path]) => path).filter((path) => path !== '<stdin>'),
    packages: [...new Set((output?.imports ?? []).map(({ path }) => path))].sort(),
  };
}

/** What npm installs along with a package of the lock file, by its place there, with what that needs in turn. */
function productionTree(place: string): string[] {
  const lock = lockSchema.parse(JSON.parse(readText('package-lock.json')));
  const found = new Map<string, string>();
  const visit = (from: string) => {
    for (const name of requiredPackages(lock.packages[from] ?? dependenciesSchema.parse({}))) {
      const nested = `${from}/node_modules/${name}`;
      const target = nested in lock.packages ? nested : `node_modules/${name}`;
      expect(Object.keys(lock.packages)).toContain(target);
      if (!found.has(target)) {
        found.set(target, name);
        visit(target);
      }
    }
  };
  visit(place);
  return [...found.values()].sort();
}

describe('the client', () => {
  it('installs graphql-request, graphql-sse, the typed documents and graphql, and nothing else', () => {
    const tree = productionTree('client');
    expect(tree).toEqual(['@graphql-typed-document-node/core', 'graphql', 'graphql-request', 'graphql-sse']);
    // The same search finds the server's packages.
    expect(productionTree('')).toEqual(expect.arrayContaining(['fastify', '@apollo/server', '@redis/client']));
  });

  it('has exactly the error codes of the server', () => {
    expect([...serverErrorCodes]).toEqual(errorCodes);
  });

  it('imports graphql, graphql-request and graphql-sse only, and takes less than 7.5 KB without them', async () => {
    const { text, packages } = await bundle(`export * from './client/src/index.js'`);
    expect(packages).toEqual(['graphql', 'graphql-request', 'graphql-sse']);
    expect(gzipSync(text, { level: 9 }).byteLength).toBeLessThan(7_500);
    expect(text).toContain('stackone-hub');
  });

  it('can be tree-shaken: the SDK alone contains no connect flow', async () => {
    const { files } = await bundle(`export { getSdk } from './client/src/index.js'`);
    expect([...files].sort()).toEqual(['client/src/generated/operations.ts', 'client/src/generated/sdk.ts']);
  });

  it('exports typed documents that import nothing, for other GraphQL clients', async () => {
    const { files, packages, text } = await bundle(
      `export { CreateConnectSessionDocument } from './client/src/index.js'`,
    );
    expect(files).toEqual(['client/src/generated/operations.ts']);
    expect(packages).toEqual([]);
    expect(text).not.toContain('deleteLinkedAccount');
  });

  it('has a React entry that imports React, with a hook that contains no button', async () => {
    const all = await bundle(`export * from './client/src/react/index.js'`);
    expect(all.packages).toEqual(['graphql-request', 'react', 'react-dom/client', 'react/jsx-runtime']);
    const { files } = await bundle(`export { useConnect } from './client/src/react/index.js'`);
    expect(files.filter((path) => /dialog|button|labels/.test(path))).toEqual([]);
  });
});
