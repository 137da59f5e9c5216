import { createServer, type IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { type ApolloServer, HeaderMap } from '@apollo/server';
import type { Connect } from '../../src/embed.js';
import type { GraphQLContext } from '../../src/graphql/context.js';
import { type Listener, listen } from './listen.js';

export type FetchHandler = (request: Request) => Promise<Response>;

/** The handler of docs/embedding.md, as in the App Router of Next.js. `test/contract/documents` compares the two. */
export function createFetchHandler(apollo: ApolloServer<GraphQLContext>, connect: Connect<Request>): FetchHandler {
  return async function POST(request) {
    const body: unknown = await request.json().catch(() => undefined);
    const response = await apollo.executeHTTPGraphQLRequest({
      httpGraphQLRequest: {
        method: request.method,
        headers: new HeaderMap(request.headers),
        search: new URL(request.url).search,
        body,
      },
      context: () => connect.createContext(request, { body }),
    });
    const { status, headers } = response;
    const text = response.body.kind === 'complete' ? response.body.string : '';
    return new Response(text, { status: status ?? 200, headers: [...headers] });
  };
}

/** Serves a handler as the runtime of such a host does. The signal of a request is aborted when its client disconnects. */
export function listenFetch(handler: FetchHandler): Promise<Listener> {
  const server = createServer(async (incoming, outgoing) => {
    const abort = new AbortController();
    outgoing.once('close', () => abort.abort());
    const response = await handler(await toRequest(incoming, abort.signal));
    outgoing.writeHead(response.status, Object.fromEntries(response.headers));
    outgoing.end(await response.text());
  });
  return listen(server);
}

async function toRequest(incoming: IncomingMessage, signal: AbortSignal): Promise<Request> {
  const { method = 'GET', url = '/', headers } = incoming;
  const pairs = Object.entries(headers).map(([name, value]): [string, string] => [name, String(value)]);
  const body = await buffer(incoming);
  const withBody = method === 'GET' ? {} : { body: new Uint8Array(body) };
  return new Request(new URL(url, 'http://127.0.0.1'), { method, headers: pairs, signal, ...withBody });
}
