import { ApolloProvider, useMutation, useQuery } from '@apollo/client/react';
import { lazy, Suspense, useEffect, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { type BlockedSignIn, prepareSignInWindow } from 'stackone-connect-client';
import { client } from './apollo';
import {
  ConfirmLinkedAccountDocument,
  CreateConnectSessionDocument,
  type CreateConnectSessionMutationVariables,
  IntegrationsDocument,
} from './gql/graphql';

const baseUrl = import.meta.env.HUB_URL;
// The Hub is large, so it is loaded when it is first shown.
const StackOneHub = lazy(async () => ({ default: (await import('@stackone/hub')).StackOneHub }));

function Integrations() {
  const integrations = useQuery(IntegrationsDocument);
  // With 'all', a mutation returns its errors instead of throwing them. 'no-cache': the token is a secret for the Hub.
  const [create, created] = useMutation(CreateConnectSessionDocument, { errorPolicy: 'all', fetchPolicy: 'no-cache' });
  const [confirm, confirmed] = useMutation(ConfirmLinkedAccountDocument, {
    errorPolicy: 'all',
    refetchQueries: [IntegrationsDocument],
  });

  const token = created.data?.createConnectSession.token;
  const error = integrations.error ?? created.error ?? confirmed.error;
  const confirmation = confirmed.data?.confirmLinkedAccount;
  const userErrors = [...(created.data?.createConnectSession.userErrors ?? []), ...(confirmation?.userErrors ?? [])];
  const message = error?.message ?? userErrors[0]?.message ?? describe(confirmation?.account?.status);

  const start = (variables: CreateConnectSessionMutationVariables) => {
    confirmed.reset();
    void create({ variables });
  };
  // The Hub reports some failures as a success too, so the server confirms the account.
  const succeed = async (accountId: string) => {
    await confirm({ variables: { accountId } });
    created.reset();
  };
  // An account may have been linked in a window of its own.
  const close = () => {
    created.reset();
    void integrations.refetch();
  };

  const accounts = integrations.data?.linkedAccounts.nodes ?? [];
  return (
    <main>
      <h1>Integrations</h1>
      <p role="status">{message}</p>
      {token != null && (
        // A new Hub for each token: a mounted Hub ignores a changed token.
        <Hub key={token} token={token} onSuccess={(accountId) => void succeed(accountId)} onClose={close} />
      )}
      <ul>
        {integrations.data?.providers.map(({ key, name }) => {
          const account = accounts.find(({ providerKey }) => providerKey === key);
          return (
            <li key={key} aria-label={name}>
              {name}{' '}
              {account === undefined && (
                // FAIL: do not re-link an account that a colleague has linked meanwhile.
                <button
                  type="button"
                  disabled={created.loading}
                  onClick={() => start({ provider: key, onExisting: 'FAIL' })}
                >
                  Connect {name}
                </button>
              )}
              {account?.needsRelink === false && 'Connected'}
              {account?.needsRelink && (
                <button type="button" disabled={created.loading} onClick={() => start({ accountId: account.id })}>
                  Reconnect {name}
                </button>
              )}
            </li>
          );
        })}
      </ul>
    </main>
  );
}

interface HubProps {
  readonly token: string;
  readonly onSuccess: (accountId: string) => void;
  readonly onClose: () => void;
}

function Hub({ token, onSuccess, onClose }: HubProps) {
  const [signIn, setSignIn] = useState<BlockedSignIn | null>(null);
  // Browsers block the window that the Hub opens for OAuth, Safari always.
  useEffect(() => prepareSignInWindow({ baseUrl, token, onBlocked: setSignIn }), [token]);
  return (
    <Suspense fallback={<p>Loading…</p>}>
      {signIn !== null && (
        <button type="button" onClick={signIn.continue}>
          The browser blocked the sign-in window. Continue to sign-in
        </button>
      )}
      <StackOneHub
        mode="integration-picker"
        token={token}
        baseUrl={baseUrl}
        height="30rem"
        onSuccess={({ id }) => onSuccess(id)}
        onClose={onClose}
      />
      {/* The Hub has no close button before a success. */}
      <button type="button" onClick={onClose}>
        Cancel
      </button>
    </Suspense>
  );
}

function describe(status: string | undefined): string {
  if (status === undefined) {
    return '';
  }
  return status === 'ACTIVE' ? 'The account is connected.' : 'The account is not connected. Check the details.';
}

createRoot(document.querySelector('#root') ?? document.body).render(
  <ApolloProvider client={client}>
    <Integrations />
  </ApolloProvider>,
);
