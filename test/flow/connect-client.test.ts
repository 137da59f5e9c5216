import { createServer } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import { createConnectClient } from '../../client/src/index.js';
import { listen } from '../support/listen.js';
import { acme, signIn, startSharedApp } from '../support/test-app.js';

const app = await startSharedApp();

const expired = { authorization: 'Bearer expired' };

describe('createConnectClient: the headers option', () => {
  it('is called before each request, and once again with renew when the access token has expired', async () => {
    const renewals: boolean[] = [];
    const { sdk } = createConnectClient({
      url: `${app.url}/graphql`,
      headers: async ({ renew }) => {
        renewals.push(renew);
        return renew ? signIn(acme) : expired;
      },
    });
    expect(await sdk.integrations()).toMatchObject({ viewer: { ownerId: acme.org_id } });
    expect(renewals).toEqual([false, true]);
    await sdk.createConnectSession();
    expect(renewals).toEqual([false, true, false, true]);
  });

  it('is called twice at most: the second UNAUTHENTICATED error reaches the caller', async () => {
    let headerCalls = 0;
    const { sdk } = createConnectClient({
      url: `${app.url}/graphql`,
      headers: () => {
        headerCalls += 1;
        return expired;
      },
    });
    await expect(sdk.integrations()).rejects.toThrow(/Sign in again/);
    expect(headerCalls).toBe(2);
  });

  it('is not called again after any other error', async () => {
    let headerCalls = 0;
    const { sdk } = createConnectClient({
      url: `${app.url}/graphql`,
      headers: async () => {
        headerCalls += 1;
        return signIn(acme);
      },
    });
    app.emulator.failNext({ status: 400, match: { path: '/connect_sessions' } });
    await expect(sdk.createConnectSession()).rejects.toThrow(/StackOne rejected/);
    expect(headerCalls).toBe(1);
  });
});

/** Runs the test with a proxy that changes the server's clock, which a client sees only in the `Date` header. */
async function withServerClock<T>(aheadMs: number, run: (url: string) => Promise<T>): Promise<T> {
  const proxy = createServer((request, response) => {
    void (async () => {
      const { authorization = '' } = request.headers;
      const body = Buffer.concat(await request.toArray()).toString();
      const { headers, text } = await app.post(body, { authorization });
      response.setHeader('content-type', headers.get('content-type') ?? '');
      response.setHeader('date', new Date(Date.now() + aheadMs).toUTCString());
      response.end(text);
    })();
  });
  const { url, close } = await listen(proxy);
  try {
    return await run(`${url}/graphql`);
  } finally {
    await close();
  }
}

describe('toLocalTime', () => {
  it.each([
    ['agree', 0],
    ['differ by 10 minutes, with the server ahead', 600_000],
    ['differ by 10 minutes, with the server behind', -600_000],
  ])('converts a server time to the local clock when the clocks %s', async (_case, aheadMs) => {
    await withServerClock(aheadMs, async (url) => {
      const { sdk, toLocalTime } = createConnectClient({ url, headers: () => signIn(acme) });
      await sdk.integrations();
      const inOneMinute = new Date(Date.now() + aheadMs + 60_000).toISOString();
      expect(Math.abs(toLocalTime(inOneMinute) - Date.now() - 60_000)).toBeLessThan(2_000);
    });
  });
});
