import { randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { RequestRecord } from '../graphql/context.js';
import type { Logger } from '../logger.js';
import type { Metrics } from '../metrics.js';

/** Codes that say that something is wrong on this side or StackOne's, and not with the request. */
const failures = /^(UPSTREAM_|AUTH_UNAVAILABLE$|OVERLOADED$|INTERNAL_SERVER_ERROR$)/;

/** What nginx calls a client that went away before its answer. */
const clientGoneStatus = 499;

const records = new WeakMap<FastifyRequest, RequestRecord>();

/** One line for each request to `/graphql`, of chosen fields, whatever became of it. Health checks are not told. */
export function addRequestLog(server: FastifyInstance, logger: Logger, metrics: Metrics): void {
  const tell = (reply: FastifyReply, record: RequestRecord, milliseconds: number) => {
    const { scope, operationName, field, ownerHash, code, reason } = record;
    metrics.countRequest(field ?? 'none', code, milliseconds / 1000);
    logger[failures.test(code) ? 'warn' : 'info'](
      {
        requestId: scope.requestId,
        operation: operationName,
        field,
        owner: ownerHash,
        code,
        reason,
        status: reply.raw.writableFinished ? reply.statusCode : clientGoneStatus,
        milliseconds: Math.round(milliseconds),
        upstreamAttempts: scope.upstream.attempts,
        upstreamMilliseconds: Math.round(scope.upstream.milliseconds),
      },
      'request',
    );
  };
  server.addHook('onRequest', async (request, reply) => {
    const record = createRecord(request, reply);
    records.set(request, record);
    reply.header('x-request-id', record.scope.requestId);
    if (request.routeOptions.url === '/graphql' && request.method === 'POST') {
      // Fastify keeps the time only for its own hooks, and none of those tells when the client has gone.
      const startedAt = performance.now();
      reply.raw.once('close', () => tell(reply, record, performance.now() - startedAt));
    }
  });
}

/** @throws when `addRequestLog` was not called for this server */
export function recordOf(request: FastifyRequest): RequestRecord {
  const record = records.get(request);
  if (record === undefined) {
    throw new Error('this request has no record');
  }
  return record;
}

function createRecord(request: FastifyRequest, reply: FastifyReply): RequestRecord {
  return {
    scope: {
      signal: abortedWhenGone(reply),
      requestId: matching(request.headers['x-request-id'], /^[\w.-]{1,64}$/) ?? randomUUID(),
      traceparent: matching(request.headers['traceparent'], /^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/),
      upstream: { attempts: 0, milliseconds: 0 },
    },
    operationName: undefined,
    field: undefined,
    ownerHash: undefined,
    code: 'ok',
    reason: undefined,
  };
}

function matching(header: string | string[] | undefined, pattern: RegExp): string | undefined {
  return typeof header === 'string' && pattern.test(header) ? header : undefined;
}

function abortedWhenGone(reply: FastifyReply): AbortSignal {
  const controller = new AbortController();
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) {
      controller.abort();
    }
  });
  return controller.signal;
}
