import { ApolloClient, ApolloLink, HttpLink, InMemoryCache, RefetchEventManager } from '@apollo/client';
import { SetContextLink } from '@apollo/client/link/context';
import { ErrorLink } from '@apollo/client/link/error';
import { fromEvent } from 'rxjs';
import { z } from 'zod';
import { toFailure } from './failure';

const signInSchema = z.object({ token: z.string() });
let accessToken: Promise<string> | undefined;

/** Returns a token of the demo customer Acme, without a login. Replace this with your own login. */
async function signIn(): Promise<string> {
  const response = await fetch('/demo/token?tenant=acme');
  return signInSchema.parse(await response.json()).token;
}

const authorize = new SetContextLink(async ({ headers }) => {
  accessToken ??= signIn();
  try {
    return { headers: { ...headers, authorization: `Bearer ${await accessToken}` } };
  } catch (error) {
    accessToken = undefined;
    throw error;
  }
});

/** Renews an expired token and sends the request once more. This is safe: the server rejected it before executing it. */
const renew = new ErrorLink(({ error, operation, forward }) => {
  if (toFailure(error).code !== 'UNAUTHENTICATED') {
    return;
  }
  accessToken = undefined;
  return forward(operation);
});

export const client = new ApolloClient({
  link: ApolloLink.from([renew, authorize, new HttpLink({ uri: '/graphql' })]),
  // A provider has no `id`; its `key` is unique.
  cache: new InMemoryCache({ typePolicies: { Provider: { keyFields: ['key'] } } }),
  // Refetch on focus: an account can be linked in a popup. Apollo's default source does not detect the return from a
  // popup, because a popup does not hide the page.
  refetchEventManager: new RefetchEventManager({
    sources: { windowFocus: () => fromEvent(window, 'focus') },
  }),
});
