import { type ConnectFlow, createConnectFlow, type FlowClient } from '../core/connect-flow.js';
import type { ConnectFlowOptions, ConnectRequest, ConnectState } from '../core/connect-state.js';
import type { LinkedAccount, UserError } from '../core/failure.js';
import { Listeners } from '../core/listeners.js';

/**
 * Asks the user, instead of the Hub: which of the linked accounts to update, or a name for another one. Without linked
 * accounts, a name for the first one. Also asks for another name if the server has refused one.
 */
export interface ConnectQuestion {
  readonly phase: 'question';
  readonly session: null;
  readonly request: ConnectRequest;
  readonly accounts: readonly LinkedAccount[];
  /** Why the server has refused the name in `request`. Empty if it has not. */
  readonly userErrors: readonly UserError[];
}

/** The state of a flow, or a question. */
export type GuidedState = ConnectState | ConnectQuestion;

export interface GuidedFlow {
  /** For the Hub: `attachHub(flow, …)`. */
  readonly flow: ConnectFlow;
  readonly getState: () => GuidedState;
  /** Calls `listener` after each change. @returns ends the subscription */
  readonly subscribe: (listener: () => void) => () => void;
  /**
   * Opens the connection. No linked account is updated without a question, unless `request` has `onExisting`.
   * @param known the linked accounts of the provider, if the page knows them: the question is then shown at once
   */
  readonly open: (request: ConnectRequest, known?: readonly LinkedAccount[]) => void;
  /** Whether the account that is being connected can get a name: it is the first one of its provider. */
  readonly canName: () => boolean;
  /** Shows the question for the name. */
  readonly askName: () => void;
  /** Answers the question: re-links this account. */
  readonly update: (account: LinkedAccount) => void;
  /** Answers the question: connects an account with this name. Empty: without a name. */
  readonly connectNamed: (label: string) => void;
  /** After a failure: see `retry` of the state `failed`. */
  readonly retry: () => void;
  readonly close: () => void;
  /** Closes the connection and stops watching for accounts. */
  readonly dispose: () => void;
}

/** How long the Hub's success message is visible before the connection is closed automatically. */
const successDisplayMs = 1_000;

/**
 * A flow with its questions, for a dialog. `onLinked` is called when the dialog is closed, so that it may remove the
 * elements around it.
 */
export function createGuidedFlow(client: FlowClient, { prepare, onLinked }: ConnectFlowOptions = {}): GuidedFlow {
  const listeners = new Listeners();
  let question: ConnectQuestion | null = null;
  /** The accounts of the last question. */
  let choices: readonly LinkedAccount[] = [];
  let asks = false;
  let linked: LinkedAccount | null = null;
  let closing: ReturnType<typeof setTimeout> | undefined;

  const getState = () => question ?? flow.getState();
  const isOpen = () => getState().phase !== 'closed';
  const flow = createConnectFlow(client, {
    prepare,
    onLinked: (account) => {
      if (isOpen()) {
        linked = account;
      } else {
        onLinked?.(account);
      }
    },
  });
  const notify = () => {
    listeners.notify();
    const account = linked;
    if (account !== null && !isOpen()) {
      linked = null;
      onLinked?.(account);
    }
  };
  const ask = (request: ConnectRequest, accounts: readonly LinkedAccount[], userErrors: readonly UserError[] = []) => {
    choices = accounts;
    question = { phase: 'question', session: null, request, accounts, userErrors };
    if (flow.getState().phase === 'closed') {
      notify();
    } else {
      flow.close();
    }
  };
  const start = (request: ConnectRequest) => {
    question = null;
    void flow.start(request);
  };
  const close = () => {
    const wasQuestion = question !== null;
    question = null;
    if (wasQuestion) {
      notify();
    } else {
      flow.close();
    }
  };
  flow.subscribe(() => {
    const state = flow.getState();
    clearTimeout(closing);
    if (state.phase === 'failed' && state.failure.kind === 'refused') {
      const { userErrors } = state.failure;
      const refusals = userErrors.filter(({ field }) => field === 'label');
      const accounts = asks ? accountsLinkedBefore(userErrors) : [];
      if (refusals.length + accounts.length > 0) {
        ask(state.request, refusals.length > 0 ? choices : accounts, refusals);
        return;
      }
    }
    if (state.phase === 'linked') {
      closing = setTimeout(close, successDisplayMs);
    }
    notify();
  });
  return {
    flow,
    getState,
    subscribe: listeners.subscribe,
    open: (request, known = []) => {
      const { provider, accountId, onExisting } = request;
      choices = [];
      asks = provider != null && accountId == null && onExisting == null;
      if (asks && known.length > 0) {
        ask(request, known);
      } else {
        // FAIL: an account that was linked meanwhile must not be updated without a question.
        start(asks ? { ...request, onExisting: 'FAIL' } : request);
      }
    },
    canName: () => {
      const state = getState();
      return asks && state.phase === 'open' && state.request.onExisting === 'FAIL';
    },
    askName: () => {
      const state = getState();
      if (state.phase === 'open') {
        ask(state.request, []);
      }
    },
    update: ({ id }) => {
      asks = false;
      start({ accountId: id });
    },
    connectNamed: (text) => {
      if (question === null) {
        return;
      }
      const { request, accounts } = question;
      const label = text.trim();
      start({
        ...request,
        ...(accounts.length > 0 && { onExisting: 'CREATE_ANOTHER' }),
        label: label === '' ? undefined : label,
      });
    },
    retry: () => void flow.retry(),
    close,
    dispose: () => {
      clearTimeout(closing);
      close();
      flow.dispose();
    },
  };
}

/** The accounts that were linked before, if the server refused the session for them. */
function accountsLinkedBefore(userErrors: readonly UserError[]): readonly LinkedAccount[] {
  return userErrors.flatMap(({ code, accounts }) => (code === 'ACCOUNT_ALREADY_LINKED' ? accounts : []));
}
