import { ApolloServer, HeaderMap, type HTTPGraphQLResponse } from '@apollo/server';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type Emulator, startEmulator } from '../../emulator/src/index.js';
import type { Login } from '../../src/auth/host-login.js';
import { type Connect, startConnect } from '../../src/embed.js';
import type { GraphQLContext } from '../../src/graphql/context.js';
import { createLogger } from '../../src/observability/logger.js';
import { canaries, sessionRequests } from '../support/test-app.js';
import { waitUntil } from '../support/wait.js';

/** A product that handles requests of the Fetch API, as in Next.js and Hono. */
let emulator: Emulator;
let connect: Connect<Request>;
let apollo: ApolloServer<GraphQLContext>;
let lines: string[] = [];
beforeAll(async () => {
  emulator = await startEmulator({ apiKey: canaries.apiKey });
  connect = await startConnect<Request>({
    apiKey: emulator.apiKey,
    baseUrl: emulator.url,
    production: false,
    logger: createLogger('info', { write: (line) => void lines.push(line) }),
    getOwner: ({ headers }): Login | null =>
      headers.get('x-session') === 'ada' ? { id: 'org_acme', name: 'Acme Corporation' } : null,
  });
  apollo = new ApolloServer(connect.apolloOptions);
  await apollo.start();
});
afterEach(() => {
  emulator.reset();
  lines = [];
});
afterAll(async () => {
  await apollo.stop();
  await connect.stop();
  await emulator.stop();
});

const query = 'mutation { createConnectSession { token userErrors { code } } }';

async function send(
  session: string,
  init: RequestInit = {},
  response?: { readonly signal: AbortSignal },
): Promise<HTTPGraphQLResponse> {
  const headers = { 'content-type': 'application/json', 'x-session': session, 'x-request-id': 'from-a-page' };
  const request = new Request('http://127.0.0.1/graphql', { method: 'POST', headers, body: '{}', ...init });
  return apollo.executeHTTPGraphQLRequest({
    httpGraphQLRequest: {
      method: request.method,
      headers: new HeaderMap(request.headers),
      search: '',
      body: { query },
    },
    context: () => connect.createContext(request, response),
  });
}

const bodyOf = ({ body }: HTTPGraphQLResponse): unknown =>
  JSON.parse(body.kind === 'complete' ? body.string : '');
const requestLines = () => lines.map((line): unknown => JSON.parse(line));

describe('A request of the Fetch API', () => {
  it('returns a session with the request id and cache-control: no-store, and is logged once', async () => {
    const response = await send('ada');
    expect(bodyOf(response)).toEqual({
      data: { createConnectSession: { token: expect.stringMatching(/^\S{16,}$/), userErrors: [] } },
    });
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'cache-control': 'no-store',
      'x-request-id': 'from-a-page',
    });
    expect(requestLines()).toEqual([
      expect.objectContaining({ requestId: 'from-a-page', code: 'ok', status: 200 }),
    ]);
  });

  it('without a login is rejected with 401, cache-control: no-store and one log line', async () => {
    const response = await send('no one');
    expect([response.status, bodyOf(response)]).toEqual([
      401,
      { errors: [{ message: 'Sign in again.', extensions: { code: 'UNAUTHENTICATED' } }] },
    ]);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'cache-control': 'no-store',
      'x-request-id': 'from-a-page',
    });
    expect(requestLines()).toEqual([
      expect.objectContaining({ requestId: 'from-a-page', code: 'UNAUTHENTICATED', status: 401 }),
    ]);
    expect(emulator.history).toEqual([]);
  });

  it.each(['its own signal', 'the signal of the second argument'])(
    'cancels the StackOne request with %s',
    async (source) => {
      const cancellation = new AbortController();
      const { signal } = cancellation;
      emulator.failNext({ kind: 'hang', match: { path: '/connect_sessions' } });
      const startedAt = performance.now();
      const pending = source === 'its own signal' ? send('ada', { signal }) : send('ada', {}, { signal });
      await waitUntil(() => sessionRequests(emulator).length === 1, 'StackOne has received the request');
      cancellation.abort();
      expect(bodyOf(await pending)).toMatchObject({
        errors: [{ extensions: { code: 'UPSTREAM_UNAVAILABLE' } }],
      });
      // The deadline of an attempt is 5 seconds.
      expect(performance.now() - startedAt).toBeLessThan(4_000);
      expect(sessionRequests(emulator)).toHaveLength(1);
    },
  );
});
