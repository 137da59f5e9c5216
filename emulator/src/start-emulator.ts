import Fastify, { type FastifyInstance } from 'fastify';
import { connectLibrary } from './connect-library.js';
import { addControlRoutes } from './control.js';
import { answerErrorsLikeStackOne } from './errors.js';
import { type Fault, Faults, injectFaults } from './faults.js';
import { type RequestRecord, recordHistory } from './history.js';
import { hostedHub } from './hosted-hub.js';
import { hubApi } from './hub-api.js';
import { oauthPopup } from './oauth.js';
import { DEFAULT_SETTINGS, type Settings } from './settings.js';
import { stackOneApi } from './stackone-api.js';
import { type Account, type AccountPatch, type AccountSeed, Store } from './store.js';

export type EmulatorOptions = {
  /** 127.0.0.1 unless told otherwise. */
  host?: string;
  /** 0, the default, takes any free port. */
  port?: number;
  /** The one key that is accepted; `demo-key` unless told otherwise. */
  apiKey?: string;
  /** Milliseconds since the epoch. */
  now?: () => number;
};

/** A running StackOne: its API and its Hub API at one address, all in memory. */
export type Emulator = {
  /** Without a trailing slash. */
  readonly url: string;
  readonly apiKey: string;
  /** Every API and Hub request so far, oldest first; the same array throughout, emptied by `reset`. */
  readonly history: readonly RequestRecord[];
  /** May be changed at any time; `reset` restores the defaults. */
  readonly settings: Settings;
  /** Spoils the next `times` requests that match; faults are used up in the order they were added. */
  failNext(fault: Fault, times?: number): void;
  /** All accounts of all owners, oldest first. */
  accounts(): Account[];
  /** Adds an account as if it had been linked; without `credentials` it gets plausible ones. */
  addAccount(seed: AccountSeed): Account;
  /** @throws when there is no such account */
  updateAccount(id: string, patch: AccountPatch): Account;
  /** Moves the emulator's clock, by which sessions expire. */
  advance(seconds: number): void;
  /** Forgets sessions, accounts, history and faults, and restores settings and clock. */
  reset(): void;
  /** Closes at once, open and hanging connections included. */
  stop(): Promise<void>;
};

const BODY_LIMIT_BYTES = 64 * 1024;

/** Starts an emulator. It never listens beyond `host`, and keeps nothing after `stop`. */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const { host = '127.0.0.1', port = 0, apiKey = 'demo-key', now = Date.now } = options;
  const app = Fastify({ bodyLimit: BODY_LIMIT_BYTES, forceCloseConnections: true });
  const store = new Store(now);
  const faults = new Faults();
  const history: RequestRecord[] = [];
  const settings: Settings = { ...DEFAULT_SETTINGS };
  // Known once it listens, and kept after it stopped: a test of an outage still calls it.
  let url = '';

  const emulator: Emulator = {
    get url() {
      return url;
    },
    apiKey,
    history,
    settings,
    failNext: (fault, times = 1) => faults.add(fault, times),
    accounts: () => store.accounts(),
    addAccount: (seed) => store.addAccount(seed),
    updateAccount(id, patch) {
      const account = store.updateAccount(id, patch);
      if (!account) throw new Error(`The emulator has no account ${id}`);
      return account;
    },
    advance: (seconds) => store.advance(seconds),
    reset() {
      store.clear();
      faults.clear();
      history.length = 0;
      Object.assign(settings, DEFAULT_SETTINGS);
    },
    stop: () => app.close(),
  };

  const clock = () => store.now();
  acceptEmptyJson(app);
  answerErrorsLikeStackOne(app, clock);
  recordHistory(app, history, clock);
  injectFaults(app, faults, clock);
  addControlRoutes(app, emulator);
  await app.register(stackOneApi, { store, settings, apiKey, url: () => url });
  await app.register(hubApi, { prefix: '/hub', store });
  await app.register(oauthPopup, { store });
  await app.register(hostedHub, { url: () => url });
  await app.register(connectLibrary);
  url = await app.listen({ host, port });
  return emulator;
}

/** The Hub's DELETE says that it is JSON and has no body, which Fastify refuses and StackOne does not. */
function acceptEmptyJson(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'ignore');
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body.length === 0) done(null, undefined);
    else parse(request, String(body), done);
  });
}
