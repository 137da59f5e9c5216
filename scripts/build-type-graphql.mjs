/**
 * Puts TypeGraphQL into `dist/src/graphql/type-graphql.js`, for three reasons. TypeGraphQL imports the optional package
 * class-validator, and a host app without it could not be bundled. It keeps the decorated classes in a global variable,
 * which a host app with its own TypeGraphQL can clear. It loads all of graphql-scalars, of which it needs two scalars.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { writeLicenses } from './licenses.mjs';

process.chdir(fileURLToPath(new URL('../dist/src/graphql', import.meta.url)));
const bundle = 'type-graphql.js';

/** The schema has no subscriptions, and is built with `validate: false`: nothing calls these. */
const unused = {
  'class-validator': 'export const validateOrReject = undefined;',
  '@graphql-yoga/subscription': 'export const Repeater = undefined, filter = undefined, pipe = undefined;',
};
const withoutUnused = {
  name: 'without-unused',
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: /./ }, ({ path }) => (path in unused ? { path, namespace: 'unused' } : undefined));
    onLoad({ filter: /./, namespace: 'unused' }, ({ path }) => ({ contents: unused[path] }));
  },
};
const { metafile } = await build({
  stdin: { contents: "export * from 'type-graphql';", resolveDir: '.' },
  absWorkingDir: process.cwd(),
  outfile: bundle,
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'es2022',
  external: ['graphql'],
  plugins: [withoutUnused],
  define: { global: 'privateGlobal' },
  banner: { js: 'const privateGlobal = {};' },
  metafile: true,
  logLevel: 'warning',
});
writeLicenses('type-graphql.LICENSE', metafile.inputs);

for (const path of readdirSync('.', { recursive: true }).filter((name) => name.endsWith('.js') && name !== bundle)) {
  const code = readFileSync(path, 'utf8');
  const specifier = join(relative(dirname(path), '.'), bundle);
  const imported = specifier.startsWith('.') ? specifier : `./${specifier}`;
  writeFileSync(path, code.replace(/from 'type-graphql'/, `from '${imported}'`));
}
