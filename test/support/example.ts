import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { z } from 'zod';
import { tenants } from '../../demo/tenants.js';
import { control } from './emulator-client.js';
import { codeBlocks, inPackage } from './package-files.js';

/** The customer of whoever opens the page of an example with the demo server. */
export const acme = { origin_owner_id: tenants.acme.ownerId, origin_owner_name: tenants.acme.ownerName };

const accountsSchema = z.array(
  z.looseObject({ provider: z.string(), status: z.string(), origin_owner_id: z.string() }),
);

/** An example as its README says to start it, on free ports. */
export interface Example {
  readonly url: string;
  readonly emulatorUrl: string;
  /** What it has written so far, to either stream. */
  readonly output: () => string;
  /** Tells its emulator, see `/__emulator`. */
  readonly control: (method: string, path: string, body?: unknown) => ReturnType<typeof control>;
  /** All that are linked. */
  readonly accounts: () => Promise<z.infer<typeof accountsSchema>>;
  /** Its page for production, as `npm run build` makes it. */
  readonly build: () => { readonly status: number | null; readonly stdout: string };
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
  const { url, emulatorUrl } = await found;
  const tell: Example['control'] = (method, path, body) => control(emulatorUrl, method, path, body);
  return {
    url,
    emulatorUrl,
    output: () => output,
    control: tell,
    accounts: async () => accountsSchema.parse((await tell('GET', '/accounts')).body),
    build: () =>
      spawnSync('npm', ['run', 'build'], {
        cwd: inPackage(`examples/${name}`),
        encoding: 'utf8',
        timeout: 120_000,
      }),
    stop: async () => {
      if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) {
        process.kill(-child.pid, 'SIGINT');
      }
      // Closed are its streams only when nobody has them any more.
      await closed;
    },
  };
}
