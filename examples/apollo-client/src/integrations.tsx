import type { ErrorLike } from '@apollo/client';
import { useQuery } from '@apollo/client/react';
import { toFailure, type Words, wordsFor } from './failure';
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
      <header className="top">
        <span className="brand">Harbour</span>
      </header>
      <main aria-busy={isBusy}>
        <h1>Integrations</h1>
        <p className="lead">Link the tools that your company works with.</p>
        <Lists
          // An account that a colleague has linked meanwhile is not overwritten.
          onConnect={(provider) => start({ provider, onExisting: 'FAIL' })}
          onReconnect={(accountId) => start({ accountId })}
        />
        {failure !== undefined && <Notice role="alert" words={wordsFor(failure)} onClose={dismiss} />}
        {linked !== null && (
          <Notice
            role="status"
            words={{ title: `${nameOf(linked)} is linked`, text: '' }}
            onClose={dismiss}
          />
        )}
      </main>
      {token !== null && <HubDialog token={token} onSuccess={succeed} onClose={close} />}
    </>
  );
}

interface ListsProps {
  readonly onConnect: (provider: string) => void;
  readonly onReconnect: (accountId: string) => void;
}

/** Two queries, so that one list is there when the other is not. */
function Lists({ onConnect, onReconnect }: ListsProps) {
  // 'none' would drop the accounts when only the names of their providers cannot be had.
  const linkedAccounts = useQuery(LinkedAccountsDocument, { errorPolicy: 'all' });
  const providers = useQuery(ProvidersDocument, { errorPolicy: 'all' });
  // After a failed refetch there is no data, and what was there is still the best guess.
  const accounts = (linkedAccounts.data ?? linkedAccounts.previousData)?.linkedAccounts.nodes ?? [];
  const all = (providers.data ?? providers.previousData)?.providers ?? [];
  const open = all.filter(({ key }) => !accounts.some(({ providerKey }) => providerKey === key));
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
        {linkedAccounts.data?.linkedAccounts.nodes.length === 0 && <p className="quiet">Nothing yet.</p>}
      </section>
      <section aria-labelledby="available">
        <h2 id="available">Available</h2>
        <Problem {...providers} />
        {open.length > 0 && (
          <ul>
            {open.map((provider) => (
              <li key={provider.key} aria-label={provider.name}>
                <Logo provider={provider} />
                <span className="name">{provider.name}</span>
                <button
                  type="button"
                  className="button"
                  aria-label={`Connect ${provider.name}`}
                  onClick={() => onConnect(provider.key)}
                >
                  Connect
                </button>
              </li>
            ))}
          </ul>
        )}
      </section>
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
        <small>{account.needsRelink ? reasonOf(account) : account.label}</small>
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
        <span className="good">{account.status === 'ACTIVE' ? 'Works' : 'Paused'}</span>
      )}
    </li>
  );
}

function nameOf({ provider, providerKey }: AccountFieldsFragment): string {
  return provider?.name ?? providerKey;
}

function Logo({ provider }: { readonly provider: ProvidersQuery['providers'][number] | null }) {
  return provider?.logoUrl == null ? (
    <span className="logo" />
  ) : (
    <img className="logo" src={provider.logoUrl} alt="" />
  );
}

interface ProblemProps {
  readonly error?: ErrorLike | undefined;
  readonly refetch: () => Promise<unknown>;
}

/** Why a list is missing, or not complete. */
function Problem({ error, refetch }: ProblemProps) {
  if (error === undefined) {
    return null;
  }
  const { title, text } = wordsFor(toFailure(error));
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
  readonly words: Words;
  readonly onClose: () => void;
}

/** What came of the last click, wherever the page is scrolled to. */
function Notice({ role, words, onClose }: NoticeProps) {
  return (
    <div className="notice" role={role}>
      <p>
        <strong>{words.title}</strong> {words.text}
      </p>
      <button type="button" className="link" onClick={onClose}>
        Close
      </button>
    </div>
  );
}
