import { ApolloClient, ApolloLink, CombinedGraphQLErrors, HttpLink, InMemoryCache } from '@apollo/client';
import { SetContextLink } from '@apollo/client/link/context';
import { ErrorLink } from '@apollo/client/link/error';

let accessToken: string | undefined;

/** Returns a token of the demo customer Acme, without a login. Replace this with your own login. */
async function signIn(): Promise<string> {
  const { token } = await (await fetch('/demo/token?tenant=acme')).json();
  return token;
}

const authorize = new SetContextLink(async ({ headers }) => {
  accessToken ??= await signIn();
  return { headers: { ...headers, authorization: `Bearer ${accessToken}` } };
});

/** Renews an expired token and sends the request once more. This is safe: the server rejected it before executing it. */
const renew = new ErrorLink(({ error, operation, forward }) => {
  if (CombinedGraphQLErrors.is(error) && error.errors[0]?.extensions?.['code'] === 'UNAUTHENTICATED') {
    accessToken = undefined;
    return forward(operation);
  }
});

export const client = new ApolloClient({
  link: ApolloLink.from([renew, authorize, new HttpLink({ uri: '/graphql' })]),
  // A provider has no `id`; its `key` is unique.
  cache: new InMemoryCache({ typePolicies: { Provider: { keyFields: ['key'] } } }),
});
