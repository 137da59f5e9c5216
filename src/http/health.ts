import type { FastifyInstance } from 'fastify';

/** `GET /livez`: the process answers. `GET /readyz`: it wants requests; 503 as soon as a stop begins. */
export function addHealthRoutes(server: FastifyInstance, isStopping: () => boolean): void {
  server.get('/livez', async () => ({ status: 'ok' }));
  server.get('/readyz', async (_request, reply) => {
    const stopping = isStopping();
    return reply.code(stopping ? 503 : 200).send({ status: stopping ? 'stopping' : 'ready' });
  });
}
