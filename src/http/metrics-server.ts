import { fastify } from 'fastify';
import { collectDefaultMetrics } from 'prom-client';
import type { Metrics } from '../metrics.js';
import { errorBody } from './http-error.js';

/** `GET /metrics` on a port of its own, so that it can be kept from the public. */
export async function startMetricsServer(host: string, port: number, { registry }: Metrics) {
  // The process, its memory and the delay of the event loop.
  collectDefaultMetrics({ register: registry });
  const server = fastify({ forceCloseConnections: true, requestTimeout: 15_000 });
  server.setNotFoundHandler(async (_request, reply) =>
    reply.code(404).send(errorBody('BAD_USER_INPUT', 'Metrics are at /metrics.')),
  );
  server.get('/metrics', async (_request, reply) =>
    reply.type(registry.contentType).send(await registry.metrics()),
  );
  const url = await server.listen({ host, port });
  return { url, stop: () => server.close() };
}
