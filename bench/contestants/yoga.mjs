import { createServer } from 'node:http';
import { createSchema, createYoga } from 'graphql-yoga';
import { createContext, resolvers, typeDefs } from './shared/schema.mjs';
import { listenForBenchmark } from './shared/serve.mjs';

/** GraphQL Yoga as in its guide. No checks. */
const yoga = createYoga({
  schema: createSchema({ typeDefs, resolvers }),
  context: ({ request }) => createContext(request.headers.get('authorization') ?? undefined),
  logging: false,
});
await listenForBenchmark(createServer(yoga));
