import { createServer, type RequestListener, type ServerResponse, request as sendRequest } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { ChangeStreamListener } from '../../client/src/core/change-stream.js';
import {
  type ConnectClientOptions,
  createConnectClient,
  type LinkedAccountsWatch,
  watchLinkedAccounts,
} from '../../client/src/index.js';
import { startServer } from '../../src/server.js';
import { type Listener, listen } from '../support/listen.js';
import { acme, globex, ownerFields, signIn, signToken, startSharedApp, testConfig } from '../support/test-app.js';
import { waitUntil } from '../support/wait.js';

const secret = 'whsec_watch';
const app = await startSharedApp({ STACKONE_WEBHOOK_SECRET: secret });
beforeEach(() => {
  Object.assign(app.emulator.settings, { webhookUrl: `${app.url}/webhooks/stackone`, webhookSecret: secret });
});

const ends: (() => unknown)[] = [];
afterEach(async () => {
  jest.restoreAllMocks();
  for (const end of ends.splice(0)) {
    await end();
  }
});

const headersOf = () => signIn(acme);
function start(options: ConnectClientOptions = {}): LinkedAccountsWatch {
  const client = createConnectClient({ url: `${app.url}/graphql`, headers: headersOf, ...options });
  const watch = watchLinkedAccounts(client);
  ends.push(watch.stop);
  return watch;
}
const link = (fields = {}) => app.emulator.addAccount({ provider: 'bamboohr', ...ownerFields(acme), ...fields });
const shown = ({ getState }: LinkedAccountsWatch) => getState().accounts?.map(({ id, status }) => `${id} ${status}`);
const waitForLive = async (watch: LinkedAccountsWatch) => {
  const isReady = () => watch.getState().isLive && watch.getState().accounts !== null;
  await waitUntil(isReady, 'a live watch');
};
const waitForShown = (watch: LinkedAccountsWatch, rows: readonly string[], timeoutMs = 5_000) =>
  waitUntil(
    () => JSON.stringify(shown(watch)) === JSON.stringify(rows),
    () => `${rows}; shown: ${shown(watch)}`,
    { timeoutMs },
  );
const listReads = () =>
  app.emulator.history.filter(({ path, query }) => path === '/accounts' && query['origin_owner_id'] === acme.org_id)
    .length;

const sendEvents = (response: ServerResponse) => response.writeHead(200, { 'content-type': 'text/event-stream' });

/** Passes requests on to the server, except for those to the stream. */
async function startProxy(answerStream: RequestListener): Promise<Listener> {
  const proxy = createServer((request, response) => {
    if (request.url === '/graphql/stream') {
      answerStream(request, response);
      return;
    }
    const { method, headers, url } = request;
    request.pipe(
      sendRequest(`${app.url}${url}`, { method, headers }, (upstream) => {
        response.writeHead(upstream.statusCode ?? 502, upstream.headers);
        upstream.pipe(response);
      }),
    );
  });
  const listener = await listen(proxy);
  ends.push(listener.close);
  return listener;
}

describe('watchLinkedAccounts', () => {
  it('shows an account that is linked, breaks, recovers and is removed, and none of another customer', async () => {
    const first = link();
    const watch = start();
    expect(watch.getState()).toEqual({ accounts: null, failure: null, isLive: false });
    await waitForLive(watch);
    expect(shown(watch)).toEqual([`${first.id} ACTIVE`]);
    const reads = listReads();
    app.emulator.addAccount({ provider: 'bamboohr', ...ownerFields(globex) });
    const second = link();
    await waitForShown(watch, [`${first.id} ACTIVE`, `${second.id} ACTIVE`]);
    app.emulator.updateAccount(first.id, { status: 'error' });
    await waitForShown(watch, [`${first.id} ERROR`, `${second.id} ACTIVE`]);
    app.emulator.updateAccount(first.id, { status: 'active' });
    await waitForShown(watch, [`${first.id} ACTIVE`, `${second.id} ACTIVE`]);
    await (await app.sdk(acme)).deleteLinkedAccount({ accountId: first.id });
    await waitForShown(watch, [`${second.id} ACTIVE`]);
    // The four changes came by the stream. A read can be late on a slow machine.
    expect(listReads() - reads).toBeLessThanOrEqual(1);
  });

  it.each(['/', '?key=1', '/?key=1'])('finds the stream of a server whose URL ends with %s', async (end) => {
    await waitForLive(start({ url: `${app.url}/graphql${end}` }));
  });

  it('keeps a change that arrives during a read whose result is older', async () => {
    const { id } = link();
    const old = await (await app.sdk(acme)).linkedAccounts({});
    let respond = () => {};
    const watch = start();
    await waitForLive(watch);
    const read = new Promise<void>((resolve) => {
      respond = resolve;
    });
    const realFetch = globalThis.fetch;
    jest.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
      const isRead = typeof init?.body === 'string' && init.body.includes('query linkedAccounts');
      if (!isRead) {
        return realFetch(input, init);
      }
      await read;
      return Response.json({ data: old });
    });
    watch.refresh();
    app.emulator.updateAccount(id, { status: 'expired' });
    await waitForShown(watch, [`${id} EXPIRED`]);
    const states: unknown[] = [];
    watch.subscribe(() => states.push(shown(watch)));
    respond();
    await waitUntil(() => states.length > 0, 'the result of the read');
    expect(states).toEqual([[`${id} EXPIRED`]]);
  });

  it('ignores a change that a newer one of the same account has overtaken on its way', async () => {
    const account = link();
    const client = createConnectClient({ url: `${app.url}/graphql`, headers: headersOf });
    const { linkedAccount: row } = await client.sdk.linkedAccount({ id: account.id });
    let listener: ChangeStreamListener | undefined;
    const watch = watchLinkedAccounts({
      ...client,
      openChangeStream: (_options, opened) => {
        listener = opened;
        opened.onOpen();
        return () => {};
      },
    });
    ends.push(watch.stop);
    await waitForLive(watch);
    const change = (second: number, status: 'ACTIVE' | 'ERROR' | null) =>
      listener?.onChange({
        kind: 'UPDATED',
        accountId: account.id,
        account: status === null || row === null ? null : { ...row, status },
        at: new Date(second * 1000).toISOString(),
      });
    change(20, 'ERROR');
    change(10, 'ACTIVE');
    expect(shown(watch)).toEqual([`${account.id} ERROR`]);
    change(20, 'ACTIVE');
    expect(shown(watch)).toEqual([`${account.id} ACTIVE`]);
    change(30, null);
    change(25, 'ACTIVE');
    expect(shown(watch)).toEqual([]);
  });

  it('keeps the accounts when a read fails, shows why, and reads them again', async () => {
    const { id } = link();
    const watch = start();
    await waitForLive(watch);
    app.emulator.failNext({ status: 400, match: { path: '/accounts' } });
    watch.refresh();
    await waitUntil(() => watch.getState().failure !== null, 'the failure');
    expect(watch.getState()).toMatchObject({ accounts: [{ id }], failure: { kind: 'server' }, isLive: true });
    await waitUntil(() => watch.getState().failure === null, 'the next read');
  });

  it('renews an access token that expired, and the stream goes on', async () => {
    let exp = Math.floor(Date.now() / 1000) + 2;
    const watch = start({
      headers: async ({ renew }) =>
        renew ? headersOf() : { authorization: `Bearer ${await signToken({ ...acme, exp })}` },
    });
    // The state changes for a few milliseconds only, so that a poll can miss it.
    const wasLive: boolean[] = [];
    watch.subscribe(() => wasLive.push(watch.getState().isLive));
    const hasEnded = () => wasLive.includes(true) && wasLive.lastIndexOf(false) > wasLive.indexOf(true);
    await waitUntil(hasEnded, 'the end of the stream');
    // Only a stream with a renewed token can open.
    exp = 1;
    await waitForLive(watch);
    const { id } = link();
    await waitForShown(watch, [`${id} ACTIVE`]);
  });

  it('renews a token that the server still tolerates, instead of opening one short stream after another', async () => {
    const renewals: boolean[] = [];
    const exp = Math.floor(Date.now() / 1000) - 1;
    const watch = start({
      headers: async ({ renew }) => {
        renewals.push(renew);
        return renew ? headersOf() : { authorization: `Bearer ${await signToken({ ...acme, exp })}` };
      },
    });
    await waitUntil(() => renewals.includes(true), 'the renewal');
    // The calls before are those of the first stream and of the read.
    expect(renewals.indexOf(true)).toBeLessThanOrEqual(2);
    await waitForLive(watch);
  });

  it('finds a server that was restarted, and reads what it missed', async () => {
    const serve = (port: string) =>
      startServer(testConfig({ STACKONE_BASE_URL: app.emulator.url, LOG_LEVEL: 'silent', PORT: port }));
    const server = await serve('0');
    const watch = start({ url: `${server.url}/graphql` });
    await waitForLive(watch);
    expect(shown(watch)).toEqual([]);
    await server.stop(0);
    await waitUntil(() => !watch.getState().isLive, 'the end of the stream');
    expect(shown(watch)).toEqual([]);
    const { id } = link();
    const restarted = await serve(new URL(server.url).port);
    ends.push(() => restarted.stop(0));
    await waitForShown(watch, [`${id} ACTIVE`]);
    await waitForLive(watch);
  });

  it.each<[string, RequestListener]>([
    ['404', (_request, response) => void response.writeHead(404).end()],
    ['a web page', (_request, response) => void response.writeHead(200, { 'content-type': 'text/html' }).end('<p>')],
    ['no response', () => undefined],
    ['headers only, as through a proxy that buffers', (_request, response) => sendEvents(response).flushHeaders()],
  ])(
    'reads the accounts without a stream when its path sends %s, and when the user returns',
    async (_title, answer) => {
      const page = openPage();
      const { id } = link();
      const proxy = await startProxy(answer);
      const watch = start({ url: `${proxy.url}/graphql` });
      const wasLive: boolean[] = [];
      watch.subscribe(() => wasLive.push(watch.getState().isLive));
      await waitForShown(watch, [`${id} ACTIVE`]);
      app.emulator.updateAccount(id, { status: 'error' });
      page.show();
      await waitForShown(watch, [`${id} ERROR`]);
      expect(wasLive).not.toContain(true);
      expect(watch.getState().failure).toBe(null);
    },
  );

  it('reads again for a user who returned during a read, which may have missed what the user did elsewhere', async () => {
    const page = openPage();
    app.emulator.settings.webhookFault = 'drop';
    const watch = start();
    await waitForLive(watch);
    app.emulator.failNext({ kind: 'delay', delayMs: 200, match: { path: '/accounts' } });
    const before = listReads();
    watch.refresh();
    await sleep(50);
    page.show();
    await waitUntil(() => listReads() === before + 2, 'the second read');
  });

  it('waits longer after each stream that a proxy cuts, and does not read after each', async () => {
    let streams = 0;
    const proxy = await startProxy((_request, response) => {
      streams += 1;
      sendEvents(response).end(':\n\n');
    });
    start({ url: `${proxy.url}/graphql` });
    await sleep(1_700);
    expect(streams).toBeGreaterThanOrEqual(1);
    expect(streams).toBeLessThanOrEqual(3);
  });

  it('opens another stream when nothing more arrives, not even a heartbeat: the connection can be lost without an error', async () => {
    shorten(45_000, 100);
    let streams = 0;
    const proxy = await startProxy((_request, response) => {
      streams += 1;
      sendEvents(response).write(':\n\n');
    });
    const watch = start({ url: `${proxy.url}/graphql` });
    await waitForLive(watch);
    await waitUntil(() => !watch.getState().isLive, 'the end of the stream');
    await waitForLive(watch);
    expect(streams).toBe(2);
  });

  it('closes the stream of a page that is hidden for two minutes, and catches up when the user returns', async () => {
    const page = openPage();
    shorten(120_000, 30);
    const watch = start();
    await waitForLive(watch);
    page.hide();
    await waitUntil(() => !watch.getState().isLive, 'the end of the stream');
    const { id } = link();
    await sleep(50);
    expect(shown(watch)).toEqual([]);
    page.show();
    await waitForShown(watch, [`${id} ACTIVE`]);
    await waitForLive(watch);
    // A short look at another tab.
    jest.restoreAllMocks();
    shorten(120_000, 100);
    page.hide();
    page.show();
    await sleep(300);
    expect(watch.getState().isLive).toBe(true);
  });

  it('closes the stream of a page that was never visible', async () => {
    openPage('hidden');
    shorten(120_000, 300);
    const watch = start();
    await waitForLive(watch);
    await waitUntil(() => !watch.getState().isLive, 'the end of the stream');
  });

  it('does not read again for a page that was hidden during a read', async () => {
    const page = openPage();
    shorten(120_000, 30);
    const watch = start();
    await waitForLive(watch);
    app.emulator.failNext({ kind: 'delay', delayMs: 1_000, match: { path: '/accounts' } });
    const before = listReads();
    watch.refresh();
    await waitUntil(() => listReads() === before + 1, 'the read');
    page.hide();
    await waitUntil(() => !watch.getState().isLive, 'the end of the stream');
    jest.restoreAllMocks();
    shorten(300_000, 30);
    await sleep(1_300);
    expect(listReads()).toBe(before + 1);
  });

  it('finds a change that was lost on the way, at the latest after five minutes', async () => {
    shorten(300_000, 30);
    app.emulator.settings.webhookFault = 'drop';
    const watch = start();
    await waitForLive(watch);
    const { id } = link();
    await waitForShown(watch, [`${id} ACTIVE`]);
  });

  it('does nothing after it was stopped: no request, no timer, no call', async () => {
    const page = openPage();
    const clock = jest.spyOn(globalThis, 'setTimeout');
    const watch = start();
    await waitForLive(watch);
    let calls = 0;
    watch.subscribe(() => {
      calls += 1;
    });
    const reads = listReads();
    watch.refresh();
    watch.stop();
    const timers = clock.mock.calls.length;
    const state = watch.getState();
    watch.refresh();
    page.hide();
    page.show();
    const { id } = link();
    await sleep(100);
    // The read before the stop can still be on its way.
    expect(listReads() - reads).toBeLessThanOrEqual(1);
    expect(calls).toBe(0);
    expect(watch.getState()).toBe(state);
    expect([state.isLive, shown(watch)?.includes(id)]).toEqual([false, false]);
    const own = clock.mock.calls.slice(timers).filter(([, ms]) => [500, 120_000, 300_000].includes(ms ?? 0));
    expect(own).toEqual([]);
  });
});

/** Timers of exactly `ms` fire after `instead`. */
function shorten(ms: number, instead: number): void {
  const real = globalThis.setTimeout;
  jest.spyOn(globalThis, 'setTimeout').mockImplementation(
    Object.assign((action: () => void, delay?: number) => real(action, delay === ms ? instead : delay), {
      __promisify__: real.__promisify__,
    }),
  );
}

/** The least of a page that the client needs. */
function openPage(initial = 'visible') {
  const page = Object.assign(new EventTarget(), { visibilityState: initial, baseURI: 'http://127.0.0.1/' });
  Object.defineProperty(globalThis, 'document', { value: page, configurable: true });
  ends.push(() => Reflect.deleteProperty(globalThis, 'document'));
  const change = (visibilityState: string) => {
    page.visibilityState = visibilityState;
    page.dispatchEvent(new Event('visibilitychange'));
  };
  return { hide: () => change('hidden'), show: () => change('visible') };
}
