import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import {
  type ConnectFlow,
  type ConnectFlowOptions,
  type ConnectState,
  createConnectClient,
  createConnectFlow,
  type HubSession,
  type LinkedAccount,
} from '../../client/src/index.js';
import { hub } from '../support/emulator-client.js';
import { acme, globex, ownerFields, sessionRequests, startTestApp, type TestApp } from '../support/test-app.js';
import { waitUntil } from '../support/wait.js';

let app: TestApp;
let flows: ConnectFlow[] = [];

// Each test has its own server, because a Retry-After of StackOne outlasts the test that causes it.
beforeEach(async () => {
  app = await startTestApp();
});
afterEach(async () => {
  jest.restoreAllMocks();
  for (const flow of flows) {
    flow.dispose();
  }
  flows = [];
  await app.stop();
});

interface FlowSetup extends ConnectFlowOptions {
  /** Session lifetime from the point of view of the flow. Default: the lifetime from the server. */
  readonly lifetimeMs?: number;
}

async function createFlow({ lifetimeMs, ...options }: FlowSetup = {}): Promise<ConnectFlow> {
  const sdk = await app.sdk(acme);
  const clock = lifetimeMs === undefined ? {} : { toLocalTime: () => Date.now() + lifetimeMs };
  const flow = createConnectFlow({ sdk, ...clock }, options);
  flows.push(flow);
  return flow;
}

/** Advances the wall clock, until the end of the test. */
function passTime(milliseconds: number): void {
  const now = Date.now();
  const start = performance.now();
  jest.spyOn(Date, 'now').mockImplementation(() => now + milliseconds + performance.now() - start);
}

type InPhase<Phase> = Extract<ConnectState, { readonly phase: Phase }>;

/** The state of a flow. Fails when the flow is in another phase. */
function stateIn<Phase extends ConnectState['phase']>(flow: ConnectFlow, phase: Phase): InPhase<Phase> {
  const state = flow.getState();
  if (isIn(state, phase)) {
    return state;
  }
  throw new Error(`The flow is ${JSON.stringify(state)}, not ${phase}`);
}

function isIn<Phase extends ConnectState['phase']>(state: ConnectState, phase: Phase): state is InPhase<Phase> {
  return state.phase === phase;
}

/** Polls until the value is truthy or meets the condition, and returns it. */
async function eventually<T>(read: () => T, condition: (value: T) => boolean = Boolean): Promise<T> {
  await waitUntil(
    () => condition(read()),
    () => `the value is still ${JSON.stringify(read())}`,
  );
  return read();
}

/** A `prepare` function that resolves when the test calls `finish`. */
function slowLoading() {
  let finish = () => {};
  const loading = new Promise<void>((resolve) => {
    finish = resolve;
  });
  return { prepare: () => loading, finish: () => finish() };
}

const created = () => sessionRequests(app.emulator);
/** The look-ups, without the list that belongs to the creation of a session. */
const accountRequests = () => {
  const sessionIds = new Set(sessionRequests(app.emulator).map(({ headers }) => headers['x-request-id']));
  return app.emulator.history.filter(
    ({ path, headers }) => path.startsWith('/accounts') && !sessionIds.has(headers['x-request-id']),
  );
};
const delayNext = (path: string, delayMs = 200) => app.emulator.failNext({ kind: 'delay', delayMs, match: { path } });
const addAccount = (seed: { readonly status?: string; readonly owner?: typeof acme } = {}) => {
  const { owner = acme, status = 'active' } = seed;
  return app.emulator.addAccount({
    provider: 'bamboohr',
    ...ownerFields(owner),
    status,
  });
};

/** Links an account as the Hub does after the user has entered credentials. */
async function link({ token }: HubSession): Promise<string> {
  const credentials = { subdomain: 'acme', api_key: 'key-123456' };
  const { body } = await hub(app.emulator.url, token, 'POST', '/accounts', {
    integration_id: 'bamboohr-default',
    credentials,
  });
  if (typeof body === 'object' && body !== null && 'id' in body && typeof body.id === 'string') {
    return body.id;
  }
  throw new Error(`The emulator linked no account: ${JSON.stringify(body)}`);
}

describe('start', () => {
  it('creates a session for the owner of the access token, and none before it is called', async () => {
    const flow = await createFlow();
    expect(flow.getState()).toEqual({ phase: 'closed', session: null });
    expect(created()).toEqual([]);
    await flow.start({ provider: 'bamboohr' });
    const { session, request } = stateIn(flow, 'open');
    expect(session).toMatchObject({ token: expect.any(String), mode: 'LINK', account: null });
    expect(session.expiresAt - Date.now()).toBeGreaterThan(1_700_000);
    expect(request).toEqual({ provider: 'bamboohr' });
    expect(created()).toMatchObject([{ body: { origin_owner_id: acme.org_id, provider: 'bamboohr' } }]);
  });

  it('is in phase `opening` while the session is created and the Hub loads', async () => {
    const { prepare, finish } = slowLoading();
    const flow = await createFlow({ prepare });
    const started = flow.start();
    expect(stateIn(flow, 'opening').session).toBeNull();
    await eventually(() => created().length);
    await sleep(50);
    stateIn(flow, 'opening');
    finish();
    await started;
    stateIn(flow, 'open');
  });

  it('creates one session for two calls with the same request, in any order of its fields', async () => {
    const flow = await createFlow();
    delayNext('/connect_sessions');
    const first = flow.start({ provider: 'bamboohr', label: 'Berlin' });
    await eventually(() => created().length);
    await flow.start({ label: 'Berlin', accountId: null, onExisting: undefined, provider: 'bamboohr' });
    await first;
    stateIn(flow, 'open');
    expect(created()).toHaveLength(1);
  });

  it('replaces the first request with a different second one, whichever response arrives first', async () => {
    const flow = await createFlow();
    delayNext('/connect_sessions');
    const first = flow.start({ provider: 'bamboohr' });
    await eventually(() => created().length);
    await flow.start({ provider: 'personio' });
    const { session } = stateIn(flow, 'open');
    await first;
    await sleep(300);
    expect(stateIn(flow, 'open')).toMatchObject({ session, request: { provider: 'personio' } });
  });

  it('stays closed when the user closes the flow before the session arrives', async () => {
    const flow = await createFlow();
    const started = flow.start();
    flow.close();
    await started;
    await sleep(100);
    stateIn(flow, 'closed');
  });

  it('stays closed when the user closes the flow while the Hub loads', async () => {
    const { prepare, finish } = slowLoading();
    const flow = await createFlow({ prepare });
    const started = flow.start();
    await eventually(() => created().length);
    await sleep(50);
    flow.close();
    finish();
    await started;
    stateIn(flow, 'closed');
  });

  it('notifies a listener of each phase until it unsubscribes', async () => {
    const flow = await createFlow();
    const phases: string[] = [];
    const unsubscribe = flow.subscribe(() => phases.push(flow.getState().phase));
    await flow.start();
    flow.close();
    unsubscribe();
    await flow.start();
    expect(phases).toEqual(['opening', 'open', 'closed']);
  });
});

describe('session expiry', () => {
  it('renews the session once before it expires while the Hub is untouched', async () => {
    const flow = await createFlow({ lifetimeMs: 29_000 });
    await flow.start();
    const { session } = stateIn(flow, 'open');
    const renewed = await eventually(
      () => stateIn(flow, 'open').session,
      ({ token }) => token !== session.token,
    );
    expect(renewed.expiresAt).toBeGreaterThan(session.expiresAt);
    expect(created()).toHaveLength(2);
  });

  it('keeps the session until it expires when the renewal fails', async () => {
    const flow = await createFlow({ lifetimeMs: 29_000 });
    await flow.start();
    app.emulator.failNext({ status: 400, match: { path: '/connect_sessions' } }, 9);
    await eventually(() => created().length > 1);
    stateIn(flow, 'open');
    passTime(29_000);
    expect((await waitForFailure(flow)).failure).toEqual({ kind: 'session-expired' });
    expect(created()).toHaveLength(2);
  });

  it('does not renew a session in use: it fails with session-expired, and retry starts again', async () => {
    const flow = await createFlow({ lifetimeMs: 29_000 });
    await flow.start({ provider: 'bamboohr' });
    const { session } = stateIn(flow, 'open');
    flow.hub.touched();
    await sleep(1_200);
    expect(stateIn(flow, 'open').session.token).toBe(session.token);
    passTime(29_000);
    expect(await waitForFailure(flow)).toMatchObject({
      failure: { kind: 'session-expired' },
      retry: 'start',
      session: null,
    });
    expect(created()).toHaveLength(1);
    await flow.retry();
    expect(stateIn(flow, 'open').session.token).not.toBe(session.token);
  });

  it('discards a renewed session when the user begins to use the Hub during the renewal', async () => {
    const flow = await createFlow({ lifetimeMs: 29_000 });
    await flow.start();
    const { session } = stateIn(flow, 'open');
    delayNext('/connect_sessions');
    await eventually(() => created().length === 2);
    flow.hub.touched();
    await sleep(400);
    expect(stateIn(flow, 'open').session.token).toBe(session.token);
  });

  it('has no effect after the flow is closed', async () => {
    const flow = await createFlow({ lifetimeMs: 1_200 });
    await flow.start();
    flow.close();
    await sleep(1_500);
    stateIn(flow, 'closed');
    expect(created()).toHaveLength(1);
  });
});

async function waitForFailure(flow: ConnectFlow): Promise<InPhase<'failed'>> {
  await eventually(
    () => flow.getState(),
    ({ phase }) => phase === 'failed',
  );
  return stateIn(flow, 'failed');
}

describe('failure kinds', () => {
  it('is `refused` with the user errors, and no session is created', async () => {
    const flow = await createFlow();
    await flow.start({ provider: 'no-such-provider' });
    expect(stateIn(flow, 'failed')).toMatchObject({
      session: null,
      retry: 'start',
      failure: {
        kind: 'refused',
        userErrors: [{ code: 'PROVIDER_NOT_ENABLED', message: expect.any(String), field: 'provider' }],
      },
    });
    expect(created()).toEqual([]);
  });

  it('is `server` with the error code and, for a rate limit, the seconds to wait', async () => {
    const flow = await createFlow();
    const headers = { 'retry-after': '7' };
    app.emulator.failNext({ status: 429, headers, match: { path: '/connect_sessions' } }, 9);
    await flow.start();
    expect(stateIn(flow, 'failed').failure).toEqual({
      kind: 'server',
      code: 'UPSTREAM_RATE_LIMITED',
      message: expect.any(String),
      retryAfterSeconds: 7,
    });
  });

  it('is `server` with UNAUTHENTICATED without an access token', async () => {
    const { sdk } = createConnectClient({ url: `${app.url}/graphql` });
    const flow = createConnectFlow({ sdk });
    await flow.start();
    expect(stateIn(flow, 'failed').failure).toMatchObject({
      code: 'UNAUTHENTICATED',
      retryAfterSeconds: null,
    });
  });

  it('is `unreachable` when nothing listens at the address', async () => {
    const { sdk } = createConnectClient({ url: 'http://127.0.0.1:9/graphql' });
    const flow = createConnectFlow({ sdk });
    await flow.start();
    expect(stateIn(flow, 'failed').failure).toEqual({ kind: 'unreachable' });
  });

  it('is `hub-not-loaded` when the Hub does not load, and retry loads it again', async () => {
    let tries = 0;
    const cause = new Error('No such script');
    const prepare = async () => {
      tries += 1;
      if (tries === 1) {
        throw cause;
      }
    };
    const flow = await createFlow({ prepare });
    const report = jest.spyOn(console, 'error').mockImplementation(() => {});
    await flow.start();
    expect(stateIn(flow, 'failed').failure).toEqual({ kind: 'hub-not-loaded' });
    expect(report.mock.calls).toEqual([[expect.stringContaining('The Hub could not be loaded'), cause]]);
    report.mockRestore();
    await flow.retry();
    stateIn(flow, 'open');
  });

  it('is cleared by retry, which repeats the same request', async () => {
    const flow = await createFlow();
    app.emulator.failNext({ status: 400, match: { path: '/connect_sessions' } });
    await flow.start({ provider: 'bamboohr', label: 'Berlin' });
    expect(stateIn(flow, 'failed').failure).toMatchObject({ kind: 'server', code: 'UPSTREAM_REJECTED' });
    await flow.retry();
    expect(stateIn(flow, 'open').request).toEqual({ provider: 'bamboohr', label: 'Berlin' });
  });
});

describe('the success event of the Hub', () => {
  it('leads to `linked` only after the server confirms the account, and calls onLinked once', async () => {
    const reported: LinkedAccount[] = [];
    const flow = await createFlow({ onLinked: (account) => reported.push(account) });
    await flow.start({ provider: 'bamboohr' });
    const { session } = stateIn(flow, 'open');
    flow.hub.touched();
    const id = await link(session);
    flow.hub.success(id);
    flow.hub.success(id);
    // The Hub stays mounted during the confirmation.
    expect(stateIn(flow, 'confirming').session).toBe(session);
    await eventually(() => reported.length);
    expect(stateIn(flow, 'linked')).toMatchObject({ session, account: { id, status: 'ACTIVE' } });
    flow.close();
    await sleep(100);
    expect(reported).toMatchObject([{ id, providerKey: 'bamboohr', status: 'ACTIVE' }]);
  });

  it('leads to `not-linked` for an account with status ERROR', async () => {
    const { id } = addAccount({ status: 'error' });
    const flow = await createFlow();
    await flow.start({ accountId: id });
    flow.hub.success(id);
    const { failure, retry } = await waitForFailure(flow);
    expect(failure).toMatchObject({ kind: 'not-linked', account: { id, status: 'ERROR' } });
    expect(retry).toBe('start');
  });

  it('leads to ACCOUNT_NOT_FOUND for the account of another owner', async () => {
    const { id } = addAccount({ owner: globex });
    const reported: LinkedAccount[] = [];
    const flow = await createFlow({ onLinked: (account) => reported.push(account) });
    await flow.start();
    flow.hub.success(id);
    expect((await waitForFailure(flow)).failure).toMatchObject({
      kind: 'refused',
      userErrors: [{ code: 'ACCOUNT_NOT_FOUND' }],
    });
    expect(reported).toEqual([]);
  });

  it('is confirmed again by retry, without a new session, after the confirmation failed', async () => {
    const flow = await createFlow();
    await flow.start({ provider: 'bamboohr' });
    const id = await link(stateIn(flow, 'open').session);
    app.emulator.failNext({ status: 401, match: { path: '/accounts' } });
    flow.hub.success(id);
    expect(await waitForFailure(flow)).toMatchObject({ retry: 'confirm', failure: { kind: 'server' } });
    await flow.retry();
    expect(stateIn(flow, 'linked')).toMatchObject({ session: null, account: { id } });
    expect(created()).toHaveLength(1);
  });

  it('leads to `linked` when `onLinked` throws, and the error is not hidden', async () => {
    const onLinked = () => {
      throw new Error('A mistake of the page');
    };
    const flow = await createFlow({ onLinked });
    await flow.start({ provider: 'bamboohr' });
    const id = await link(stateIn(flow, 'open').session);
    app.emulator.failNext({ status: 401, match: { path: '/accounts' } });
    flow.hub.success(id);
    await waitForFailure(flow);
    await expect(flow.retry()).rejects.toThrow('A mistake of the page');
    expect(flow.getState()).toMatchObject({ phase: 'linked', account: { id } });
  });

  it('is ignored after the flow is closed', async () => {
    const { id } = addAccount();
    const flow = await createFlow();
    await flow.start();
    flow.close();
    flow.hub.success(id);
    await sleep(100);
    stateIn(flow, 'closed');
    expect(accountRequests()).toEqual([]);
  });

  it('is confirmed even when the session expires meanwhile', async () => {
    const { id } = addAccount();
    const flow = await createFlow({ lifetimeMs: 500 });
    await flow.start();
    delayNext('/accounts', 1_500);
    flow.hub.success(id);
    await sleep(1_200);
    stateIn(flow, 'confirming');
    await eventually(() => flow.getState().phase === 'linked');
  });
});

describe('a Hub that closes without a success event', () => {
  it('reports an account that was linked, found by comparing the account lists', async () => {
    const before = addAccount();
    const reported: LinkedAccount[] = [];
    const flow = await createFlow({ onLinked: (account) => reported.push(account) });
    await flow.start({ provider: 'bamboohr', onExisting: 'CREATE_ANOTHER' });
    flow.hub.touched();
    await eventually(() => accountRequests().length);
    const id = await link(stateIn(flow, 'open').session);
    flow.close();
    stateIn(flow, 'closed');
    await eventually(() => reported.length);
    expect(reported).toMatchObject([{ id, status: 'ACTIVE' }]);
    expect(id).not.toBe(before.id);
    stateIn(flow, 'closed');
  });

  it('reports an account that was re-linked', async () => {
    const { id } = addAccount({ status: 'expired' });
    const reported: LinkedAccount[] = [];
    const flow = await createFlow({ onLinked: (account) => reported.push(account) });
    await flow.start({ accountId: id });
    flow.hub.touched();
    await eventually(() => accountRequests().length);
    await sleep(100);
    app.emulator.updateAccount(id, { status: 'active' });
    flow.close();
    await eventually(() => reported.length);
    expect(reported).toMatchObject([{ id, status: 'ACTIVE' }]);
  });

  it('causes no look-up when the user did not touch the Hub', async () => {
    const flow = await createFlow();
    await flow.start();
    flow.close();
    await sleep(200);
    expect(accountRequests()).toEqual([]);
  });

  it('causes no look-up when the user touched only the Hub of an earlier session', async () => {
    const flow = await createFlow();
    await flow.start({ provider: 'bamboohr' });
    // One list, however often the user touches the Hub.
    flow.hub.touched();
    flow.hub.touched();
    await eventually(() => accountRequests().length);
    await flow.start({ provider: 'personio' });
    flow.close();
    await sleep(200);
    expect(accountRequests()).toHaveLength(1);
  });

  it('reports no account that was active before', async () => {
    addAccount();
    const reported: LinkedAccount[] = [];
    const flow = await createFlow({ onLinked: (account) => reported.push(account) });
    await flow.start();
    flow.hub.touched();
    flow.close();
    await eventually(() => accountRequests().length > 1);
    await sleep(100);
    expect(reported).toEqual([]);
  });

  it('has the same effect as a session that expires', async () => {
    const reported: LinkedAccount[] = [];
    const flow = await createFlow({ lifetimeMs: 60_000, onLinked: (account) => reported.push(account) });
    await flow.start({ provider: 'bamboohr' });
    flow.hub.touched();
    await eventually(() => accountRequests().length);
    const id = await link(stateIn(flow, 'open').session);
    passTime(60_000);
    await eventually(() => reported.length);
    expect(reported).toMatchObject([{ id }]);
    expect(stateIn(flow, 'linked')).toMatchObject({ session: null, account: { id } });
  });

  it('causes no second look-up when the expired flow is closed', async () => {
    const flow = await createFlow({ lifetimeMs: 60_000 });
    await flow.start();
    flow.hub.touched();
    await eventually(() => accountRequests().length);
    passTime(60_000);
    await eventually(() => flow.getState().phase === 'failed');
    flow.close();
    await sleep(200);
    expect(accountRequests()).toHaveLength(2);
  });

  it('causes ten look-ups at most, however often the user returns', async () => {
    const flow = await createFlow();
    await withWindow(async (window) => {
      await flow.start();
      flow.hub.touched();
      await eventually(() => accountRequests().length === 1);
      flow.close();
      // The first one is the list before the Hub was used.
      for (let lookups = 2; lookups <= 11; lookups += 1) {
        await eventually(() => accountRequests().length === lookups);
        await sleep(lookups === 11 ? 500 : 0);
        window.dispatchEvent(new Event('focus'));
      }
      await sleep(200);
    });
    expect(accountRequests()).toHaveLength(1 + 10);
  });

  it('reports nothing after the flow was disposed, although the look-up had begun', async () => {
    const reported: LinkedAccount[] = [];
    const flow = await createFlow({ onLinked: (account) => reported.push(account) });
    await flow.start({ provider: 'bamboohr' });
    flow.hub.touched();
    await eventually(() => accountRequests().length);
    await sleep(100);
    await link(stateIn(flow, 'open').session);
    delayNext('/accounts', 200);
    flow.close();
    await eventually(() => accountRequests().length === 2);
    flow.dispose();
    await sleep(400);
    expect(reported).toEqual([]);
  });

  it('causes no look-up after the first one that follows the expiry', async () => {
    const flow = await createFlow({ lifetimeMs: 300 });
    await withWindow(async (window) => {
      await flow.start();
      flow.hub.touched();
      flow.close();
      await eventually(() => accountRequests().length > 1);
      await sleep(300);
      for (let returns = 0; returns < 3; returns += 1) {
        window.dispatchEvent(new Event('focus'));
        await sleep(100);
      }
    });
    expect(accountRequests()).toHaveLength(3);
  });
});

/** Provides the part of `window` that the flow uses: the focus event. */
async function withWindow(run: (window: EventTarget) => Promise<void>): Promise<void> {
  const window = new EventTarget();
  Object.assign(globalThis, { window });
  try {
    await run(window);
  } finally {
    Reflect.deleteProperty(globalThis, 'window');
  }
}

describe('the close event of the Hub', () => {
  it('closes the flow', async () => {
    const flow = await createFlow();
    await flow.start();
    flow.hub.close();
    stateIn(flow, 'closed');
  });

  it('does not close a failed flow, whose failure stays visible', async () => {
    const flow = await createFlow({ lifetimeMs: 500 });
    await flow.start();
    flow.hub.touched();
    await waitForFailure(flow);
    flow.hub.close();
    stateIn(flow, 'failed');
    flow.close();
    stateIn(flow, 'closed');
  });
});

describe('a blocked sign-in window', () => {
  it('is part of the state `open` only', async () => {
    const flow = await createFlow();
    const blocked = { state: 'blocked', continue: () => {} } as const;
    flow.hub.signInBlocked(blocked);
    expect(flow.getState()).toEqual({ phase: 'closed', session: null });
    await flow.start();
    expect(stateIn(flow, 'open').signIn).toBeNull();
    flow.hub.signInBlocked(blocked);
    expect(stateIn(flow, 'open').signIn).toBe(blocked);
    flow.hub.signInBlocked(null);
    expect(stateIn(flow, 'open').signIn).toBeNull();
  });
});

describe('dispose', () => {
  it('closes the flow, stops requests and calls no listener', async () => {
    const reported: LinkedAccount[] = [];
    const flow = await createFlow({ onLinked: (account) => reported.push(account) });
    await flow.start({ provider: 'bamboohr' });
    flow.hub.touched();
    await eventually(() => accountRequests().length);
    const id = await link(stateIn(flow, 'open').session);
    const before = accountRequests().length;
    delayNext('/accounts', 100);
    flow.hub.success(id);
    flow.dispose();
    await sleep(300);
    stateIn(flow, 'closed');
    expect(reported).toEqual([]);
    expect(accountRequests().length - before).toBeLessThanOrEqual(1);
  });
});
