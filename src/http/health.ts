import type { FastifyInstance } from 'fastify';

export interface Health {
  /** A stop has begun: no new requests, please. */
  readonly stopping: boolean;
  /** `failing` while StackOne is left alone after too many failures. It is told, and makes nothing unready. */
  readonly upstream: 'ok' | 'failing';
}

/** `GET /livez` asks nobody. `GET /readyz` tells whether requests are wanted: 503 as soon as a stop begins. */
export function addHealthRoutes(server: FastifyInstance, health: () => Health): void {
  server.get('/livez', async () => ({ status: 'ok' }));
  server.get('/readyz', async (_request, reply) => {
    const { stopping, upstream } = health();
    return reply.code(stopping ? 503 : 200).send({ status: stopping ? 'stopping' : 'ready', upstream });
  });
}
