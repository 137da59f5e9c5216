import { type ApolloServerPlugin, HeaderMap } from '@apollo/server';
import type { GraphQLContext } from '../context.js';
import { RequestError } from '../format-error.js';

/** Subscriptions belong to `POST /graphql/stream`, all other operations to `POST /graphql`. */
export function createSubscriptionsPlugin(): ApolloServerPlugin<GraphQLContext> {
  return {
    async requestDidStart() {
      return {
        async didResolveOperation({ operation, contextValue: { startSubscription } }) {
          const isSubscription = operation?.operation === 'subscription';
          if (isSubscription && startSubscription === undefined) {
            throw new RequestError('Send subscriptions to POST /graphql/stream.', { extensions: badInput });
          }
          if (!isSubscription && startSubscription !== undefined) {
            throw new RequestError('Send queries and mutations to POST /graphql.', { extensions: badInput });
          }
        },
        /** Apollo Server runs no subscriptions: it has checked this one, and `Streams` runs it. */
        async responseForOperation({ document, request, contextValue: { startSubscription } }) {
          if (startSubscription === undefined) {
            return null;
          }
          startSubscription({ document, operationName: request.operationName, variableValues: request.variables });
          return { http: { headers: new HeaderMap() }, body: { kind: 'single', singleResult: { data: {} } } };
        },
      };
    },
  };
}

const badInput = { code: 'BAD_USER_INPUT', http: { status: 400 } };
