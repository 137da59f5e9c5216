import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { RequestRecord } from '../graphql/context.js';
import type { Logger } from '../logger.js';
import type { Metrics } from '../metrics.js';

/** Codes that say that something is wrong on this side or StackOne's, and not with the request. */
const failures = /^(UPSTREAM_|AUTH_UNAVAILABLE$|OVERLOADED$|INTERNAL_SERVER_ERROR$)/;

/** What nginx calls a client that went away before its answer. */
const clientGoneStatus = 499;

const decorator = 'connectRecord';

/** One line of chosen fields for each request, whatever became of it, and its place in the metrics. */
export function createRequestLog(logger: Logger, metrics: Metrics) {
  return (record: RequestRecord, response: ServerResponse): void => {
    const startedAt = performance.now();
    whenClosed(response, () => tell(record, response, performance.now() - startedAt));
  };

  function tell(record: RequestRecord, response: ServerResponse, milliseconds: number): void {
    const { scope, operationName, field, ownerHash, reason } = record;
    const status = response.writableFinished ? response.statusCode : clientGoneStatus;
    const code = record.code === 'ok' ? codeOf(status) : record.code;
    metrics.countRequest(field ?? 'none', code, milliseconds / 1000);
    logger[failures.test(code) ? 'warn' : 'info'](
      {
        requestId: scope.requestId,
        operation: operationName,
        field,
        owner: ownerHash,
        code,
        reason,
        status,
        milliseconds: Math.round(milliseconds),
        upstreamAttempts: scope.upstream.attempts,
        upstreamMilliseconds: Math.round(scope.upstream.milliseconds),
      },
      'request',
    );
  }
}

/** Some refusals, such as that of a batch, no plugin of Apollo's gets to see. */
function codeOf(status: number): string {
  if (status < 400 || status === clientGoneStatus) {
    return 'ok';
  }
  return status < 500 ? 'BAD_USER_INPUT' : 'INTERNAL_SERVER_ERROR';
}

/** For each request to `/graphql`. Health checks are not told. */
export function addRequestLog(server: FastifyInstance, logger: Logger, metrics: Metrics): void {
  const log = createRequestLog(logger, metrics);
  server.decorateRequest(decorator);
  server.addHook('onRequest', (request, reply, done) => {
    const record = createRecord(request.headers, reply.raw);
    request.setDecorator(decorator, record);
    reply.header('x-request-id', record.scope.requestId);
    if (request.routeOptions.url === '/graphql' && request.method === 'POST') {
      log(record, reply.raw);
    }
    done();
  });
}

/** @throws when `addRequestLog` was not called for this server */
export function recordOf(request: FastifyRequest): RequestRecord {
  return request.getDecorator<RequestRecord>(decorator);
}

export function createRecord(headers: IncomingHttpHeaders, response: ServerResponse): RequestRecord {
  return {
    scope: {
      caller: response,
      requestId: matching(headers['x-request-id'], /^[\w.-]{1,64}$/) ?? randomUUID(),
      traceparent: matching(headers['traceparent'], /^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/),
      upstream: { attempts: 0, milliseconds: 0 },
    },
    operationName: undefined,
    field: undefined,
    ownerHash: undefined,
    document: undefined,
    code: 'ok',
    reason: undefined,
  };
}

function matching(header: string | string[] | undefined, pattern: RegExp): string | undefined {
  return typeof header === 'string' && pattern.test(header) ? header : undefined;
}

/** In a product's server the client may have gone before the request comes here. */
function whenClosed(response: ServerResponse, listener: () => void): void {
  if (response.closed) {
    listener();
  } else {
    response.once('close', listener);
  }
}
