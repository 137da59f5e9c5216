import { type AccountWatcher, createAccountWatcher } from './account-watcher.js';
import type { ConnectClient } from './connect-client.js';
import { ConnectError, type ConnectFailure, type LinkedAccount, toFailure } from './failure.js';
import type { ConnectMode, CreateConnectSessionMutationVariables } from './generated/operations.js';
import type { Sdk } from './generated/sdk.js';
import { watchSession } from './session-watch.js';

/** The arguments of the mutation `createConnectSession`. The server takes the owner from the authenticated request. */
export type ConnectRequest = CreateConnectSessionMutationVariables;

/** The session that a Hub is mounted with. */
export interface HubSession {
  /** Secret; pass it to the Hub only. Mount a new Hub for each token: a mounted Hub ignores a changed token. */
  readonly token: string;
  /** Milliseconds since the epoch, in the time of this computer's clock. */
  readonly expiresAt: number;
  readonly mode: ConnectMode;
  /** The account that is re-linked, or null for a new account. */
  readonly account: LinkedAccount | null;
}

/** The state of a flow. Show a Hub with the session's token while `session` is not null, and no Hub otherwise. */
export type ConnectState =
  | { readonly phase: 'closed'; readonly session: null }
  /** The session is being created. */
  | { readonly phase: 'opening'; readonly session: null; readonly request: ConnectRequest }
  /** The Hub is open. */
  | { readonly phase: 'open'; readonly session: HubSession; readonly request: ConnectRequest }
  /** The Hub has reported `success`. This is only a hint, so the server is checking the account. */
  | { readonly phase: 'confirming'; readonly session: HubSession | null; readonly request: ConnectRequest }
  /** The server has confirmed that the account is active. */
  | {
      readonly phase: 'linked';
      readonly session: HubSession | null;
      readonly request: ConnectRequest;
      readonly account: LinkedAccount;
    }
  /** `retry()` starts again (`start`), or confirms the account that the Hub reported again (`confirm`). */
  | {
      readonly phase: 'failed';
      readonly session: null;
      readonly request: ConnectRequest;
      readonly failure: ConnectFailure;
      readonly retry: 'start' | 'confirm';
    };

export interface ConnectFlowOptions {
  /** Loads the Hub, for example its script. Runs in parallel with the request for the session. */
  readonly prepare?: () => Promise<unknown>;
  /**
   * Called once for each linked account, after the server has confirmed it: after `success` of the Hub, or when an
   * account is found after the Hub was closed with an open OAuth window. In that case the flow may be closed.
   */
  readonly onLinked?: (account: LinkedAccount) => void;
}

export type { ConnectFlow };

type FlowClient = Pick<ConnectClient, 'sdk'> & Partial<ConnectClient>;

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
  readonly #listeners = new Set<() => void>();
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
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };

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
    try {
      const [session] = await Promise.all([this.#createSession(request, signal), this.#prepareHub()]);
      if (!signal.aborted) {
        this.#open(request, session, signal);
      }
    } catch (error) {
      if (!signal.aborted) {
        this.#fail(request, toFailure(error));
      }
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
        list: () => listAccounts(this.#sdk, request, session),
        expiresAt: session.expiresAt,
        onFound: (account) => this.#link(request, account),
      });
    },
  } as const;

  async #createSession(request: ConnectRequest, signal: AbortSignal): Promise<HubSession> {
    const { createConnectSession } = await this.#sdk.createConnectSession(request, undefined, signal);
    const { token, expiresAt, mode, account, userErrors } = createConnectSession;
    if (token === null || expiresAt === null || mode === null) {
      throw new ConnectError({ kind: 'refused', userErrors });
    }
    return { token, expiresAt: this.#toLocalTime(expiresAt), mode, account };
  }

  async #prepareHub(): Promise<void> {
    try {
      await this.#prepare();
    } catch {
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
    this.#setState({ phase: 'open', request, session });
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
    try {
      const { confirmLinkedAccount } = await this.#sdk.confirmLinkedAccount({ accountId }, undefined, signal);
      const { account, userErrors } = confirmLinkedAccount;
      if (signal.aborted) {
        return;
      }
      if (account === null) {
        this.#fail(request, { kind: 'refused', userErrors }, 'confirm');
      } else if (account.status === 'ACTIVE') {
        this.#link(request, account);
      } else {
        this.#fail(request, { kind: 'not-linked', account });
      }
    } catch (error) {
      if (!signal.aborted) {
        this.#fail(request, toFailure(error), 'confirm');
      }
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
    for (const listener of this.#listeners) {
      listener();
    }
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

function isSame(one: ConnectRequest, other: ConnectRequest): boolean {
  const keys = ['provider', 'category', 'accountId', 'label', 'onExisting'] as const;
  return keys.every((key) => one[key] === other[key]);
}

/** The accounts that this session can add or re-link: the account with the request's id, or up to 100 of the provider. */
async function listAccounts(
  sdk: Sdk,
  { provider, accountId }: ConnectRequest,
  session: HubSession,
): Promise<readonly LinkedAccount[]> {
  const id = accountId ?? session.account?.id;
  if (typeof id === 'string') {
    const { linkedAccount } = await sdk.linkedAccount({ id });
    return linkedAccount === null ? [] : [linkedAccount];
  }
  const { linkedAccounts } = await sdk.linkedAccounts({ first: 100, ...(provider != null && { provider }) });
  return linkedAccounts.nodes;
}
