import type { FastifyInstance } from 'fastify';
import type { Health } from '../../observability/health.js';

/**
 * `GET /livez` depends on nothing. `GET /readyz` says whether the server wants requests: 503 as soon as a shutdown
 * begins. The state of StackOne and of the keys is reported and does not make the server unready.
 */
export function addHealthRoutes(server: FastifyInstance, health: Readonly<Health>): void {
  server.get('/livez', async () => ({ status: 'ok' }));
  server.get('/readyz', async (_request, reply) => {
    const { stopping, upstream, auth } = health;
    return reply.code(stopping ? 503 : 200).send({ status: stopping ? 'stopping' : 'ready', upstream, auth });
  });
}
