import type { FastifyInstance } from 'fastify';
import type { CreateContext } from '../../graphql/context.js';
import type { Streams } from '../../graphql/streams.js';
import { requestContextOf } from '../plugins/request-context.js';

export interface StreamRouteDependencies {
  readonly streams: Streams;
  /** From the `Authorization` header. */
  readonly createContext: CreateContext<string | undefined>;
}

export const eventStreamHeaders = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  // nginx would otherwise collect events until its buffer is full.
  'x-accel-buffering': 'no',
} as const;

/** `POST /graphql/stream`: account changes as server-sent events. */
export function addStreamRoute(server: FastifyInstance, { streams, createContext }: StreamRouteDependencies): void {
  server.post('/graphql/stream', async (request, reply) => {
    const response = await streams.start(request.body, () =>
      createContext(request.headers.authorization, requestContextOf(request)),
    );
    if (response.kind === 'json') {
      reply.code(response.status).headers(Object.fromEntries(response.headers));
      return response.body;
    }
    if (response.events.destroyed) {
      // The client left while its owner was looked up. Fastify would report an error of the stream.
      return reply.hijack();
    }
    reply.headers(eventStreamHeaders);
    return reply.send(response.events);
  });
}
