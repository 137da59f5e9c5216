import { ApolloClient, ApolloLink, HttpLink, InMemoryCache, RefetchEventManager } from '@apollo/client';
import { SetContextLink } from '@apollo/client/link/context';
import { ErrorLink } from '@apollo/client/link/error';
import { fromEvent } from 'rxjs';
import { z } from 'zod';
import { toFailure } from './failure';

const signInSchema = z.object({ token: z.string() });
let accessToken: Promise<string> | undefined;

/** The demo server gives anyone a token of its tenant Acme. Here stands your own login. */
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

/** A token that has ended is renewed, and the request is sent again, one time. It was refused before anything ran. */
const renew = new ErrorLink(({ error, operation, forward }) => {
  if (toFailure(error).code !== 'UNAUTHENTICATED') {
    return;
  }
  accessToken = undefined;
  return forward(operation);
});

export const client = new ApolloClient({
  link: ApolloLink.from([renew, authorize, new HttpLink({ uri: '/graphql' })]),
  // A provider has no id: its key is one.
  cache: new InMemoryCache({ typePolicies: { Provider: { keyFields: ['key'] } } }),
  // An account may be linked in another window. Apollo's own source misses small ones, which hide nothing.
  refetchEventManager: new RefetchEventManager({
    sources: { windowFocus: () => fromEvent(window, 'focus') },
  }),
});
