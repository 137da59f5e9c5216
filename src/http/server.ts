import cors from '@fastify/cors';
import { type FastifyInstance, fastify } from 'fastify';
import type { Config } from '../config/settings.js';
import type { WebhookReceiver } from '../events/webhooks/receiver.js';
import type { Observability } from '../observability/observability.js';
import {
  createErrorHandler,
  createMalformedRequestHandler,
  handleNotFound,
  handleUndecodableUrl,
  handleUnknownExpectation,
  maxOperationBytes,
} from './errors.js';
import { Connections } from './plugins/connections.js';
import { addJsonBody } from './plugins/json-body.js';
import { addOverloadGuard } from './plugins/overload.js';
import { addRequestContext } from './plugins/request-context.js';
import { addSecurityHeaders } from './plugins/security-headers.js';
import { addGraphQLRoute, type GraphQLRouteDependencies } from './routes/graphql.js';
import { addHealthRoutes } from './routes/health.js';
import { addPlayground } from './routes/playground.js';
import { addStreamRoute, type StreamRouteDependencies } from './routes/stream.js';
import { addWebhookRoute } from './routes/webhooks.js';

/** Further routes of a program around this server, such as the demo's pages. */
export interface ServerExtension {
  readonly addRoutes: (server: FastifyInstance) => Promise<void>;
  /** Where the playground gets an access token. */
  readonly playgroundTokenPath: string;
}

interface HttpServerDependencies extends GraphQLRouteDependencies, StreamRouteDependencies {
  /** Undefined while no webhook secret is set. */
  readonly webhooks: WebhookReceiver | undefined;
  readonly config: Pick<
    Config,
    | 'authMaxTokenBytes'
    | 'corsOrigins'
    | 'corsCredentials'
    | 'keepAliveSeconds'
    | 'maxEventLoopDelayMs'
    | 'playground'
    | 'production'
  >;
  readonly observability: Observability;
  readonly extension?: ServerExtension | undefined;
}

export interface HttpServer {
  /** @returns where it listens, such as `http://127.0.0.1:4000` */
  readonly listen: (options: { readonly host: string; readonly port: number }) => Promise<string>;
  /** Finishes the requests in flight. @param lingerMs how long open connections can still send a request */
  readonly close: (lingerMs: number) => Promise<void>;
}

/** The limit of all headers without the access token. */
const maxOtherHeaderBytes = 16 * 1024;

/**
 * A preflight response repeats the names of the headers that the page wants to send. Above 4 KiB of response headers,
 * nginx takes this server for unavailable.
 */
const maxRequestedHeadersLength = 1024;

/** All plugins and routes, in the order in which a request passes them. The server does not listen yet. */
export async function createHttpServer(dependencies: HttpServerDependencies): Promise<HttpServer> {
  const { config, observability, extension } = dependencies;
  const server = createFastify(config.authMaxTokenBytes + maxOtherHeaderBytes, config.keepAliveSeconds);
  const connections = new Connections(server.server);
  server.server.on('checkExpectation', handleUnknownExpectation);
  server.setErrorHandler(createErrorHandler(observability.logger, config.production));
  server.setNotFoundHandler(handleNotFound);
  addJsonBody(server);

  addRequestContext(server, observability, connections);
  addOverloadGuard(server, config.maxEventLoopDelayMs);
  // Strict for all routes; the demo page and the playground relax it for themselves.
  addSecurityHeaders(server, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
    },
    crossOriginResourcePolicy: { policy: config.corsOrigins.length === 0 ? 'same-origin' : 'cross-origin' },
  });
  server.addHook('onRequest', ({ raw: { headers } }, _reply, done) => {
    const names = 'access-control-request-headers';
    if ((headers[names]?.length ?? 0) > maxRequestedHeadersLength) {
      delete headers[names];
    }
    done();
  });
  await server.register(cors, {
    origin: [...config.corsOrigins],
    methods: ['POST'],
    // Without `allowedHeaders`, pages of these origins can send any header: tracing libraries and GraphQL clients add some.
    credentials: config.corsCredentials,
    // `date` is the server's clock, to which `expiresAt` refers.
    exposedHeaders: ['date', 'retry-after', 'x-request-id'],
    maxAge: 600,
    strictPreflight: false,
  });
  // Last, for every response: it can contain a token.
  server.addHook('onSend', (request, reply, _payload, done) => {
    reply.header('cache-control', 'no-store');
    if (observability.health.stopping && connections.isLatest(request.raw)) {
      reply.header('connection', 'close');
    }
    if (connections.hold === undefined) {
      done();
    } else {
      void connections.hold.then(() => done());
    }
  });

  addHealthRoutes(server, observability.health);
  // Anyone can send the header of the playground, so there is no exception in production.
  addGraphQLRoute(server, dependencies, config.playground && !config.production);
  addStreamRoute(server, dependencies);
  await addWebhookRoute(server, dependencies.webhooks);
  if (config.playground) {
    await addPlayground(server, extension?.playgroundTokenPath);
  }
  await extension?.addRoutes(server);
  return {
    listen: (options) => server.listen(options),
    close: async (lingerMs) => {
      await connections.close(lingerMs);
      await server.close();
    },
  };
}

function createFastify(maxHeaderBytes: number, keepAliveSeconds: number): FastifyInstance {
  return fastify({
    bodyLimit: maxOperationBytes,
    requestTimeout: 15_000,
    keepAliveTimeout: keepAliveSeconds * 1000,
    routerOptions: { ignoreTrailingSlash: true },
    http: {
      headersTimeout: 10_000,
      // How often Node looks for clients that are too slow. Its default is 30 seconds.
      connectionsCheckingInterval: 1_000,
      maxHeaderSize: maxHeaderBytes,
      // By default, Node keeps the first of two Authorization headers. Joined, they are no valid one.
      joinDuplicateHeaders: true,
      // A missing Host header does no harm here, and Node's own response to it is not JSON.
      requireHostHeader: false,
    },
    clientErrorHandler: createMalformedRequestHandler(maxHeaderBytes),
    frameworkErrors: handleUndecodableUrl,
  });
}
