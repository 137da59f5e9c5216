import type { ApolloServerPlugin } from '@apollo/server';
import { GraphQLError } from 'graphql';
import type { ConnectContext } from '../graphql/context.js';
import { RequestCancellation } from '../observability/cancellation.js';
import type { Observability } from '../observability/observability.js';
import { createRequestContext, type RequestContext } from '../observability/request-context.js';

/** A request of the Fetch API, as in Next.js, Hono and serverless functions. */
export interface FetchRequest {
  readonly headers: Pick<Headers, 'get'>;
  readonly signal?: AbortSignal;
}

export function isFetchRequest(request: { readonly headers: object }): request is FetchRequest {
  return 'get' in request.headers && typeof request.headers.get === 'function';
}

/**
 * Requests without a response object. Apollo Server's own response gets the headers, and the request is logged when that
 * response is ready. A request that Apollo Server rejects before it starts, such as a body without a query, is not logged.
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
    signal: AbortSignal | undefined,
    create: (context: RequestContext) => Promise<Context>,
  ): Promise<Context> {
    const cancellation = signal ?? request.signal ?? new RequestCancellation();
    const context = createRequestContext((name) => request.headers.get(name), cancellation, true);
    this.#contexts.add(context);
    try {
      return await create(context);
    } catch (error) {
      const http = error instanceof GraphQLError ? error.extensions['http'] : undefined;
      this.#finish(context, toHead(http));
      throw error;
    }
  }

  plugin(): ApolloServerPlugin<ConnectContext> {
    return {
      requestDidStart: async ({ contextValue: { request } }) => ({
        willSendResponse: async ({ response: { http } }) => {
          if (this.#contexts.has(request)) {
            this.#finish(request, http);
          }
        },
      }),
    };
  }

  #finish(context: RequestContext, { status = 200, headers }: Head): void {
    for (const [name, value] of Object.entries(context.responseHeaders)) {
      headers.set(name, value);
    }
    context.telemetry.finish(status, this.#observability);
  }
}

interface Head {
  readonly status?: number;
  readonly headers: Map<string, string>;
}

/** What `toGraphQLError` has put into an error; for any other error Apollo Server responds with 500. */
function toHead(http: unknown): Head {
  return isHead(http) ? http : { status: 500, headers: new Map() };
}

function isHead(value: unknown): value is Head {
  return typeof value === 'object' && value !== null && 'headers' in value && value.headers instanceof Map;
}
