import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { printSchema } from 'graphql';
import { createConnectSchema } from '../src/graphql/schema.js';
import { thisPackage } from '../src/package.js';
import { printApiReference } from './emit-api-reference.js';

/**
 * Writes `schema.graphql` from the code, and `docs/api-reference.md` from that schema. With `--check` it writes
 * nothing, and fails when a file is not up to date.
 */
const sdl = `${printSchema(createConnectSchema())}\n`;
const files = [
  { name: 'schema.graphql', text: sdl },
  { name: 'docs/api-reference.md', text: printApiReference(sdl) },
];
for (const { name, text } of files) {
  const path = join(thisPackage.folder, name);
  if (!process.argv.includes('--check')) {
    writeFileSync(path, text);
  } else if (!existsSync(path) || readFileSync(path, 'utf8') !== text) {
    process.stderr.write(`${name} is out of date: run \`npm run schema\`.\n`);
    process.exitCode = 1;
  }
}
