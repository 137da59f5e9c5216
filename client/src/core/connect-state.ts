import type { ConnectMode, CreateConnectSessionMutationVariables } from '../generated/operations.js';
import type { ConnectFailure, LinkedAccount } from './failure.js';

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

/** The browser has blocked the sign-in window. */
export interface BlockedSignIn {
  readonly state: 'blocked';
  /** Opens the sign-in page. Call it in the handler of a click. If the browser blocks it again, nothing changes. */
  readonly continue: () => void;
}

/** The state of a flow. Show a Hub with the session's token while `session` is not null, and no Hub otherwise. */
export type ConnectState =
  | { readonly phase: 'closed'; readonly session: null }
  /** The session is being created. */
  | { readonly phase: 'opening'; readonly session: null; readonly request: ConnectRequest }
  /**
   * The Hub is open. `signIn` is set while the browser blocks the Hub's sign-in window: say so, with a button that calls
   * `signIn.continue()`.
   */
  | {
      readonly phase: 'open';
      readonly session: HubSession;
      readonly request: ConnectRequest;
      readonly signIn: BlockedSignIn | null;
    }
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
  readonly prepare?: (() => Promise<unknown>) | undefined;
  /**
   * Called once for each linked account, after the server has confirmed it: after `success` of the Hub, or when an
   * account is found after the Hub was closed with an open OAuth window. In that case the flow may be closed.
   */
  readonly onLinked?: ((account: LinkedAccount) => void) | undefined;
}
