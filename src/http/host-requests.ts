import type { IncomingMessage } from 'node:http';
import type { ApolloServerPlugin } from '@apollo/server';
import { GraphQLError } from 'graphql';
import { isRecord } from '../domain/values.js';
import type { ConnectContext } from '../graphql/context.js';
import type { HttpHead } from '../graphql/http-head.js';
import { RequestCancellation } from '../observability/cancellation.js';
import type { Observability } from '../observability/observability.js';
import { createRequestContext, type RequestContext } from '../observability/request-context.js';
import { UsageError } from '../observability/unexpected-error.js';
import { contextOfNodeRequest, type NodeResponse } from './node-request.js';

/** A request of the Fetch API, as in Next.js, Hono and serverless functions. */
interface FetchRequest {
  readonly headers: Pick<Headers, 'get'>;
  readonly signal?: AbortSignal;
}

interface FetchOptions {
  readonly signal?: AbortSignal;
  /** The parsed JSON body, undefined for one that is no JSON. The host app has read it, and that is possible only once. */
  readonly body?: unknown;
}

/** A Node request (Express, Fastify's `raw`, http) or a request of the Fetch API (Next.js, Hono, serverless functions). */
export type HostRequest = Pick<IncomingMessage, 'headers'> | FetchRequest;

/** What `createContext` needs besides the request, see there. */
export type HostResponse = NodeResponse | FetchOptions;

/** Creates the GraphQL context. @param body of the request, where a body parser has read it */
type Create<Context> = (context: RequestContext, body: unknown) => Promise<Context>;

/**
 * The requests of a host app. A Node request is logged when its response closes. A Fetch request has no response object:
 * Apollo Server's own response gets the headers, and the request is logged when that response is ready. A Fetch request
 * that Apollo Server rejects before it starts, such as a batch, reaches none of its plugins: it is logged if the body is
 * known.
 */
export class HostRequests {
  readonly #observability: Observability;
  readonly #fetchContexts = new WeakSet<RequestContext>();

  constructor(observability: Observability) {
    this.#observability = observability;
  }

  /** @throws UsageError when the response of a Node request is missing; errors of `create` */
  async createContext<Context extends ConnectContext>(
    request: HostRequest,
    response: HostResponse | undefined,
    create: Create<Context>,
  ): Promise<Context> {
    if (!isRecord(request) || !isRecord(request.headers)) {
      throw new UsageError('createContext needs a Fetch request, or a Node request and its response.');
    }
    if (isFetchRequest(request)) {
      const options = response === undefined || 'setHeader' in response ? {} : response;
      return this.#createFetchContext(request, options, create);
    }
    if (response === undefined || !('setHeader' in response)) {
      throw new UsageError('createContext needs the response of a Node request as its second argument.');
    }
    const finish = ({ telemetry }: RequestContext, status: number) => telemetry.finish(status, this.#observability);
    const context = contextOfNodeRequest(request, response, finish, true);
    for (const [name, value] of Object.entries(context.responseHeaders)) {
      response.setHeader(name, value);
    }
    return create(context, 'body' in request ? request.body : undefined);
  }

  /** The response to an error of `create` gets the headers too. */
  async #createFetchContext<Context extends ConnectContext>(
    request: FetchRequest,
    options: FetchOptions,
    create: Create<Context>,
  ): Promise<Context> {
    const cancellation = options.signal ?? request.signal ?? new RequestCancellation();
    const context = createRequestContext((name) => request.headers.get(name), cancellation, true);
    this.#fetchContexts.add(context);
    try {
      const created = await create(context, options.body);
      if ('body' in options && !startsOperation(options.body)) {
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
    if (!this.#fetchContexts.delete(context)) {
      return;
    }
    for (const [name, value] of Object.entries(context.responseHeaders)) {
      headers.set(name, value);
    }
    context.telemetry.finish(status, this.#observability);
  }
}

function isFetchRequest(request: { readonly headers: object }): request is FetchRequest {
  return 'get' in request.headers && typeof request.headers.get === 'function';
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
