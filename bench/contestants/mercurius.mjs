import { fastify } from 'fastify';
import mercurius from 'mercurius';
import { createContext, resolvers, typeDefs } from './shared/schema.mjs';
import { serveBenchmark } from './shared/serve.mjs';

/** Mercurius. Its just-in-time compiler compiles a document after its first request. No checks. */
const server = fastify();
server.register(mercurius, {
  schema: typeDefs,
  resolvers,
  jit: 1,
  context: (request) => createContext(request.headers.authorization),
});
serveBenchmark(await server.listen({ host: '127.0.0.1', port: 0 }));
