import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { codeBlocks, inPackage } from './package-files.js';

/** An example as its README says to start it, on free ports. */
export interface Example {
  readonly url: string;
  readonly emulatorUrl: string;
  /** What it has written so far, to either stream. */
  readonly output: () => string;
  /** As Ctrl+C does; resolves when everything that it started has ended. */
  stop(): Promise<void>;
}

/** To install its packages takes a while: give the hook that calls this some minutes. */
export async function startExample(name: string): Promise<Example> {
  const [install, command = ''] = codeBlocks(`examples/${name}/README.md`, 'sh').join('').trim().split('\n');
  if (install !== 'npm ci' || command !== `npm run example -- ${name}`) {
    throw new Error(`examples/${name}/README.md must have two commands: npm ci, npm run example -- ${name}`);
  }
  const child = spawn(command, {
    shell: true,
    cwd: inPackage('.'),
    env: {
      ...process.env,
      PORT: '0',
      EMULATOR_PORT: '0',
      EXAMPLE_PORT: '0',
      // A test is quicker than a person.
      RATE_LIMIT_PER_OWNER_PER_MINUTE: '1000',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own, so that a signal reaches all that npm has started, as it does from a terminal.
    detached: true,
  });
  const closed = once(child, 'close');
  let output = '';
  const found = new Promise<Pick<Example, 'url' | 'emulatorUrl'>>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (chunk: string) => {
        output += chunk;
        const url = /The example +(\S+?)\/?\n/.exec(output)?.[1];
        const emulatorUrl = /The emulator +(http\S+)/.exec(output)?.[1];
        if (url !== undefined && emulatorUrl !== undefined) resolve({ url, emulatorUrl });
      });
    }
    closed.then(() => reject(new Error(`the example ${name} ended:\n${output}`)), reject);
  });
  return {
    ...(await found),
    output: () => output,
    stop: async () => {
      if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) {
        process.kill(-child.pid, 'SIGINT');
      }
      // Closed are its streams only when nobody has them any more.
      await closed;
    },
  };
}
