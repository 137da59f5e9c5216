import { ApolloServer } from '@apollo/server';
import { fastifyApolloHandler } from '@as-integrations/fastify';
import { fastify } from 'fastify';
import { createContext, resolvers, typeDefs } from './shared/schema.mjs';
import { serveBenchmark } from './shared/serve.mjs';

/** Apollo Server on Fastify. No checks. */
const apollo = new ApolloServer({ typeDefs, resolvers });
await apollo.start();

const server = fastify();
const context = async (/** @type {import('fastify').FastifyRequest} */ { headers }) =>
  createContext(headers.authorization);
server.post('/graphql', fastifyApolloHandler(apollo, { context }));
serveBenchmark(await server.listen({ host: '127.0.0.1', port: 0 }));
