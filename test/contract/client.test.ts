import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { build } from 'esbuild';
import { serverErrorCodes } from '../../client/index.js';
import { errorCodes } from '../../src/errors.js';
import { inPackage } from '../support/package-files.js';

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

describe('the client', () => {
  it('knows every code that the server sends, and no other', () => {
    expect([...serverErrorCodes]).toEqual(errorCodes);
  });

  it('asks for graphql-request and nothing else, and is under 6 KB without it', async () => {
    const { text, packages } = await bundle(`export * from './client/index.js'`);
    expect(packages).toEqual(['graphql-request']);
    expect(gzipSync(text, { level: 9 }).byteLength).toBeLessThan(6_000);
    expect(text).toContain('stackone-hub');
  });

  it('leaves behind what is not used: the SDK alone brings no flow', async () => {
    const { files } = await bundle(`export { getSdk } from './client/index.js'`);
    expect([...files].sort()).toEqual(['client/generated/operations.ts', 'client/generated/sdk.ts']);
  });

  it('gives a typed document to whoever sends it otherwise, and brings nothing along', async () => {
    const { files, packages, text } = await bundle(
      `export { CreateConnectSessionDocument } from './client/index.js'`,
    );
    expect(files).toEqual(['client/generated/operations.ts']);
    expect(packages).toEqual([]);
    expect(text).not.toContain('deleteLinkedAccount');
  });

  it('has a React part that asks for React, and whose hook brings no button along', async () => {
    const all = await bundle(`export * from './client/react/index.js'`);
    expect(all.packages).toEqual(['graphql-request', 'react', 'react-dom', 'react/jsx-runtime']);
    const { files } = await bundle(`export { useConnect } from './client/react/index.js'`);
    expect(files.filter((path) => /dialog|button|labels/.test(path))).toEqual([]);
  });
});
