import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { Registry } from 'prom-client';
import { createLoginAuthentication, type GetOwner } from './auth/host-login.js';
import { type ConnectApolloOptions, compose } from './composition.js';
import { loadOptions } from './config/from-options.js';
import type { ConnectSettings } from './config/settings.js';
import type { GraphQLContext } from './graphql/context.js';
import { contextOfNodeRequest } from './http/node-request.js';
import { createLogger, type Logger } from './observability/logger.js';
import { createObservability } from './observability/observability.js';

export interface ConnectOptions<Request> extends ConnectSettings {
  /** The host app's own login: returns who sent the request, or null when no one is signed in. */
  readonly getOwner: GetOwner<Request>;
  /** Default: JSON lines on standard output. */
  readonly logger?: Logger | undefined;
}

/** The schema inside the Apollo Server of a host app, behind the host app's own login. */
export interface Connect<Request> {
  readonly apolloOptions: ConnectApolloOptions;
  /**
   * The `context` function of Apollo Server. `stackone` of the context also serves the host app's own routes.
   * @param response Node's response. When it closes, the request is logged; when it closes early, calls to StackOne are
   *   cancelled
   */
  readonly createContext: (request: Request, response: ServerResponse) => Promise<GraphQLContext>;
  /** The metrics of docs/operations.md whose names begin with `connect_`. */
  readonly metrics: Registry;
  /** Closes the connections to StackOne and Redis. Stop Apollo Server first. */
  readonly stop: () => Promise<void>;
}

/**
 * Starts the schema for an Apollo Server of your own.
 * @throws ConfigError that lists all problems of the options
 */
export async function startConnect<
  Request extends { readonly headers: IncomingHttpHeaders } = IncomingMessage,
>(options: ConnectOptions<Request>): Promise<Connect<Request>> {
  const config = loadOptions(options);
  const observability = createObservability(options.logger ?? createLogger(config.logLevel));
  const authenticate = createLoginAuthentication(options.getOwner);
  const { apolloOptions, createContext, close } = await compose(config, authenticate, observability);
  return {
    apolloOptions,
    createContext: async (request, response) => {
      const context = contextOfNodeRequest(request, response, observability);
      response.setHeader('x-request-id', context.id);
      // Every response can contain a token.
      response.setHeader('cache-control', 'no-store');
      return createContext(request, context);
    },
    metrics: observability.metrics.registry,
    stop: close,
  };
}
