import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Observability } from '../../observability/observability.js';
import type { RequestContext } from '../../observability/request-context.js';
import { contextOfNodeRequest } from '../node-request.js';
import type { Connections } from './connections.js';

const decorator = 'connectRequestContext';

/** Gives every request its context, and its id to the response. Only requests to `POST /graphql` are logged. */
export function addRequestContext(
  server: FastifyInstance,
  observability: Observability,
  connections: Connections,
): void {
  server.decorateRequest(decorator);
  server.addHook('onRequest', (request, reply, done) => {
    const { raw, method } = request;
    const isOperation = request.routeOptions.url === '/graphql' && method === 'POST';
    connections.requestStarted(raw);
    const close = ({ telemetry }: RequestContext, status: number) => {
      connections.requestClosed(raw);
      if (isOperation) {
        telemetry.finish(status, observability);
      }
    };
    const context = contextOfNodeRequest(raw, reply.raw, close, isOperation);
    request.setDecorator(decorator, context);
    reply.header('x-request-id', context.id);
    done();
  });
}

/** @throws when `addRequestContext` was not called for this server */
export function requestContextOf(request: FastifyRequest): RequestContext {
  return request.getDecorator<RequestContext>(decorator);
}
