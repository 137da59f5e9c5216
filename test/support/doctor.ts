import { expect } from '@jest/globals';
import { z } from 'zod';
import type { Environment } from '../../src/config/from-environment.js';
import { runDoctor } from '../../src/doctor/command.js';

const report = z.strictObject({
  version: z.string(),
  ok: z.boolean(),
  findings: z.array(
    z.strictObject({
      check: z.string(),
      level: z.enum(['ok', 'warning', 'error', 'unknown']),
      message: z.string(),
      fix: z.string().optional(),
    }),
  ),
});

/** Standard input with this text. */
export async function* inputOf(text: string): AsyncGenerator<string> {
  yield text;
}

/** Runs the doctor in this process. Proves each time that its output is complete and has no secret: no `canary`. */
export async function examine(env: Environment, args: readonly string[] = [], input = ''): Promise<string[]> {
  const { text, exitCode } = await runDoctor(['--json', ...args], env, inputOf(input));
  expect(text).not.toMatch(/canary/i);
  const { ok, findings } = report.parse(JSON.parse(text));
  expect([exitCode, ok]).toEqual(findings.some(({ level }) => level === 'error') ? [1, false] : [0, true]);
  return findings.map(toLine);
}

/** `error key: StackOne rejects … Fix: …` */
function toLine({ check, level, message, fix }: z.output<typeof report>['findings'][number]): string {
  expect(message).toMatch(/^[A-Z`\d/"h].*[.]$/s);
  // Whoever reads an error wants to know what to change.
  expect([level, fix ?? '']).toEqual([
    level,
    expect.stringMatching(/^(error|warning)$/.test(level) ? /^[A-Z].*\.$/s : /^([A-Z].*\.)?$/s),
  ]);
  return `${level} ${check}: ${message}${fix === undefined ? '' : ` Fix: ${fix}`}`;
}

/** The findings that are no `ok`. */
export const problemsOf = (lines: readonly string[]): string[] => lines.filter((line) => !line.startsWith('ok '));
