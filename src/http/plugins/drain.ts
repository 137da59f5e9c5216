import type { FastifyInstance } from 'fastify';

/**
 * Completes a shutdown: once no request is in flight, connections that are open without a request are closed. Browsers
 * keep spare connections, which Node does not count as idle before their first request.
 *
 * Requests are counted rather than kept in a set, which made Node keep finished ones in memory (docs/performance.md).
 */
export function addDrain(server: FastifyInstance): void {
  let inFlight = 0;
  let isClosing = false;
  const closeSpareConnections = () => {
    if (inFlight === 0) {
      server.server.closeAllConnections();
    }
  };
  server.addHook('onRequest', (_request, { raw }, done) => {
    inFlight += 1;
    raw.once('close', () => {
      inFlight -= 1;
      if (isClosing) {
        setImmediate(closeSpareConnections);
      }
    });
    done();
  });
  server.addHook('preClose', async () => {
    isClosing = true;
    setImmediate(closeSpareConnections);
  });
}
