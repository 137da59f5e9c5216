import { once } from 'node:events';
import { createServer } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createConnectClient } from '../../client/src/index.js';
import { acme, signIn, startTestApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.stop());

const ended = { authorization: 'Bearer ended' };

describe('the headers of a client', () => {
  it('are asked for before each request, and brought anew, once, when the access token has ended', async () => {
    const asked: boolean[] = [];
    const { sdk } = createConnectClient({
      url: `${app.url}/graphql`,
      headers: async ({ renew }) => {
        asked.push(renew);
        return renew ? signIn(acme) : ended;
      },
    });
    expect(await sdk.integrations()).toMatchObject({ viewer: { ownerId: acme.org_id } });
    expect(asked).toEqual([false, true]);
    await sdk.createConnectSession();
    expect(asked).toEqual([false, true, false, true]);
  });

  it('are not asked for without end: a second refusal is the caller’s', async () => {
    let asked = 0;
    const { sdk } = createConnectClient({
      url: `${app.url}/graphql`,
      headers: () => {
        asked += 1;
        return ended;
      },
    });
    await expect(sdk.integrations()).rejects.toThrow(/Sign in again/);
    expect(asked).toBe(2);
  });

  it('are not brought anew for any other failure', async () => {
    let asked = 0;
    const { sdk } = createConnectClient({
      url: `${app.url}/graphql`,
      headers: async () => {
        asked += 1;
        return signIn(acme);
      },
    });
    app.emulator.failNext({ status: 400, match: { path: '/connect_sessions' } });
    await expect(sdk.createConnectSession()).rejects.toThrow(/StackOne did not accept/);
    expect(asked).toBe(1);
  });
});

/** The server, with its clock set otherwise: all that a client sees of it is the header `Date`. */
async function withClockOf<T>(aheadMs: number, run: (url: string) => Promise<T>): Promise<T> {
  const proxy = createServer((request, response) => {
    void (async () => {
      const { authorization = '' } = request.headers;
      const body = Buffer.concat(await request.toArray()).toString();
      const answer = await app.post(body, { authorization });
      response.setHeader('content-type', answer.headers.get('content-type') ?? '');
      response.setHeader('date', new Date(Date.now() + aheadMs).toUTCString());
      response.end(answer.text);
    })();
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const address = proxy.address();
  try {
    if (typeof address !== 'object' || address === null) throw new Error('The proxy does not listen');
    return await run(`http://127.0.0.1:${address.port}/graphql`);
  } finally {
    proxy.close();
  }
}

describe('an instant of the server', () => {
  it.each([
    ['agree', 0],
    ['differ, the server ahead', 600_000],
    ['differ, the server behind', -600_000],
  ])('is told by this computer’s clock, when the two %s', async (_case, aheadMs) => {
    await withClockOf(aheadMs, async (url) => {
      const { sdk, toLocalTime } = createConnectClient({ url, headers: () => signIn(acme) });
      await sdk.integrations();
      const inOneMinute = new Date(Date.now() + aheadMs + 60_000).toISOString();
      expect(Math.abs(toLocalTime(inOneMinute) - Date.now() - 60_000)).toBeLessThan(2_000);
    });
  });
});
