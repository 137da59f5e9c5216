import { ApolloServer } from '@apollo/server';
import { startConnect } from 'stackone-connect-graphql';
import { readOwner } from './owner.mjs';

/**
 * This package inside the Apollo Server of a host app. The login of the host app is the same as in the bare Apollo Server:
 * it does not verify the token. Everything else is checked. Production mode accepts only HTTPS URLs for StackOne.
 */
const connect = await startConnect({
  production: false,
  apiKey: 'bench-key',
  baseUrl: process.env['UPSTREAM'] ?? '',
  rateLimitPerOwnerPerMinute: 1_000_000,
  rateLimitTotalPerMinute: 1_000_000,
  /** @param {Pick<import('node:http').IncomingMessage, 'headers'>} request */
  getOwner: ({ headers }) => readOwner(headers.authorization),
});

export const { createContext } = connect;

export const apollo = new ApolloServer(connect.apolloOptions);
await apollo.start();
