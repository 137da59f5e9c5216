import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { acme, type GraphQLResponse, signIn, startTestApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
let headers: Record<string, string>;
beforeAll(async () => {
  app = await startTestApp();
  headers = await signIn(acme);
});
afterAll(() => app.stop());

const minting = { query: 'mutation { createConnectSession { token userErrors { code } } }' };

/** Keeps the event loop busy for 300 of each 305 milliseconds, as too many requests would. */
function press(): () => void {
  const timer = setInterval(() => {
    const end = performance.now() + 300;
    while (performance.now() < end);
  }, 5);
  return () => clearInterval(timer);
}

/** Asks until the answer has this status, and not for ever. */
async function untilStatus(status: number): Promise<GraphQLResponse> {
  const deadline = performance.now() + 15_000;
  for (;;) {
    const response = await app.post(minting, headers);
    if (response.status === status || performance.now() > deadline) {
      return response;
    }
  }
}

describe('While the event loop is late', () => {
  it('operations are refused with 503 and a time to wait, health checks are answered, and it ends by itself', async () => {
    expect((await app.post(minting, headers)).status).toBe(200);

    const release = press();
    try {
      const refusal = await untilStatus(503);
      expect(refusal.json).toEqual({
        errors: [{ message: expect.stringMatching(/busy/), extensions: { code: 'OVERLOADED' } }],
      });
      expect(refusal.headers.get('retry-after')).toMatch(/^[1-9]$/);
      expect(refusal.headers.get('cache-control')).toBe('no-store');
      expect(refusal.headers.get('content-type')).toBe('application/json; charset=utf-8');

      // Before the token is looked at: that would be work too.
      expect((await app.post(minting)).status).toBe(503);
      const sent = app.emulator.history.length;
      expect((await app.post(minting, headers)).status).toBe(503);
      expect(app.emulator.history).toHaveLength(sent);

      for (const path of ['/livez', '/readyz']) {
        expect((await fetch(`${app.url}${path}`)).status).toBe(200);
      }
    } finally {
      release();
    }

    const recovered = await untilStatus(200);
    expect(recovered.json).toMatchObject({ data: { createConnectSession: { userErrors: [] } } });
    expect(app.logs()).toMatch(/"level":"warn".*"code":"OVERLOADED","status":503,.*"msg":"request"/);
  });
});

describe('One long pause', () => {
  it('such as a collection of garbage refuses nobody', async () => {
    await untilStatus(200);
    const end = performance.now() + 600;
    while (performance.now() < end);
    // Longer than two samples take.
    const until = performance.now() + 1_200;
    const statuses = new Set<number>();
    while (performance.now() < until) {
      statuses.add((await app.post(minting, headers)).status);
    }
    expect([...statuses]).toEqual([200]);
  });
});
