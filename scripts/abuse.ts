import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { Pool } from 'undici';
import { z } from 'zod';
import type { Fault, Seed } from './abuse-upstream.js';
import { signOwnerToken, startServerProcess } from './server-process.js';

/**
 * Abuse test: 200 customers create sessions and read accounts, while three others attack. Each attack runs alone, then
 * all run at once. The requests of each kind arrive at a steady rate, at random times. It prints how the sessions of the
 * 200 customers fare, and fails when a goal is missed.
 *
 * Other programs of the machine must not decide about this server. So the time for which it waits for a processor is not
 * part of a block, and a phase in which it waits too long is not judged. The test then fails: run it on an idle machine.
 *
 * The argument is the number of seconds of each of these phases (`npm run abuse -- 30`).
 * The second argument is the rate limit of an owner, by default that of the server. A high one (600) leaves the attackers
 * to the shares alone.
 */
const secondsPerPhase = Number(process.argv[2] ?? 15);
const perOwnerPerMinute = process.argv[3] ?? '30';
const customers = 200;
const attackers = 3;
/** Requests per second: of all customers together, and of each attacker in each attack. */
const sessionRate = 20;
const lookupRate = 20;
const attackRate = 20;
const accountsOfAttacker = 1_000;
const goals = { successRate: 0.999, slowdown: 1.5, blockMs: 50 };
/** The part of a phase for which the server may wait for a processor. With an idle machine of two cores, it is about 0.08. */
const maxWait = 0.15;

const upstreamShape = z.object({ url: z.string(), apiKey: z.string() });

interface Attack {
  readonly name: string;
  /** Only for calls of the attackers and for the catalog. */
  readonly faults?: readonly Fault[];
  readonly body: (attacker: number, request: number) => { query: string; variables?: object };
}

const attacks: readonly Attack[] = [
  {
    name: 'nested queries, 1,000 accounts',
    body: () => ({ query: '{ providers { linkedAccounts { provider { linkedAccounts { id label status } } } } }' }),
  },
  {
    name: 'unique texts of 15 KB',
    body: (attacker, request) => ({
      query: `{ viewer { a${attacker}_${request}: ownerId } } #${'\n#'.repeat(5_000)}`,
    }),
  },
  {
    name: 'look-ups, each takes 3 s',
    faults: [{ path: '/accounts/slow', delayMs: 3_000 }],
    body: (attacker) => ({ query: `{ linkedAccount(id: "slow-${attacker}") { id } }` }),
  },
  {
    name: 'one account, always 500',
    faults: [{ path: '/accounts/broken', status: 500 }],
    body: (attacker) => ({ query: `{ linkedAccount(id: "broken-${attacker}") { id } }` }),
  },
  {
    name: 'unknown providers, catalog fails',
    faults: ['/connector', '/auth_configs'].map((path) => ({ path, status: 500 })),
    body: (_, request) => ({ query: `mutation { createConnectSession(provider: "none${request}") { token } }` }),
  },
];

const stackOne = new Worker(new URL('./abuse-upstream.js', import.meta.url));
const server = await startServerProcess(
  upstreamShape.parse((await once(stackOne, 'message'))[0]),
  { RATE_LIMIT_PER_OWNER_PER_MINUTE: perOwnerPerMinute, RATE_LIMIT_TOTAL_PER_MINUTE: '6000' },
  ['--max-semi-space-size=4'],
);
const pool = new Pool(server.url, { connections: 256 });
const headers = await Promise.all(
  Array.from({ length: customers + attackers }, async (_, number) => ({
    'content-type': 'application/json',
    authorization: `Bearer ${await signOwnerToken(number)}`,
  })),
);

print('Warm-up');
await runPhase([]);
const first = await server.longestBlock();
const baseline = await runPhase([]);
const rows = [{ name: 'no attack', ...baseline }];
for (const attack of attacks) {
  rows.push({ name: attack.name, ...(await runPhase([attack])) });
}
rows.push({ name: 'all attacks at once', ...(await runPhase(attacks)) });
const last = await server.longestBlock();
await pool.close();
await server.stop();
await stackOne.terminate();
evaluate();

/** The attackers have the last numbers. */
async function seed(faults: readonly Fault[]): Promise<void> {
  const owners = headers.map((_, number) => ({
    id: `org_${number}`,
    accounts: number < customers ? 1 : accountsOfAttacker,
  }));
  const message: Seed = { owners, faults };
  const seeded = once(stackOne, 'message');
  stackOne.postMessage(message);
  await seeded;
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
  /** Of the server. Unlike the times above, it does not depend on other programs of the machine. */
  readonly cpuMs: number;
  /** How long the server could run and had no processor. */
  readonly waitMs: number;
}

async function runPhase(running: readonly Attack[]): Promise<PhaseResult> {
  await seed(running.flatMap(({ faults = [] }) => faults));
  await server.longestBlock();
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
  const { blockMs, cpuMs, waitMs } = await server.longestBlock();
  const sorted = milliseconds.sort((a, b) => a - b);
  const p99 = sorted[Math.ceil(sorted.length * 0.99) - 1] ?? 0;
  const failed = [...codes.values()].reduce((sum, count) => sum + count, 0);
  const failures = [...codes].map(([code, count]) => `${code} ${count}`).join(', ');
  return { sessions: sorted.length, failed, failures, failedLookups, p99, blockMs, cpuMs, waitMs };
}

/** Sends requests at this rate for a phase, each at a random time of its interval, without waiting for the responses. */
async function every(perSecond: number, request: (number: number) => Promise<void>): Promise<void> {
  const start = performance.now();
  const pending = Array.from({ length: perSecond * secondsPerPhase }, async (_, number) => {
    await sleep(start + ((number + Math.random()) * 1000) / perSecond - performance.now());
    await request(number);
  });
  await Promise.all(pending);
}

function evaluate(): void {
  for (const { name, sessions, failed, failures, failedLookups, p99, blockMs, cpuMs, waitMs } of rows) {
    const slowdown = (p99 / baseline.p99).toFixed(2);
    print(
      `${name}: ${sessions - failed} of ${sessions} sessions${failures && ` (${failures})`}, p99 ${p99.toFixed(0)} ms (× ${slowdown}), ` +
        `${failedLookups} look-ups of customers failed, longest block ${blockMs.toFixed(0)} ms, processor time ${cpuMs.toFixed(0)} ms, waited ${waitMs.toFixed(0)} ms for a processor`,
    );
  }
  const isJudged = ({ waitMs }: PhaseResult) => waitMs <= secondsPerPhase * 1000 * maxWait;
  const under = rows.slice(1).filter((row) => isJudged(baseline) && isJudged(row));
  if (under.length === 0) {
    print('NOT JUDGED: the machine was too busy, so the server waited too long for a processor');
    process.exitCode = 1;
    return;
  }
  const sessions = under.reduce((sum, row) => sum + row.sessions, 0);
  const successRate = 1 - under.reduce((sum, row) => sum + row.failed, 0) / sessions;
  const slowdown = Math.max(...under.map(({ p99 }) => p99)) / baseline.p99;
  const blockMs = Math.max(...under.map((row) => row.blockMs));
  print(`Memory: ${first.rssMiB.toFixed(0)} MiB at the start, ${last.rssMiB.toFixed(0)} MiB at the end`);
  const isReached = [
    goal(
      `${under.length} of ${attacks.length + 1} attacks can be judged: the server had a processor`,
      under.length > attacks.length,
    ),
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
