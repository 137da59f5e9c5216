import { type ApolloServer, HeaderMap } from '@apollo/server';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { chooseContentType } from '../../graphql/content-type.js';
import type { CreateContext, GraphQLContext } from '../../graphql/context.js';
import type { OperationRequest, OperationRunner } from '../../graphql/operations/operation-runner.js';
import { SharedTexts } from '../../graphql/operations/shared-texts.js';
import { requestContextOf } from '../plugins/request-context.js';

export interface GraphQLRouteDependencies {
  readonly apollo: ApolloServer<GraphQLContext>;
  readonly operations: OperationRunner;
  /** From the `Authorization` header. */
  readonly createContext: CreateContext<string | undefined>;
}

/** `POST /graphql`: the operation store first, Apollo Server for everything that is not in it. */
export function addGraphQLRoute(server: FastifyInstance, dependencies: GraphQLRouteDependencies): void {
  const { apollo, operations, createContext } = dependencies;
  server.post('/graphql', async (request, reply) => {
    const { body, headers } = request;
    const { accept } = headers;
    const context = createContext(headers.authorization, requestContextOf(request));
    // Apollo Server awaits the same promise and reports the error.
    const contextValue = await context.catch(() => undefined);
    const contentType = chooseContentType(accept);
    if (contextValue !== undefined && contentType !== undefined && isOperationRequest(body)) {
      const texts = new SharedTexts();
      const response = await operations.run(body, contextValue, texts);
      if (response !== undefined) {
        const { status = 200, headers } = response.http;
        headers.set('content-type', contentType);
        return send(reply, status, headers, `${texts.stringify(response.result)}\n`);
      }
    }
    const response = await apollo.executeHTTPGraphQLRequest({
      httpGraphQLRequest: { method: request.method, headers: toHeaderMap(accept), search: '', body },
      context: () => context,
    });
    // The schema has neither @defer nor subscriptions, so a response is always complete.
    const text = response.body.kind === 'complete' ? response.body.string : '';
    return send(reply, response.status ?? 200, response.headers, text);
  });
}

function send(reply: FastifyReply, status: number, headers: HeaderMap, body: string): string {
  reply.code(status);
  for (const [name, value] of headers) {
    reply.header(name, value);
  }
  return body;
}

/** A body that can be run without further checks. Apollo Server reports what is wrong with any other body. */
function isOperationRequest(body: unknown): body is OperationRequest {
  if (!isRecord(body) || 'extensions' in body) {
    return false;
  }
  const { query, variables = null, operationName = null } = body;
  return (
    typeof query === 'string' &&
    (variables === null || isRecord(variables)) &&
    (operationName === null || typeof operationName === 'string')
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Only the headers that Apollo Server needs. The body parser has checked that the body came as JSON. */
function toHeaderMap(accept: string | undefined): HeaderMap {
  return new HeaderMap([
    ['content-type', 'application/json'],
    ...(accept === undefined ? [] : [['accept', accept] as const]),
  ]);
}
