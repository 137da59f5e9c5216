import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, expect, it } from '@jest/globals';
import { type Fault, type FaultServer, startFaultServer } from './fault-server.js';
import { canary, type FaultName, faults } from './faults.js';
import { type Answer, acme, canaries, signIn, startTestApp, type TestApp } from './test-app.js';
import type { Certificate } from './tls-certificates.js';

/** The real server before an upstream that misbehaves on demand. */
export interface FaultApp {
  readonly app: TestApp;
  readonly upstream: FaultServer;
  /** Asks for a session, which is one call to StackOne. */
  mint(claims?: typeof acme): Promise<Answer>;
  run(query: string, claims?: typeof acme): Promise<Answer>;
  /** How often StackOne was tried for this answer, whether or not anything arrived there. */
  attempts(answer: Answer): Promise<number>;
  /** Fails when a socket to upstream is left behind. */
  stop(): Promise<void>;
}

export interface FaultAppOptions {
  /** Overrides of the server's environment. */
  readonly env?: Record<string, string | undefined>;
  /** By which name the server knows upstream. */
  readonly host?: string;
  /** Then it is called over TLS. */
  readonly certificate?: Certificate;
}

export async function startFaultApp({
  env = {},
  host = '127.0.0.1',
  certificate,
}: FaultAppOptions = {}): Promise<FaultApp> {
  const upstream = await startFaultServer({ ownerId: acme.org_id, ...(certificate && { certificate }) });
  const url = upstream.url.replace('127.0.0.1', host);
  const app = await startTestApp({ STACKONE_BASE_URL: url, ...env }).catch(async (error: unknown) => {
    await upstream.refuse();
    throw error;
  });
  const run = async (query: string, claims = acme) => app.post({ query }, await signIn(claims));
  return {
    app,
    upstream,
    run,
    mint: (claims) => run('mutation { createConnectSession { token userErrors { code } } }', claims),
    attempts: async (answer) => {
      const line = await logLine(
        app,
        `"requestId":"${answer.headers.get('x-request-id')}"`,
        '"msg":"request"',
      );
      return JSON.parse(line).upstreamAttempts;
    },
    stop: async () => {
      await app.stop();
      await until(() => upstream.connections.open === 0, 'all sockets are closed');
      await upstream.refuse();
    },
  };
}

export interface FaultCase {
  readonly name: string;
  readonly fault: Fault;
  readonly code: 'UPSTREAM_UNAVAILABLE' | 'UPSTREAM_TIMEOUT' | 'UPSTREAM_REJECTED' | 'UPSTREAM_MISCONFIGURED';
  /** Exactly. */
  readonly attempts: 1 | 2;
  readonly alert?: string;
}

/** The same end for all of these faults. */
export function cases(
  code: FaultCase['code'],
  attempts: FaultCase['attempts'],
  names: readonly FaultName[],
  alert?: string,
): FaultCase[] {
  return names.map((name) => ({ name, fault: faults[name], code, attempts, ...(alert && { alert }) }));
}

/** 8 s and 250 ms, and what a busy machine adds. */
const answeredWithinMs = 9_000;

/**
 * What must hold for every fault. That no rejection stays unhandled is seen to by Jest, which fails a test
 * for one.
 */
export async function expectSurvived(
  { fault, ...expected }: FaultCase,
  options: FaultAppOptions = {},
): Promise<void> {
  await onStage(async (stage) => {
    stage.upstream.play(fault);
    await expectFailed(stage, expected);
    stage.upstream.behave();
    await expectMinted(stage);
    // Pooled ones may stay, those of the fault may not.
    await until(() => stage.upstream.connections.open <= 1, 'the sockets of the fault are closed');
  }, options);
}

/** Starts the server and its upstream for one test, and looks after them. */
export async function onStage(
  play: (stage: FaultApp) => Promise<void>,
  options: FaultAppOptions = {},
): Promise<void> {
  const stage = await startFaultApp(options);
  try {
    await play(stage);
  } finally {
    await stage.stop();
  }
}

export async function expectFailed(
  stage: FaultApp,
  { code, attempts, alert }: Omit<FaultCase, 'name' | 'fault'>,
): Promise<Answer> {
  const start = performance.now();
  const answer = await stage.mint();
  const elapsedMs = performance.now() - start;
  expect(answer.json.errors).toEqual([
    {
      message: expect.any(String),
      locations: expect.any(Array),
      path: ['createConnectSession'],
      extensions: { code },
    },
  ]);
  expect(answer.json.data).toBeNull();
  expect(answer.status).toBe(200);
  expect(elapsedMs).toBeLessThan(answeredWithinMs);
  expect(await stage.attempts(answer)).toBe(attempts);
  expect(stage.upstream.requests.length).toBeLessThanOrEqual(attempts);
  expect(alertsOf(stage.app)).toEqual(alert === undefined ? [] : [alert]);
  expectNoLeak(stage, answer);
  return answer;
}

export async function expectMinted(stage: FaultApp, claims = acme): Promise<void> {
  const answer = await stage.mint(claims);
  expect(answer.json).toEqual({
    data: {
      createConnectSession: {
        token: expect.stringMatching(new RegExp(`^session-\\d+-of-${claims.org_id}$`)),
        userErrors: [],
      },
    },
  });
  expectNoLeak(stage, answer);
}

/** One error with this code beside its field. */
export function codeOf(answer: Answer): string | undefined {
  return answer.json.errors?.map(({ extensions }) => extensions.code).join(' ');
}

/** Nothing that upstream sent, and nothing of the key, in the answer or in any log. */
export function expectNoLeak({ app, upstream }: FaultApp, answer: Answer): void {
  const key = Buffer.from(`${canaries.apiKey}:`).toString('base64').slice(0, 20);
  const seen = [answer.text, ...[...answer.headers].flat(), app.logs()].join('\n');
  for (const secret of [canary, canaries.apiKey, key]) {
    expect(seen).not.toContain(secret);
  }
  expect(answer.text).not.toContain(new URL(upstream.url).host);
}

export function alertsOf(app: TestApp): string[] {
  return [...app.logs().matchAll(/"alert":"([\w-]+)"/g)].flatMap(([, alert]) => alert ?? []);
}

/** A line of the log with all of these parts; it may be written after an answer has arrived here. */
export async function logLine(app: TestApp, ...parts: readonly string[]): Promise<string> {
  const find = () =>
    app
      .logs()
      .split('\n')
      .find((line) => parts.every((part) => line.includes(part)));
  await until(() => find() !== undefined, `a line of the log has ${parts.join(' and ')}`);
  return find() ?? '';
}

/** @param what for the message of the failure */
export async function until(isSo: () => boolean, what: string, withinMs = 5_000): Promise<void> {
  const end = performance.now() + withinMs;
  while (!isSo()) {
    if (performance.now() > end) {
      throw new Error(`not so after ${withinMs} ms: ${what}`);
    }
    await sleep(2);
  }
}

/** A test for each case, all of them under way at the same time: for what takes seconds and no work. */
export function eachAtOnce<T extends { readonly name: string }>(
  cases: readonly T[],
  run: (one: T) => Promise<void>,
): void {
  const failures = new Map<T, Promise<unknown>>();
  beforeAll(() => {
    for (const one of cases) {
      failures.set(
        one,
        run(one).then(
          () => undefined,
          (error: unknown) => error ?? new Error('failed'),
        ),
      );
    }
  });
  it.each(cases.map((one) => ({ name: one.name, one })))('$name', async ({ one }) => {
    const failure = await failures.get(one);
    if (failure !== undefined) {
      throw failure;
    }
  });
}
