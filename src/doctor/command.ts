import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import type { Environment } from '../config/from-environment.js';
import { packageVersion } from '../config/package-info.js';
import { diagnose } from './diagnose.js';
import { count, error, type Finding } from './finding.js';

interface DoctorResult {
  readonly text: string;
  /** 0: no error. 1: at least one error. 2: wrong arguments. */
  readonly exitCode: 0 | 1 | 2;
}

const options = {
  token: { type: 'string' },
  'token-file': { type: 'string' },
  json: { type: 'boolean' },
  mint: { type: 'boolean' },
  embedded: { type: 'boolean' },
} as const;

/** Larger than any token. */
const maxInputBytes = 256 * 1024;

/** @param input standard input, which is read for `--token -` only */
export async function runDoctor(
  args: readonly string[],
  env: Environment,
  input: AsyncIterable<Uint8Array | string>,
): Promise<DoctorResult> {
  const values = parseArguments(args);
  if (values === undefined) {
    return { text: 'Wrong arguments for doctor. See doctor --help.\n', exitCode: 2 };
  }
  const token = await readToken(values, input);
  const { mint, embedded } = values;
  const findings = typeof token === 'object' ? [token] : await diagnose(env, { token, mint, embedded });
  const hasError = findings.some(({ level }) => level === 'error');
  return { text: values.json ? formatJson(findings, hasError) : formatText(findings), exitCode: hasError ? 1 : 0 };
}

/** No argument is quoted: one can be a token. */
function parseArguments(args: readonly string[]) {
  try {
    const { values } = parseArgs({ args: [...args], options, strict: true, allowPositionals: false });
    // An embedded server has no access tokens.
    const alternatives = [values.token, values['token-file'], values.embedded].filter((value) => value !== undefined);
    return alternatives.length > 1 ? undefined : values;
  } catch {
    return undefined;
  }
}

/** @returns the token, if there is one, or what is wrong with it */
async function readToken(
  { token, 'token-file': path }: NonNullable<ReturnType<typeof parseArguments>>,
  input: AsyncIterable<Uint8Array | string>,
): Promise<string | undefined | Finding> {
  let text = token === '-' ? await readAll(input) : token;
  if (path !== undefined) {
    try {
      text = await readFile(path, 'utf8');
    } catch {
      return error('token', 'The file of --token-file cannot be read.', 'Pass the path of a file with the token.');
    }
  }
  return text?.trim() === ''
    ? error('token', 'The token is empty.', 'Pass an access token on standard input, or in the file.')
    : text;
}

async function readAll(input: AsyncIterable<Uint8Array | string>): Promise<string> {
  let text = '';
  for await (const chunk of input) {
    text += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString();
    if (text.length > maxInputBytes) {
      break;
    }
  }
  return text;
}

function formatJson(findings: readonly Finding[], hasError: boolean): string {
  return `${JSON.stringify({ version: packageVersion, ok: !hasError, findings }, undefined, 2)}\n`;
}

function formatText(findings: readonly Finding[]): string {
  const width = Math.max(...findings.map(({ check }) => check.length));
  const lines = findings.flatMap(({ check, level, message, fix }) => {
    const start = `${level.padEnd(8)} ${check.padEnd(width)}  `;
    return [`${start}${message}`, ...(fix === undefined ? [] : [`${' '.repeat(start.length)}Fix: ${fix}`])];
  });
  const total = (level: Finding['level']) => findings.filter((finding) => finding.level === level).length;
  const summary = `${count(total('error'), 'error')}, ${count(total('warning'), 'warning')}, ${total('unknown')} unknown.`;
  return [...lines, '', summary, ''].join('\n');
}
