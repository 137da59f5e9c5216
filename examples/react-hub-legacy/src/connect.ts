import { createConnectClient } from 'stackone-connect-client';

let accessToken = '';

/** The client of the whole page. It calls `headers` before each request, and with `renew: true` after a 401. */
export const client = createConnectClient({
  headers: async ({ renew }) => {
    if (renew || accessToken === '') {
      accessToken = await signIn();
    }
    return { authorization: `Bearer ${accessToken}` };
  },
});

/** Returns a token of the demo customer Acme, without a login. Replace this with your own login. */
async function signIn(): Promise<string> {
  const response = await fetch('/demo/token?tenant=acme');
  const body: unknown = await response.json();
  if (typeof body === 'object' && body !== null && 'token' in body && typeof body.token === 'string') {
    return body.token;
  }
  throw new Error(`The token request failed with status ${response.status}`);
}
