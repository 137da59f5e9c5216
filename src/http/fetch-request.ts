import type { ApolloServerPlugin } from '@apollo/server';
import { GraphQLError } from 'graphql';
import { isRecord } from '../domain/values.js';
import type { ConnectContext } from '../graphql/context.js';
import type { HttpHead } from '../graphql/http-head.js';
import { RequestCancellation } from '../observability/cancellation.js';
import type { Observability } from '../observability/observability.js';
import { createRequestContext, type RequestContext } from '../observability/request-context.js';

/** A request of the Fetch API, as in Next.js, Hono and serverless functions. */
export interface FetchRequest {
  readonly headers: Pick<Headers, 'get'>;
  readonly signal?: AbortSignal;
}

export interface FetchOptions {
  readonly signal?: AbortSignal;
  /** The parsed JSON body, undefined for one that is no JSON. The host app has read it, and that is possible only once. */
  readonly body?: unknown;
}

export function isFetchRequest(request: { readonly headers: object }): request is FetchRequest {
  return 'get' in request.headers && typeof request.headers.get === 'function';
}

/**
 * Requests without a response object. Apollo Server's own response gets the headers, and the request is logged when that
 * response is ready. A request that Apollo Server rejects before it starts, such as a batch, reaches none of its plugins:
 * it is logged if the body is known.
 */
export class FetchRequests {
  readonly #observability: Observability;
  readonly #contexts = new WeakSet<RequestContext>();

  constructor(observability: Observability) {
    this.#observability = observability;
  }

  /** @param create creates the GraphQL context; the response to its error gets the headers too */
  async createContext<Context extends ConnectContext>(
    request: FetchRequest,
    options: FetchOptions,
    create: (context: RequestContext) => Promise<Context>,
  ): Promise<Context> {
    const cancellation = options.signal ?? request.signal ?? new RequestCancellation();
    const context = createRequestContext((name) => request.headers.get(name), cancellation, true);
    this.#contexts.add(context);
    try {
      const created = await create(context);
      if ('body' in options && !startsOperation(options.body)) {
        context.telemetry.setCode('BAD_USER_INPUT');
        this.#finish(context, { status: 400, headers: new Map() });
      }
      return created;
    } catch (error) {
      // For any other error than those of `toGraphQLError`, Apollo Server responds with 500.
      const http = error instanceof GraphQLError ? error.extensions['http'] : undefined;
      this.#finish(context, isHead(http) ? http : { status: 500, headers: new Map() });
      throw error;
    }
  }

  plugin(): ApolloServerPlugin<ConnectContext> {
    return {
      requestDidStart: async ({ contextValue: { request } }) => ({
        willSendResponse: async ({ response: { http } }) => {
          this.#finish(request, http);
        },
      }),
    };
  }

  /** Once for each request. */
  #finish(context: RequestContext, { status = 200, headers }: HttpHead): void {
    if (!this.#contexts.delete(context)) {
      return;
    }
    for (const [name, value] of Object.entries(context.responseHeaders)) {
      headers.set(name, value);
    }
    context.telemetry.finish(status, this.#observability);
  }
}

/** Whether Apollo Server takes this body of a POST request for an operation, and so calls its plugins. */
function startsOperation(body: unknown): boolean {
  if (!isRecord(body) || Object.keys(body).length === 0) {
    return false;
  }
  const { query, variables = null, extensions = null, operationName = null } = body;
  return (
    (!query || typeof query === 'string') &&
    [variables, extensions].every((value) => value === null || isRecord(value)) &&
    (operationName === null || typeof operationName === 'string')
  );
}

function isHead(value: unknown): value is HttpHead {
  return isRecord(value) && value['headers'] instanceof Map;
}
