import {
  attachHub,
  type ConnectClient,
  type ConnectState,
  createConnectFlow,
  loadHub,
} from '../../client/src/index.js';
import { type Account, type Connect, requestFor, type Target } from './state.js';

export interface ConnectDependencies {
  readonly client: ConnectClient;
  readonly hubBaseUrl: string;
  /** The container of the Hub. The templates render nothing into it. */
  readonly slot: HTMLElement;
  readonly show: (connect: Connect) => void;
  /** Called after the server has confirmed an account, also if the dialog is already closed. */
  readonly onLinked: (account: Account, target: Target) => void;
  /** Called after the dialog was closed, with or without a linked account. */
  readonly onClosed: () => void;
}

export interface ConnectDialog {
  readonly open: (target: Target) => void;
  /** Asks for a name before the account is connected. */
  readonly openNaming: () => void;
  readonly name: (label: string) => void;
  readonly retry: () => void;
  readonly close: () => void;
}

/** How long the Hub's success message is visible before the dialog closes automatically. */
const successDisplayMs = 1_000;

/** Connects the client's flow to this page: the target of the connection, the label of the account and the Hub. */
export function createConnectDialog(dependencies: ConnectDependencies): ConnectDialog {
  const { client, hubBaseUrl, slot, show, onLinked, onClosed } = dependencies;
  let target: Target | null = null;
  let isOpen = false;
  let closing: ReturnType<typeof setTimeout> | undefined;
  const flow = createConnectFlow(client, {
    prepare: () => loadHub(new URL('hub.js', import.meta.url).href),
    onLinked: (account) => {
      if (target !== null) {
        onLinked(account, target);
      }
      closing = setTimeout(flow.close, successDisplayMs);
    },
  });
  const close = () => {
    if (!isOpen) {
      return;
    }
    isOpen = false;
    flow.close();
    show({ phase: 'closed' });
    onClosed();
  };
  const start = (label: string) => {
    clearTimeout(closing);
    if (target !== null) {
      void flow.start(requestFor(target, label));
    }
  };
  flow.subscribe(() => {
    const state = flow.getState();
    // The close button of the Hub closes the flow.
    if (state.phase === 'closed') {
      close();
    } else if (target?.kind === 'provider' && accountsLinkedMeanwhile(state).length > 0) {
      target = { ...target, accounts: accountsLinkedMeanwhile(state) };
      show({ phase: 'naming', target });
    } else if (target !== null) {
      show({ phase: 'connecting', target, flow: state });
    }
  });
  attachHub(flow, { slot, baseUrl: hubBaseUrl, attributes: hubAttributes });
  dark.addEventListener('change', () => {
    // Unlike `token`, the theme can be changed on a mounted Hub. User input is kept.
    slot.querySelector('stackone-hub')?.setAttribute('theme', theme());
  });
  return {
    /** When a provider is linked, the user can update an account, or name another one to distinguish the two. */
    open: (newTarget) => {
      target = newTarget;
      isOpen = true;
      if (newTarget.kind === 'provider' && newTarget.accounts.length > 0) {
        show({ phase: 'naming', target: newTarget });
      } else {
        start('');
      }
    },
    openNaming: () => {
      if (target?.kind === 'provider') {
        show({ phase: 'naming', target });
      }
    },
    name: (label) => start(label.trim()),
    retry: () => void flow.retry(),
    close,
  };
}

/** The accounts of the provider that the page did not know when it requested the session. */
function accountsLinkedMeanwhile(state: ConnectState): readonly Account[] {
  return state.phase === 'failed' && state.failure.kind === 'refused'
    ? state.failure.userErrors.flatMap(({ code, accounts }) => (code === 'ACCOUNT_ALREADY_LINKED' ? accounts : []))
    : [];
}

const dark = matchMedia('(prefers-color-scheme: dark)');
const theme = () => (dark.matches ? 'dark' : 'light');

const hubAttributes = () => ({
  theme: theme(),
  // The height of the dialog body. A percentage would refer to an inner element without a height.
  height: '100cqh',
  'on-close-label': 'Done',
});
