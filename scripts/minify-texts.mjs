/**
 * `node scripts/minify-texts.mjs <file>…`, in the folder of a package: removes white space in the texts of built files,
 * which no bundler does. A file `…-style.js` exports one style sheet: export const name = `…`; In the other files it is
 * the indentation, which is part of each HTML template. The lines stay, for the source maps.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { transform } from 'esbuild';

for (const path of process.argv.slice(2)) {
  const code = readFileSync(path, 'utf8');
  writeFileSync(path, path.endsWith('-style.js') ? await minifyStyle(path, code) : code.replace(/\n +/g, '\n'));
}

async function minifyStyle(path, code) {
  const [, head, css] = /^(export const \w+ = )`\n([^`$\\]*)`;$/m.exec(code) ?? [];
  if (head === undefined || css === undefined) {
    throw new Error(`${path} has no style sheet`);
  }
  const { code: minified } = await transform(css, { loader: 'css', minifyWhitespace: true });
  // A function, because `$` has a meaning in a replacement.
  return code.replace(`${head}\`\n${css}\`;`, () => `${head}\`${minified.trimEnd()}\`;`);
}
