import { existsSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { importsOf, inPackage, readText, sourceFiles } from '../support/package-files.js';

/** From the top to the bottom, as in docs/architecture.md. A file imports from its own layer and from those below it. */
const layers = [
  /^src\/(main|index)\.ts$/,
  /^src\/lifecycle\.ts$/,
  /^src\/start-server\.ts$/,
  /^src\/(server|embed)\.ts$/,
  /^src\/(composition\.ts|doctor\/)/,
  /^src\/http\//,
  /^src\/graphql\//,
  /^src\/events\//,
  /^src\/linking\//,
  /^src\/(stackone|auth)\//,
  /^src\/egress\//,
  /^src\/observability\//,
  /^src\/config\//,
  /^src\/domain\//,
];
const layerOf = (path: string) => layers.findIndex((layer) => layer.test(path));

const src = sourceFiles('src');
const owned = [...src, ...['emulator', 'demo', 'client'].flatMap(sourceFiles)];
const using = (pattern: RegExp, files = owned) => files.filter((path) => pattern.test(readText(path)));
const isBelow = (...folders: string[]) => new RegExp(`^src/(${folders.join('|')})`);
const importsBetween = (files: readonly string[], isWrong: (path: string, target: string) => boolean) =>
  files.flatMap((path) =>
    importsOf(path)
      .filter((target) => isWrong(path, target))
      .map((target) => `${path} → ${target}`),
  );

describe('The layout of src', () => {
  it('gives every file a layer', () => {
    expect(src.filter((path) => layerOf(path) < 0)).toEqual([]);
    expect(src.length).toBeGreaterThan(50);
  });

  it('has the layers that docs/architecture.md shows, in their order', () => {
    const [, line = ''] = /^`(main → .+)`$/m.exec(readText('docs/architecture.md')) ?? [];
    const pathOf = (name: string) => (existsSync(inPackage(`src/${name}.ts`)) ? `src/${name}.ts` : `src/${name}/`);
    const documented = line.split(' → ').map((names) => names.split(' | ').map((name) => layerOf(pathOf(name))));
    expect(documented.map((found) => [...new Set(found)])).toEqual(layers.map((_, index) => [index]));
  });

  it('has imports that point down only', () => {
    const upward = importsBetween(src, (path, target) => target.startsWith('src/') && layerOf(target) < layerOf(path));
    expect(upward).toEqual([]);
  });

  it('keeps StackOne and authentication apart, which are one layer', () => {
    const across = importsBetween(
      src,
      (path, target) =>
        isBelow('stackone', 'auth').test(path) &&
        layerOf(target) === layerOf(path) &&
        path.split('/')[1] !== target.split('/')[1],
    );
    expect(across).toEqual([]);
  });

  it('keeps the doctor apart from the server, which it does not start', () => {
    const doctor = src.filter((path) => isBelow('doctor/').test(path));
    const isServer = isBelow('composition', 'server', 'embed', 'http/', 'graphql/');
    expect(doctor.length).toBeGreaterThan(5);
    expect(importsBetween(doctor, (_path, target) => isServer.test(target))).toEqual([]);
    const users = src.filter((path) => !doctor.includes(path));
    expect(importsBetween(users, (path, target) => isBelow('doctor/').test(target) && path !== 'src/main.ts')).toEqual(
      [],
    );
  });

  it('imports nothing from the demo, the emulator, the client, the scripts and the tests', () => {
    const outward = importsBetween(src, (_path, target) => /^(demo|emulator|client|test|scripts)\//.test(target));
    expect(outward).toEqual([]);
  });

  it('has no file over 250 lines and no folder over a dozen files', () => {
    const linesOf = (path: string) => readText(path).split('\n').length;
    expect(src.filter((path) => linesOf(path) > 250)).toEqual([]);
    const folders = src.map((path) => path.slice(0, path.lastIndexOf('/')));
    const sizes = new Map(folders.map((folder) => [folder, folders.filter((other) => other === folder).length]));
    expect([...sizes].filter(([, size]) => size > 12)).toEqual([]);
  });
});

describe('What has one place:', () => {
  it('process.env in the main files', () => {
    expect(using(/process\.env|\{ env \} = process/)).toEqual(['src/main.ts', 'emulator/src/main.ts', 'demo/main.ts']);
  });

  it('TypeGraphQL in graphql/', () => {
    expect(using(/from 'type-graphql'/).filter((path) => !isBelow('graphql/').test(path))).toEqual([]);
  });

  it('Apollo Server in graphql/operations/lazy-apollo, where it is loaded at its first use', () => {
    const values =
      /import (?!type )(?!\{(\s*type \w+,?)*\s*\})[^;]* from '@apollo\/server';|import\('@apollo\/server'\)/;
    expect(using(values, src)).toEqual(['src/graphql/operations/lazy-apollo.ts']);
  });

  it('undici in stackone/ and egress/', () => {
    expect(using(/from 'undici['/]/).filter((path) => !isBelow('stackone/', 'egress/').test(path))).toEqual([]);
  });

  it('Fastify in http/, and Node’s requests and responses in http/ and embed.ts', () => {
    expect(using(/from 'fastify'|from '@fastify\//, src).filter((path) => !isBelow('http/').test(path))).toEqual([]);
    const objects = /\b(ServerResponse|IncomingMessage|FastifyRequest|FastifyReply)\b/;
    expect(using(objects, src).filter((path) => !isBelow('http/', 'embed\\.ts').test(path))).toEqual([]);
  });

  it('StackOne’s field names in stackone/schemas and stackone/mappers, and in the emulator and its seed', () => {
    const fieldNames =
      /\b(origin_(owner_(id|name)|username)|account_id|expires_in|auth_link_url|connector_(key|label)|provider_name|logo_url|status_reasons|(created|updated)_at|page_size)\b/;
    const places = using(fieldNames).filter((path) => !path.startsWith('emulator/'));
    expect(places).toEqual(['src/stackone/mappers.ts', 'src/stackone/schemas.ts', 'demo/tenants.ts']);
  });

  it('the creation of an owner in auth/', () => {
    expect(using(/Owner\.parse/, src)).toEqual(['src/auth/claims.ts', 'src/auth/host-login.ts', 'src/domain/owner.ts']);
    expect(readText('src/domain/owner.ts').match(/ new Owner\(/g)).toHaveLength(1);
    // The package exports the type only, so no other code can create one.
    expect(readText('src/index.ts')).toMatch(/^export type { Owner } from/m);
  });

  it('the creation of grants in auth/', () => {
    const places = ['src/auth/claims.ts', 'src/auth/host-login.ts', 'src/domain/grants.ts'];
    expect(using(/parseGrants\(|\bnoGrants\b/, src)).toEqual(places);
    expect(using(/canManage: true/, src)).toEqual([]);
  });

  it('standard output and error in the main files', () => {
    const printing = using(/\bconsole\.|process\.std(out|err)/);
    expect(printing.filter((path) => !path.startsWith('demo/page/'))).toEqual([
      'src/main.ts',
      'emulator/src/main.ts',
      'demo/main.ts',
      // Explains a wrong URL to the developer of the page.
      'client/src/core/connect-client.ts',
      'client/src/core/connect-flow.ts',
    ]);
  });

  it('the message, HTTP status and severity of an error code in domain/error-codes', () => {
    const { length } = using(/\bseverity: '(info|warn)'/, src);
    expect(length).toBe(1);
    // A code is named in the table and where it is thrown; the severity of a code is written nowhere else.
    expect(using(/UPSTREAM_\(|\^UPSTREAM_/, src)).toEqual([]);
  });

  it('the name of an environment variable in config/settings', () => {
    const table = ['settings', 'auth-settings', 'server-settings']
      .map((name) => `src/config/${name}.ts`)
      .map(readText)
      .join('');
    const variables = [...table.matchAll(/'([A-Z]+(?:_[A-Z]+)+)'/g)].map((match) => match[1] ?? '');
    expect(variables.length).toBeGreaterThan(15);
    // The doctor says which variable to change.
    const users = isBelow('config/', 'main\\.ts', 'graphql/types/', 'doctor/');
    const others = src.filter((path) => !users.test(path));
    const named = variables.flatMap((name) => using(new RegExp(`'${name}'`), others).map((path) => `${path}: ${name}`));
    expect(named).toEqual([]);
  });
});

describe('The other packages', () => {
  it('The emulator imports nothing from the project', () => {
    const imports = sourceFiles('emulator').flatMap(importsOf);
    expect(imports.length).toBeGreaterThan(10);
    expect(imports.filter((target) => /^(src|demo|client|test)\//.test(target))).toEqual([]);
  });

  it('The client imports nothing from the project', () => {
    const imports = sourceFiles('client').flatMap(importsOf);
    expect(imports.length).toBeGreaterThan(10);
    expect(imports.filter((target) => /^(src|demo|emulator|test)\//.test(target))).toEqual([]);
  });
});

/** From the top to the bottom, as in docs/architecture.md. */
const clientFolders = ['react', 'elements', 'dialog', 'integrations', 'labels', 'hub', 'core', 'generated'];
const clientLayerOf = (path: string) => clientFolders.indexOf(path.split('/')[2] ?? '');

describe('The layout of client/src', () => {
  const client = sourceFiles('client/src').filter((path) => path !== 'client/src/index.ts');

  it('has the layers that docs/architecture.md shows, in their order', () => {
    const shown = clientFolders.filter((name) => name !== 'generated').join(' → ');
    expect(readText('docs/architecture.md')).toContain(`\`${shown}\``);
  });

  it('has imports that point down only, React in react/ only, and Lit in dialog/ only', () => {
    expect(client.filter((path) => clientLayerOf(path) < 0)).toEqual([]);
    expect(
      importsBetween(
        client,
        (path, target) => target.startsWith('client/') && clientLayerOf(target) < clientLayerOf(path),
      ),
    ).toEqual([]);
    expect(using(/from 'react/, client).filter((path) => !path.startsWith('client/src/react/'))).toEqual([]);
    expect(using(/from 'lit/, client)).toEqual(['client/src/dialog/lit.ts']);
  });

  it('has no file over 300 lines, except for style sheets, and no folder over a dozen files', () => {
    const isLong = (path: string) => readText(path).split('\n').length > 300 && !path.endsWith('-style.ts');
    expect(client.filter(isLong)).toEqual([]);
    const sizes = clientFolders.map((folder) => client.filter((path) => path.split('/')[2] === folder).length);
    expect(sizes.filter((size) => size > 12)).toEqual([]);
  });
});

it.each(['package.json', 'tsconfig.json', 'codegen.yml', 'schema.graphql', 'README.md', 'CHANGELOG.md', 'LICENSE'])(
  'The top level has %s',
  (name) => {
    expect(existsSync(inPackage(name))).toBe(true);
  },
);
