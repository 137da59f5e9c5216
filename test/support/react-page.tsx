/** A page of a product with every usage of the React components, for their tests. */
import { StackOneHub } from '@stackone/hub';
import { createElement, StrictMode, useEffect, useRef, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { createConnectClient, type LinkedAccount, loadHub } from '../../client/src/index.js';
import { ConnectButton, ConnectProvider, type HubProps, useConnect } from '../../client/src/react/index.js';

const parameters = new URLSearchParams(location.search);
const hubBaseUrl = parameters.get('hub') ?? '';
const themes = ['auto', 'light', 'dark'] as const;
const theme = themes.find((name) => name === parameters.get('theme'));

const client = createConnectClient({
  headers: async () => {
    const response: { readonly token: string } = await (await fetch('/demo/token?tenant=acme')).json();
    return { authorization: `Bearer ${response.token}` };
  },
});

let loads = 0;
async function loadOnSecondCall(): Promise<void> {
  loads += 1;
  if (loads === 1) {
    throw new Error('The first load fails');
  }
}

function BrokenHub(): never {
  throw new Error('The Hub is broken');
}

/** The web component as a custom Hub component. Its `close` and `success` are DOM events. */
function HubElement({ token, baseUrl, mode, onSuccess, onClose }: HubProps) {
  const element = useRef<HTMLElement>(null);
  useEffect(() => {
    const success = (event: Event) => {
      if (event instanceof CustomEvent) {
        onSuccess(event.detail);
      }
    };
    const current = element.current;
    current?.addEventListener('success', success);
    current?.addEventListener('close', onClose);
    return () => {
      current?.removeEventListener('success', success);
      current?.removeEventListener('close', onClose);
    };
  }, [onSuccess, onClose]);
  return createElement('stackone-hub', { ref: element, token, 'base-url': baseUrl, mode });
}

/** The usual case: the linked account replaces the button. */
function Replaced() {
  const [account, setAccount] = useState<LinkedAccount | null>(null);
  return account === null ? (
    <ConnectButton provider="bamboohr" onLinked={setAccount}>
      Connect BambooHR
    </ConnectButton>
  ) : (
    <p>BambooHR is linked: {account.status}</p>
  );
}

/** The button stays and counts linked accounts. `onLinked` is a new function in each render. */
function Counted() {
  const [count, setCount] = useState(0);
  return (
    <p>
      {count} times linked
      <ConnectButton provider="slack" onLinked={() => setCount(count + 1)} onExisting="CREATE_ANOTHER">
        Connect Slack
      </ConnectButton>
    </p>
  );
}

function OwnDesign() {
  const [closings, setClosings] = useState(0);
  const [linkedText, setLinkedText] = useState('');
  const [starts, setStarts] = useState(0);
  const connect = useConnect({
    onLinked: ({ providerKey }) => setLinkedText(`${providerKey} is linked at start ${starts}`),
  });
  const start = () => {
    setStarts(starts + 1);
    connect.start({ provider: 'personio' });
  };
  return (
    <section aria-label="Own design">
      <button type="button" onClick={start}>
        Start
      </button>
      <button type="button" onClick={connect.close}>
        Leave
      </button>
      <output>{connect.state.phase}</output>
      <p>{linkedText}</p>
      <dialog open onClose={() => setClosings(closings + 1)}>
        <p>Closed {closings} times</p>
        {connect.hub}
      </dialog>
    </section>
  );
}

function Page() {
  const [isMounted, setMounted] = useState(true);
  const [shownTheme, setShownTheme] = useState(theme);
  // A dialog covers every button of the page.
  useEffect(() => addEventListener('go-dark', () => setShownTheme('dark')), []);
  const common = { client, hubBaseUrl, theme: shownTheme, nonce: 'r4nd0m' } as const;
  return (
    <>
      <h1>Integrations</h1>
      <button type="button" onClick={() => setMounted(false)}>
        Unmount all
      </button>
      {isMounted && (
        <ConnectProvider {...common} hub={StackOneHub}>
          <Replaced />
          <Counted />
          <ConnectButton provider="lever">Connect Lever</ConnectButton>
          <ConnectButton provider="no-such-provider">Connect an unknown provider</ConnectButton>
          <ConnectButton accountId={parameters.get('account') ?? ''} dialogTitle="Reconnect your account">
            Reconnect
          </ConnectButton>
          <ConnectButton
            provider="no-such-provider"
            describe={({ kind }) => ({ title: `Nein: ${kind}`, text: 'Das geht nicht.' })}
            labels={{ startAgain: 'Noch einmal', close: 'Schließen' }}
            classNames={{ dialog: 'mine', action: 'mine-too' }}
          >
            Verbinden
          </ConnectButton>
        </ConnectProvider>
      )}
      {isMounted && (
        <ConnectProvider {...common} hub={StackOneHub} prepare={loadOnSecondCall}>
          <ConnectButton provider="bamboohr">Connect later</ConnectButton>
        </ConnectProvider>
      )}
      {isMounted && (
        <ConnectProvider {...common} hub={BrokenHub}>
          <ConnectButton provider="bamboohr">Connect with a broken Hub</ConnectButton>
        </ConnectProvider>
      )}
      {isMounted && (
        <ConnectProvider {...common} hub={HubElement} prepare={() => loadHub('/demo/hub.js')}>
          <OwnDesign />
        </ConnectProvider>
      )}
    </>
  );
}

const root = document.querySelector('#root');
if (root !== null) {
  createRoot(root).render(
    <StrictMode>
      <Page />
    </StrictMode>,
  );
}
