import underPressure from '@fastify/under-pressure';
import type { FastifyInstance } from 'fastify';
import { errorCodeInfo } from '../../domain/error-codes.js';
import { errorBody } from '../errors.js';
import { requestContextOf } from './request-context.js';

const sampleIntervalMs = 1_000;
const retryAfterSeconds = 2;

/** While the event loop is delayed, new operations get 503 at once, so that those in flight can finish. */
export async function addOverloadGuard(server: FastifyInstance, maxEventLoopDelayMs: number): Promise<void> {
  await server.register(underPressure, {
    maxEventLoopDelay: maxEventLoopDelayMs,
    sampleInterval: sampleIntervalMs,
    pressureHandler: (request, reply, _type, delayMs) => {
      // An interval without any sample has an infinite delay. The loop was then blocked for about the interval.
      const isOverloaded = delayMs !== Number.POSITIVE_INFINITY || sampleIntervalMs > maxEventLoopDelayMs;
      // Health checks and pages are served also under load.
      if (isOverloaded && request.routeOptions.url?.startsWith('/graphql')) {
        requestContextOf(request).telemetry.setCode('OVERLOADED');
        reply
          .code(errorCodeInfo('OVERLOADED').httpStatus ?? 503)
          .header('retry-after', retryAfterSeconds)
          .send(errorBody('OVERLOADED'));
      }
    },
  });
}
