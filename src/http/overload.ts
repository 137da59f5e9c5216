import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { FastifyInstance } from 'fastify';
import { httpStatus } from '../errors.js';
import { errorBody } from './http-error.js';
import { recordOf } from './request-log.js';

const sampleMs = 500;
const maxDelayMs = 250;
/** One alone may be a collection of garbage. */
const samplesToRefuse = 2;
const retryAfterSeconds = 2;

/** While the event loop is late, new operations are refused at once, so that those in flight can finish. */
export function addOverloadGuard(server: FastifyInstance): void {
  const delay = monitorEventLoopDelay({ resolution: 20 });
  let lateSamples = 0;
  const timer = setInterval(() => {
    lateSamples = delay.mean / 1e6 > maxDelayMs ? lateSamples + 1 : 0;
    delay.reset();
  }, sampleMs).unref();
  // What the start takes is no load.
  server.addHook('onListen', async () => {
    delay.enable();
  });
  server.addHook('onClose', async () => {
    clearInterval(timer);
    delay.disable();
  });
  server.addHook('onRequest', (request, reply, done) => {
    if (lateSamples >= samplesToRefuse && request.routeOptions.url === '/graphql') {
      recordOf(request).code = 'OVERLOADED';
      reply
        .code(httpStatus('OVERLOADED') ?? 503)
        .header('retry-after', retryAfterSeconds)
        .send(errorBody('OVERLOADED'));
    } else {
      done();
    }
  });
}
