import { costLimitRule } from '@escape.tech/graphql-armor-cost-limit';
import { maxAliasesRule } from '@escape.tech/graphql-armor-max-aliases';
import { maxDepthRule } from '@escape.tech/graphql-armor-max-depth';
import { maxDirectivesRule } from '@escape.tech/graphql-armor-max-directives';
import cors from '@fastify/cors';
import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import underPressure from '@fastify/under-pressure';
import { createVerifier } from 'fast-jwt';
import { fastify } from 'fastify';
import { pino } from 'pino';
import { collectDefaultMetrics, Histogram } from 'prom-client';
import { audience, issuer } from '../../lib/tokens.mjs';
import { GuardedStackOne } from './guarded-stackone.mjs';

/**
 * A Fastify server with the same guards as this package, from packages: fast-jwt with its cache, rate limits, security
 * headers, CORS, overload, limits of a document, a log and metrics.
 */
/** @type {import('graphql').ValidationRule[]} */
export const validationRules = [
  maxDepthRule({ n: 6, flattenFragments: true }),
  maxAliasesRule({ n: 4, allowList: [] }),
  maxDirectivesRule({ n: 8 }),
  costLimitRule({ maxCost: 20_000 }),
];

const verify = createVerifier({
  key: process.env['PUBLIC_KEY'] ?? '',
  algorithms: ['ES256'],
  allowedIss: issuer,
  allowedAud: audience,
  requiredClaims: ['exp'],
  clockTolerance: 5_000,
  cache: 20_000,
  cacheTTL: 60_000,
});

/** @typedef {{ stackone: GuardedStackOne }} Context */

const owners = new WeakMap();

/** @param {import('fastify').FastifyRequest} request */
function ownerOf(request) {
  return owners.get(request);
}

/** @param {import('fastify').FastifyRequest} request @returns {Context} */
export function createContext(request) {
  return { stackone: new GuardedStackOne(ownerOf(request), request.id) };
}

export async function createGuardedServer() {
  collectDefaultMetrics();
  const seconds = new Histogram({ name: 'request_seconds', help: 'Requests.', labelNames: ['status'] });
  const server = fastify({
    bodyLimit: 16 * 1024,
    requestTimeout: 15_000,
    disableRequestLogging: true,
    requestIdHeader: 'x-request-id',
    loggerInstance: pino({ base: {} }, pino.destination({ sync: true, minLength: 4096, periodicFlush: 100 })),
  });
  await server.register(underPressure, { maxEventLoopDelay: 60_000 });
  await server.register(helmet, {
    contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
  });
  await server.register(cors, { origin: ['https://app.example.com'], methods: ['POST'] });
  server.addHook('onRequest', async (request, reply) => {
    const token = /^bearer +([\w.-]+)$/i.exec(request.headers.authorization ?? '')?.[1];
    try {
      const { org_id: id, org_name: name } = verify(token ?? '');
      owners.set(request, { id, name });
    } catch {
      reply.code(401).send({ errors: [{ message: 'Sign in again.', extensions: { code: 'UNAUTHENTICATED' } }] });
    }
  });
  await server.register(rateLimit, {
    max: 1_000_000,
    timeWindow: 60_000,
    keyGenerator: (request) => ownerOf(request)?.id ?? request.ip,
  });
  server.addHook('onSend', (request, reply, _payload, done) => {
    reply.header('cache-control', 'no-store').header('x-request-id', request.id);
    done();
  });
  server.addHook('onResponse', (request, reply, done) => {
    seconds.observe({ status: reply.statusCode }, reply.elapsedTime / 1000);
    const { statusCode: status, elapsedTime: milliseconds } = reply;
    request.log.info({ requestId: request.id, owner: ownerOf(request)?.id, status, milliseconds }, 'request');
    done();
  });
  return server;
}
