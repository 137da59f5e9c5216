/**
 * `node scripts/minify-styles.mjs <file>…`, in the folder of a package: removes the white space of the style sheets in
 * built files, which no bundler does in a text. Each file exports one: export const name = `…`;
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { transform } from 'esbuild';

for (const path of process.argv.slice(2)) {
  const code = readFileSync(path, 'utf8');
  const [, head, css] = /^(export const \w+ = )`\n([^`$\\]*)`;$/m.exec(code) ?? [];
  if (head === undefined || css === undefined) {
    throw new Error(`${path} has no style sheet`);
  }
  const { code: minified } = await transform(css, { loader: 'css', minifyWhitespace: true });
  writeFileSync(
    path,
    // A function, because `$` has a meaning in a replacement.
    code.replace(`${head}\`\n${css}\`;`, () => `${head}\`${minified.trimEnd()}\`;`),
  );
}
