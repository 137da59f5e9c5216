import { describeAccount, type IntegrationsQuery, type LinkedAccount } from 'stackone-connect-client';
import { ConnectButton } from 'stackone-connect-client/react';
import { OwnDesign } from './own-design';
import { useIntegrations } from './use-integrations';

type Provider = IntegrationsQuery['providers'][number];

export function Integrations() {
  const { integrations, accounts, problem, refresh, retry } = useIntegrations();
  return (
    <>
      <header className="page-header">
        <span className="brand">Fern</span>
        <span>{integrations?.viewer.ownerName}</span>
      </header>
      <main>
        <h1>Integrations</h1>
        <p className="subtitle">Sync your employees and candidates to Fern from the tools you use.</p>
        {problem !== '' && (
          <p className="notice" role="alert">
            {problem}{' '}
            <button type="button" className="link" onClick={retry}>
              Try again
            </button>
          </p>
        )}
        {integrations !== null && accounts !== null && (
          <Lists providers={integrations.providers} accounts={accounts} onLinked={refresh} />
        )}
        <OwnDesign onLinked={refresh} />
      </main>
    </>
  );
}

interface ListsProps {
  readonly providers: readonly Provider[];
  readonly accounts: readonly LinkedAccount[];
  /** The account is in the list already, unless a proxy blocks the stream of changes. */
  readonly onLinked: () => void;
}

function Lists({ providers, accounts, onLinked }: ListsProps) {
  return (
    <>
      <section aria-labelledby="connected">
        <h2 id="connected">Connected</h2>
        <ul className="rows">
          {accounts.map((account) => (
            <AccountRow
              key={account.id}
              account={account}
              provider={providers.find(({ key }) => key === account.providerKey)}
              onLinked={onLinked}
            />
          ))}
        </ul>
      </section>
      <section aria-labelledby="available">
        <h2 id="available">Available</h2>
        <ul className="cards">
          {providers.map((provider) => {
            const isLinked = accounts.some(({ providerKey }) => providerKey === provider.key);
            const action = isLinked ? 'Update or add' : 'Connect';
            return (
              <li key={provider.key}>
                <Logo provider={provider} />
                <span className="name">{provider.name}</span>
                {/* If an account is linked, the dialog asks whether to update it or to connect another one. */}
                <ConnectButton
                  provider={provider.key}
                  className="button"
                  aria-label={`${action} ${provider.name}`}
                  dialogTitle={`Connect ${provider.name}`}
                  onLinked={onLinked}
                >
                  {action}
                </ConnectButton>
              </li>
            );
          })}
        </ul>
      </section>
    </>
  );
}

interface AccountRowProps {
  readonly account: LinkedAccount;
  readonly provider: Provider | undefined;
  readonly onLinked: () => void;
}

function AccountRow({ account, provider, onLinked }: AccountRowProps) {
  const name = provider?.name ?? account.providerKey;
  return (
    <li aria-label={name}>
      <Logo provider={provider} />
      <span className="name">
        {name}
        <small>{account.needsRelink ? reasonOf(account) : describeAccount(account)}</small>
      </span>
      {account.needsRelink ? (
        <ConnectButton
          accountId={account.id}
          className="button"
          aria-label={`Reconnect ${name}`}
          dialogTitle={`Reconnect ${name}`}
          onLinked={onLinked}
        >
          Reconnect
        </ConnectButton>
      ) : (
        <span className="success">Connected</span>
      )}
    </li>
  );
}

function reasonOf({ statusReasons }: LinkedAccount): string {
  return statusReasons[0]?.description ?? 'The connection does not work.';
}

function Logo({ provider }: { readonly provider: Provider | undefined }) {
  return provider?.logoUrl == null ? <span className="logo" /> : <img className="logo" src={provider.logoUrl} alt="" />;
}
