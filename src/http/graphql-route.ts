import { type ApolloServer, HeaderMap } from '@apollo/server';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { CreateContext, GraphQLContext } from '../graphql/context.js';
import { errorBody } from './http-error.js';
import { recordOf } from './request-log.js';

const acceptsJson = /(^|,)\s*(\*\/\*|application\/(\*|json|graphql-response\+json))\s*(;|,|$)/i;

/** `POST /graphql`: an HTTP request as plain values to Apollo, and its answer back. */
export function addGraphQLRoute(
  server: FastifyInstance,
  apollo: ApolloServer<GraphQLContext>,
  createContext: CreateContext,
): void {
  server.post('/graphql', async (request, reply) => {
    const record = recordOf(request);
    if (!acceptsJson.test(request.headers.accept ?? '*/*')) {
      // Apollo finds that out only when a mutation has run.
      record.code = 'BAD_USER_INPUT';
      return reply.code(406).send(errorBody('BAD_USER_INPUT', 'Accept application/json.'));
    }
    const answer = await apollo.executeHTTPGraphQLRequest({
      httpGraphQLRequest: {
        method: request.method,
        headers: toHeaderMap(request),
        search: '',
        body: request.body,
      },
      context: () => createContext({ authorization: request.headers.authorization, record }),
    });
    const status = answer.status ?? 200;
    // Some refusals, such as that of a batch, no plugin of Apollo's gets to see.
    if (status >= 400 && record.code === 'ok') {
      record.code = status < 500 ? 'BAD_USER_INPUT' : 'INTERNAL_SERVER_ERROR';
    }
    reply.code(status);
    for (const [name, value] of answer.headers) {
      reply.header(name, value);
    }
    // Neither @defer nor subscriptions are in the schema, so an answer is always whole.
    return answer.body.kind === 'complete' ? answer.body.string : '';
  });
}

function toHeaderMap(request: FastifyRequest): HeaderMap {
  const headers = new HeaderMap();
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) {
      headers.set(name, Array.isArray(value) ? value.join(', ') : value);
    }
  }
  return headers;
}
