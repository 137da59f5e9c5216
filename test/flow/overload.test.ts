import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { acme, type GraphQLResponse, signIn, startTestApp, type TestApp } from '../support/test-app.js';
import { blockEventLoop, waitFor } from '../support/wait.js';

let app: TestApp;
let headers: Record<string, string>;
beforeAll(async () => {
  app = await startTestApp({ MAX_EVENT_LOOP_DELAY_MS: undefined });
  headers = await signIn(acme);
});
afterAll(() => app.stop());

const mutation = { query: 'mutation { createConnectSession { token userErrors { code } } }' };

/** Blocks the event loop for 300 of each 305 milliseconds, as too many requests would. Returns a stop function. */
function keepBlocking(): () => void {
  const timer = setInterval(() => blockEventLoop(300), 5);
  return () => clearInterval(timer);
}

/**
 * Repeats the request until the response has this status. On a busy machine, the delay of one interval can be below the
 * limit. `sent` is the number of calls to StackOne by the request with this response.
 */
const waitForStatus = (status: number, signedIn = headers): Promise<GraphQLResponse & { readonly sent: number }> =>
  waitFor(
    async () => {
      const before = app.emulator.history.length;
      const response = await app.post(mutation, signedIn);
      const sent = app.emulator.history.length - before;
      return response.status === status ? { ...response, sent } : undefined;
    },
    `a response with status ${status}`,
    { timeoutMs: 15_000, intervalMs: 0 },
  );

describe('Overload protection', () => {
  it('rejects operations with 503 and Retry-After while the event loop is delayed, keeps health checks up, and recovers', async () => {
    await waitForStatus(200);
    const unblock = keepBlocking();
    try {
      const rejected = await waitForStatus(503);
      expect(rejected.json).toEqual({
        errors: [{ message: expect.stringMatching(/overloaded/), extensions: { code: 'OVERLOADED' } }],
      });
      expect(rejected.headers.get('retry-after')).toMatch(/^[1-9]$/);
      expect(rejected.headers.get('cache-control')).toBe('no-store');
      expect(rejected.headers.get('content-type')).toBe('application/json; charset=utf-8');
      expect(rejected.sent).toBe(0);

      // Not 401: the check precedes authentication, which costs CPU time.
      await waitForStatus(503, {});

      for (const path of ['/livez', '/readyz']) {
        expect((await fetch(`${app.url}${path}`)).status).toBe(200);
      }
    } finally {
      unblock();
    }

    const recovered = await waitForStatus(200);
    expect(recovered.json).toMatchObject({ data: { createConnectSession: { userErrors: [] } } });
    expect(app.logs()).toMatch(/"level":"warn".*"code":"OVERLOADED","status":503,.*"msg":"request"/);
  });

  it('does not reject requests after one long pause such as garbage collection', async () => {
    await waitForStatus(200);
    blockEventLoop(600);
    // Longer than two samples of the event loop delay.
    const deadline = performance.now() + 1_200;
    const statuses = new Set<number>();
    while (performance.now() < deadline) {
      statuses.add((await app.post(mutation, headers)).status);
      await sleep(20);
    }
    expect([...statuses]).toEqual([200]);
  });

  it('does not take an interval without measurements for a delay over a limit of many seconds', async () => {
    const patient = await startTestApp({ MAX_EVENT_LOOP_DELAY_MS: '10000' });
    const patientHeaders = await signIn(acme);
    for (let round = 1; round <= 4; round++) {
      blockEventLoop(1_050);
      expect([round, (await patient.post(mutation, patientHeaders)).status]).toEqual([round, 200]);
    }
    await patient.stop();
  });
});
