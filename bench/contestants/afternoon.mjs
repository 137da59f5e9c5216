import { RESTDataSource } from '@apollo/datasource-rest';
import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import { typeDefs } from './shared/schema.mjs';
import { serveBenchmark } from './shared/serve.mjs';

/** A minimal implementation with Apollo's standalone server. It reads the access token without verifying it. */
const expiresInSeconds = 1800;

class StackOne extends RESTDataSource {
  baseURL = `${process.env['UPSTREAM']}/`;

  /** @param {{ org_id: string, org_name: string }} owner */
  constructor(owner) {
    super();
    this.owner = owner;
  }

  /** @param {string} _path @param {import('@apollo/datasource-rest').AugmentedRequest} request */
  willSendRequest(_path, request) {
    request.headers['authorization'] = `Basic ${Buffer.from('bench-key:').toString('base64')}`;
  }

  /** @param {{ provider?: string, label?: string }} request */
  async createConnectSession({ provider, label }) {
    const { token } = await this.post('connect_sessions', {
      body: {
        origin_owner_id: this.owner.org_id,
        origin_owner_name: this.owner.org_name,
        provider,
        label,
        multiple: true,
        expires_in: expiresInSeconds,
      },
    });
    const expiresAt = new Date(Date.now() + expiresInSeconds * 1000).toISOString();
    return { token, expiresAt, mode: 'LINK', account: null, userErrors: [] };
  }
}

const resolvers = {
  Mutation: {
    /**
     * @param {unknown} _parent
     * @param {{ provider?: string, label?: string }} request
     * @param {{ stackone: StackOne }} context
     */
    createConnectSession: (_parent, request, { stackone }) => stackone.createConnectSession(request),
  },
};

const apollo = new ApolloServer({ typeDefs, resolvers });
const { url } = await startStandaloneServer(apollo, {
  listen: { host: '127.0.0.1', port: 0 },
  context: async ({ req }) => {
    const claims = req.headers.authorization?.split('.')[1] ?? '';
    return { stackone: new StackOne(JSON.parse(Buffer.from(claims, 'base64url').toString())) };
  },
});
serveBenchmark(url);
