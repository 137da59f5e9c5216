import { useStackOneHub } from '@stackone/react-hub';
import { useEffect, useSyncExternalStore } from 'react';
import { createRoot } from 'react-dom/client';
import {
  type ConnectState,
  createConnectClient,
  createConnectFlow,
  describeFailure,
  type HubSession,
  watchLinkedAccounts,
} from 'stackone-connect-client';

const client = createConnectClient({
  headers: async () => {
    const { token } = await (await fetch('/demo/token?tenant=acme')).json();
    return { authorization: `Bearer ${token}` };
  },
});
const watch = watchLinkedAccounts(client);
const connectUrl = import.meta.env.CONNECT_LIBRARY_URL;
const flow = createConnectFlow(client, { prepare: loadLibrary, onLinked: watch.refresh });
let library: Promise<unknown> | undefined;

/** The package also loads the library, but does not report a failure. After a failure, the next click loads it again. */
function loadLibrary(): Promise<unknown> {
  library ??= new Promise((onload, onerror) => {
    document.head.append(Object.assign(document.createElement('script'), { src: connectUrl, onload, onerror }));
  }).catch((error) => {
    library = undefined;
    throw error;
  });
  return library;
}

function App() {
  const state = useSyncExternalStore(flow.subscribe, flow.getState);
  const { accounts } = useSyncExternalStore(watch.subscribe, watch.getState);
  const isBusy = state.phase === 'opening' || state.phase === 'confirming';
  return (
    <main>
      <h1>Linked accounts</h1>
      <button type="button" disabled={isBusy} onClick={() => void flow.start({ category: 'HRIS' })}>
        Connect an account
      </button>
      <p>Choosing a connected tool updates its connection.</p>
      <Status state={state} />
      {state.session !== null && <LegacyHub key={state.session.token} session={state.session} />}
      <ul>
        {accounts?.map(({ id, providerKey, needsRelink }) => (
          <li key={id} aria-label={providerKey}>
            {providerKey}{' '}
            {needsRelink ? (
              <button type="button" disabled={isBusy} onClick={() => void flow.start({ accountId: id })}>
                Reconnect
              </button>
            ) : (
              'Connected'
            )}
          </li>
        ))}
      </ul>
    </main>
  );
}

/** The Hub of StackOne's older guide. It opens its own overlay, so this component renders nothing. */
function LegacyHub({ session }: { readonly session: HubSession }) {
  const { startConnect } = useStackOneHub({ connectUrl });
  useEffect(() => {
    startConnect({
      sessionToken: session.token,
      apiUrl: import.meta.env.STACKONE_URL,
      onSuccess: ({ id }) => flow.hub.success(id),
      onClose: flow.hub.close,
    });
    // The Hub is in an iframe of another origin, so clicks in it cannot be detected.
    flow.hub.touched();
  }, [startConnect, session]);
  return null;
}

function Status({ state }: { readonly state: ConnectState }) {
  switch (state.phase) {
    case 'closed':
    case 'open':
      return null;
    case 'opening':
    case 'confirming':
      return <p role="status">Loading…</p>;
    case 'linked':
      return <p role="status">The account is connected.</p>;
    case 'failed': {
      const { title, text } = describeFailure(state.failure, state.retry);
      return (
        <p role="alert">
          <b>{title}</b> {text}{' '}
          <button type="button" onClick={() => void flow.retry()}>
            Try again
          </button>
        </p>
      );
    }
  }
}

createRoot(document.querySelector('#root') ?? document.body).render(<App />);
