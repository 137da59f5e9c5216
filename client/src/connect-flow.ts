import { type AccountSearch, createAccountSearch } from './account-search.js';
import type { ConnectClient } from './connect-client.js';
import { ConnectError, type ConnectFailure, type LinkedAccount, toFailure } from './failure.js';
import type { ConnectMode, CreateConnectSessionMutationVariables } from './generated/operations.js';
import type { Sdk } from './generated/sdk.js';
import { watchSession } from './session-watch.js';

/** The arguments of the mutation. The owner is not among them: the server takes it from the request. */
export type ConnectRequest = CreateConnectSessionMutationVariables;

/** What a Hub is mounted with. */
export interface HubSession {
  /** A secret, for the Hub alone. Another token always means another Hub: one that is mounted ignores it. */
  readonly token: string;
  /** Milliseconds of this computer's clock. */
  readonly expiresAt: number;
  readonly mode: ConnectMode;
  /** The account being re-linked, if there is one. */
  readonly account: LinkedAccount | null;
}

/** While `session` is not null, a Hub is to be shown with its token; in every other state there is none. */
export type ConnectState =
  | { readonly phase: 'closed'; readonly session: null }
  /** A session is being fetched. */
  | { readonly phase: 'opening'; readonly session: null; readonly request: ConnectRequest }
  /** The person is at the Hub. */
  | { readonly phase: 'open'; readonly session: HubSession; readonly request: ConnectRequest }
  /** The Hub has said `success`, which is a hint; the server is being asked. */
  | { readonly phase: 'confirming'; readonly session: HubSession | null; readonly request: ConnectRequest }
  /** By the server's word the account works. */
  | {
      readonly phase: 'linked';
      readonly session: HubSession | null;
      readonly request: ConnectRequest;
      readonly account: LinkedAccount;
    }
  /** `retry()` begins anew, or asks the server once more about the account that the Hub has reported. */
  | {
      readonly phase: 'failed';
      readonly session: null;
      readonly request: ConnectRequest;
      readonly failure: ConnectFailure;
      readonly retry: 'start' | 'confirm';
    };

export interface ConnectFlowOptions {
  /** What the Hub is loaded by, such as its script; it runs beside the fetching of the token. */
  readonly prepare?: () => Promise<unknown>;
  /**
   * An account works, by the server's word: after the Hub's `success`, or found after a Hub was closed that had
   * an OAuth window open. Then the flow may be closed already. Once for each account that is linked.
   */
  readonly onLinked?: (account: LinkedAccount) => void;
}

export type { ConnectFlow };

type FlowClient = Pick<ConnectClient, 'sdk'> & Partial<ConnectClient>;

/** Makes a flow. It does nothing until `start`, and needs no browser: any Hub, and any page, can be put around it. */
export function createConnectFlow(client: FlowClient, options: ConnectFlowOptions = {}): ConnectFlow {
  return new ConnectFlow(client, options);
}

/** One connection from the click to the account. Its public methods need no `this`. */
class ConnectFlow {
  readonly #sdk: Sdk;
  readonly #toLocalTime: (instant: string) => number;
  readonly #prepare: () => Promise<unknown>;
  readonly #onLinked: (account: LinkedAccount) => void;
  readonly #listeners = new Set<() => void>();
  #state: ConnectState = { phase: 'closed', session: null };
  /** A step that comes back after its run has ended changes nothing. */
  #run = new AbortController();
  /** There from the first touch of the Hub on: until then nothing can have been linked. */
  #search: AccountSearch | undefined;
  #reportedId = '';

  constructor({ sdk, toLocalTime = Date.parse }: FlowClient, options: ConnectFlowOptions) {
    this.#sdk = sdk;
    this.#toLocalTime = toLocalTime;
    this.#prepare = options.prepare ?? (async () => {});
    this.#onLinked = options.onLinked ?? (() => {});
  }

  readonly getState = (): ConnectState => this.#state;

  /** @returns how to end it */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };

  /** For a click: fetches a session and opens. Pressed twice it fetches once; another request replaces the first. */
  readonly start = async (request: ConnectRequest = {}): Promise<void> => {
    if (this.#state.phase === 'opening' && isSame(this.#state.request, request)) return;
    const signal = this.#newRun();
    this.#endSearch();
    this.#show({ phase: 'opening', session: null, request });
    try {
      const [session] = await Promise.all([this.#createSession(request, signal), this.#prepareHub()]);
      if (!signal.aborted) this.#open(request, session, signal);
    } catch (error) {
      if (!signal.aborted) this.#fail(request, toFailure(error));
    }
  };

  /** After a failure: begins anew, or asks once more about the account that the Hub has reported. */
  readonly retry = async (): Promise<void> => {
    if (this.#state.phase !== 'failed') return;
    const { request, retry } = this.#state;
    await (retry === 'start' ? this.start(request) : this.#confirm(request, this.#reportedId));
  };

  /** Whenever the person leaves. What was linked out of sight is looked for, and told to `onLinked`. */
  readonly close = (): void => {
    const { phase } = this.#state;
    if (phase === 'closed') return;
    this.#newRun();
    this.#show({ phase: 'closed', session: null });
    if (phase !== 'linked') this.#search?.begin();
  };

  /** Closes, and ends the looking too. */
  readonly dispose = (): void => {
    this.#endSearch();
    this.close();
  };

  /** What is to be passed on of the Hub. From one that has gone, it means nothing. */
  readonly hub = {
    success: (accountId: string): void => {
      if (this.#state.phase === 'open') void this.#confirm(this.#state.request, accountId);
    },
    close: (): void => {
      if (this.#state.session !== null) this.close();
    },
    /** Something was clicked or typed, so the Hub is not replaced any more. Where that cannot be seen: at once. */
    touched: (): void => {
      if (this.#state.phase !== 'open' || this.#search !== undefined) return;
      const { request, session } = this.#state;
      this.#search = createAccountSearch({
        list: () => listAccounts(this.#sdk, request, session),
        endsAt: session.expiresAt,
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
    const stopWatching = watchSession({
      endsAt: session.expiresAt,
      isTouched: () => this.#search !== undefined,
      onRenew: () => void this.#renew(request, signal, stopWatching),
      onEnd: () => {
        this.#fail(request, { kind: 'session-expired' });
        this.#search?.begin();
      },
    });
    signal.addEventListener('abort', stopWatching);
    this.#show({ phase: 'open', request, session });
  }

  /** The old Hub stays until there is a session for a new one, and longer if somebody begins to use it. */
  async #renew(request: ConnectRequest, signal: AbortSignal, stopWatching: () => void): Promise<void> {
    const session = await this.#createSession(request, signal).catch(() => undefined);
    if (session === undefined || signal.aborted || this.#search !== undefined) return;
    stopWatching();
    this.#open(request, session, signal);
  }

  async #confirm(request: ConnectRequest, accountId: string): Promise<void> {
    // A new run: what is being confirmed does not end with the session.
    const signal = this.#newRun();
    this.#reportedId = accountId;
    this.#show({ phase: 'confirming', session: this.#state.session, request });
    try {
      const { confirmLinkedAccount } = await this.#sdk.confirmLinkedAccount({ accountId }, undefined, signal);
      const { account, userErrors } = confirmLinkedAccount;
      if (signal.aborted) return;
      if (account === null) this.#fail(request, { kind: 'refused', userErrors }, 'confirm');
      else if (account.status === 'ACTIVE') this.#link(request, account);
      else this.#fail(request, { kind: 'not-linked', account });
    } catch (error) {
      if (!signal.aborted) this.#fail(request, toFailure(error), 'confirm');
    }
  }

  #link(request: ConnectRequest, account: LinkedAccount): void {
    const { phase, session } = this.#state;
    if (phase !== 'closed') this.#show({ phase: 'linked', session, request, account });
    this.#onLinked(account);
  }

  #fail(request: ConnectRequest, failure: ConnectFailure, retry: 'start' | 'confirm' = 'start'): void {
    this.#newRun();
    this.#show({ phase: 'failed', session: null, request, failure, retry });
  }

  #show(state: ConnectState): void {
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }

  #newRun(): AbortSignal {
    this.#run.abort();
    this.#run = new AbortController();
    return this.#run.signal;
  }

  #endSearch(): void {
    this.#search?.stop();
    this.#search = undefined;
  }
}

function isSame(one: ConnectRequest, other: ConnectRequest): boolean {
  const keys = ['provider', 'category', 'accountId', 'label', 'onExisting'] as const;
  return keys.every((key) => one[key] === other[key]);
}

/** The accounts that this session can link or re-link. */
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
