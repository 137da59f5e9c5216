import { useApolloClient, useMutation } from '@apollo/client/react';
import { useEffect, useState } from 'react';
import { type Failure, toFailure } from './failure';
import {
  type AccountFieldsFragment,
  ConfirmLinkedAccountDocument,
  CreateConnectSessionDocument,
  type CreateConnectSessionMutationVariables,
} from './gql/graphql';

/** One connection, from the click to the linked account. The results of two mutations are its only state. */
export function useConnect() {
  const client = useApolloClient();
  // With 'all', mutations return errors instead of throwing them, so that `messageFor` handles all failures.
  // 'no-cache': the token is a secret for the Hub.
  const [create, created] = useMutation(CreateConnectSessionDocument, {
    errorPolicy: 'all',
    fetchPolicy: 'no-cache',
  });
  const [confirm, confirmed] = useMutation(ConfirmLinkedAccountDocument, { errorPolicy: 'all' });
  const [isExpired, setIsExpired] = useState(false);

  const refetch = () => void client.refetchQueries({ include: 'active' });
  const clear = () => {
    created.reset();
    confirmed.reset();
    setIsExpired(false);
  };

  const { token, expiresAt, userErrors } = created.data?.createConnectSession ?? {};
  const isOpen = token != null && !isExpired && (!confirmed.called || confirmed.loading);

  // The Hub does not report an expired session: it shows an empty list of tools.
  useEffect(() => {
    if (expiresAt == null || confirmed.called) {
      return;
    }
    const timer = setTimeout(() => setIsExpired(true), Date.parse(expiresAt) - Date.now());
    return () => clearTimeout(timer);
  }, [expiresAt, confirmed.called]);

  const account = confirmed.data?.confirmLinkedAccount.account;
  const error = created.error ?? confirmed.error;
  const [userError] = [...(userErrors ?? []), ...(confirmed.data?.confirmLinkedAccount.userErrors ?? [])];
  const failure = (error && toFailure(error)) ?? userError ?? notLinked(account);

  return {
    /** The token for the Hub. Null when no Hub must be shown. */
    token: isOpen ? token : null,
    isBusy: created.loading,
    /** The account, after the server has confirmed it. */
    linked: account?.status === 'ACTIVE' ? account : null,
    failure: isExpired ? sessionExpired : failure,
    start: async (variables: CreateConnectSessionMutationVariables) => {
      if (created.loading) {
        return;
      }
      clear();
      const { data } = await create({ variables });
      // The lists may be out of date.
      if (data?.createConnectSession.token == null) {
        refetch();
      }
    },
    /** Handles `success` of the Hub. The Hub also reports it for some failures, so the server must confirm the account. */
    succeed: async (accountId: string) => {
      await confirm({ variables: { accountId } });
      refetch();
    },
    /** Closes the Hub. Refetches, because an account may have been linked in an OAuth window. */
    close: () => {
      clear();
      refetch();
    },
    dismiss: clear,
  };
}

const sessionExpired: Failure = { code: 'SESSION_EXPIRED', message: '' };

function notLinked(account: AccountFieldsFragment | null | undefined): Failure | undefined {
  if (account == null || account.status === 'ACTIVE') {
    return undefined;
  }
  return { code: 'NOT_LINKED', message: reasonOf(account) };
}

export function reasonOf({ statusReasons }: AccountFieldsFragment): string {
  return statusReasons[0]?.description ?? 'The connection does not work.';
}
