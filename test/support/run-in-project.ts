import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inPackage } from './package-files.js';

interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** To its end, in the project, with nothing of this process' environment. */
export function run(
  project: string,
  command: string,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<Outcome> {
  return new Promise((resolve) => {
    const options = { cwd: project, env: { PATH: process.env['PATH'], ...env } };
    const child = execFile(command, [...args], options, (_error, stdout, stderr) => {
      resolve({ code: child.exitCode, stdout, stderr });
    });
  });
}

export interface Output {
  readonly child: ChildProcess;
  /** Resolves when the output has what is looked for. */
  readonly found: Promise<RegExpExecArray>;
}

/** A process that keeps running. Stop `child` to end it. */
export function outputOf(
  project: string,
  command: string,
  args: readonly string[],
  env: Record<string, string>,
  wanted: RegExp,
): Output {
  const child = spawn(command, args, {
    cwd: project,
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const found = new Promise<RegExpExecArray>((resolve, reject) => {
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (chunk: string) => {
        output += chunk;
        const match = wanted.exec(output);
        if (match !== null) resolve(match);
      });
    }
    child.once('close', () => reject(new Error(`it ended without ${wanted}:\n${output}`)));
  });
  return { child, found };
}

/** How TypeScript finds modules: as Node.js does, or as bundlers do. */
export const resolutions = ['nodenext', 'bundler'] as const;

const strictest = {
  target: 'ES2022',
  jsx: 'react-jsx',
  strict: true,
  exactOptionalPropertyTypes: true,
  skipLibCheck: false,
  noEmit: true,
};

/** The outcome of a command that succeeds without output. */
export const silentSuccess: Outcome = { code: 0, stdout: '', stderr: '' };

/** Checks the types of `files` (name → code) in the project, those of all libraries included. @param options `lib` and others */
export function checkTypes(
  project: string,
  files: Readonly<Record<string, string>>,
  moduleResolution: (typeof resolutions)[number],
  options: Readonly<Record<string, unknown>>,
): Promise<Outcome> {
  const module = moduleResolution === 'bundler' ? 'esnext' : moduleResolution;
  for (const [name, code] of Object.entries(files)) writeFileSync(join(project, name), code);
  writeFileSync(join(project, 'package.json'), '{ "type": "module" }');
  writeFileSync(
    join(project, 'tsconfig.json'),
    JSON.stringify({
      compilerOptions: { ...strictest, module, moduleResolution, ...options },
      files: Object.keys(files),
    }),
  );
  return run(project, inPackage('node_modules/.bin/tsc'), ['-p', '.']);
}
