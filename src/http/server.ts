import cors from '@fastify/cors';
import { type FastifyInstance, fastify } from 'fastify';
import type { Config } from '../config/settings.js';
import type { WebhookReceiver } from '../events/webhooks/receiver.js';
import type { Observability } from '../observability/observability.js';
import {
  createErrorHandler,
  handleMalformedRequest,
  handleNotFound,
  handleUndecodableUrl,
  handleUnknownExpectation,
} from './errors.js';
import { Drain } from './plugins/drain.js';
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

export interface HttpServerDependencies extends GraphQLRouteDependencies, StreamRouteDependencies {
  /** Undefined while no webhook secret is set. */
  readonly webhooks: WebhookReceiver | undefined;
  readonly config: Pick<Config, 'corsOrigins' | 'playground'>;
  readonly observability: Observability;
  readonly extension?: ServerExtension | undefined;
}

const maxBodyBytes = 16 * 1024;

/** All plugins and routes, in the order in which a request passes them. The server does not listen yet. */
export async function createHttpServer(dependencies: HttpServerDependencies): Promise<FastifyInstance> {
  const { config, observability, extension } = dependencies;
  const server = createFastify();
  server.server.on('checkExpectation', handleUnknownExpectation);
  server.setErrorHandler(createErrorHandler(observability.logger));
  server.setNotFoundHandler(handleNotFound);
  addJsonBody(server);

  addRequestContext(server, observability, new Drain(server));
  await addOverloadGuard(server);
  // Strict for all routes; the demo page and the playground relax it for themselves.
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
    // `date` is the server's clock, to which `expiresAt` refers.
    exposedHeaders: ['date', 'retry-after'],
    maxAge: 600,
    strictPreflight: false,
  });
  // Last, for every response: it can contain a token.
  server.addHook('onSend', (_request, reply, _payload, done) => {
    reply.header('cache-control', 'no-store');
    if (observability.health.stopping) {
      reply.header('connection', 'close');
    }
    done();
  });

  addHealthRoutes(server, observability.health);
  addGraphQLRoute(server, dependencies);
  addStreamRoute(server, dependencies);
  await addWebhookRoute(server, dependencies.webhooks);
  if (config.playground) {
    await addPlayground(server, extension?.playgroundTokenPath);
  }
  await extension?.addRoutes(server);
  return server;
}

function createFastify(): FastifyInstance {
  return fastify({
    bodyLimit: maxBodyBytes,
    requestTimeout: 15_000,
    keepAliveTimeout: 65_000,
    forceCloseConnections: 'idle',
    // Requests that still arrive during a shutdown are served.
    return503OnClosing: false,
    http: {
      headersTimeout: 10_000,
      // How often Node looks for clients that are too slow. Its default is 30 seconds.
      connectionsCheckingInterval: 1_000,
      maxHeaderSize: 16 * 1024,
      // A missing Host header does no harm here, and Node's own response to it is not JSON.
      requireHostHeader: false,
    },
    clientErrorHandler: handleMalformedRequest,
    frameworkErrors: handleUndecodableUrl,
  });
}
