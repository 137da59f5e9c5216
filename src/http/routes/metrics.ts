import { fastify } from 'fastify';
import { collectDefaultMetrics } from 'prom-client';
import type { Metrics } from '../../observability/metrics.js';
import { errorBody } from '../errors.js';

export interface MetricsServer {
  readonly url: string;
  readonly stop: () => Promise<void>;
}

/** `GET /metrics` on its own port, so that it need not be public. */
export async function startMetricsServer(host: string, port: number, { registry }: Metrics): Promise<MetricsServer> {
  // Process, memory and event loop delay.
  collectDefaultMetrics({ register: registry });
  const server = fastify({ forceCloseConnections: true, requestTimeout: 15_000 });
  server.setNotFoundHandler(async (_request, reply) =>
    reply.code(404).send(errorBody('BAD_USER_INPUT', 'Not found. Metrics are at GET /metrics.')),
  );
  server.get('/metrics', async (_request, reply) => reply.type(registry.contentType).send(await registry.metrics()));
  const url = (await server.listen({ host, port })).replace('[::]', '[::1]');
  return { url, stop: () => server.close() };
}
