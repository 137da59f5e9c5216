import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { type ErrorCode, errorCodeInfo } from '../domain/error-codes.js';
import type { Logger } from '../observability/logger.js';
import { describeUnexpectedError } from '../observability/unexpected-error.js';
import { requestContextOf } from './plugins/request-context.js';

/** Errors outside GraphQL have the form of GraphQL errors, so that a client has to read one form only. */
export function errorBody(code: ErrorCode, message: string = errorCodeInfo(code).message) {
  return { errors: [{ message, extensions: { code } }] };
}

/** Limit of the body of an operation. */
export const maxOperationBytes = 16 * 1024;

export const jsonRequired = 'Send the operation as application/json.';

/** How long a client can still send after a response that ends the connection. */
const lingerMs = 2_000;

const clientMessages: ReadonlyMap<number, string> = new Map([
  [400, 'The body is not valid JSON.'],
  [415, jsonRequired],
]);

export function createErrorHandler(logger: Logger, production: boolean) {
  return (error: FastifyError, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const status = error.statusCode ?? 500;
    const { telemetry } = requestContextOf(request);
    if (status >= 400 && status < 500) {
      telemetry.setCode('BAD_USER_INPUT');
      // Fastify would close the connection while the rest of the body arrives. A proxy that still sends it would see a
      // reset instead of the response, and could take this server for unavailable. Node discards the rest.
      reply.removeHeader('connection');
      request.raw.resume();
      const message = status === 413 ? bodyTooLarge(request.routeOptions.bodyLimit) : clientMessages.get(status);
      return reply.code(status).send(errorBody('BAD_USER_INPUT', message));
    }
    telemetry.setCode('INTERNAL_SERVER_ERROR');
    logger.error(describeUnexpectedError(error, production), 'unexpected error');
    return reply.code(500).send(errorBody('INTERNAL_SERVER_ERROR'));
  };
}

export function bodyTooLarge(maxBytes: number): string {
  return `The body is too large. The limit is ${maxBytes / 1024} KiB.`;
}

/** Before there is a request: bytes that are not HTTP, headers that are too large or too slow. */
export function createMalformedRequestHandler(maxHeaderBytes: number) {
  const headersTooLarge = `The headers are too large. The limit is ${maxHeaderBytes} bytes.`;
  const responses: ReadonlyMap<string | undefined, readonly [status: string, message: string]> = new Map([
    ['HPE_HEADER_OVERFLOW', ['431 Request Header Fields Too Large', headersTooLarge]],
    ['ERR_HTTP_REQUEST_TIMEOUT', ['408 Request Timeout', 'The request took too long to arrive.']],
  ]);
  return (error: Error & { code?: string }, socket: Socket): void => {
    const [status, message] = responses.get(error.code) ?? ['400 Bad Request', 'The request is not valid HTTP.'];
    // What arrives after the error is an error again.
    if (socket.writable) {
      const body = JSON.stringify(errorBody('BAD_USER_INPUT', message));
      socket.end(
        `HTTP/1.1 ${status}\r\ncontent-type: application/json; charset=utf-8\r\ncache-control: no-store\r\n` +
          `content-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
      );
      // Closing at once would reset the connection of a proxy that still sends, so it would not see the response.
      setTimeout(() => socket.destroy(), lingerMs).unref();
    }
  };
}

/** Before there is a route, so no hook has set the headers. */
export function handleUndecodableUrl(_error: FastifyError, _request: FastifyRequest, reply: FastifyReply): void {
  reply.code(400).header('cache-control', 'no-store').send(errorBody('BAD_USER_INPUT', 'The URL cannot be decoded.'));
}

/** An `Expect` header other than 100-continue. Node would respond without a body. */
export function handleUnknownExpectation(_request: IncomingMessage, response: ServerResponse): void {
  response
    .writeHead(417, { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' })
    .end(JSON.stringify(errorBody('BAD_USER_INPUT', 'Send the request without an Expect header.')));
}

export function handleNotFound(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (/^\/graphql(\/stream)?\/?(\?|$)/.test(request.url)) {
    return handleWrongMethod(request, reply);
  }
  return reply.code(404).send(errorBody('BAD_USER_INPUT', 'Not found. The GraphQL endpoint is POST /graphql.'));
}

export function handleWrongMethod(_request: FastifyRequest, reply: FastifyReply): FastifyReply {
  return reply.code(405).header('allow', 'POST').send(errorBody('BAD_USER_INPUT', 'Send the operation with POST.'));
}
