import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Writes the licenses of the packages whose code a bundle contains, as those licenses require.
 * @param inputs the inputs of esbuild's `metafile`
 */
export function writeLicenses(path, inputs) {
  const folders = Object.keys(inputs).map((input) => /.*node_modules\/(@[^/]+\/)?[^/]+/.exec(input)?.[0]);
  const texts = [...new Set(folders)]
    .filter((folder) => folder !== undefined && existsSync(folder))
    .map((folder) => {
      const name = readdirSync(folder).find((file) => /^licen[cs]e/i.test(file));
      if (name === undefined) {
        throw new Error(`${folder} has no license file`);
      }
      return `${folder.replace(/.*node_modules\//, '')}\n\n${readFileSync(join(folder, name), 'utf8').trim()}\n`;
    });
  if (texts.length > 0) {
    writeFileSync(path, texts.join('\n---\n\n'));
  }
}
