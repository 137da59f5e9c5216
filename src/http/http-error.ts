import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { type ErrorCode, publicMessage } from '../errors.js';
import type { Logger } from '../logger.js';
import { recordOf } from './request-log.js';

/** Errors outside GraphQL have the form of GraphQL's, so that a client reads one form only. */
export function errorBody(code: ErrorCode, message: string = publicMessage(code)) {
  return { errors: [{ message, extensions: { code } }] };
}

const clientMessages: ReadonlyMap<number, string> = new Map([
  [400, 'The body is not valid JSON.'],
  [413, 'The body is too large: at most 16 KiB.'],
  [415, 'Send the operation as application/json.'],
]);

export function createErrorHandler(logger: Logger) {
  return (error: FastifyError, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const status = error.statusCode ?? 500;
    recordOf(request).code = status < 500 ? 'BAD_USER_INPUT' : 'INTERNAL_SERVER_ERROR';
    if (status >= 400 && status < 500) {
      return reply.code(status).send(errorBody('BAD_USER_INPUT', clientMessages.get(status)));
    }
    logger.error({ name: error.name, stack: error.stack }, 'an error that nobody foresaw');
    return reply.code(500).send(errorBody('INTERNAL_SERVER_ERROR'));
  };
}

export function notFound(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (/^\/graphql(\?|$)/.test(request.url)) {
    return methodNotAllowed(request, reply);
  }
  return reply
    .code(404)
    .send(errorBody('BAD_USER_INPUT', 'There is nothing here. GraphQL is at POST /graphql.'));
}

export function methodNotAllowed(_request: FastifyRequest, reply: FastifyReply): FastifyReply {
  return reply
    .code(405)
    .header('allow', 'POST')
    .send(errorBody('BAD_USER_INPUT', 'Send the operation with POST.'));
}
