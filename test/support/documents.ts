import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { inPackage, readText } from './package-files.js';

/** The rows of tables whose first cell begins with a code span, cell by cell. */
export const rowsIn = (markdown: string) =>
  markdown
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => line.split('|').map((cell) => cell.trim()));
export const namesIn = (markdown: string) => rowsIn(markdown).map((cells) => (cells[1] ?? '').replaceAll('`', ''));

/** A section without its heading, up to the next heading of its level. */
export function sectionOf(path: string, title: string): string {
  const [, section] = readText(path).split(`\n## ${title}\n`);
  if (section === undefined) {
    throw new Error(`${path} has no section "${title}"`);
  }
  return section.split('\n## ')[0] ?? '';
}

/** The Markdown files of a folder, as paths relative to the package. */
export function documentsIn(folder: string): string[] {
  return readdirSync(inPackage(folder))
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(folder, name));
}
