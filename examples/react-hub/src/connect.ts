import { createConnectClient } from 'stackone-connect-graphql/client';

let accessToken = '';

/** One client for the whole page. It asks for headers before each request, and for fresh ones after a 401. */
export const client = createConnectClient({
  headers: async ({ renew }) => {
    if (renew || accessToken === '') {
      accessToken = await signIn();
    }
    return { authorization: `Bearer ${accessToken}` };
  },
});

/** The demo server gives anyone a token of its tenant Acme. Here stands your own login. */
async function signIn(): Promise<string> {
  const response = await fetch('/demo/token?tenant=acme');
  const body: unknown = await response.json();
  if (typeof body === 'object' && body !== null && 'token' in body && typeof body.token === 'string') {
    return body.token;
  }
  throw new Error(`No access token: status ${response.status}`);
}
