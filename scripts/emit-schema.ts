import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { printSchema } from 'graphql';
import { createSchema } from '../src/graphql/schema.js';
import { printSubgraph } from '../src/graphql/subgraph/print-subgraph.js';
import { printApiReference } from './emit-api-reference.js';
import { findUnannouncedChanges } from './schema-changes.js';
import { settingsDocuments } from './settings-tables.js';

/**
 * Writes what follows from the code: `schema.graphql`, `schema.subgraph.graphql`, `docs/api-reference.md` and the tables of
 * settings in the documents. With `--check` it writes nothing. It fails when a file is not up to date, and when the
 * schema has changes that break clients of the last release without an entry in the changelog. With `--release` it also
 * writes the schema of the last release.
 */
const releasedSchemaFile = 'test/contract/released-schema.graphql';
const read = (name: string) => (existsSync(name) ? readFileSync(name, 'utf8') : '');
const sdl = `${printSchema(createSchema())}\n`;
const files = [
  { name: 'schema.graphql', text: sdl },
  { name: 'schema.subgraph.graphql', text: printSubgraph(createSchema(true)) },
  { name: 'docs/api-reference.md', text: printApiReference(sdl) },
  ...settingsDocuments.map(({ name, update }) => ({ name, text: update(read(name)) })),
];
if (process.argv.includes('--release')) {
  files.push({ name: releasedSchemaFile, text: sdl });
}
for (const { name, text } of files) {
  if (!process.argv.includes('--check')) {
    writeFileSync(name, text);
  } else if (read(name) !== text) {
    process.stderr.write(`${name} is out of date: run \`npm run schema\`.\n`);
    process.exitCode = 1;
  }
}

for (const change of await findUnannouncedChanges(read(releasedSchemaFile), sdl, read('CHANGELOG.md'))) {
  process.stderr.write(`Breaking change of the schema: ${change}
If it is intended, add a line to the section Unreleased of CHANGELOG.md that begins with "- **Breaking:**" and contains the name in backticks.\n`);
  process.exitCode = 1;
}
