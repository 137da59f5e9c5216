import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { FastifyInstance } from 'fastify';
import { errorCodeInfo } from '../../domain/error-codes.js';
import { errorBody } from '../errors.js';
import { requestContextOf } from './request-context.js';

const sampleIntervalMs = 1_000;
const resolutionMs = 10;
const retryAfterSeconds = 2;

/**
 * While the event loop is delayed, new operations get 503 at once, so that those in flight can finish. Not with
 * `@fastify/under-pressure`: it reads the memory of the process too, and throws when no file descriptor is left for that.
 */
export function addOverloadGuard(server: FastifyInstance, maxEventLoopDelayMs: number): void {
  const histogram = monitorEventLoopDelay({ resolution: resolutionMs });
  histogram.enable();
  let delayMs = 0;
  const timer = setTimeout(() => {
    // An interval without any sample: the loop was blocked for about the interval.
    delayMs = Number.isNaN(histogram.mean) ? sampleIntervalMs : histogram.mean / 1e6 - resolutionMs;
    histogram.reset();
    // Not an interval, which can be shorter after a delay.
    timer.refresh();
  }, sampleIntervalMs).unref();
  server.addHook('onClose', (_server, done) => {
    clearTimeout(timer);
    histogram.disable();
    done();
  });
  server.addHook('onRequest', (request, reply, done) => {
    // Health checks and pages are served also under load.
    if (delayMs > maxEventLoopDelayMs && request.routeOptions.url?.startsWith('/graphql')) {
      requestContextOf(request).telemetry.setCode('OVERLOADED');
      reply
        .code(errorCodeInfo('OVERLOADED').httpStatus ?? 503)
        .header('retry-after', retryAfterSeconds)
        .send(errorBody('OVERLOADED'));
    } else {
      done();
    }
  });
}
