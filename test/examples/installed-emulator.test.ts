import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type InstalledProject, installPackages } from '../support/installed-package.js';
import { codeBlocks } from '../support/package-files.js';
import { checkTypes, resolutions, run, silentSuccess } from '../support/run-in-project.js';

let project: InstalledProject;
beforeAll(() => {
  project = installPackages(['emulator'], ['@types/node']);
}, 60_000);
afterAll(() => project.remove());

function runScript(script: string) {
  writeFileSync(join(project.folder, 'script.mjs'), script);
  return run(project.folder, 'node', ['script.mjs']);
}

describe('The emulator in a project with only its dependencies', () => {
  it.each(resolutions)(
    'strict types hold, those of all libraries included: %s',
    async (resolution) => {
      const options = { lib: ['ES2023'], types: ['node'] };
      expect(await checkTypes(project.folder, { 'test.ts': consumer }, resolution, options)).toEqual(silentSuccess);
    },
    60_000,
  );

  it('runs the example of its README', async () => {
    const [script = ''] = codeBlocks('emulator/README.md', 'js');
    expect(await runScript(script)).toEqual({ code: 0, stdout: '201 /connect_sessions\n', stderr: '' });
  });

  it('has a command with --help, which starts nothing, and rejects other arguments in one line', async () => {
    const command = 'node_modules/.bin/stackone-emulator';
    const help = await run(project.folder, command, ['--help']);
    expect([help.code, help.stderr]).toEqual([0, '']);
    expect(help.stdout).toMatch(/^Usage: stackone-emulator \[--help\]\n[\s\S]*EMULATOR_PORT/);
    expect(await run(project.folder, command, ['start'])).toEqual({
      code: 2,
      stdout: '',
      stderr: 'Unknown option: start. See --help.\n',
    });
  });

  it('names the package that its Hub needs', async () => {
    const { code, stdout, stderr } = await runScript(`
      import { startEmulator } from 'stackone-emulator';
      const emulator = await startEmulator();
      const hub = await fetch(emulator.url + '/hub/stackone-hub.js');
      console.log(hub.status, await hub.text());
      await emulator.stop();`);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^404 .*The package @stackone\/hub is not installed/);
  });
});

const consumer = `
import { type Account, type Emulator, type Fault, startEmulator } from 'stackone-emulator';

const emulator: Emulator = await startEmulator({ port: 0 });
const fault: Fault = { status: 503, match: { path: '/connect_sessions' } };
emulator.failNext(fault, 2);
export const accounts: Account[] = emulator.accounts();
// @ts-expect-error a fault has a status, or a kind
emulator.failNext({});
`;
