import { useCallback, useEffect, useState, useSyncExternalStore } from 'react';
import {
  type ConnectState,
  createConnectFlow,
  describeAccount,
  describeFailure,
  type IntegrationsQuery,
  loadHub,
  toFailure,
} from 'stackone-connect-client';
import { client } from './connect';
import { LegacyHub } from './legacy-hub';

// The package also loads the library, but does not report a failure.
const prepare = () => loadHub(import.meta.env.CONNECT_LIBRARY_URL);

export function App() {
  const [integrations, setIntegrations] = useState<IntegrationsQuery | null>(null);
  const [problem, setProblem] = useState('');
  const reload = useCallback(async () => {
    try {
      setIntegrations(await client.sdk.integrations());
      setProblem('');
    } catch (error) {
      setProblem(describeFailure(toFailure(error)).title);
    }
  }, []);
  useEffect(() => void reload(), [reload]);

  const [flow] = useState(() => createConnectFlow(client, { prepare, onLinked: () => void reload() }));
  useEffect(() => flow.dispose, [flow]);
  const state = useSyncExternalStore(flow.subscribe, flow.getState);
  const isBusy = state.phase === 'opening' || state.phase === 'confirming';
  return (
    <main>
      <header>
        <h1>Linked accounts</h1>
        <button type="button" disabled={isBusy} onClick={() => void flow.start({ category: 'HRIS' })}>
          Connect an account
        </button>
      </header>
      <p>Choosing a connected tool updates its connection.</p>
      {problem !== '' && <p role="alert">{problem}</p>}
      <Status state={state} onRetry={() => void flow.retry()} />
      {state.session !== null && <LegacyHub key={state.session.token} flow={flow} session={state.session} />}
      {integrations !== null && (
        <Accounts {...integrations} isBusy={isBusy} onRelink={(accountId) => void flow.start({ accountId })} />
      )}
    </main>
  );
}

interface AccountsProps extends IntegrationsQuery {
  readonly isBusy: boolean;
  readonly onRelink: (accountId: string) => void;
}

function Accounts({ providers, linkedAccounts, isBusy, onRelink }: AccountsProps) {
  return (
    <ul>
      {linkedAccounts.nodes.map((account) => {
        const { id, providerKey, needsRelink } = account;
        const { name, logoUrl } = providers.find(({ key }) => key === providerKey) ?? {
          name: providerKey,
          logoUrl: null,
        };
        return (
          <li key={id} aria-label={name}>
            {logoUrl !== null && <img src={logoUrl} alt="" />}
            <b>
              {name} <small>{describeAccount(account)}</small>
            </b>
            {needsRelink ? (
              <button type="button" className="secondary" disabled={isBusy} onClick={() => onRelink(id)}>
                Reconnect
              </button>
            ) : (
              <span>Connected</span>
            )}
          </li>
        );
      })}
    </ul>
  );
}

interface StatusProps {
  readonly state: ConnectState;
  readonly onRetry: () => void;
}

function Status({ state, onRetry }: StatusProps) {
  switch (state.phase) {
    case 'closed':
    case 'open':
      return null;
    case 'opening':
      return <p role="status">Loading…</p>;
    case 'confirming':
      return <p role="status">Checking the connection…</p>;
    case 'linked':
      return <p role="status">The account is connected.</p>;
    case 'failed': {
      const { title, text } = describeFailure(state.failure, state.retry);
      return (
        <div role="alert">
          <b>{title}</b>
          <p>{text}</p>
          <button type="button" onClick={onRetry}>
            {state.retry === 'start' ? 'Try again' : 'Check again'}
          </button>
        </div>
      );
    }
  }
}
