import type { Sdk } from '../generated/sdk.js';
import { type AccountWatcher, createAccountWatcher } from './account-watcher.js';
import type { ConnectClient } from './connect-client.js';
import type { BlockedSignIn, ConnectFlowOptions, ConnectRequest, ConnectState, HubSession } from './connect-state.js';
import { ConnectError, type ConnectFailure, type LinkedAccount, toFailure } from './failure.js';
import { confirmAccount, createHubSession, watchSession } from './hub-session.js';
import { Listeners } from './listeners.js';

export type { ConnectFlow };

/** Without `toLocalTime`, the clocks of the server and of this computer are assumed to be equal. */
export type FlowClient = Pick<ConnectClient, 'sdk'> & Partial<ConnectClient>;

/** Creates a flow. It does nothing until `start`. It does not depend on a browser or on a particular Hub. */
export function createConnectFlow(client: FlowClient, options: ConnectFlowOptions = {}): ConnectFlow {
  return new ConnectFlow(client, options);
}

/** One connection, from the click to the linked account. Its public methods are bound: they do not use `this`. */
class ConnectFlow {
  readonly #sdk: Sdk;
  readonly #toLocalTime: (instant: string) => number;
  readonly #prepare: () => Promise<unknown>;
  readonly #onLinked: (account: LinkedAccount) => void;
  readonly #listeners = new Listeners();
  #state: ConnectState = { phase: 'closed', session: null };
  /** Aborted when a new run starts. A response for an aborted run must not change the state. */
  #abortController = new AbortController();
  /** Set when the user first interacts with the Hub. Before that, no account can have been linked. */
  #watcher: AccountWatcher | undefined;
  #reportedId = '';

  constructor({ sdk, toLocalTime = Date.parse }: FlowClient, options: ConnectFlowOptions) {
    this.#sdk = sdk;
    this.#toLocalTime = toLocalTime;
    this.#prepare = options.prepare ?? (async () => {});
    this.#onLinked = options.onLinked ?? (() => {});
  }

  /** The current state. A new object after each change. */
  readonly getState = (): ConnectState => this.#state;

  /**
   * Calls `listener` after each change of the state.
   * @returns a function that unsubscribes
   */
  readonly subscribe = this.#listeners.subscribe;

  /**
   * Creates a session and opens the Hub. Call it on a click. A second call with the same request does nothing while the
   * session is being created; a call with another request replaces the first one. Errors are reported as state `failed`.
   */
  readonly start = async (request: ConnectRequest = {}): Promise<void> => {
    if (this.#state.phase === 'opening' && isSame(this.#state.request, request)) {
      return;
    }
    const signal = this.#startRun();
    this.#stopWatcher();
    this.#setState({ phase: 'opening', session: null, request });
    // Only errors of the requests are failures. An error in a function of the page, such as `onLinked`, is not.
    const result = await Promise.all([this.#createSession(request, signal), this.#prepareHub()]).then(
      ([session]) => session,
      toFailure,
    );
    if (signal.aborted) {
      return;
    }
    if ('kind' in result) {
      this.#fail(request, result);
    } else {
      this.#open(request, result, signal);
    }
  };

  /** After a failure: starts again, or confirms the reported account again. See `retry` of the state `failed`. */
  readonly retry = async (): Promise<void> => {
    if (this.#state.phase !== 'failed') {
      return;
    }
    const { request, retry } = this.#state;
    await (retry === 'start' ? this.start(request) : this.#confirm(request, this.#reportedId));
  };

  /** Closes the flow. Accounts that are linked later in an open OAuth window are reported to `onLinked`. */
  readonly close = (): void => {
    const { phase } = this.#state;
    if (phase === 'closed') {
      return;
    }
    this.#startRun();
    this.#setState({ phase: 'closed', session: null });
    if (phase !== 'linked') {
      this.#watcher?.start();
    }
  };

  /** Closes the flow and stops watching for accounts. */
  readonly dispose = (): void => {
    this.#stopWatcher();
    this.close();
  };

  /** Call these functions on the events of the Hub. Events of a Hub that is no longer shown are ignored. */
  readonly hub = {
    /** The Hub has reported the event `success`. */
    success: (accountId: string): void => {
      if (this.#state.phase === 'open') {
        void this.#confirm(this.#state.request, accountId);
      }
    },
    /** The Hub has reported the event `close`. */
    close: (): void => {
      if (this.#state.session !== null) {
        this.close();
      }
    },
    /** The Hub cannot be shown, for example because it throws. The flow becomes `failed` with `hub-not-loaded`. */
    failed: (): void => {
      if (this.#state.phase === 'open') {
        this.#fail(this.#state.request, { kind: 'hub-not-loaded' });
      }
    },
    /** The browser has blocked the Hub's sign-in window. Null: the window is open, or no longer needed. */
    signInBlocked: (signIn: BlockedSignIn | null): void => {
      if (this.#state.phase === 'open') {
        this.#setState({ ...this.#state, signIn });
      }
    },
    /**
     * The user has clicked or typed in the Hub. From then on the Hub is not replaced by one with a new session. If you
     * cannot detect this, call it when the Hub is mounted.
     */
    touched: (): void => {
      if (this.#state.phase !== 'open' || this.#watcher !== undefined) {
        return;
      }
      const { request, session } = this.#state;
      this.#watcher = createAccountWatcher({
        sdk: this.#sdk,
        request,
        session,
        onFound: (account) => this.#link(request, account),
      });
    },
  } as const;

  #createSession(request: ConnectRequest, signal: AbortSignal): Promise<HubSession> {
    return createHubSession(this.#sdk, request, this.#toLocalTime, signal);
  }

  async #prepareHub(): Promise<void> {
    try {
      await this.#prepare();
    } catch (error) {
      // biome-ignore lint/suspicious/noConsole: often a mistake of the page, such as a wrong URL, which its users cannot fix
      console.error('stackone-connect-client: The Hub could not be loaded.', error);
      throw new ConnectError({ kind: 'hub-not-loaded' });
    }
  }

  #open(request: ConnectRequest, session: HubSession, signal: AbortSignal): void {
    const stopSessionWatch = watchSession({
      expiresAt: session.expiresAt,
      isTouched: () => this.#watcher !== undefined,
      onRenew: () => void this.#renew(request, signal, stopSessionWatch),
      onExpire: () => {
        this.#fail(request, { kind: 'session-expired' });
        this.#watcher?.start();
      },
    });
    signal.addEventListener('abort', stopSessionWatch);
    this.#setState({ phase: 'open', request, session, signIn: null });
  }

  /** Replaces the session. The current Hub stays if the request fails or the user starts to use it meanwhile. */
  async #renew(request: ConnectRequest, signal: AbortSignal, stopSessionWatch: () => void): Promise<void> {
    const session = await this.#createSession(request, signal).catch(() => undefined);
    if (session === undefined || signal.aborted || this.#watcher !== undefined) {
      return;
    }
    stopSessionWatch();
    this.#open(request, session, signal);
  }

  async #confirm(request: ConnectRequest, accountId: string): Promise<void> {
    // A new run: confirming continues after the session has expired.
    const signal = this.#startRun();
    this.#reportedId = accountId;
    this.#setState({ phase: 'confirming', session: this.#state.session, request });
    const result = await confirmAccount(this.#sdk, accountId, signal).catch(toFailure);
    if (signal.aborted) {
      return;
    }
    if ('kind' in result) {
      this.#fail(request, result, result.kind === 'not-linked' ? 'start' : 'confirm');
    } else {
      this.#link(request, result);
    }
  }

  #link(request: ConnectRequest, account: LinkedAccount): void {
    const { phase, session } = this.#state;
    if (phase !== 'closed') {
      this.#setState({ phase: 'linked', session, request, account });
    }
    this.#onLinked(account);
  }

  #fail(request: ConnectRequest, failure: ConnectFailure, retry: 'start' | 'confirm' = 'start'): void {
    this.#startRun();
    this.#setState({ phase: 'failed', session: null, request, failure, retry });
  }

  #setState(state: ConnectState): void {
    this.#state = state;
    this.#listeners.notify();
  }

  #startRun(): AbortSignal {
    this.#abortController.abort();
    this.#abortController = new AbortController();
    return this.#abortController.signal;
  }

  #stopWatcher(): void {
    this.#watcher?.stop();
    this.#watcher = undefined;
  }
}

/** The order of the arguments does not matter, and null means the same as absent. */
function isSame(one: ConnectRequest, other: ConnectRequest): boolean {
  return keyOf(one) === keyOf(other);
}

function keyOf(request: ConnectRequest): string {
  return JSON.stringify(
    Object.entries(request)
      .filter(([, value]) => value != null)
      .sort(),
  );
}
