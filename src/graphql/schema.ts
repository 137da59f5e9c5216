import 'reflect-metadata';
import type { GraphQLSchema } from 'graphql';
import { buildSchemaSync } from 'type-graphql';
import { ConnectSessionResolver } from './connect-session.js';
import { LinkedAccountResolver, ProviderAccountsResolver } from './linked-account.js';
import { ProviderResolver } from './provider.js';
import { ViewerResolver } from './viewer.js';

/**
 * The schema of `schema.graphql`. Arguments are parsed where they are used, so TypeGraphQL's validation is off. Types
 * have `simpleResolvers`, so that their plain data has no function around it that TypeGraphQL would call for each field.
 */
export function createConnectSchema(): GraphQLSchema {
  return buildSchemaSync({
    resolvers: [
      ConnectSessionResolver,
      LinkedAccountResolver,
      ProviderResolver,
      ProviderAccountsResolver,
      ViewerResolver,
    ],
    validate: false,
  });
}
