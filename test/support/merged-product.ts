import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import { mergeSchemas } from '@graphql-tools/schema';
import { GraphQLError } from 'graphql';
import { type Emulator, startEmulator } from '../../emulator/src/index.js';
import type { Login } from '../../src/auth/host-login.js';
import type { ConnectSettings } from '../../src/config/settings.js';
import { startConnect } from '../../src/embed.js';
import type { ConnectContext } from '../../src/graphql/context.js';
import { createLogger } from '../../src/observability/logger.js';
import { canaries, type GraphQLResponse, post } from './test-env.js';

export interface MergedProduct {
  readonly emulator: Emulator;
  readonly url: string;
  post(body: unknown, headers?: Record<string, string>): Promise<GraphQLResponse>;
  /** In Prometheus format. */
  metrics(): Promise<string>;
  stop(): Promise<void>;
}

const users: Readonly<Record<string, Login>> = { ada: { id: 'org_acme', name: 'Acme Corporation' } };
const getOwner = ({ headers }: { headers: Record<string, string | string[] | undefined> }) =>
  users[String(headers['x-session'])];

/** A product whose Apollo Server has one schema: this package's, merged with types and resolvers of the product. */
export async function startMergedProduct(settings: Partial<ConnectSettings> = {}): Promise<MergedProduct> {
  const emulator = await startEmulator({ apiKey: canaries.apiKey });
  const stackone = {
    apiKey: emulator.apiKey,
    baseUrl: emulator.url,
    production: false,
    rateLimitTotalPerMinute: 1_000_000,
    rateLimitPerOwnerPerMinute: 1_000_000,
    logger: createLogger('silent'),
    ...settings,
  };
  const outOfStock = () => {
    throw new GraphQLError('No shoes in size 47.', { extensions: { code: 'OUT_OF_STOCK', size: 47 } });
  };
  const typeDefs = `
    type Query { news: [Article!]! shoes: String broken: String }
    type Mutation { addToCart(id: ID!): Int! }
    type Article { title: String! related: [Article!]! }
    extend type Viewer { plan: String }
  `;
  const article = { title: 'News', related: () => [{ title: 'More', related: [] }] };
  const resolvers = {
    Query: {
      news: () => [article],
      shoes: outOfStock,
      broken: () => {
        throw new Error('the product’s own message');
      },
    },
    Mutation: { addToCart: () => 1 },
    Viewer: { plan: () => 'gold' },
  };

  const connect = await startConnect({ ...stackone, getOwner });
  const schema = mergeSchemas({ schemas: [connect.apolloOptions.schema], typeDefs, resolvers });
  const apollo = new ApolloServer<ConnectContext>({ ...connect.apolloOptions, schema });
  const { url } = await startStandaloneServer(apollo, {
    listen: { port: 0 },
    context: ({ req, res }) => connect.createPublicContext(req, res),
  });

  const base = url.replace(/\/$/, '');
  return {
    emulator,
    url: base,
    post: (body, headers = {}) => post(base, body, headers),
    metrics: () => connect.metrics.metrics(),
    stop: async () => {
      await apollo.stop();
      await connect.stop();
      await emulator.stop();
    },
  };
}
