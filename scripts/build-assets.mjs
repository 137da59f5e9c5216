/** Builds the files that `tsc` does not: the playground's assets, and the script and stylesheet of the demo page. */
import { copyFileSync, mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { writeLicenses } from './licenses.mjs';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));

const playground = {
  'react.js': 'node_modules/react/umd/react.production.min.js',
  'react-dom.js': 'node_modules/react-dom/umd/react-dom.production.min.js',
  'graphiql.js': 'node_modules/graphiql/graphiql.min.js',
  'graphiql.css': 'node_modules/graphiql/graphiql.min.css',
  'index.html': 'src/http/playground-page/index.html',
  'start.js': 'src/http/playground-page/start.js',
};
mkdirSync('dist/playground', { recursive: true });
for (const [name, source] of Object.entries(playground)) {
  copyFileSync(source, `dist/playground/${name}`);
}
writeLicenses('dist/playground/LICENSES', Object.fromEntries(Object.values(playground).map((source) => [source, {}])));

const page = {
  'index.html': 'demo/page/index.html',
  'hub.js': 'node_modules/@stackone/hub/dist/webcomponent.js',
};
mkdirSync('dist/demo/page', { recursive: true });
for (const [name, source] of Object.entries(page)) {
  copyFileSync(source, `dist/demo/page/${name}`);
}
await build({
  entryPoints: ['demo/page/main.ts', 'demo/page/style.css'],
  outdir: 'dist/demo/page',
  bundle: true,
  format: 'esm',
  target: 'es2022',
  sourcemap: true,
  minify: true,
  logLevel: 'warning',
});
