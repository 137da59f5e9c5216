import type { ServerResponse } from 'node:http';
import type { FastifyInstance } from 'fastify';

/**
 * Lets a stop come to its end: as soon as nothing is in flight, connections that are open without a request are
 * ended. Browsers keep spare ones, which Node does not count as idle before their first request.
 */
export function addDrain(server: FastifyInstance): void {
  const inFlight = new Set<ServerResponse>();
  let isClosing = false;
  const endSpareConnections = () => {
    if (inFlight.size === 0) {
      server.server.closeAllConnections();
    }
  };
  server.addHook('onRequest', (_request, { raw }, done) => {
    inFlight.add(raw);
    raw.once('close', () => {
      inFlight.delete(raw);
      if (isClosing) setImmediate(endSpareConnections);
    });
    done();
  });
  server.addHook('preClose', async () => {
    isClosing = true;
    setImmediate(endSpareConnections);
  });
}
