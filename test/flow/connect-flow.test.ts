import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
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
import { acme, globex, startTestApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
let flows: ConnectFlow[] = [];

// A server for each: a pause that StackOne asks for outlasts the test that provokes it.
beforeEach(async () => {
  app = await startTestApp();
});
afterEach(async () => {
  for (const flow of flows) flow.dispose();
  flows = [];
  await app.stop();
});

interface FlowSetup extends ConnectFlowOptions {
  /** How long a session lasts, as the flow is told; else as long as the server says. */
  readonly lifetimeMs?: number;
}

async function createFlow({ lifetimeMs, ...options }: FlowSetup = {}): Promise<ConnectFlow> {
  const sdk = await app.sdk(acme);
  const clock = lifetimeMs === undefined ? {} : { toLocalTime: () => Date.now() + lifetimeMs };
  const flow = createConnectFlow({ sdk, ...clock }, options);
  flows.push(flow);
  return flow;
}

type InPhase<Phase> = Extract<ConnectState, { readonly phase: Phase }>;

/** The state of a flow, which must be in this phase. */
function stateIn<Phase extends ConnectState['phase']>(flow: ConnectFlow, phase: Phase): InPhase<Phase> {
  const state = flow.getState();
  if (isIn(state, phase)) return state;
  throw new Error(`The flow is ${JSON.stringify(state)}, not ${phase}`);
}

function isIn<Phase extends ConnectState['phase']>(
  state: ConnectState,
  phase: Phase,
): state is InPhase<Phase> {
  return state.phase === phase;
}

/** Waits for something that comes by itself. */
async function soon<T>(read: () => T, isThere: (value: T) => boolean = Boolean): Promise<T> {
  for (let tries = 0; tries < 200; tries += 1) {
    if (isThere(read())) return read();
    await pause(20);
  }
  throw new Error(`Still ${JSON.stringify(read())}`);
}

const pause = (ms: number) => new Promise<void>((resolve) => void setTimeout(resolve, ms));

/** A Hub that takes its time to load. */
function slowLoading() {
  let finish = () => {};
  const loading = new Promise<void>((resolve) => {
    finish = resolve;
  });
  return { prepare: () => loading, finish: () => finish() };
}

const minted = () =>
  app.emulator.history.filter(({ method, path }) => method === 'POST' && path === '/connect_sessions');
const asked = () => app.emulator.history.filter(({ path }) => path.startsWith('/accounts'));
const slowly = (path: string, delayMs = 200) =>
  app.emulator.failNext({ kind: 'delay', delayMs, match: { path } });
const addAccount = (seed: { readonly status?: string; readonly owner?: typeof acme } = {}) => {
  const { owner = acme, status = 'active' } = seed;
  return app.emulator.addAccount({
    provider: 'bamboohr',
    origin_owner_id: owner.org_id,
    origin_owner_name: owner.org_name,
    status,
  });
};

/** As the Hub does it once the person has typed the credentials. */
async function link({ token }: HubSession): Promise<string> {
  const credentials = { subdomain: 'acme', api_key: 'key-123456' };
  const { body } = await hub(app.emulator.url, token, 'POST', '/accounts', {
    integration_id: 'bamboohr-default',
    credentials,
  });
  if (typeof body === 'object' && body !== null && 'id' in body && typeof body.id === 'string')
    return body.id;
  throw new Error(`Not linked: ${JSON.stringify(body)}`);
}

describe('start', () => {
  it('fetches nothing before, and opens with a session of the customer who is signed in', async () => {
    const flow = await createFlow();
    expect(flow.getState()).toEqual({ phase: 'closed', session: null });
    expect(minted()).toEqual([]);
    await flow.start({ provider: 'bamboohr' });
    const { session, request } = stateIn(flow, 'open');
    expect(session).toMatchObject({ token: expect.any(String), mode: 'LINK', account: null });
    expect(session.expiresAt - Date.now()).toBeGreaterThan(1_700_000);
    expect(request).toEqual({ provider: 'bamboohr' });
    expect(minted()).toMatchObject([{ body: { origin_owner_id: acme.org_id, provider: 'bamboohr' } }]);
  });

  it('says that it is opening while a session is fetched and the Hub is loaded', async () => {
    const { prepare, finish } = slowLoading();
    const flow = await createFlow({ prepare });
    const started = flow.start();
    expect(stateIn(flow, 'opening').session).toBeNull();
    await soon(() => minted().length);
    await pause(50);
    stateIn(flow, 'opening');
    finish();
    await started;
    stateIn(flow, 'open');
  });

  it('fetches once when it is pressed twice', async () => {
    const flow = await createFlow();
    slowly('/connect_sessions');
    const first = flow.start({ provider: 'bamboohr' });
    await soon(() => minted().length);
    await flow.start({ provider: 'bamboohr' });
    await first;
    stateIn(flow, 'open');
    expect(minted()).toHaveLength(1);
  });

  it('lets another request replace the first, whichever answer comes first', async () => {
    const flow = await createFlow();
    slowly('/connect_sessions');
    const first = flow.start({ provider: 'bamboohr' });
    await soon(() => minted().length);
    await flow.start({ provider: 'personio' });
    const { session } = stateIn(flow, 'open');
    await first;
    await pause(300);
    expect(stateIn(flow, 'open')).toMatchObject({ session, request: { provider: 'personio' } });
  });

  it('stays closed when the person leaves before the session is there', async () => {
    const flow = await createFlow();
    const started = flow.start();
    flow.close();
    await started;
    await pause(100);
    stateIn(flow, 'closed');
  });

  it('stays closed when the person leaves while the Hub is being loaded', async () => {
    const { prepare, finish } = slowLoading();
    const flow = await createFlow({ prepare });
    const started = flow.start();
    await soon(() => minted().length);
    await pause(50);
    flow.close();
    finish();
    await started;
    stateIn(flow, 'closed');
  });

  it('tells each listener of each step, until the listener leaves', async () => {
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

describe('a session that ends', () => {
  it('is renewed before its end, once, while nobody has touched the Hub', async () => {
    const flow = await createFlow({ lifetimeMs: 29_000 });
    await flow.start();
    const { session } = stateIn(flow, 'open');
    const renewed = await soon(
      () => stateIn(flow, 'open').session,
      ({ token }) => token !== session.token,
    );
    expect(renewed.expiresAt).toBeGreaterThan(session.expiresAt);
    expect(minted()).toHaveLength(2);
  });

  it('is kept when a renewal fails, until it is over', async () => {
    const flow = await createFlow({ lifetimeMs: 2_500 });
    await flow.start();
    app.emulator.failNext({ status: 400, match: { path: '/connect_sessions' } }, 9);
    await soon(() => minted().length > 1);
    stateIn(flow, 'open');
    expect((await untilFailed(flow)).failure).toEqual({ kind: 'session-expired' });
    expect(minted()).toHaveLength(2);
  });

  it('is not renewed under somebody’s hands: at its end the person is told, and can start again', async () => {
    const flow = await createFlow({ lifetimeMs: 2_500 });
    await flow.start({ provider: 'bamboohr' });
    const { session } = stateIn(flow, 'open');
    flow.hub.touched();
    await pause(1_200);
    expect(stateIn(flow, 'open').session.token).toBe(session.token);
    expect(await untilFailed(flow)).toMatchObject({
      failure: { kind: 'session-expired' },
      retry: 'start',
      session: null,
    });
    expect(minted()).toHaveLength(1);
    await flow.retry();
    expect(stateIn(flow, 'open').session.token).not.toBe(session.token);
  });

  it('is not renewed when somebody begins to use the Hub while the new one is fetched', async () => {
    const flow = await createFlow({ lifetimeMs: 29_000 });
    await flow.start();
    const { session } = stateIn(flow, 'open');
    slowly('/connect_sessions');
    await soon(() => minted().length === 2);
    flow.hub.touched();
    await pause(400);
    expect(stateIn(flow, 'open').session.token).toBe(session.token);
  });

  it('is left alone once the flow is closed', async () => {
    const flow = await createFlow({ lifetimeMs: 1_200 });
    await flow.start();
    flow.close();
    await pause(1_500);
    stateIn(flow, 'closed');
    expect(minted()).toHaveLength(1);
  });
});

async function untilFailed(flow: ConnectFlow): Promise<InPhase<'failed'>> {
  await soon(
    () => flow.getState(),
    ({ phase }) => phase === 'failed',
  );
  return stateIn(flow, 'failed');
}

describe('a failure', () => {
  it('is `refused` with what the person can mend, and nothing was minted', async () => {
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
    expect(minted()).toEqual([]);
  });

  it('is `server` with its code, and with the seconds to wait where waiting helps', async () => {
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

  it('is `server` when the caller is not signed in', async () => {
    const { sdk } = createConnectClient({ url: `${app.url}/graphql` });
    const flow = createConnectFlow({ sdk });
    await flow.start();
    expect(stateIn(flow, 'failed').failure).toMatchObject({
      code: 'UNAUTHENTICATED',
      retryAfterSeconds: null,
    });
  });

  it.each([
    ['nobody answers', 'http://127.0.0.1:9/graphql'],
    ['somebody else answers', 'emulator'],
  ])('is `unreachable` when %s', async (_case, address) => {
    const { sdk } = createConnectClient({ url: address === 'emulator' ? app.emulator.url : address });
    const flow = createConnectFlow({ sdk });
    await flow.start();
    expect(stateIn(flow, 'failed').failure).toEqual({ kind: 'unreachable' });
  });

  it('is `hub-not-loaded` when the Hub cannot be loaded, and the next try loads it again', async () => {
    let tries = 0;
    const prepare = async () => {
      tries += 1;
      if (tries === 1) throw new Error('No such script');
    };
    const flow = await createFlow({ prepare });
    await flow.start();
    expect(stateIn(flow, 'failed').failure).toEqual({ kind: 'hub-not-loaded' });
    await flow.retry();
    stateIn(flow, 'open');
  });

  it('is mended by a retry with the same request', async () => {
    const flow = await createFlow();
    app.emulator.failNext({ status: 400, match: { path: '/connect_sessions' } });
    await flow.start({ provider: 'bamboohr', label: 'Berlin' });
    expect(stateIn(flow, 'failed').failure).toMatchObject({ kind: 'server', code: 'UPSTREAM_REJECTED' });
    await flow.retry();
    expect(stateIn(flow, 'open').request).toEqual({ provider: 'bamboohr', label: 'Berlin' });
  });
});

describe('the Hub’s success', () => {
  it('is a hint: the account is linked when the server says so, and told once', async () => {
    const told: LinkedAccount[] = [];
    const flow = await createFlow({ onLinked: (account) => told.push(account) });
    await flow.start({ provider: 'bamboohr' });
    const { session } = stateIn(flow, 'open');
    flow.hub.touched();
    const id = await link(session);
    flow.hub.success(id);
    flow.hub.success(id);
    // The Hub stays while the server is asked.
    expect(stateIn(flow, 'confirming').session).toBe(session);
    await soon(() => told.length);
    expect(stateIn(flow, 'linked')).toMatchObject({ session, account: { id, status: 'ACTIVE' } });
    flow.close();
    await pause(100);
    expect(told).toMatchObject([{ id, providerKey: 'bamboohr', status: 'ACTIVE' }]);
  });

  it('is not believed for an account that does not work', async () => {
    const { id } = addAccount({ status: 'error' });
    const flow = await createFlow();
    await flow.start({ accountId: id });
    flow.hub.success(id);
    const { failure, retry } = await untilFailed(flow);
    expect(failure).toMatchObject({ kind: 'not-linked', account: { id, status: 'ERROR' } });
    expect(retry).toBe('start');
  });

  it('is not believed for another customer’s account', async () => {
    const { id } = addAccount({ owner: globex });
    const told: LinkedAccount[] = [];
    const flow = await createFlow({ onLinked: (account) => told.push(account) });
    await flow.start();
    flow.hub.success(id);
    expect((await untilFailed(flow)).failure).toMatchObject({
      kind: 'refused',
      userErrors: [{ code: 'ACCOUNT_NOT_FOUND' }],
    });
    expect(told).toEqual([]);
  });

  it('is asked about again, and not linked again, when the server could not be asked', async () => {
    const flow = await createFlow();
    await flow.start({ provider: 'bamboohr' });
    const id = await link(stateIn(flow, 'open').session);
    app.emulator.failNext({ status: 401, match: { path: '/accounts' } });
    flow.hub.success(id);
    expect(await untilFailed(flow)).toMatchObject({ retry: 'confirm', failure: { kind: 'server' } });
    await flow.retry();
    expect(stateIn(flow, 'linked')).toMatchObject({ session: null, account: { id } });
    expect(minted()).toHaveLength(1);
  });

  it('means nothing from a Hub that has gone', async () => {
    const { id } = addAccount();
    const flow = await createFlow();
    await flow.start();
    flow.close();
    flow.hub.success(id);
    await pause(100);
    stateIn(flow, 'closed');
    expect(asked()).toEqual([]);
  });

  it('does not end with the session, once it is being confirmed', async () => {
    const { id } = addAccount();
    const flow = await createFlow({ lifetimeMs: 500 });
    await flow.start();
    slowly('/accounts', 1_500);
    flow.hub.success(id);
    await pause(1_200);
    stateIn(flow, 'confirming');
    await soon(() => flow.getState().phase === 'linked');
  });
});

describe('a Hub that is closed without a word', () => {
  it('leaves no account unheard of: what was linked out of sight is found', async () => {
    const before = addAccount();
    const told: LinkedAccount[] = [];
    const flow = await createFlow({ onLinked: (account) => told.push(account) });
    await flow.start({ provider: 'bamboohr', onExisting: 'CREATE_ANOTHER' });
    flow.hub.touched();
    await soon(() => asked().length);
    const id = await link(stateIn(flow, 'open').session);
    flow.close();
    stateIn(flow, 'closed');
    await soon(() => told.length);
    expect(told).toMatchObject([{ id, status: 'ACTIVE' }]);
    expect(id).not.toBe(before.id);
    stateIn(flow, 'closed');
  });

  it('is also how an account is found that works again', async () => {
    const { id } = addAccount({ status: 'expired' });
    const told: LinkedAccount[] = [];
    const flow = await createFlow({ onLinked: (account) => told.push(account) });
    await flow.start({ accountId: id });
    flow.hub.touched();
    await soon(() => asked().length > 1);
    await pause(100);
    app.emulator.updateAccount(id, { status: 'active' });
    flow.close();
    await soon(() => told.length);
    expect(told).toMatchObject([{ id, status: 'ACTIVE' }]);
  });

  it('is not asked about when nobody had touched it: nothing can have been linked', async () => {
    const flow = await createFlow();
    await flow.start();
    flow.close();
    await pause(200);
    expect(asked()).toEqual([]);
  });

  it('takes no account for new that had worked before', async () => {
    addAccount();
    const told: LinkedAccount[] = [];
    const flow = await createFlow({ onLinked: (account) => told.push(account) });
    await flow.start();
    flow.hub.touched();
    flow.close();
    await soon(() => asked().length > 1);
    await pause(100);
    expect(told).toEqual([]);
  });

  it('is not needed: a session that ends is looked into as well', async () => {
    const told: LinkedAccount[] = [];
    const flow = await createFlow({ lifetimeMs: 2_000, onLinked: (account) => told.push(account) });
    await flow.start({ provider: 'bamboohr' });
    flow.hub.touched();
    await soon(() => asked().length);
    const id = await link(stateIn(flow, 'open').session);
    await soon(() => told.length);
    expect(told).toMatchObject([{ id }]);
    expect(stateIn(flow, 'linked')).toMatchObject({ session: null, account: { id } });
  });

  it('is not asked about without end: one look after the session is over is the last', async () => {
    const flow = await createFlow({ lifetimeMs: 300 });
    await withWindow(async (window) => {
      await flow.start();
      flow.hub.touched();
      flow.close();
      await soon(() => asked().length > 1);
      await pause(300);
      for (let returns = 0; returns < 3; returns += 1) {
        window.dispatchEvent(new Event('focus'));
        await pause(100);
      }
    });
    expect(asked()).toHaveLength(3);
  });
});

/** What the flow knows of a browser's window: the focus comes back to it. */
async function withWindow(run: (window: EventTarget) => Promise<void>): Promise<void> {
  const window = new EventTarget();
  Object.assign(globalThis, { window });
  try {
    await run(window);
  } finally {
    Reflect.deleteProperty(globalThis, 'window');
  }
}

describe('a Hub’s own close', () => {
  it('closes the flow', async () => {
    const flow = await createFlow();
    await flow.start();
    flow.hub.close();
    stateIn(flow, 'closed');
  });

  it('leaves a failure on the screen, from a Hub that the page cannot take away', async () => {
    const flow = await createFlow({ lifetimeMs: 500 });
    await flow.start();
    flow.hub.touched();
    await untilFailed(flow);
    flow.hub.close();
    stateIn(flow, 'failed');
    flow.close();
    stateIn(flow, 'closed');
  });
});

describe('dispose', () => {
  it('ends everything: nothing is shown, fetched or told any more', async () => {
    const told: LinkedAccount[] = [];
    const flow = await createFlow({ onLinked: (account) => told.push(account) });
    await flow.start({ provider: 'bamboohr' });
    flow.hub.touched();
    await soon(() => asked().length);
    const id = await link(stateIn(flow, 'open').session);
    const before = asked().length;
    slowly('/accounts', 100);
    flow.hub.success(id);
    flow.dispose();
    await pause(300);
    stateIn(flow, 'closed');
    expect(told).toEqual([]);
    expect(asked().length - before).toBeLessThanOrEqual(1);
  });
});
