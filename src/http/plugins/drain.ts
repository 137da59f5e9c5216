import type { FastifyInstance } from 'fastify';

/**
 * Completes a shutdown: once no request is in flight, connections that are open without a request are closed. Browsers
 * keep spare connections, which Node does not count as idle before their first request.
 */
export class Drain {
  readonly #server: FastifyInstance;
  #inFlight = 0;
  #isClosing = false;

  constructor(server: FastifyInstance) {
    this.#server = server;
    server.addHook('preClose', async () => {
      this.#isClosing = true;
      this.#closeSpareConnections();
    });
  }

  requestStarted(): void {
    this.#inFlight += 1;
  }

  requestClosed(): void {
    this.#inFlight -= 1;
    if (this.#isClosing) {
      this.#closeSpareConnections();
    }
  }

  #closeSpareConnections(): void {
    setImmediate(() => {
      if (this.#inFlight === 0) {
        this.#server.server.closeAllConnections();
      }
    });
  }
}
