import { type ApolloServer, HeaderMap } from '@apollo/server';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { CreateContext, GraphQLContext } from '../graphql/context.js';
import type { KnownOperations, OperationAnswer } from '../graphql/known-operations.js';
import { recordOf } from './request-log.js';

/** `POST /graphql`: an HTTP request as plain values to what runs it, and its answer back. */
export function addGraphQLRoute(
  server: FastifyInstance,
  apollo: ApolloServer<GraphQLContext>,
  knownOperations: KnownOperations,
  createContext: CreateContext<string | undefined>,
): void {
  server.post('/graphql', async (request, reply) => {
    const { body, headers } = request;
    const { accept } = headers;
    const record = recordOf(request);
    const context = createContext(headers.authorization, record);
    // Why there is none Apollo asks for itself, and tells.
    const contextValue = await context.catch(() => undefined);
    const known = contextValue && (await knownOperations.run({ body, accept }, contextValue));
    if (known !== undefined) {
      return send(reply, known);
    }
    const answer = await apollo.executeHTTPGraphQLRequest({
      httpGraphQLRequest: { method: request.method, headers: toHeaderMap(accept), search: '', body },
      context: () => context,
    });
    const status = answer.status ?? 200;
    if (status === 200) {
      knownOperations.learn({ body, accept }, record, answer.headers.get('content-type'));
    }
    // Neither @defer nor subscriptions are in the schema, so an answer is always whole.
    const text = answer.body.kind === 'complete' ? answer.body.string : '';
    return send(reply, { status, headers: answer.headers, body: text });
  });
}

function send(reply: FastifyReply, { status, headers, body }: OperationAnswer): string {
  reply.code(status);
  for (const [name, value] of headers) {
    reply.header(name, value);
  }
  return body;
}

/** Apollo is told what it asks for, and no more: the parser has made sure that the body came as JSON. */
function toHeaderMap(accept: string | undefined): HeaderMap {
  return new HeaderMap([
    ['content-type', 'application/json'],
    ...(accept === undefined ? [] : [['accept', accept] as const]),
  ]);
}
