import { readdirSync } from 'node:fs';
import { inPackage, readText } from './package-files.js';

const documents = [
  'README.md',
  'client/README.md',
  'emulator/README.md',
  ...readdirSync(inPackage('docs')).flatMap((name) => (name.endsWith('.md') ? [`docs/${name}`] : [])),
];

/** A command of the documents that installs packages in a project of the reader. */
export interface InstallLine {
  /** The documents that have it. */
  readonly paths: readonly string[];
  readonly command: string;
  /** What follows `npm install`. */
  readonly words: readonly string[];
}

/** Every line `npm install …` of README.md and docs, each command once. */
export function installLines(): InstallLine[] {
  const lines = documents.flatMap((path) =>
    [...readText(path).matchAll(/^npm install (.+)$/gm)].map(([command, words = '']) => ({ path, command, words })),
  );
  return [...new Set(lines.map(({ command }) => command))].map((command) => ({
    paths: lines.filter((line) => line.command === command).map(({ path }) => path),
    command,
    words: command.replace('npm install ', '').split(' '),
  }));
}
