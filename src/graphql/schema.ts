import 'reflect-metadata';
import type { GraphQLObjectType, GraphQLSchema } from 'graphql';
import { buildSchemaSync } from 'type-graphql';
import { guardFields } from './own-fields.js';
import { SubgraphResolver } from './subgraph/subgraph-resolver.js';
import { ConnectSessionResolver } from './types/connect-session.js';
import { LinkedAccountChangeResolver } from './types/linked-account-change.js';
import { LinkedAccountResolver, ProviderAccountsResolver } from './types/linked-account-resolver.js';
import { ProviderResolver } from './types/provider.js';
import { ViewerResolver } from './types/viewer.js';

/**
 * The schema of `schema.graphql`. TypeGraphQL's own validation is off, because `linking/` checks the arguments. Types
 * have `simpleResolvers`, so that plain fields need no function call.
 * @param subgraph adds what a router needs, see `schema.subgraph.graphql`
 */
export function createSchema(subgraph = false): GraphQLSchema {
  const schema = buildSchemaSync({
    resolvers: [
      ConnectSessionResolver,
      LinkedAccountChangeResolver,
      LinkedAccountResolver,
      ProviderResolver,
      ProviderAccountsResolver,
      ViewerResolver,
      ...(subgraph ? [SubgraphResolver] : []),
    ],
    validate: false,
    // It would run the introspection query at each start. The schema is the same at each, and the tests check it.
    skipCheck: true,
    pubSub: unusedTopics,
  });
  // TypeGraphQL has no place for these two.
  describe(schema.getQueryType(), 'Read operations. Each one sees only the data of the caller’s customer.');
  describe(schema.getMutationType(), 'Write operations. One request can contain one of them.');
  describe(schema.getSubscriptionType(), 'Live updates, at `POST /graphql/stream`.');
  return guardFields(schema);
}

/** TypeGraphQL requires one. It is not used, because the subscription has its own source (`subscribe`). */
const unusedTopics = {
  publish: () => {},
  subscribe: () => {
    throw new Error('There are no topics.');
  },
};

function describe(type: GraphQLObjectType | null | undefined, description: string): void {
  if (type) {
    type.description = description;
  }
}
