import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, jest } from '@jest/globals';
import { createConnectClient, describeFailure, getSdk, toFailure } from '../../client/src/index.js';
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

  it('is called with renew once for all requests that fail at the same time: a refresh token may be valid once', async () => {
    const valid = await signIn(acme);
    const renewals: boolean[] = [];
    const { sdk } = createConnectClient({
      url: `${app.url}/graphql`,
      headers: async ({ renew }) => {
        renewals.push(renew);
        await sleep(renew ? 300 : 0);
        return renew ? valid : expired;
      },
    });
    const results = await Promise.all([sdk.integrations(), sdk.linkedAccounts(), sdk.createConnectSession()]);
    expect(results).toMatchObject([
      { viewer: { ownerId: acme.org_id } },
      {},
      { createConnectSession: { mode: 'LINK' } },
    ]);
    expect(renewals).toEqual([false, false, false, true]);
    await sdk.integrations();
    expect(renewals.slice(4)).toEqual([false, true]);
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

  it('can return a header that is undefined, for a person who is not signed in: it is not sent', async () => {
    const received: (string | undefined)[] = [];
    const server = createServer(({ headers }, response) => {
      received.push(headers.authorization, headers['x-tenant']?.toString());
      response.setHeader('content-type', 'application/json');
      response.end('{"errors":[{"message":"Sign in again.","extensions":{"code":"UNAUTHENTICATED"}}]}');
    });
    const { url, close } = await listen(server);
    const { sdk } = createConnectClient({ url, headers: () => ({ authorization: undefined, 'x-tenant': 'acme' }) });
    await expect(sdk.integrations()).rejects.toThrow(/Sign in again/);
    await close();
    expect(received).toEqual([undefined, 'acme', undefined, 'acme']);
  });

  it.each<[string, Error, string, string]>([
    ['its provider ends the sign-in', new Error('login_required'), 'server', 'You are signed out'],
    ['it cannot reach its provider', new TypeError('Failed to fetch'), 'unreachable', 'The server cannot be reached'],
  ])(
    'can throw when %s: nothing is sent, the user reads why, and the developer too',
    async (_, thrown, kind, title) => {
      const report = jest.spyOn(console, 'error').mockReturnValue();
      const before = app.emulator.history.length;
      const { sdk } = createConnectClient({ url: `${app.url}/graphql`, headers: () => Promise.reject(thrown) });
      const failure = await sdk.createConnectSession().then(() => undefined, toFailure);
      expect(failure).toMatchObject({ kind });
      expect(failure && describeFailure(failure).title).toBe(title);
      expect(report.mock.calls).toEqual([[expect.stringContaining('`headers` of createConnectClient failed'), thrown]]);
      expect(app.emulator.history).toHaveLength(before);
      report.mockRestore();
    },
  );

  it('counts as offline when it has not ended after 30 seconds', async () => {
    jest.useFakeTimers();
    const report = jest.spyOn(console, 'error').mockReturnValue();
    const { sdk } = createConnectClient({ url: `${app.url}/graphql`, headers: () => new Promise(() => {}) });
    const failure = sdk.integrations().then(() => undefined, toFailure);
    await jest.advanceTimersByTimeAsync(30_000);
    jest.useRealTimers();
    expect(await failure).toEqual({ kind: 'unreachable' });
    report.mockRestore();
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

it('A server that accepts a request and does not respond is unreachable after 30 seconds, with the body as well', async () => {
  for (const start of [() => {}, (response: ServerResponse) => response.write('{"data":')]) {
    const server = createServer((_request, response) => void start(response));
    const { url, close } = await listen(server);
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
    const settled = jest.fn();
    const failure = createConnectClient({ url }).sdk.integrations().catch(toFailure);
    void failure.then(settled);
    await once(server, 'request');
    await jest.advanceTimersByTimeAsync(29_000);
    expect(settled).not.toHaveBeenCalled();
    await jest.advanceTimersByTimeAsync(1_000);
    jest.useRealTimers();
    expect(await failure).toEqual({ kind: 'unreachable' });
    await close();
  }
});

it('A call that its caller aborts ends at once with the reason of the caller, and closes its request', async () => {
  const server = createServer(() => {});
  const { url, close } = await listen(server);
  const { sdk } = createConnectClient({ url });
  const caller = new AbortController();
  const call = sdk.integrations(undefined, undefined, caller.signal);
  const [, response] = await once(server, 'request');
  const closed = once(response, 'close');
  const reason = new Error('The user has left.');
  caller.abort(reason);
  await expect(call).rejects.toBe(reason);
  await closed;
  await expect(sdk.integrations(undefined, undefined, caller.signal)).rejects.toBe(reason);
  await close();
});

it('getSdk takes a client of another copy of graphql-request: toFailure returns the code of the server', async () => {
  // The CommonJS version has classes of its own.
  const { GraphQLClient }: typeof import('graphql-request') = createRequire(import.meta.url)('graphql-request');
  const failure = await getSdk(new GraphQLClient(`${app.url}/graphql`))
    .createConnectSession()
    .then(() => undefined, toFailure);
  expect(failure).toMatchObject({ kind: 'server', code: 'UNAUTHENTICATED' });
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

describe('createConnectClient: a response that is not from the server', () => {
  const html = { 'content-type': 'text/html' };
  const json = { 'content-type': 'application/json' };

  it.each([
    ['a page for a wrong URL', 404, html, '<h1>Not found</h1>'],
    ['a page of the app for a wrong URL', 200, html, '<!doctype html>'],
    ['JSON of another API', 404, json, '{"message":"Not found"}'],
    ['a list of another API', 200, json, '[]'],
    ['broken JSON', 200, json, '{"data":'],
    ['an error page of a proxy', 502, html, '<h1>Bad gateway</h1>'],
    ['an empty response', 405, {}, ''],
  ])(
    '%s: the failure has the status, and the console names the URL and the option',
    async (_what, status, headers, body) => {
      const errors = jest.spyOn(console, 'error').mockImplementation(() => {});
      const { url, close } = await listen(
        createServer((_request, response) => response.writeHead(status, headers).end(body)),
      );
      const { sdk } = createConnectClient({ url: `${url}/graphq` });
      const failure = await sdk.integrations().then(() => undefined, toFailure);
      await close();
      const lines = errors.mock.calls.map(([text]) => text);
      errors.mockRestore();
      expect(failure).toEqual({ kind: 'unreachable', status });
      expect(lines).toEqual([expect.stringContaining(`${url}/graphq sent HTTP ${status}`)]);
      expect(lines).toEqual([expect.stringContaining('Check the option `url` of createConnectClient')]);
      // The user of the page can do nothing, and reads no words for developers.
      const { text } = describeFailure({ kind: 'unreachable', status });
      expect(text).not.toMatch(/internet|HTTP|url|\d/i);
    },
  );

  it('no response: the user is asked to check the internet connection, and the console stays empty', async () => {
    const errors = jest.spyOn(console, 'error').mockImplementation(() => {});
    const { sdk } = createConnectClient({ url: 'http://127.0.0.1:9/graphql' });
    const failure = await sdk.integrations().then(() => undefined, toFailure);
    expect(errors).not.toHaveBeenCalled();
    errors.mockRestore();
    expect(failure).toEqual({ kind: 'unreachable' });
    expect(describeFailure({ kind: 'unreachable' }).text).toContain('Check your internet connection');
  });
});
