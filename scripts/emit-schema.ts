import { readFileSync, writeFileSync } from 'node:fs';
import { printSchema } from 'graphql';
import { createSchema } from '../src/graphql/schema.js';

/** Writes `schema.graphql` from the code; with `--check` it only tells whether the file is up to date. */
const path = 'schema.graphql';
const schema = `${printSchema(createSchema())}\n`;
if (!process.argv.includes('--check')) {
  writeFileSync(path, schema);
} else if (readFileSync(path, 'utf8') !== schema) {
  process.stderr.write('schema.graphql is not what the code says: run `npm run schema`.\n');
  process.exitCode = 1;
}
