import { ApolloServer } from '@apollo/server';
import { fastifyApolloHandler } from '@as-integrations/fastify';
import { createContext, createGuardedServer, validationRules } from './shared/guarded-server.mjs';
import { resolvers, typeDefs } from './shared/schema.mjs';
import { serveBenchmark } from './shared/serve.mjs';

/** Apollo Server on Fastify with the same guards as this package, from packages. */
const apollo = new ApolloServer({
  typeDefs,
  resolvers,
  introspection: false,
  parseOptions: { maxTokens: 300 },
  validationRules,
});
await apollo.start();

const server = await createGuardedServer();
/** @param {import('fastify').FastifyRequest} request */
const context = async (request) => createContext(request);
server.post('/graphql', fastifyApolloHandler(apollo, { context }));
serveBenchmark(await server.listen({ host: '127.0.0.1', port: 0 }));
