import { attachHub, type ConnectClient, createConnectFlow, loadHub } from '../../client/src/index.js';
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
    /** An additional account of a provider gets a label first, so that users can distinguish the accounts. */
    open: (newTarget) => {
      target = newTarget;
      isOpen = true;
      if (newTarget.kind === 'provider' && newTarget.another) {
        show({ phase: 'naming', target: newTarget });
      } else {
        start('');
      }
    },
    name: (label) => start(label.trim()),
    retry: () => void flow.retry(),
    close,
  };
}

const dark = matchMedia('(prefers-color-scheme: dark)');
const theme = () => (dark.matches ? 'dark' : 'light');

const hubAttributes = () => ({
  theme: theme(),
  // The height of the dialog body. A percentage would refer to an inner element without a height.
  height: '100cqh',
  'on-close-label': 'Done',
});
