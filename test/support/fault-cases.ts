import { beforeAll, expect, it } from '@jest/globals';
import { type Fault, type FaultServer, startFaultServer } from './fault-server.js';
import { canary, type FaultName, faults } from './faults.js';
import { acme, canaries, type GraphQLResponse, signIn, startTestApp, type TestApp } from './test-app.js';
import type { Certificate } from './tls-certificates.js';
import { waitFor, waitUntil } from './wait.js';

/** The real server in front of an upstream with faults that a test chooses. */
export interface FaultApp {
  readonly app: TestApp;
  readonly upstream: FaultServer;
  /** Runs `createConnectSession`, which is one call to StackOne. */
  createSession(claims?: typeof acme): Promise<GraphQLResponse>;
  run(query: string, claims?: typeof acme): Promise<GraphQLResponse>;
  /** Number of attempts to call StackOne for this response, including attempts that did not reach it. */
  attempts(response: GraphQLResponse): Promise<number>;
  /** Fails when a socket to the upstream stays open. */
  stop(): Promise<void>;
}

export interface FaultAppOptions {
  /** Overrides of the server's environment. */
  readonly env?: Record<string, string | undefined>;
  /** Host name in the server's `STACKONE_BASE_URL`. Default: `127.0.0.1`. */
  readonly host?: string;
  /** The upstream uses TLS with this certificate. */
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
    await upstream.stopListening();
    throw error;
  });
  const run = async (query: string, claims = acme) => app.post({ query }, await signIn(claims));
  return {
    app,
    upstream,
    run,
    createSession: (claims) => run('mutation { createConnectSession { token userErrors { code } } }', claims),
    attempts: async (response) => {
      const line = await waitForLogLine(
        app,
        `"requestId":"${response.headers.get('x-request-id')}"`,
        '"msg":"request"',
      );
      return JSON.parse(line).upstreamAttempts;
    },
    stop: async () => {
      await app.stop();
      await waitUntil(() => upstream.connections.open === 0, 'all upstream sockets are closed');
      await upstream.stopListening();
    },
  };
}

export interface FaultCase {
  readonly name: string;
  readonly fault: Fault;
  readonly code: 'UPSTREAM_UNAVAILABLE' | 'UPSTREAM_TIMEOUT' | 'UPSTREAM_REJECTED' | 'UPSTREAM_MISCONFIGURED';
  /** Exact number of attempts. */
  readonly attempts: 1 | 2;
  readonly alert?: string;
}

/** Cases with the same expected outcome. */
export function faultCases(
  code: FaultCase['code'],
  attempts: FaultCase['attempts'],
  names: readonly FaultName[],
  alert?: string,
): FaultCase[] {
  return names.map((name) => ({ name, fault: faults[name], code, attempts, ...(alert && { alert }) }));
}

/** The deadline of 8 s, 250 ms between attempts, and a margin for a busy machine. */
const maxResponseMs = 9_000;

/**
 * Checks what must hold for every fault. Jest itself fails a test when a rejection stays unhandled.
 */
export async function expectErrorThenRecovery(
  { fault, ...expected }: FaultCase,
  options: FaultAppOptions = {},
): Promise<void> {
  await withFaultApp(async (fixture) => {
    fixture.upstream.injectFault(fault);
    await expectUpstreamError(fixture, expected);
    fixture.upstream.clearFault();
    await expectSessionCreated(fixture);
    // A pooled socket may stay open. The sockets of the fault may not.
    await waitUntil(() => fixture.upstream.connections.open <= 1, 'the sockets of the fault are closed');
  }, options);
}

/** Runs a test with a server and an upstream, and stops both. */
export async function withFaultApp(
  run: (fixture: FaultApp) => Promise<void>,
  options: FaultAppOptions = {},
): Promise<void> {
  const fixture = await startFaultApp(options);
  try {
    await run(fixture);
  } finally {
    await fixture.stop();
  }
}

export async function expectUpstreamError(
  fixture: FaultApp,
  { code, attempts, alert }: Omit<FaultCase, 'name' | 'fault'>,
): Promise<GraphQLResponse> {
  const start = performance.now();
  const response = await fixture.createSession();
  const elapsedMs = performance.now() - start;
  expect(response.json.errors).toEqual([
    {
      message: expect.any(String),
      locations: expect.any(Array),
      path: ['createConnectSession'],
      // Two attempts can take until the deadline of the request, which has a time for the next request.
      extensions: code === 'UPSTREAM_TIMEOUT' ? expect.objectContaining({ code }) : { code },
    },
  ]);
  expect(response.json.data).toBeNull();
  expect(response.status).toBe(200);
  expect(response.headers.get('cache-control')).toBe('no-store');
  // An upstream error about this server's key is not an authentication error of the caller.
  expect(response.headers.has('www-authenticate')).toBe(false);
  expect(response.text).not.toContain('UNAUTHENTICATED');
  expect(elapsedMs).toBeLessThan(maxResponseMs);
  expect(await fixture.attempts(response)).toBe(attempts);
  expect(await waitForLogLine(fixture.app, '"msg":"request"', `"code":"${code}"`)).not.toBe('');
  expect(fixture.upstream.requests.length).toBeLessThanOrEqual(attempts);
  expect(loggedAlerts(fixture.app)).toEqual(alert === undefined ? [] : [alert]);
  expectNoLeak(fixture, response);
  return response;
}

export async function expectSessionCreated(fixture: FaultApp, claims = acme): Promise<void> {
  const response = await fixture.createSession(claims);
  expect(response.json).toEqual({
    data: {
      createConnectSession: {
        token: expect.stringMatching(new RegExp(`^session-\\d+-of-${claims.org_id}$`)),
        userErrors: [],
      },
    },
  });
  expectNoLeak(fixture, response);
}

/** Expects no upstream content and no part of the API key in the response or the logs. */
export function expectNoLeak({ app, upstream }: FaultApp, response: GraphQLResponse): void {
  const key = Buffer.from(`${canaries.apiKey}:`).toString('base64').slice(0, 20);
  const output = [response.text, ...[...response.headers].flat(), app.logs()].join('\n');
  for (const secret of [canary, canaries.apiKey, key]) {
    expect(output).not.toContain(secret);
  }
  expect(response.text).not.toContain(new URL(upstream.url).host);
}

export function loggedAlerts(app: TestApp): string[] {
  return [...app.logs().matchAll(/"alert":"([\w-]+)"/g)].flatMap(([, alert]) => alert ?? []);
}

/** The first log line with all of these parts. The server may write it after it has sent the response. */
export async function waitForLogLine(app: TestApp, ...parts: readonly string[]): Promise<string> {
  return waitFor(
    () =>
      app
        .logs()
        .split('\n')
        .find((line) => parts.every((part) => line.includes(part))),
    `a log line contains ${parts.join(' and ')}`,
  );
}

/** One test per case. All cases run at the same time: for cases that mostly wait. */
export function eachConcurrently<T extends { readonly name: string }>(
  cases: readonly T[],
  run: (testCase: T) => Promise<void>,
): void {
  const failures = new Map<T, Promise<unknown>>();
  beforeAll(() => {
    for (const testCase of cases) {
      failures.set(
        testCase,
        run(testCase).then(
          () => undefined,
          (error: unknown) => error ?? new Error('failed'),
        ),
      );
    }
  });
  it.each(cases.map((testCase) => ({ name: testCase.name, testCase })))('$name', async ({ testCase }) => {
    const failure = await failures.get(testCase);
    if (failure !== undefined) {
      throw failure;
    }
  });
}
