import type { FastifyInstance } from 'fastify';

/**
 * Lets a stop come to its end: as soon as nothing is in flight, connections that are open without a request are
 * ended. Browsers keep spare ones, which Node does not count as idle before their first request.
 *
 * Requests are counted and not kept: a `Set` of them made Node take finished ones for alive (docs/performance.md).
 */
export function addDrain(server: FastifyInstance): void {
  let inFlight = 0;
  let isClosing = false;
  const endSpareConnections = () => {
    if (inFlight === 0) {
      server.server.closeAllConnections();
    }
  };
  server.addHook('onRequest', (_request, { raw }, done) => {
    inFlight += 1;
    raw.once('close', () => {
      inFlight -= 1;
      if (isClosing) setImmediate(endSpareConnections);
    });
    done();
  });
  server.addHook('preClose', async () => {
    isClosing = true;
    setImmediate(endSpareConnections);
  });
}
