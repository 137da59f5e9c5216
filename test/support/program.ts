import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach } from '@jest/globals';
import { inPackage } from './package-files.js';
import { type WaitOptions, waitFor } from './wait.js';

/** A process of the built program. */
export interface Program {
  readonly process: ChildProcess;
  readonly output: () => string;
  readonly exitCode: Promise<number | null>;
}

export interface ProgramOptions {
  /** Default: the demo, as `npm start` runs it. */
  readonly file?: 'dist/demo/main.js' | 'dist/src/main.js';
  readonly args?: readonly string[];
  /** Code that runs first. */
  readonly preload?: string;
  /** A file that runs first. */
  readonly tracing?: string;
  /** File descriptor of the standard output. Default: a pipe to `output`. */
  readonly stdout?: number;
  /** A command of the shell that runs first, such as `ulimit`. */
  readonly shell?: string;
}

const running: ChildProcess[] = [];
afterEach(() => {
  for (const child of running.splice(0)) {
    child.kill('SIGKILL');
  }
});

/** Starts a program that is killed after the test, if it still runs. */
export function startProgram(env: Record<string, string>, options: ProgramOptions = {}): Program {
  const { file = 'dist/demo/main.js', args = [], preload, tracing, stdout = 'pipe', shell = ':' } = options;
  const preloading = preload === undefined ? [] : ['--import', `data:text/javascript,${encodeURIComponent(preload)}`];
  const imported = tracing === undefined ? [] : ['--import', tracing];
  const child = spawn(
    'sh',
    ['-c', `${shell}; exec "$0" "$@"`, process.execPath, ...preloading, ...imported, inPackage(file), ...args],
    {
      env: { PATH: process.env['PATH'], ...env },
      stdio: ['ignore', stdout, 'pipe'],
    },
  );
  running.push(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk;
    });
  }
  const exitCode = once(child, 'close').then(() => child.exitCode);
  return { process: child, output: () => output, exitCode };
}

export const startTimeout = { timeoutMs: 30_000, intervalMs: 10 };

export const waitForUrl = (program: Program, options: WaitOptions = startTimeout) =>
  waitFor(
    () => /"url":"(http[^"]+)"/.exec(program.output())?.[1],
    () => `no server URL in the output: ${program.output()}`,
    options,
  );
