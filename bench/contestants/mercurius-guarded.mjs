import mercurius from 'mercurius';
import { createContext, createGuardedServer, validationRules } from './shared/guarded-server.mjs';
import { resolvers, typeDefs } from './shared/schema.mjs';
import { serveBenchmark } from './shared/serve.mjs';

/** Mercurius with its JIT compiler and the same guards as this package, from packages. */
const server = await createGuardedServer();
await server.register(mercurius, { schema: typeDefs, resolvers, jit: 1, validationRules, context: createContext });
serveBenchmark(await server.listen({ host: '127.0.0.1', port: 0 }));
