import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildStage, Containers, createBaseImages, installTools } from './container-images.js';
import { checkServer } from './container-server.js';
import { checkTopology } from './container-topology.js';
import { checkManifests } from './deploy-manifests.js';

/**
 * `npm run test:container`: checks the manifests in deploy/ with the official schemas, builds deploy/Dockerfile, runs the
 * image without privileges, and runs the services of deploy/compose.yaml. Prints what docs/deployment.md states.
 */
const nodeVersion = '24.21.0';

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function main(): Promise<void> {
  installTools();
  const folder = mkdtempSync(join(tmpdir(), 'test-container-'));
  const containers = new Containers(folder);
  try {
    print(await checkManifests(folder));
    const started = Date.now();
    await createBaseImages(containers, nodeVersion);
    await buildStage(containers, 'server');
    await buildStage(containers, 'tryout');
    print(`The images are built, in ${Math.round((Date.now() - started) / 1000)} s`);
    for (const line of await checkServer(containers)) {
      print(line);
    }
    for (const line of await checkTopology(containers, readFileSync('deploy/compose.yaml', 'utf8'))) {
      print(line);
    }
  } finally {
    await containers.removeAll();
    rmSync(folder, { recursive: true, force: true });
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
});
