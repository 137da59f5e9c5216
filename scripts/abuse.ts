import { type ChildProcess, fork } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { SignJWT } from 'jose';
import { Pool } from 'undici';
import { z } from 'zod';
import { type Emulator, startEmulator } from '../emulator/src/index.js';

/**
 * Abuse test: 200 customers create sessions and read accounts at a steady rate, while three others attack. Each attack
 * runs alone, then all run at once. The argument is the number of seconds of each of these phases (`npm run abuse -- 30`).
 * It prints how the sessions of the 200 customers fare, and fails when a goal is missed.
 */
const secondsPerPhase = Number(process.argv[2] ?? 15);
const customers = 200;
const attackers = 3;
/** Requests per second: of all customers together, and of each attacker in each attack. */
const sessionRate = 20;
const lookupRate = 20;
const attackRate = 20;
const accountsOfAttacker = 1_000;
const goals = { successRate: 0.999, slowdown: 1.5, blockMs: 50 };

const reportShape = z.object({ rssMiB: z.number(), blockMs: z.number() });

/** Code for the server process: on a message, reports the memory and the longest block of the event loop since the last one. */
const reporter = `import { monitorEventLoopDelay } from 'node:perf_hooks';
const resolution = 5;
const delay = monitorEventLoopDelay({ resolution });
delay.enable();
process.on('message', () => {
  process.send({ rssMiB: process.memoryUsage().rss / 2 ** 20, blockMs: delay.max / 1e6 - resolution });
  delay.reset();
});`;

interface Attack {
  readonly name: string;
  /** How StackOne fails. The faults concern only calls of the attackers and the catalog. */
  readonly prepare?: () => void;
  readonly body: (attacker: number, request: number) => { query: string; variables?: object };
}

const many = 1_000_000;
const attacks: readonly Attack[] = [
  {
    name: 'nested queries, 1,000 accounts',
    body: () => ({ query: '{ providers { linkedAccounts { provider { linkedAccounts { id label status } } } } }' }),
  },
  {
    name: 'unique texts of 15 KB',
    body: (attacker, request) => ({
      query: `{ viewer { a${attacker}_${request}: ownerId } } #${'\n#'.repeat(7_400)}`,
    }),
  },
  {
    name: 'look-ups, each takes 3 s',
    prepare: () => emulator.failNext({ kind: 'delay', delayMs: 3_000, match: { path: '/accounts/slow' } }, many),
    body: (attacker) => ({ query: `{ linkedAccount(id: "slow-${attacker}") { id } }` }),
  },
  {
    name: 'one account, always 500',
    prepare: () => emulator.failNext({ status: 500, match: { path: '/accounts/broken' } }, many),
    body: (attacker) => ({ query: `{ linkedAccount(id: "broken-${attacker}") { id } }` }),
  },
  {
    name: 'unknown providers, catalog fails',
    prepare: () => {
      for (const path of ['/connector', '/auth_configs']) {
        emulator.failNext({ status: 500, match: { path } }, many);
      }
    },
    body: (_, request) => ({ query: `mutation { createConnectSession(provider: "none${request}") { token } }` }),
  },
];

const keys = generateKeyPairSync('ed25519');
const emulator = await startEmulator();
const { server, url } = await startServer(emulator);
const pool = new Pool(url, { connections: 256 });
const headers = await Promise.all(
  Array.from({ length: customers + attackers }, async (_, number) => ({
    'content-type': 'application/json',
    authorization: `Bearer ${await signToken(number)}`,
  })),
);
seed(emulator);

print('Warm-up');
await runPhase([]);
const first = await report();
const baseline = await runPhase([]);
const rows = [{ name: 'no attack', ...baseline }];
for (const attack of attacks) {
  rows.push({ name: attack.name, ...(await runPhase([attack])) });
}
rows.push({ name: 'all attacks at once', ...(await runPhase(attacks)) });
const last = await report();
await pool.close();
server.kill('SIGTERM');
await once(server, 'exit');
await emulator.stop();
evaluate();

async function startServer({ url: baseUrl, apiKey }: Emulator): Promise<{ server: ChildProcess; url: string }> {
  const child = fork('dist/src/main.js', {
    execArgv: ['--max-semi-space-size=4', '--import', `data:text/javascript,${encodeURIComponent(reporter)}`],
    silent: true,
    env: {
      PORT: '0',
      PLAYGROUND: 'false',
      STACKONE_API_KEY: apiKey,
      STACKONE_BASE_URL: baseUrl,
      AUTH_PUBLIC_KEY: keys.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
      AUTH_ISSUER: 'abuse',
      AUTH_AUDIENCE: 'abuse',
      SHUTDOWN_GRACE_SECONDS: '0',
      // High, so that the shares hold the attackers and not the limit of an owner.
      RATE_LIMIT_PER_OWNER_PER_MINUTE: '600',
      RATE_LIMIT_TOTAL_PER_MINUTE: '6000',
    },
  });
  child.stderr?.pipe(process.stderr);
  // Keep reading the log until the end: otherwise the writes of the server block.
  const serverUrl = await new Promise<string>((resolve) => {
    child.stdout?.on('data', (chunk) => {
      const match = /"url":"(http[^"]+)"/.exec(String(chunk));
      if (match?.[1] !== undefined) {
        resolve(match[1]);
      }
    });
  });
  return { server: child, url: serverUrl };
}

function signToken(number: number): Promise<string> {
  return new SignJWT({ org_id: `org_${number}`, org_name: `Owner ${number}` })
    .setProtectedHeader({ alg: 'EdDSA' })
    .setIssuer('abuse')
    .setAudience('abuse')
    .setExpirationTime('1d')
    .sign(keys.privateKey);
}

/** The attackers have the last numbers. Also resets the emulator, because its history grows with each call. */
function seed(target: Emulator): void {
  target.reset();
  for (let number = 0; number < customers + attackers; number++) {
    const count = number < customers ? 2 : accountsOfAttacker;
    for (let account = 0; account < count; account++) {
      target.addAccount({
        provider: 'bamboohr',
        origin_owner_id: `org_${number}`,
        origin_owner_name: `Owner ${number}`,
      });
    }
  }
}

async function send(owner: number, body: object): Promise<string> {
  const response = await pool.request({
    method: 'POST',
    path: '/graphql',
    headers: headers[owner] ?? {},
    body: JSON.stringify(body),
  });
  return response.body.text();
}

interface PhaseResult {
  readonly sessions: number;
  readonly failed: number;
  /** The codes of the failed sessions with their numbers. */
  readonly failures: string;
  readonly failedLookups: number;
  readonly p99: number;
  readonly blockMs: number;
}

async function runPhase(running: readonly Attack[]): Promise<PhaseResult> {
  seed(emulator);
  for (const { prepare } of running) {
    prepare?.();
  }
  await report();
  const milliseconds: number[] = [];
  const codes = new Map<string, number>();
  let failedLookups = 0;
  const steady = [
    every(sessionRate, async (request) => {
      const query = 'mutation { createConnectSession(provider: "bamboohr") { token userErrors { code } } }';
      const start = performance.now();
      const text = await send(request % customers, { query });
      milliseconds.push(performance.now() - start);
      if (!text.includes('"token":"')) {
        const code = /"code":"(\w+)"/.exec(text)?.[1] ?? 'no code';
        codes.set(code, (codes.get(code) ?? 0) + 1);
      }
    }),
    every(lookupRate, async (request) => {
      const text = await send((request + 50) % customers, { query: '{ linkedAccounts { nodes { id status } } }' });
      failedLookups += text.includes('"errors"') ? 1 : 0;
    }),
  ];
  const hostile = running.flatMap(({ body }) =>
    Array.from({ length: attackers }, (_, attacker) =>
      every(attackRate, async (request) => {
        await send(customers + attacker, body(attacker, request));
      }),
    ),
  );
  await Promise.all([...steady, ...hostile]);
  const { blockMs } = await report();
  const sorted = milliseconds.sort((a, b) => a - b);
  const p99 = sorted[Math.ceil(sorted.length * 0.99) - 1] ?? 0;
  const failed = [...codes.values()].reduce((sum, count) => sum + count, 0);
  const failures = [...codes].map(([code, count]) => `${code} ${count}`).join(', ');
  return { sessions: sorted.length, failed, failures, failedLookups, p99, blockMs };
}

/** Sends requests at this rate for a phase, without waiting for the responses. */
async function every(perSecond: number, request: (number: number) => Promise<void>): Promise<void> {
  const start = performance.now();
  const pending: Promise<void>[] = [];
  for (let number = 0; number < perSecond * secondsPerPhase; number++) {
    await sleep(Math.max(0, start + (number * 1000) / perSecond - performance.now()));
    pending.push(request(number));
  }
  await Promise.all(pending);
}

async function report(): Promise<z.infer<typeof reportShape>> {
  const message = once(server, 'message');
  server.send('report');
  return reportShape.parse((await message)[0]);
}

function evaluate(): void {
  for (const { name, sessions, failed, failures, failedLookups, p99, blockMs } of rows) {
    const slowdown = (p99 / baseline.p99).toFixed(2);
    print(
      `${name}: ${sessions - failed} of ${sessions} sessions${failures && ` (${failures})`}, p99 ${p99.toFixed(0)} ms (× ${slowdown}), ` +
        `${failedLookups} look-ups of customers failed, longest block ${blockMs.toFixed(0)} ms`,
    );
  }
  const under = rows.slice(1);
  const sessions = under.reduce((sum, row) => sum + row.sessions, 0);
  const successRate = 1 - under.reduce((sum, row) => sum + row.failed, 0) / sessions;
  const slowdown = Math.max(...under.map(({ p99 }) => p99)) / baseline.p99;
  const blockMs = Math.max(...under.map((row) => row.blockMs));
  print(`Memory: ${first.rssMiB.toFixed(0)} MiB at the start, ${last.rssMiB.toFixed(0)} MiB at the end`);
  const isReached = [
    goal(
      `${(successRate * 100).toFixed(2)} % of the sessions under attack, at least 99.9 %`,
      successRate >= goals.successRate,
    ),
    goal(`p99 × ${slowdown.toFixed(2)}, at most × ${goals.slowdown}`, slowdown <= goals.slowdown),
    goal(`the event loop blocked for ${blockMs.toFixed(0)} ms, at most ${goals.blockMs} ms`, blockMs <= goals.blockMs),
  ];
  process.exitCode = isReached.every(Boolean) ? 0 : 1;
}

function goal(text: string, isReached: boolean): boolean {
  print(`${isReached ? 'reached' : 'MISSED'}: ${text}`);
  return isReached;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
