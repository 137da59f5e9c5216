import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import type { Page } from 'playwright-core';
import { z } from 'zod';
import { tenants } from '../../demo/tenants.js';
import type { InBrowser } from './browser.js';
import { control } from './emulator-client.js';
import { button, countReads } from './hub-page.js';
import { inPackage } from './package-files.js';
import { waitUntil } from './wait.js';

/** The customer that the examples with the demo server use. */
export const acme = { origin_owner_id: tenants.acme.ownerId, origin_owner_name: tenants.acme.ownerName };

const accountsSchema = z.array(
  z.looseObject({ provider: z.string(), status: z.string(), origin_owner_id: z.string() }),
);

/** An example, started on free ports. */
export interface Example {
  readonly url: string;
  readonly emulatorUrl: string;
  /** The output so far, of stdout and stderr. */
  readonly output: () => string;
  /** Calls the control API of its emulator. */
  readonly control: (method: string, path: string, body?: unknown) => ReturnType<typeof control>;
  /** All linked accounts. */
  readonly accounts: () => Promise<z.infer<typeof accountsSchema>>;
  /** Runs `npm run build`, which builds its page for production. */
  readonly build: () => { readonly status: number | null; readonly stdout: string };
  /** Sends SIGINT like Ctrl+C. Resolves when all of its processes have ended. */
  stop(): Promise<void>;
}

/**
 * Installs the example's packages and starts it, as `npm run example` does after its build. `npm run test:examples` has
 * built already. The calling hook needs a timeout of some minutes.
 */
export async function startExample(name: string): Promise<Example> {
  const child = spawn(process.execPath, ['scripts/run-example.mjs', name], {
    cwd: inPackage('.'),
    env: {
      ...process.env,
      PORT: '0',
      EMULATOR_PORT: '0',
      EXAMPLE_PORT: '0',
      // Also in CI, where Vite has colors.
      NO_COLOR: '1',
      // Tests send more requests than a person.
      RATE_LIMIT_PER_OWNER_PER_MINUTE: '1000',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A separate process group: a signal reaches every process that npm started, as in a terminal.
    detached: true,
  });
  const closed = once(child, 'close');
  let output = '';
  const urls = new Promise<Pick<Example, 'url' | 'emulatorUrl'>>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (chunk: string) => {
        output += chunk;
        const url = /(?:The example|Local:) +(http\S+?)\/?\n/.exec(output)?.[1];
        const emulatorUrl = /The emulator +(http\S+)/.exec(output)?.[1];
        if (url !== undefined && emulatorUrl !== undefined) {
          resolve({ url, emulatorUrl });
        }
      });
    }
    closed.then(() => reject(new Error(`the example ${name} ended:\n${output}`)), reject);
  });
  const { url, emulatorUrl } = await urls;
  const callControl: Example['control'] = (method, path, body) => control(emulatorUrl, method, path, body);
  return {
    url,
    emulatorUrl,
    output: () => output,
    control: callControl,
    accounts: async () => accountsSchema.parse((await callControl('GET', '/accounts')).body),
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
      // The streams close when the last process of the group has ended.
      await closed;
    },
  };
}

const historySchema = z.array(z.looseObject({ path: z.string() }));

/** The requests that the example has sent to StackOne since the last reset. */
export async function historyOf(example: Example): Promise<z.infer<typeof historySchema>> {
  return historySchema.parse((await example.control('GET', '/history')).body);
}

/** Opens a page with accounts, and waits until it has read them twice: at first, and when its stream has opened. */
export async function afterFirstReads<T>(example: Example, openPage: () => Promise<T>): Promise<T> {
  const reads = async () => countReads(await historyOf(example));
  const before = await reads();
  const page = await openPage();
  await waitUntil(async () => (await reads()) >= before + 2, 'two reads of the accounts');
  return page;
}

/**
 * Opens an example that has a login, as one of its users. Resolves when the page shows the providers and has no read
 * under way. The page may also request `otherOrigins`.
 */
export function openSignedIn(
  open: InBrowser['open'],
  example: Example,
  person: string,
  otherOrigins: readonly string[] = [],
): Promise<Page> {
  return afterFirstReads(example, async () => {
    const page = await open([example.url, example.emulatorUrl, ...otherOrigins], '/');
    await button(page, person).click();
    await button(page, 'Connect BambooHR').waitFor();
    return page;
  });
}
