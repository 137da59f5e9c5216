import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { printSchema } from 'graphql';
import { createSchema } from '../src/graphql/schema.js';
import { printSubgraph } from '../src/graphql/subgraph/print-subgraph.js';
import { printApiReference } from './emit-api-reference.js';
import { settingsDocuments } from './settings-tables.js';

/**
 * Writes what follows from the code: `schema.graphql`, `schema.subgraph.graphql`, `docs/api-reference.md` and the tables of settings in the
 * documents. With `--check` it writes nothing and fails when a file is not up to date.
 */
const read = (name: string) => (existsSync(name) ? readFileSync(name, 'utf8') : '');
const sdl = `${printSchema(createSchema())}\n`;
const files = [
  { name: 'schema.graphql', text: sdl },
  { name: 'schema.subgraph.graphql', text: printSubgraph(createSchema(true)) },
  { name: 'docs/api-reference.md', text: printApiReference(sdl) },
  ...settingsDocuments.map(({ name, update }) => ({ name, text: update(read(name)) })),
];
for (const { name, text } of files) {
  if (!process.argv.includes('--check')) {
    writeFileSync(name, text);
  } else if (read(name) !== text) {
    process.stderr.write(`${name} is out of date: run \`npm run schema\`.\n`);
    process.exitCode = 1;
  }
}
