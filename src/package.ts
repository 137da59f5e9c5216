import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

/** The folder of this package, found from here upwards, because the built file lies one level deeper. */
function findPackageFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) {
    folder = dirname(folder);
  }
  return folder;
}

const folder = findPackageFolder();
const manifest = z
  .object({ name: z.string(), version: z.string() })
  .parse(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')));

/** What this package is, from its own package.json. */
export const thisPackage = { folder, name: manifest.name, version: manifest.version } as const;
