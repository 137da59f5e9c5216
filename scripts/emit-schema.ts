import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { printSchema } from 'graphql';
import { createConnectSchema } from '../src/graphql/schema.js';
import { thisPackage } from '../src/package.js';

writeFileSync(join(thisPackage.folder, 'schema.graphql'), `${printSchema(createConnectSchema())}\n`);
