import { existsSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { importsOf, inPackage, readText, sourceFiles } from '../support/package-files.js';

/** From the top to the bottom: a file may import from its own layer and from those below it. */
const layers = [
  /^src\/(main|index)\.ts$/,
  /^src\/app\.ts$/,
  /^src\/connect\.ts$/,
  /^src\/http\//,
  /^src\/graphql\//,
  /^src\/stackone\//,
  /^src\/auth\//,
  /^src\/metrics\.ts$/,
  /^src\/(config|connect-settings)\.ts$/,
  /^src\/logger\.ts$/,
  /^src\/(errors|environment|secret|package)\.ts$/,
];
const layerOf = (path: string) => layers.findIndex((layer) => layer.test(path));

const src = sourceFiles('src');
const owned = [...src, ...sourceFiles('emulator/src'), ...sourceFiles('demo'), ...sourceFiles('client/src')];
const using = (pattern: RegExp, files = owned) => files.filter((path) => pattern.test(readText(path)));

describe('the layout', () => {
  it('gives every file of src a layer', () => {
    expect(src.filter((path) => layerOf(path) < 0)).toEqual([]);
    expect(src.length).toBeGreaterThan(20);
  });

  it('has imports that point down only', () => {
    const upward = src.flatMap((path) =>
      importsOf(path)
        .filter((target) => target.startsWith('src/') && layerOf(target) < layerOf(path))
        .map((target) => `${path} → ${target}`),
    );
    expect(upward).toEqual([]);
  });

  it('lets src reach outside itself in one place: the demo, loaded in demo mode', () => {
    const outward = src.flatMap((path) =>
      importsOf(path)
        .filter((target) => /^(demo|emulator|client|test|scripts)\//.test(target))
        .map((target) => `${path} → ${target}`),
    );
    expect(outward).toEqual(['src/main.ts → demo/start-demo.ts']);
  });

  it('has an emulator that imports nothing from src', () => {
    const imports = sourceFiles('emulator/src').flatMap(importsOf);
    expect(imports.length).toBeGreaterThan(10);
    expect(imports.filter((target) => /^(src|demo|client|test)\//.test(target))).toEqual([]);
  });

  it('has a client that imports nothing from outside itself but packages', () => {
    const imports = sourceFiles('client/src').flatMap(importsOf);
    expect(imports.length).toBeGreaterThan(10);
    expect(imports.filter((target) => /^(src|demo|emulator|test|scripts)\//.test(target))).toEqual([]);
  });

  it('reads the environment in main.ts alone', () => {
    expect(using(/process\.env/)).toEqual(['src/main.ts', 'emulator/src/main.ts']);
  });

  it('knows TypeGraphQL in graphql/ alone', () => {
    expect(using(/from 'type-graphql'/).filter((path) => !path.startsWith('src/graphql/'))).toEqual([]);
  });

  it('knows undici in stackone/ alone', () => {
    expect(using(/from 'undici['/]/).filter((path) => !path.startsWith('src/stackone/'))).toEqual([]);
  });

  it('knows StackOne’s field names in stackone/ alone, but for the emulator and what the demo tells it', () => {
    const fieldNames =
      /\b(origin_(owner_(id|name)|username)|account_id|expires_in|auth_link_url|connector_key|status_reasons)\b/;
    const places = using(fieldNames).filter((path) => !/^(src\/stackone|emulator)\//.test(path));
    expect(places).toEqual(['demo/tenants.ts']);
  });

  it('makes an owner in auth/ alone', () => {
    expect(using(/Owner\.from/)).toEqual(['src/auth/authenticate.ts', 'src/auth/identify.ts']);
    // The class itself has no other maker, and the package gives out its type alone.
    expect(readText('src/auth/owner.ts').match(/ new Owner\(/g)).toHaveLength(1);
    expect(readText('src/index.ts')).toMatch(/^export type { Login, Owner } from/m);
  });

  it('prints in main.ts alone', () => {
    expect(
      using(/\bconsole\.|process\.std(out|err)/).filter((path) => !path.startsWith('demo/page/')),
    ).toEqual(['src/main.ts', 'emulator/src/main.ts']);
  });

  it.each([
    'package.json',
    'tsconfig.json',
    'codegen.yml',
    'schema.graphql',
    'README.md',
    'CHANGELOG.md',
    'LICENSE',
  ])('has %s at the top', (name) => {
    expect(existsSync(inPackage(name))).toBe(true);
  });
});
