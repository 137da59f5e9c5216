import Fastify, { type FastifyInstance } from 'fastify';
import { accountPatchSchema, accountSeedSchema } from './account-input.js';
import { connectLibrary } from './connect-library.js';
import { addControlRoutes } from './control.js';
import { addErrorHandlers, parseInput, StackOneError, sendError } from './errors.js';
import { type Fault, Faults, injectFaults } from './faults.js';
import { type RequestRecord, recordHistory } from './history.js';
import { hostedHub } from './hosted-hub.js';
import { hubApi } from './hub-api.js';
import { oauthPopup } from './oauth.js';
import { checkChanges, type Settings, withDefaults } from './settings.js';
import { stackOneApi } from './stackone-api.js';
import { type Account, type AccountPatch, type AccountSeed, Store } from './store.js';
import { Webhooks } from './webhooks.js';

export interface EmulatorOptions {
  /** Host to listen on. Default: `127.0.0.1`. */
  host?: string;
  /** Port to listen on. Default: 0, any free port. */
  port?: number;
  /** The accepted API key. Default: `demo-key`. */
  apiKey?: string;
  /**
   * Further values of the `Host` header, such as `emulator:4010`, for which the routes under `/__emulator/` respond.
   * Always accepted: `localhost`, `127.0.0.1` and `[::1]`, each with the port of the emulator.
   */
  controlHosts?: readonly string[];
  /** Settings other than the defaults. Read at the start and by each `reset`. */
  settings?: Partial<Settings>;
  /** Current time in milliseconds since the epoch. Default: `Date.now`. */
  now?: () => number;
}

/** A running emulator: StackOne's API and the Hub's API at one URL. All data is in memory. */
export interface Emulator {
  /** Base URL, without a trailing slash. */
  readonly url: string;
  readonly apiKey: string;
  /** All API and Hub requests, oldest first. Always the same array; `reset` empties it. */
  readonly history: readonly RequestRecord[];
  /** Can be changed at any time. `reset` restores those of the start. */
  readonly settings: Settings;
  /**
   * Makes the next `times` (default 1) matching requests fail. Faults apply in the order they were added.
   * @throws Error when the fault is not valid, or `times` is less than 1
   */
  failNext(fault: Fault, times?: number): void;
  /** All accounts of all owners, oldest first. */
  accounts(): Account[];
  /**
   * Adds a linked account. Default credentials: example values for all fields of the provider.
   * @throws Error when a field is not valid, or the id exists
   */
  addAccount(seed: AccountSeed): Account;
  /** @throws Error when no account has this id, or a field is not valid */
  updateAccount(id: string, patch: AccountPatch): Account;
  /**
   * Moves the emulator's clock forward. Sessions expire by this clock.
   * @throws Error when the clock would have no valid time
   */
  advance(seconds: number): void;
  /** Deletes sessions, accounts, history and faults, and restores the settings of the start and the clock. */
  reset(): void;
  /** Stops immediately and closes all open connections. */
  stop(): Promise<void>;
}

const bodyLimitBytes = 64 * 1024;

/** Starts an emulator that listens on `host` only. Nothing is stored after `stop`. */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const {
    host = '127.0.0.1',
    port = 0,
    apiKey = 'demo-key',
    controlHosts = [],
    settings: initialSettings,
    now = Date.now,
    ...unknown
  } = options;
  const [misspelt] = Object.keys(unknown);
  if (misspelt !== undefined) {
    throw new StackOneError(400, `${misspelt} is an unknown option`);
  }
  const app = Fastify({
    bodyLimit: bodyLimitBytes,
    forceCloseConnections: true,
    frameworkErrors: (error, _request, reply) => void sendError(error, reply, clock()),
  });
  const faults = new Faults();
  const history: RequestRecord[] = [];
  const settings = checkChanges(withDefaults(initialSettings));
  const webhooks = new Webhooks(settings, () => store.now());
  const store: Store = new Store(now, (event, account) => webhooks.send(event, account));
  // Set when the server listens. Kept after `stop`: tests of an outage still call it.
  let url = '';

  const clock = () => store.now();

  const emulator: Emulator = {
    get url() {
      return url;
    },
    apiKey,
    history,
    // Without a setter: an assignment throws, instead of leaving the emulator with its earlier settings.
    get settings() {
      return settings;
    },
    failNext: (fault, times = 1) => faults.add(fault, times),
    accounts: () => store.accounts(),
    addAccount(seed) {
      const account = parseInput(accountSeedSchema, seed);
      if (account.id !== undefined && store.account(account.id)) {
        throw new StackOneError(409, `Account ${account.id} already exists`);
      }
      return store.addAccount(account);
    },
    updateAccount(id, patch) {
      const account = store.updateAccount(id, parseInput(accountPatchSchema, patch));
      if (!account) {
        throw new StackOneError(404, `Account ${id} not found`);
      }
      return account;
    },
    advance: (seconds) => store.advance(seconds),
    reset() {
      store.clear();
      faults.clear();
      webhooks.reset();
      history.length = 0;
      Object.assign(settings, withDefaults(initialSettings));
    },
    stop: () => {
      webhooks.reset();
      return app.close();
    },
  };

  acceptEmptyJson(app);
  addErrorHandlers(app, clock);
  recordHistory(app, history, clock);
  sendDate(app, clock);
  injectFaults(app, faults, clock);
  await app.register(named(addControlRoutes), { emulator, hosts: controlHosts });
  await app.register(named(stackOneApi), { store, settings, apiKey, url: () => url });
  await app.register(named(hubApi), { prefix: '/hub', store, settings });
  await app.register(named(oauthPopup), { store, settings });
  await app.register(named(hostedHub), { url: () => url });
  await app.register(named(connectLibrary));
  // `::` is no address to connect to.
  url = (await app.listen({ host, port })).replace('[::]', '[::1]');
  return emulator;
}

/** Fastify looks for a plugin without this name among all loaded modules, which takes 10 ms for each one under Jest. */
function named<Plugin extends { readonly name: string }>(plugin: Plugin): Plugin {
  return Object.assign(plugin, { [Symbol.for('fastify.display-name')]: plugin.name });
}

/** The header `Date` has the emulator's time, so that a test can have a clock that differs from its own. */
function sendDate(app: FastifyInstance, now: () => Date): void {
  app.addHook('onSend', async (_request, reply) => {
    reply.header('date', now().toUTCString());
  });
}

/**
 * Accepts an empty body with the content type `application/json`. The Hub sends such DELETE requests; StackOne accepts
 * them and Fastify does not.
 */
function acceptEmptyJson(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'ignore');
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body.length === 0) {
      done(null, undefined);
    } else {
      parse(request, String(body), done);
    }
  });
}
