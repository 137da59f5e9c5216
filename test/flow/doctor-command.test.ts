import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Emulator, startEmulator } from '../../emulator/src/index.js';
import { runDoctor } from '../../src/doctor/command.js';
import { inputOf } from '../support/doctor.js';
import { inPackage } from '../support/package-files.js';
import { acme, canaries, signToken, testEnv } from '../support/test-env.js';

let emulator: Emulator;
let token: string;
const folder = mkdtempSync(join(tmpdir(), 'doctor-test-'));
const tokenFile = join(folder, 'token');
beforeAll(async () => {
  emulator = await startEmulator({ apiKey: canaries.apiKey });
  token = await signToken({ ...acme, secret: 'canary-claim' });
  writeFileSync(tokenFile, `${token}\n`);
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await emulator.stop();
});

interface Outcome {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The real command. */
async function run(args: readonly string[], env: Record<string, string> = {}, input = ''): Promise<Outcome> {
  const child = spawn(process.execPath, [inPackage('dist/src/main.js'), ...args], {
    env: { ...testEnv({ STACKONE_BASE_URL: emulator.url }), ...env },
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    output.stdout += chunk;
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    output.stderr += chunk;
  });
  // The process can end before it has read its input.
  child.stdin.on('error', () => undefined).end(input);
  await once(child, 'close');
  // A secret, or a part of the token, is in no output.
  expect(output.stdout + output.stderr).not.toMatch(/canary/);
  expect(output.stdout + output.stderr).not.toContain(token.slice(-40));
  return { exitCode: child.exitCode, ...output };
}

describe('the command doctor', () => {
  it('prints aligned lines with a word for each level, and exits with 0 without an error', async () => {
    const { exitCode, stdout, stderr } = await run(['doctor', '--token', '-'], {}, token);
    expect([exitCode, stderr]).toEqual([0, '']);
    const lines = stdout.trimEnd().split('\n');
    const findings = lines.slice(0, -2);
    const column = findings[0]?.search(/Node\.js/) ?? 0;
    for (const line of findings) {
      expect(line).toMatch(/^((ok|warning|unknown) +[a-z]+ +[A-Z`\d/]| +Fix: )/);
      expect([line, line.slice(0, column).trim().split(/ +/).length]).toEqual([line, line.startsWith(' ') ? 1 : 2]);
    }
    expect(stdout).toMatch(/^ok +owner +Owner id "org_acme", owner name "Acme Corporation"/m);
    expect(lines.at(-1)).toMatch(/^0 errors, \d warnings?, \d unknown\.$/);
  });

  it('exits with 1 after an error, also with --json and a token in a file', async () => {
    const args = ['doctor', '--json', '--token-file', tokenFile];
    const { exitCode, stdout, stderr } = await run(args, { AUTH_AUDIENCE: 'another' });
    expect([exitCode, stderr]).toEqual([1, '']);
    expect(JSON.parse(stdout)).toMatchObject({ ok: false });
    expect(stdout).toContain('AUTH_AUDIENCE is \\"another\\"');
  });

  it('exits with 1 when the configuration is not complete, and when the file of the token cannot be read', async () => {
    const env = { ...testEnv({}), AUTH_ISSUER: '' };
    const incomplete = await runDoctor([], env, inputOf(''));
    expect(incomplete.exitCode).toBe(1);
    expect(incomplete.text).toMatch(
      /^error +configuration +AUTH_ISSUER is set but empty\.\n +Fix: Set a value or unset it\.$/m,
    );
    const unreadable = await runDoctor(['--token-file', '/nowhere/canary'], env, inputOf(''));
    expect(unreadable.exitCode).toBe(1);
    expect(unreadable.text).toContain('The file of --token-file cannot be read.');
    const empty = await runDoctor(['--token', '-'], env, inputOf('\n'));
    expect([empty.exitCode, empty.text]).toEqual([
      1,
      expect.stringMatching(/^error +token +The token is empty\.\n +Fix: /),
    ]);
  });

  it('exits with 2 after wrong arguments, and quotes none of them: one can be a token', async () => {
    const wrong = { exitCode: 2, stdout: '', stderr: 'Wrong arguments for doctor. See doctor --help.\n' };
    expect(await run(['doctor', 'canary'])).toEqual(wrong);
    const both = ['--token', 'canary', '--token-file', 'canary'];
    const ownLogin = ['--embedded', '--token', 'canary'];
    for (const args of [['--canary'], ['--token'], both, ownLogin, ['--mint=canary'], ['--json', 'canary']]) {
      expect(await runDoctor(args, {}, inputOf(''))).toEqual({ exitCode: 2, text: wrong.stderr });
    }
  });

  it('reads no more than a token can have from standard input', async () => {
    let chunks = 0;
    async function* large() {
      for (; chunks < 100; chunks++) {
        yield 'a'.repeat(65_536);
      }
    }
    const { text } = await runDoctor(['--token', '-'], testEnv({ STACKONE_BASE_URL: 'http://127.0.0.1:1' }), large());
    expect(chunks).toBeLessThan(10);
    expect(text).toMatch(/^error +token .* it is too large: it has \d+ bytes/m);
  });

  it('has a help of its own, without the settings of the server, and is in --help', async () => {
    const usage = 'stackone-connect-graphql doctor [--token - | --token-file <path> | --token <JWT> | --embedded]';
    const options = /--token-file <path> .*--embedded .*--mint .*--json /s;
    const own = await run(['doctor', '--help', 'canary']);
    expect(own).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(options), stderr: '' });
    expect(own.stdout).toContain(`Usage: ${usage}`);
    expect(own.stdout).not.toMatch(/STACKONE_API_KEY|owner-hash|canary/);
    const all = await run(['--help']);
    expect(all.stdout).toContain(usage);
    expect(all.stdout).toMatch(options);
    expect(all.stdout).toContain('STACKONE_API_KEY_FILE');
  });
});
