import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Emulator, startEmulator } from '../../emulator/src/index.js';
import { createWorkshop, HostProject, type Manager, toolsOf, type Workshop } from '../support/host-project.js';
import { commonJsHost, esmHost, printedToken } from '../support/host-script.js';
import { installLines } from '../support/install-lines.js';
import { codeBlocks } from '../support/package-files.js';

const managers: readonly Manager[] = ['npm', 'pnpm', 'pnpm12', 'yarn1', 'yarn4'];
/** What pnpm 11 and later need. Version 11 itself requires Node.js 22. */
const [pnpmSettings = ''] = codeBlocks('docs/embedding.md', 'yaml');
/** What Node.js 20 needs where a package manager refuses packages for a later version. */
const pins = JSON.parse(codeBlocks('docs/embedding.md', 'json')[0] ?? '');

let workshop: Workshop;
let emulator: Emulator;
beforeAll(async () => {
  [workshop, emulator] = await Promise.all([createWorkshop(toolsOf(managers)), startEmulator()]);
}, 180_000);
afterAll(async () => {
  await emulator.stop();
  workshop.remove();
});

describe.each(managers)('%s, in an empty project', (manager) => {
  it.each(installLines())(
    '$command',
    async ({ words }) => {
      // Yarn 1 refuses packages for a later Node.js, as npm does with engine-strict.
      const project = new HostProject(workshop, { private: true, ...(manager === 'yarn1' ? pins : {}) });
      try {
        if (manager === 'pnpm12') {
          project.write('pnpm-workspace.yaml', pnpmSettings);
        }
        await project.add(manager, words);
        if (words.includes('stackone-connect-graphql')) {
          project.write('host.mjs', esmHost);
          project.write('host.cjs', commonJsHost);
          for (const file of ['host.mjs', 'host.cjs']) {
            expect(await project.run('node', [file], { EMULATOR_URL: emulator.url })).toMatch(printedToken);
          }
        }
        if (words.includes('@stackone/hub@1')) {
          // A Hub whose peer dependencies are missing does not load.
          project.write('hub.mjs', "import * as hook from 'react-hook-form'; console.log(typeof hook.useForm);");
          expect(await project.run('node', ['hub.mjs'])).toBe('function\n');
        }
      } finally {
        project.remove();
      }
    },
    240_000,
  );
});

it('npm with engine-strict on Node.js 20, with the pins of docs/embedding.md', async () => {
  const project = new HostProject(workshop, { private: true, ...pins });
  const words = ['stackone-connect-graphql', '@apollo/server@5', 'graphql@16', 'stackone-emulator'];
  await project.add('npm', [...words, '--engine-strict']);
  project.remove();
}, 120_000);
