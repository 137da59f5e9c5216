import { IncomingMessage, type OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import helmet, { type HelmetOptions } from 'helmet';

/**
 * helmet's headers on every response; a route can override them. They are always the same, so helmet runs once rather
 * than for each request (docs/performance.md).
 */
export function addSecurityHeaders(server: FastifyInstance, options: HelmetOptions): void {
  const headers = Object.entries(computeHeaders(options));
  server.addHook('onRequest', (_request, reply, done) => {
    for (const [name, value] of headers) {
      reply.header(name, value);
    }
    done();
  });
}

function computeHeaders(options: HelmetOptions): OutgoingHttpHeaders {
  const request = new IncomingMessage(new Socket());
  const response = new ServerResponse(request);
  helmet(options)(request, response, () => {});
  return response.getHeaders();
}
