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
  /** The gzipped size of each file that is loaded on demand, by the name of its source file. */
  readonly onDemand: Readonly<Record<string, number>>;
}

const gzipped = (text: string) => gzipSync(text, { level: 9 }).byteLength;

/** As a frontend's bundler would make it of `code`, with other packages left outside. Whole: with them. */
async function bundle(code: string, { whole = false } = {}): Promise<Bundle> {
  const { outputFiles, metafile } = await build({
    stdin: { contents: code, resolveDir: inPackage('.'), loader: 'ts' },
    bundle: true,
    splitting: true,
    outdir: 'bundle',
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    charset: 'utf8',
    minify: true,
    ...(!whole && { packages: 'external' as const }),
    metafile: true,
    write: false,
  });
  const outputs = Object.values(metafile.outputs).map((output, index) => ({
    ...output,
    text: outputFiles[index]?.text ?? '',
  }));
  const first = outputs.filter(({ entryPoint }) => entryPoint === '<stdin>' || entryPoint === undefined);
  const inputs = first
    .flatMap((output) => Object.entries(output.inputs))
    .filter(([, { bytesInOutput }]) => bytesInOutput > 0);
  return {
    text: first.map(({ text }) => text).join(''),
    files: inputs.map(([path]) => path).filter((path) => path !== '<stdin>'),
    packages: [
      ...new Set(
        first
          .flatMap(({ imports }) => imports)
          .filter(({ external }) => external === true)
          .map(({ path }) => path),
      ),
    ].sort(),
    onDemand: Object.fromEntries(
      outputs
        .filter((output) => !first.includes(output))
        .map(({ entryPoint = '', text }) => [entryPoint.replace(/.*\//, ''), gzipped(text)]),
    ),
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
  it('installs graphql-request, graphql-sse, the typed documents, graphql and Lit, and nothing else', () => {
    const tree = productionTree('client');
    const lit = ['@lit-labs/ssr-dom-shim', '@lit/reactive-element', 'lit', 'lit-element', 'lit-html'];
    const ours = ['@graphql-typed-document-node/core', 'graphql', 'graphql-request', 'graphql-sse'];
    expect(tree).toEqual([...lit, ...ours, '@types/trusted-types'].sort());
    // The same search finds the server's packages.
    expect(productionTree('')).toEqual(expect.arrayContaining(['fastify', '@apollo/server', '@redis/client']));
  });

  it('has exactly the error codes of the server', () => {
    expect([...serverErrorCodes]).toEqual(errorCodes);
  });

  it('imports graphql, graphql-request and graphql-sse only, and takes less than 13.3 kB without them', async () => {
    const { text, packages } = await bundle(`export * from './client/src/index.js'`);
    expect(packages).toEqual(['graphql', 'graphql-request', 'graphql-sse']);
    expect(gzipped(text)).toBeLessThan(13_300);
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

  it('has a React entry that imports React and Lit, with a hook that contains no button', async () => {
    const all = await bundle(`export * from './client/src/react/index.js'`);
    expect(all.packages).toEqual([
      'lit/directives/keyed.js',
      'lit/html.js',
      'react',
      'react-dom/client',
      'react/jsx-runtime',
    ]);
    const hook = await bundle(`export { useConnect } from './client/src/react/index.js'`);
    expect(hook.files.filter((path) => /dialog|button|labels|elements/.test(path))).toEqual([]);
    const button = await bundle(`export { ConnectButton } from './client/src/react/index.js'`);
    expect(button.files.filter((path) => /elements/.test(path))).toEqual([]);
  });

  it('has an element of at most 26 kB with Lit and one language, and less than 3 kB for each further language', async () => {
    // The built files, whose style sheets have no white space.
    const { text, files, onDemand } = await bundle(`import './client/dist/elements/index.js'`, { whole: true });
    expect(files).toContain('client/dist/elements/define.js');
    expect(gzipped(text)).toBeLessThanOrEqual(26_000);
    expect(Object.keys(onDemand).sort()).toEqual(['de.js', 'es.js', 'fr.js', 'it.js', 'ja.js']);
    expect(Object.entries(onDemand).filter(([, size]) => size >= 3_000)).toEqual([]);
  });
});
