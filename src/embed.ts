import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ApolloServerPlugin } from '@apollo/server';
import type { Registry } from 'prom-client';
import { createLoginAuthentication, type GetOwner } from './auth/host-login.js';
import { compose } from './composition.js';
import { loadOptions } from './config/from-options.js';
import type { ConnectSettings } from './config/settings.js';
import { callHost, type OnAccountChange } from './events/host-callback.js';
import type { ConnectApolloOptions } from './graphql/apollo-options.js';
import { type ConnectContext, createPublicContextFactory, type GraphQLContext } from './graphql/context.js';
import type { FormatError } from './graphql/format-error.js';
import { originalOf } from './graphql/original-error.js';
import type { Streams } from './graphql/streams.js';
import { streamToFetch, streamToNode, webhookFromFetch, webhookFromNode } from './http/event-handlers.js';
import { type HostRequest, HostRequests, type HostResponse } from './http/host-requests.js';
import { contextOfNodeRequest } from './http/node-request.js';
import type { OnAudit } from './observability/audit.js';
import { createLogger, type Logger } from './observability/logger.js';
import { createObservability } from './observability/observability.js';
import { createRequestContext } from './observability/request-context.js';

export interface ConnectOptions<Request extends HostRequest> extends ConnectSettings {
  /** The host app's own login: returns who sent the request, or null when no one is signed in. */
  readonly getOwner: GetOwner<Request>;
  /** Called with each account change that this instance detects. A failure is logged, and nothing is repeated. */
  readonly onAccountChange?: OnAccountChange | undefined;
  /** Called with each attempt to connect, confirm or delete an account. A failure is logged and changes no response. */
  readonly onAudit?: OnAudit | undefined;
  /**
   * Called with each error of a response, as this package has formatted it, and with the original error. A `formatError` of
   * Apollo Server would not be called for prepared operations. If it throws, the error leaves as this package formatted it.
   */
  readonly formatError?: FormatError | undefined;
  /** Default: JSON lines on standard output. */
  readonly logger?: Logger | undefined;
}

/** The schema inside the Apollo Server of a host app, behind the host app's own login. */
export interface Connect<Request extends HostRequest> {
  /** New options at each read, so that a change of their plugins stays in one server. */
  readonly apolloOptions: ConnectApolloOptions;
  /**
   * The `context` function of Apollo Server. `stackone` of the context also serves the host app's own routes.
   * @param response for a Node request: its response. When it closes, the request is logged. When it closes early, calls to
   *   StackOne are cancelled. For a Fetch request: its parsed body, with which a request that Apollo Server rejects is
   *   logged and a refused mutation is audited, and a signal that cancels calls (default: the request's own signal)
   */
  readonly createContext: (request: Request, response?: HostResponse) => Promise<GraphQLContext>;
  /** For a schema with public fields of the host app: without an owner, only the fields of this package are refused. */
  readonly createPublicContext: (request: Request, response?: HostResponse) => Promise<ConnectContext>;
  /**
   * `POST /graphql/stream`: account changes as server-sent events. The response is complete when the stream ends.
   * @param request its JSON body is unread, or parsed into `body`
   */
  readonly handleStream: (
    request: Request & Pick<IncomingMessage, 'headers'>,
    response: ServerResponse,
  ) => Promise<void>;
  /** `POST /webhooks/stackone`. Mount it before body parsers: the signature is over the bytes of the body. */
  readonly handleWebhook: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  /** The same two for requests of the Fetch API. */
  readonly fetchStream: (request: Request & globalThis.Request) => Promise<Response>;
  readonly fetchWebhook: (request: globalThis.Request) => Promise<Response>;
  /** The metrics of docs/operations.md whose names begin with `connect_`. */
  readonly metrics: Registry;
  /** Closes the connections to StackOne and Redis. Stop Apollo Server first. A second call waits for the first. */
  readonly stop: () => Promise<void>;
}

/**
 * Starts the schema for an Apollo Server of your own.
 * @throws ConfigError that lists all problems of the options
 */
export async function startConnect<Request extends HostRequest = IncomingMessage>(
  options: ConnectOptions<Request>,
): Promise<Connect<Request>> {
  const config = loadOptions(options);
  const observability = createObservability(options.logger ?? createLogger(config.logLevel), config.apiKey);
  const authenticate = createLoginAuthentication(options.getOwner, config, observability.logger);
  const deliver = options.onAccountChange && callHost(options.onAccountChange, observability);
  const composition = await compose(config, authenticate, observability, {
    deliver,
    onAudit: options.onAudit,
    formatError: options.formatError,
  });
  const { apolloOptions, createContext, refusedMutations, streams, webhooks, close } = composition;
  const createPublicContext = createPublicContextFactory(createContext, refusedMutations);
  const requests = new HostRequests(observability);
  const streamsPlugin = createStreamsPlugin(streams);
  return {
    get apolloOptions() {
      const plugins = [...apolloOptions.plugins, requests.plugin(), streamsPlugin];
      const validationRules = [...apolloOptions.validationRules];
      return { ...apolloOptions, plugins, validationRules };
    },
    createContext: (request, response) =>
      requests.createContext(request, response, async (context, body) => {
        try {
          return await createContext(request, context);
        } catch (error) {
          refusedMutations.recordBody(body, context, originalOf(error));
          throw error;
        }
      }),
    createPublicContext: (request, response) =>
      requests.createContext(request, response, (context) => createPublicContext(request, context)),
    handleStream: async (request, response) => {
      // A stream is no request of the log and the metrics: it lasts for up to an hour.
      const context = contextOfNodeRequest(request, response, () => {}, false);
      await streamToNode(streams, request, response, () => createContext(request, context));
    },
    handleWebhook: (request, response) => webhookFromNode(webhooks, request, response),
    fetchStream: (request) => {
      const context = createRequestContext((name) => request.headers.get(name), request.signal);
      return streamToFetch(streams, request, () => createContext(request, context));
    },
    fetchWebhook: (request) => webhookFromFetch(webhooks, request),
    metrics: observability.metrics.registry,
    stop: close,
  };
}

/**
 * An open stream would keep the HTTP server, and so Apollo Server, from stopping. A host app can have several servers, for
 * example while it replaces one: each that stops ends all streams, and pages connect again as long as another one runs.
 */
function createStreamsPlugin(streams: Streams): ApolloServerPlugin {
  let running = 0;
  return {
    serverWillStart: async () => {
      running += 1;
      streams.acceptAgain();
      return {
        drainServer: async () => {
          running -= 1;
          streams.completeAll();
          if (running > 0) {
            streams.acceptAgain();
          }
        },
      };
    },
  };
}
