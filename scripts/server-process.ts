import { type ChildProcess, fork } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { SignJWT } from 'jose';
import { z } from 'zod';
import type { Emulator } from '../emulator/src/index.js';

/** Code for the server process: on a message, runs the garbage collection and reports memory and file descriptors. */
const reporter = `import { readdirSync } from 'node:fs';
process.on('message', () => {
  gc();
  const { heapUsed, rss } = process.memoryUsage();
  process.send({ heapMiB: heapUsed / 2 ** 20, rssMiB: rss / 2 ** 20, descriptors: readdirSync('/proc/self/fd').length });
});`;

const sampleShape = z.object({ heapMiB: z.number(), rssMiB: z.number(), descriptors: z.number() });
export type Sample = z.infer<typeof sampleShape>;

const keys = generateKeyPairSync('ed25519');

export interface ServerProcess {
  readonly url: string;
  /** Memory and file descriptors after a garbage collection. */
  readonly sample: () => Promise<Sample>;
  /** @returns the exit code */
  readonly stop: () => Promise<number>;
}

/** The server in a process of its own, in front of an emulator. @param env more variables */
export async function startServerProcess(
  { url: baseUrl, apiKey }: Pick<Emulator, 'url' | 'apiKey'>,
  env: Readonly<Record<string, string>> = {},
): Promise<ServerProcess> {
  const child = fork('dist/src/main.js', {
    execArgv: ['--expose-gc', '--import', `data:text/javascript,${encodeURIComponent(reporter)}`],
    silent: true,
    env: {
      PORT: '0',
      PLAYGROUND: 'false',
      STACKONE_API_KEY: apiKey,
      STACKONE_BASE_URL: baseUrl,
      AUTH_PUBLIC_KEY: keys.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
      AUTH_ISSUER: 'script',
      AUTH_AUDIENCE: 'script',
      SHUTDOWN_GRACE_SECONDS: '0',
      RATE_LIMIT_PER_OWNER_PER_MINUTE: '1000000',
      RATE_LIMIT_TOTAL_PER_MINUTE: '1000000',
      ...env,
    },
  });
  child.stderr?.pipe(process.stderr);
  return {
    url: await readUrl(child),
    sample: async () => {
      child.send('sample');
      const [message] = await once(child, 'message');
      return sampleShape.parse(message);
    },
    stop: async () => {
      child.kill('SIGTERM');
      const [code] = await once(child, 'exit');
      return z.int().parse(code);
    },
  };
}

/** Keeps reading the log until the end: otherwise the writes of the server block. */
function readUrl(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.stdout?.on('data', (chunk) => {
      const url = /"url":"(http[^"]+)"/.exec(String(chunk))?.[1];
      if (url !== undefined) {
        resolve(url);
      }
    });
  });
}

/** An access token of the owner `org_<number>` for one day. */
export function signOwnerToken(number: number): Promise<string> {
  return new SignJWT({ org_id: `org_${number}`, org_name: `Owner ${number}` })
    .setProtectedHeader({ alg: 'EdDSA' })
    .setIssuer('script')
    .setAudience('script')
    .setExpirationTime('1d')
    .sign(keys.privateKey);
}
