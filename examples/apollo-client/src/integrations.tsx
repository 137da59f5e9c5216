import type { ErrorLike } from '@apollo/client';
import { useQuery } from '@apollo/client/react';
import { useState } from 'react';
import { AccountChoice, distinguish } from './account-choice';
import { type FailureMessage, messageFor, toFailure } from './failure';
import {
  type AccountFieldsFragment,
  LinkedAccountsDocument,
  ProvidersDocument,
  type ProvidersQuery,
} from './gql/graphql';
import { HubDialog } from './hub-dialog';
import { reasonOf, useConnect } from './use-connect';

export function Integrations() {
  const { token, isBusy, linked, failure, start, succeed, close, dismiss } = useConnect();
  return (
    <>
      <header className="page-header">
        <span className="brand">Harbour</span>
      </header>
      <main aria-busy={isBusy}>
        <h1>Integrations</h1>
        <p className="subtitle">Connect the tools that your company uses.</p>
        <Lists
          // FAIL: do not re-link an account that a colleague has linked meanwhile.
          onConnect={(provider) => start({ provider, onExisting: 'FAIL' })}
          onConnectAnother={(provider, label) => start({ provider, label, onExisting: 'CREATE_ANOTHER' })}
          onReconnect={(accountId) => start({ accountId })}
        />
        {failure !== undefined && <Notice role="alert" message={messageFor(failure)} onClose={dismiss} />}
        {linked !== null && (
          <Notice role="status" message={{ title: `${nameOf(linked)} is linked`, text: '' }} onClose={dismiss} />
        )}
      </main>
      {token !== null && <HubDialog token={token} onSuccess={succeed} onClose={close} />}
    </>
  );
}

interface ListsProps {
  readonly onConnect: (provider: string) => void;
  readonly onConnectAnother: (provider: string, label: string | null) => void;
  readonly onReconnect: (accountId: string) => void;
}

/** Uses two queries, so that one list is shown if the other one cannot be loaded. */
function Lists({ onConnect, onConnectAnother, onReconnect }: ListsProps) {
  const [chosen, setChosen] = useState<string | null>(null);
  // With 'none', the accounts would be missing if only the names of their providers cannot be loaded.
  const linkedAccounts = useQuery(LinkedAccountsDocument, { errorPolicy: 'all' });
  const providers = useQuery(ProvidersDocument, { errorPolicy: 'all' });
  // After a failed refetch `data` is undefined: show the previous data.
  const accounts = (linkedAccounts.data ?? linkedAccounts.previousData)?.linkedAccounts.nodes ?? [];
  const all = (providers.data ?? providers.previousData)?.providers ?? [];
  const accountsOf = (key: string) => accounts.filter(({ providerKey }) => providerKey === key);
  return (
    <>
      <section aria-labelledby="linked">
        <h2 id="linked">Linked</h2>
        <Problem {...linkedAccounts} />
        {accounts.length > 0 && (
          <ul>
            {accounts.map((account) => (
              <AccountRow key={account.id} account={account} onReconnect={onReconnect} />
            ))}
          </ul>
        )}
        {linkedAccounts.data?.linkedAccounts.nodes.length === 0 && <p className="muted">No linked accounts yet.</p>}
      </section>
      <section aria-labelledby="available">
        <h2 id="available">Available</h2>
        <Problem {...providers} />
        {all.length > 0 && (
          <ul>
            {all.map((provider) => {
              const isLinked = accountsOf(provider.key).length > 0;
              const action = isLinked ? 'Update or add' : 'Connect';
              return (
                <li key={provider.key}>
                  <Logo provider={provider} />
                  <span className="name">{provider.name}</span>
                  <button
                    type="button"
                    className="button"
                    aria-label={`${action} ${provider.name}`}
                    onClick={() => (isLinked ? setChosen(provider.key) : onConnect(provider.key))}
                  >
                    {action}
                  </button>
                </li>
              );
            })}
          </ul>
        )}
      </section>
      {chosen !== null && (
        <AccountChoice
          accounts={accountsOf(chosen)}
          onUpdate={(accountId) => {
            setChosen(null);
            onReconnect(accountId);
          }}
          onConnectAnother={(label) => {
            setChosen(null);
            onConnectAnother(chosen, label);
          }}
          onClose={() => setChosen(null)}
        />
      )}
    </>
  );
}

interface AccountRowProps {
  readonly account: AccountFieldsFragment;
  readonly onReconnect: (accountId: string) => void;
}

function AccountRow({ account, onReconnect }: AccountRowProps) {
  const name = nameOf(account);
  return (
    <li aria-label={name}>
      <Logo provider={account.provider} />
      <span className="name">
        {name}
        <small>{account.needsRelink ? reasonOf(account) : distinguish(account)}</small>
      </span>
      {account.needsRelink ? (
        <button
          type="button"
          className="button"
          aria-label={`Reconnect ${name}`}
          onClick={() => onReconnect(account.id)}
        >
          Reconnect
        </button>
      ) : (
        <span className="success">{account.status === 'ACTIVE' ? 'Connected' : 'Paused'}</span>
      )}
    </li>
  );
}

function nameOf({ provider, providerKey }: AccountFieldsFragment): string {
  return provider?.name ?? providerKey;
}

function Logo({ provider }: { readonly provider: ProvidersQuery['providers'][number] | null }) {
  return provider?.logoUrl == null ? <span className="logo" /> : <img className="logo" src={provider.logoUrl} alt="" />;
}

interface ProblemProps {
  readonly error?: ErrorLike | undefined;
  readonly refetch: () => Promise<unknown>;
}

/** The message for a list that could not be loaded, or only in part. */
function Problem({ error, refetch }: ProblemProps) {
  if (error === undefined) {
    return null;
  }
  const { title, text } = messageFor(toFailure(error));
  return (
    <p className="problem" role="alert">
      {title}. {text}{' '}
      <button type="button" className="link" onClick={() => void refetch()}>
        Try again
      </button>
    </p>
  );
}

interface NoticeProps {
  readonly role: 'alert' | 'status';
  readonly message: FailureMessage;
  readonly onClose: () => void;
}

/** The result of the last action, visible at any scroll position. */
function Notice({ role, message, onClose }: NoticeProps) {
  return (
    <div className="notice" role={role}>
      <p>
        <strong>{message.title}</strong> {message.text}
      </p>
      <button type="button" className="link" onClick={onClose}>
        Close
      </button>
    </div>
  );
}
