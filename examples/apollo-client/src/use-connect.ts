import { useApolloClient, useMutation } from '@apollo/client/react';
import { useEffect, useState } from 'react';
import { type Failure, toFailure } from './failure';
import {
  type AccountFieldsFragment,
  ConfirmLinkedAccountDocument,
  CreateConnectSessionDocument,
  type CreateConnectSessionMutationVariables,
} from './gql/graphql';

/** One connection from the click to the account: everything is told by the two mutations. */
export function useConnect() {
  const client = useApolloClient();
  // With 'all' a failure is a value, as `userErrors` are, and nothing is thrown past the one switch over both.
  // The token is a secret for the Hub alone, and stays out of the cache.
  const [create, created] = useMutation(CreateConnectSessionDocument, {
    errorPolicy: 'all',
    fetchPolicy: 'no-cache',
  });
  const [confirm, confirmed] = useMutation(ConfirmLinkedAccountDocument, { errorPolicy: 'all' });
  const [hasEnded, setHasEnded] = useState(false);

  const refetch = () => void client.refetchQueries({ include: 'active' });
  const clear = () => {
    created.reset();
    confirmed.reset();
    setHasEnded(false);
  };

  const { token, expiresAt, userErrors } = created.data?.createConnectSession ?? {};
  const isOpen = token != null && !hasEnded && (!confirmed.called || confirmed.loading);

  // The Hub says nothing when its session has ended: it seems to have no tools.
  useEffect(() => {
    if (expiresAt == null || confirmed.called) {
      return;
    }
    const timer = setTimeout(() => setHasEnded(true), Date.parse(expiresAt) - Date.now());
    return () => clearTimeout(timer);
  }, [expiresAt, confirmed.called]);

  const account = confirmed.data?.confirmLinkedAccount.account;
  const error = created.error ?? confirmed.error;
  const [userError] = [...(userErrors ?? []), ...(confirmed.data?.confirmLinkedAccount.userErrors ?? [])];
  const failure = (error && toFailure(error)) ?? userError ?? notLinked(account);

  return {
    /** Set while the Hub is to be shown. */
    token: isOpen ? token : null,
    isBusy: created.loading,
    /** By the server's word it works. */
    linked: account?.status === 'ACTIVE' ? account : null,
    failure: hasEnded ? sessionEnded : failure,
    start: async (variables: CreateConnectSessionMutationVariables) => {
      if (created.loading) {
        return;
      }
      clear();
      const { data } = await create({ variables });
      // A refusal may mean that the lists are out of date.
      if (data?.createConnectSession.token == null) {
        refetch();
      }
    },
    /** The Hub's `success` is a hint, and comes for failures too: the server is asked what is true. */
    succeed: async (accountId: string) => {
      await confirm({ variables: { accountId } });
      refetch();
    },
    /** The person leaves the Hub. What was linked in its OAuth window has told nobody here. */
    close: () => {
      clear();
      refetch();
    },
    dismiss: clear,
  };
}

const sessionEnded: Failure = { code: 'SESSION_ENDED', message: '' };

function notLinked(account: AccountFieldsFragment | null | undefined): Failure | undefined {
  if (account == null || account.status === 'ACTIVE') {
    return undefined;
  }
  return { code: 'NOT_LINKED', message: reasonOf(account) };
}

export function reasonOf({ statusReasons }: AccountFieldsFragment): string {
  return statusReasons[0]?.description ?? 'It has stopped working.';
}
