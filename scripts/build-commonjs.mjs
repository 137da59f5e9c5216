/**
 * `node scripts/build-commonjs.mjs <entry>…`, in the folder of a package: writes a CommonJS version of its built files,
 * with their types, to `dist/cjs`. For hosts that cannot load an ES module: Jest without `--experimental-vm-modules`,
 * and TypeScript that compiles to `require`.
 */
import { cpSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { writeLicenses } from './licenses.mjs';

const entries = process.argv.slice(2);
const source = dirname(entries[0] ?? '');
const target = 'dist/cjs';
rmSync(target, { recursive: true, force: true });
const types = readdirSync(source, { recursive: true }).filter((path) => path.endsWith('.d.ts'));

const oneFile = {
  entryPoints: entries,
  bundle: true,
  packages: 'external',
  // A package that is loaded later must be the same instance that the host app has.
  supported: { 'dynamic-import': false },
  // The only dependency without a CommonJS version.
  alias: { jose: fileURLToPath(import.meta.resolve('jose')) },
  define: { 'import.meta.url': 'moduleUrl' },
  banner: { js: 'const moduleUrl = require("node:url").pathToFileURL(__filename).href;' },
};
/** What several entries share, such as the classes of errors, must exist once. */
const fileByFile = { entryPoints: [`${source}/**/*.js`], outbase: source };

const common = {
  outdir: target,
  format: 'cjs',
  platform: 'node',
  target: 'es2022',
  sourcemap: true,
  metafile: true,
  logLevel: 'warning',
};
const { metafile } = await build({ ...common, ...(entries.length === 1 ? oneFile : fileByFile) });
/** Lit has no CommonJS version either. The file that imports it is bundled with it, in the version that needs no DOM. */
const lit = readdirSync(source, { recursive: true }).filter((path) => /^(?!cjs).*\blit[\w-]*\.js$/.test(path));
if (lit.length > 0) {
  const { metafile: litFiles } = await build({
    ...common,
    entryPoints: lit.map((path) => join(source, path)),
    outbase: source,
    bundle: true,
  });
  Object.assign(metafile.inputs, litFiles.inputs);
}
writeLicenses(join(target, 'LICENSES'), metafile.inputs);
for (const path of types) {
  cpSync(join(source, path), join(target, path));
}
writeFileSync(join(target, 'package.json'), '{ "type": "commonjs" }\n');
