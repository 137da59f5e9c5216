import type { ApolloServer } from '@apollo/server';
import cors from '@fastify/cors';
import { type FastifyInstance, fastify } from 'fastify';
import type { HttpConfig } from '../config.js';
import type { CreateContext, GraphQLContext } from '../graphql/context.js';
import type { KnownOperations } from '../graphql/known-operations.js';
import type { Logger } from '../logger.js';
import type { Metrics } from '../metrics.js';
import { addDrain } from './drain.js';
import { addGraphQLRoute } from './graphql-route.js';
import { addHealthRoutes, type Health } from './health.js';
import {
  answerMalformedRequest,
  answerUndecodableUrl,
  answerUnknownExpectation,
  createErrorHandler,
  notFound,
} from './http-error.js';
import { addJsonBody } from './json-body.js';
import { addOverloadGuard } from './overload.js';
import { addPlayground } from './playground.js';
import { addRequestLog } from './request-log.js';
import { addSecurityHeaders } from './security-headers.js';

/** What a host adds to the server: the demo its pages, and nobody else anything. */
export interface ServerExtension {
  readonly addRoutes: (server: FastifyInstance) => Promise<void>;
  /** Where the playground gets an access token for its headers. */
  readonly playgroundTokenPath: string;
}

export interface ServerDependencies {
  readonly config: HttpConfig;
  readonly apollo: ApolloServer<GraphQLContext>;
  readonly knownOperations: KnownOperations;
  /** From the `Authorization` header. */
  readonly createContext: CreateContext<string | undefined>;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly health: () => Health;
  readonly extension?: ServerExtension | undefined;
}

const maxBodyBytes = 16 * 1024;

/** All routes, in the order in which a request meets them. It does not listen yet. */
export async function createServer(dependencies: ServerDependencies): Promise<FastifyInstance> {
  const { config, apollo, knownOperations, createContext, logger, metrics, health, extension } = dependencies;
  const server = fastify({
    bodyLimit: maxBodyBytes,
    requestTimeout: 15_000,
    keepAliveTimeout: 65_000,
    forceCloseConnections: 'idle',
    // What still arrives while the server stops is served.
    return503OnClosing: false,
    http: {
      headersTimeout: 10_000,
      // How often Node looks for those who are too slow: by itself only every 30 seconds.
      connectionsCheckingInterval: 1_000,
      maxHeaderSize: 16 * 1024,
      // A missing Host is no harm here, and Node's own answer to it is no JSON.
      requireHostHeader: false,
    },
    clientErrorHandler: answerMalformedRequest,
    frameworkErrors: answerUndecodableUrl,
  });
  server.server.on('checkExpectation', answerUnknownExpectation);
  server.setErrorHandler(createErrorHandler(logger));
  server.setNotFoundHandler(notFound);
  // GraphQL is JSON alone: Fastify would take text too.
  server.removeContentTypeParser('text/plain');
  addJsonBody(server);

  addDrain(server);
  addRequestLog(server, logger, metrics);
  addOverloadGuard(server);
  // Strict for everything; the demo page and the playground loosen it for themselves.
  addSecurityHeaders(server, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
    },
    crossOriginResourcePolicy: { policy: config.corsOrigins.length === 0 ? 'same-origin' : 'cross-origin' },
  });
  await server.register(cors, {
    origin: [...config.corsOrigins],
    methods: ['POST'],
    allowedHeaders: ['authorization', 'content-type'],
    // `date` tells a page what the server's clock shows, by which sessions end.
    exposedHeaders: ['date', 'retry-after'],
    maxAge: 600,
    strictPreflight: false,
  });
  // Last, whatever the answer is: it may carry a token.
  server.addHook('onSend', (_request, reply, _payload, done) => {
    reply.header('cache-control', 'no-store');
    if (health().stopping) {
      reply.header('connection', 'close');
    }
    done();
  });

  addHealthRoutes(server, health);
  addGraphQLRoute(server, apollo, knownOperations, createContext);
  if (config.playground) {
    await addPlayground(server, extension?.playgroundTokenPath);
  }
  await extension?.addRoutes(server);
  return server;
}
