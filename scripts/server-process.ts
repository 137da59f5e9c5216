import { type ChildProcess, fork } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { SignJWT } from 'jose';
import { z } from 'zod';
import type { Emulator } from '../emulator/src/index.js';

/** Code for the server process, which answers the messages of `ServerProcess`. */
const reporter = `import { openSync, readSync, readdirSync } from 'node:fs';
// The kernel's own record of this thread: its second number is the time for which it could run and had no processor.
let schedule;
const bytes = Buffer.alloc(64);
const readWaitMs = () => {
  schedule ??= openSync('/proc/thread-self/schedstat');
  return Number(bytes.toString('latin1', 0, readSync(schedule, bytes, 0, 64, 0)).split(' ')[1]) / 1e6;
};
const intervalMs = 1;
let last;
let [blockMs, waitMs] = [0, 0];
const tick = () => {
  const next = { at: performance.now(), waitedMs: readWaitMs() };
  if (last !== undefined) {
    const waited = next.waitedMs - last.waitedMs;
    blockMs = Math.max(blockMs, next.at - last.at - waited - intervalMs);
    waitMs += waited;
  }
  last = next;
};
let lastUsage;
let ticks;
process.on('message', (message) => {
  if (message === 'block') {
    const { user, system } = process.cpuUsage(lastUsage);
    lastUsage = process.cpuUsage();
    tick();
    process.send({ rssMiB: process.memoryUsage().rss / 2 ** 20, blockMs, waitMs, cpuMs: (user + system) / 1000 });
    [blockMs, waitMs] = [0, 0];
    ticks ??= setInterval(tick, intervalMs).unref();
    return;
  }
  gc();
  const { heapUsed, rss } = process.memoryUsage();
  const peakMiB = process.resourceUsage().maxRSS / 2 ** 10;
  const descriptors = readdirSync('/proc/self/fd').length;
  process.send({ heapMiB: heapUsed / 2 ** 20, rssMiB: rss / 2 ** 20, peakMiB, descriptors });
});`;

const sampleShape = z.object({
  heapMiB: z.number(),
  rssMiB: z.number(),
  peakMiB: z.number(),
  descriptors: z.number(),
});
export type Sample = z.infer<typeof sampleShape>;
const blockShape = z.object({ rssMiB: z.number(), blockMs: z.number(), waitMs: z.number(), cpuMs: z.number() });
type Block = z.infer<typeof blockShape>;

const keys = generateKeyPairSync('ed25519');

export interface ServerProcess {
  readonly url: string;
  /** Memory and file descriptors after a garbage collection, and the greatest memory so far. */
  readonly sample: () => Promise<Sample>;
  /**
   * Memory, and since the last call: the longest block of the event loop without the time for which it waited for a
   * processor, all of this time, and the processor time. Call it once to start.
   */
  readonly longestBlock: () => Promise<Block>;
  /** @returns the exit code */
  readonly stop: () => Promise<number>;
}

/** The server in a process of its own, in front of an emulator. @param env more variables @param nodeOptions of the process */
export async function startServerProcess(
  { url: baseUrl, apiKey }: Pick<Emulator, 'url' | 'apiKey'>,
  env: Readonly<Record<string, string>> = {},
  nodeOptions: readonly string[] = [],
): Promise<ServerProcess> {
  const child = fork('dist/src/main.js', {
    execArgv: [...nodeOptions, '--expose-gc', '--import', `data:text/javascript,${encodeURIComponent(reporter)}`],
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
    sample: async () => sampleShape.parse(await ask(child, 'sample')),
    longestBlock: async () => blockShape.parse(await ask(child, 'block')),
    stop: async () => {
      child.kill('SIGTERM');
      const [code] = await once(child, 'exit');
      return z.int().parse(code);
    },
  };
}

async function ask(child: ChildProcess, question: 'sample' | 'block'): Promise<unknown> {
  const message = once(child, 'message');
  child.send(question);
  return (await message)[0];
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

/** An access token of the owner `org_<number>` for one day. @param id makes it differ from other tokens of the owner */
export function signOwnerToken(number: number, id = 'only'): Promise<string> {
  return new SignJWT({ org_id: `org_${number}`, org_name: `Owner ${number}`, jti: id })
    .setProtectedHeader({ alg: 'EdDSA' })
    .setIssuer('script')
    .setAudience('script')
    .setExpirationTime('1d')
    .sign(keys.privateKey);
}
