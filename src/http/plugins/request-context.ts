import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Observability } from '../../observability/observability.js';
import type { RequestContext } from '../../observability/request-context.js';
import { contextOfNodeRequest } from '../node-request.js';
import type { Drain } from './drain.js';

const decorator = 'connectRequestContext';

/** Gives every request its context, and its id to the response. Only requests to `POST /graphql` are logged. */
export function addRequestContext(server: FastifyInstance, observability: Observability, drain: Drain): void {
  const close = () => drain.requestClosed();
  const closeOperation = ({ telemetry }: RequestContext, status: number) => {
    drain.requestClosed();
    telemetry.finish(status, observability);
  };
  server.decorateRequest(decorator);
  server.addHook('onRequest', (request, reply, done) => {
    const isOperation = request.routeOptions.url === '/graphql' && request.method === 'POST';
    drain.requestStarted();
    const context = contextOfNodeRequest(request.raw, reply.raw, isOperation ? closeOperation : close);
    request.setDecorator(decorator, context);
    reply.header('x-request-id', context.id);
    done();
  });
}

/** @throws when `addRequestContext` was not called for this server */
export function requestContextOf(request: FastifyRequest): RequestContext {
  return request.getDecorator<RequestContext>(decorator);
}
