import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isRecord } from '../../domain/values.js';
import { chooseContentType, usableAccept } from '../../graphql/content-type.js';
import type { CreateContext, GraphQLContext } from '../../graphql/context.js';
import type { LazyApollo } from '../../graphql/operations/lazy-apollo.js';
import type { OperationRequest, OperationRunner } from '../../graphql/operations/operation-runner.js';
import type { RefusedMutations } from '../../graphql/operations/refused-mutations.js';
import { SharedTexts } from '../../graphql/operations/shared-texts.js';
import { originalOf } from '../../graphql/original-error.js';
import { runBelow } from '../../observability/tracing.js';
import { requestContextOf } from '../plugins/request-context.js';

/** The header by which the page of the playground marks its requests. */
const playgroundHeader = 'x-connect-playground';

export interface GraphQLRouteDependencies {
  readonly apollo: LazyApollo;
  readonly operations: OperationRunner;
  /** From the `Authorization` header. */
  readonly createContext: CreateContext<string | undefined>;
  readonly refusedMutations: RefusedMutations;
}

/**
 * `POST /graphql`: the operation store first, Apollo Server for everything that is not in it.
 * @param exceptPlayground whether requests of the playground can have documents that are not trusted
 */
export function addGraphQLRoute(
  server: FastifyInstance,
  dependencies: GraphQLRouteDependencies,
  exceptPlayground: boolean,
): void {
  const { apollo, operations, createContext, refusedMutations } = dependencies;
  const handle = async (request: FastifyRequest, reply: FastifyReply): Promise<string> => {
    const { body, headers } = request;
    const accept = usableAccept(headers.accept);
    const requestContext = requestContextOf(request);
    const context = createContext(headers.authorization, requestContext);
    // Apollo Server awaits the same promise and reports the error.
    const contextValue = await context.catch((error: unknown) => {
      refusedMutations.recordBody(body, requestContext, originalOf(error));
    });
    const contentType = chooseContentType(accept);
    if (contextValue !== undefined && contentType !== undefined && isOperationRequest(body)) {
      // The store has only documents that the plugins have accepted.
      contextValue.budget.open();
      const texts = new SharedTexts();
      const response = await operations.run(body, contextValue, texts);
      if (response !== undefined) {
        const { status = 200, headers } = response.http;
        headers.set('content-type', contentType);
        return send(reply, status, headers, `${texts.stringify(response.result)}\n`);
      }
    }
    const response = await apollo.execute(
      { accept, body },
      exceptPlayground && playgroundHeader in headers ? async () => acceptAnyDocument(await context) : () => context,
    );
    return send(reply, response.status, response.headers, response.body);
  };
  server.post('/graphql', (request, reply) =>
    runBelow(requestContextOf(request).traceContext, () => handle(request, reply)),
  );
}

function acceptAnyDocument(context: GraphQLContext): GraphQLContext {
  return { ...context, acceptsAnyDocument: true };
}

function send(reply: FastifyReply, status: number, headers: ReadonlyMap<string, string>, body: string): string {
  reply.code(status);
  for (const [name, value] of headers) {
    reply.header(name, value);
  }
  return body;
}

/** A body that can be run without further checks. Apollo Server reports what is wrong with any other body. */
function isOperationRequest(body: unknown): body is OperationRequest {
  if (!isRecord(body)) {
    return false;
  }
  const { query, documentId, variables = null, operationName = null, extensions = null } = body;
  return (
    (documentId === undefined ? typeof query === 'string' : typeof documentId === 'string' && query === undefined) &&
    (variables === null || isRecord(variables)) &&
    (operationName === null || typeof operationName === 'string') &&
    (extensions === null || (isRecord(extensions) && extensions['persistedQuery'] === undefined))
  );
}
