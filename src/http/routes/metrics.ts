import { fastify } from 'fastify';
import { collectDefaultMetrics } from 'prom-client';
import type { Metrics } from '../../observability/metrics.js';
import { errorBody } from '../errors.js';

interface MetricsServer {
  /** @returns where it listens */
  readonly listen: () => Promise<string>;
  readonly close: () => Promise<void>;
}

/** `GET /metrics` on its own port, so that it need not be public. It does not listen yet. */
export function createMetricsServer(
  { registry }: Metrics,
  address: { readonly host: string; readonly port: number },
): MetricsServer {
  // Process, memory and event loop delay.
  collectDefaultMetrics({ register: registry });
  const server = fastify({ forceCloseConnections: true, requestTimeout: 15_000 });
  server.setNotFoundHandler(async (_request, reply) =>
    reply.code(404).send(errorBody('BAD_USER_INPUT', 'Not found. Metrics are at GET /metrics.')),
  );
  server.get('/metrics', async (_request, reply) => reply.type(registry.contentType).send(await registry.metrics()));
  return { listen: () => server.listen(address), close: () => server.close() };
}
