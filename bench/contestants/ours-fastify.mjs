import { fastifyApolloHandler } from '@as-integrations/fastify';
import { fastify } from 'fastify';
import { apollo, createContext } from './shared/embedded.mjs';
import { serveBenchmark } from './shared/serve.mjs';

/** This package in the Apollo Server of `apollo-fastify`. */
const server = fastify();
/** @param {import('fastify').FastifyRequest} request @param {import('fastify').FastifyReply} reply */
const context = (request, reply) => createContext(request, reply.raw);
server.post('/graphql', fastifyApolloHandler(apollo, { context }));
serveBenchmark(await server.listen({ host: '127.0.0.1', port: 0 }));
