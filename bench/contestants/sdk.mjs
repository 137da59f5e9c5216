import { ApolloServer } from '@apollo/server';
import { fastifyApolloHandler } from '@as-integrations/fastify';
import { StackOne } from '@stackone/stackone-client-ts';
import { fastify } from 'fastify';
import { typeDefs } from './shared/schema.mjs';
import { serveBenchmark } from './shared/serve.mjs';

/** StackOne's official SDK behind Apollo Server on Fastify. Only the checks of the SDK. */
const expiresInSeconds = 1800;
const stackone = new StackOne({
  serverURL: process.env['UPSTREAM'] ?? '',
  security: { username: 'bench-key', password: '' },
});

const resolvers = {
  Mutation: {
    /** @param {unknown} _parent @param {{ provider?: string, label?: string }} request */
    createConnectSession: async (_parent, { provider, label }) => {
      const { connectSessionTokenAuthLink } = await stackone.connectSessions.createConnectSession({
        originOwnerId: 'org_0',
        originOwnerName: 'Customer 0 Ltd',
        provider,
        label,
        multiple: true,
        expiresIn: expiresInSeconds,
      });
      const expiresAt = new Date(Date.now() + expiresInSeconds * 1000).toISOString();
      return { token: connectSessionTokenAuthLink?.token, expiresAt, mode: 'LINK', account: null, userErrors: [] };
    },
  },
};

const apollo = new ApolloServer({ typeDefs, resolvers });
await apollo.start();

const server = fastify();
server.post('/graphql', fastifyApolloHandler(apollo));
serveBenchmark(await server.listen({ host: '127.0.0.1', port: 0 }));
