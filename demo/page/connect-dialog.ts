import { attachHub, type ConnectClient, createConnectFlow, loadHub } from '../../client/index.js';
import { type Account, type Connect, requestFor, type Target } from './state.js';

export interface ConnectDependencies {
  readonly client: ConnectClient;
  readonly hubBaseUrl: string;
  /** Where the Hub goes: an element that the templates leave empty. */
  readonly slot: HTMLElement;
  readonly show: (connect: Connect) => void;
  /** An account works, by the server's word; also one that was found after the dialog had been closed. */
  readonly onLinked: (account: Account, target: Target) => void;
  /** The dialog is gone, whatever came of it. */
  readonly onClosed: () => void;
}

export interface ConnectDialog {
  readonly open: (target: Target) => void;
  readonly name: (label: string) => void;
  readonly retry: () => void;
  readonly close: () => void;
}

/** What the Hub shows after a success is worth a look, before the dialog goes away by itself. */
const lookMs = 1_000;

/** The client's flow with this page around it: what is connected, what it is called, and the real Hub. */
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
      closing = setTimeout(flow.close, lookMs);
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
    // The Hub's own button closes the flow.
    if (state.phase === 'closed') {
      close();
    } else if (target !== null) {
      show({ phase: 'connecting', target, flow: state });
    }
  });
  attachHub(flow, { slot, baseUrl: hubBaseUrl, attributes: hubAttributes });
  dark.addEventListener('change', () => {
    // Unlike `token`, the theme may be changed in place: what the person has typed stays.
    slot.querySelector('stackone-hub')?.setAttribute('theme', theme());
  });
  return {
    /** A further account of a provider gets a name first: without one it could not be told from the others. */
    open: (chosen) => {
      target = chosen;
      isOpen = true;
      if (chosen.kind === 'provider' && chosen.another) {
        show({ phase: 'naming', target: chosen });
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
  // As high as its place in the dialog: a percentage would count from an element inside, which has no height.
  height: '100cqh',
  'on-close-label': 'Done',
});
