import type { ApolloServerPlugin } from '@apollo/server';
import type { ConnectContext } from '../context.js';
import { RequestError } from '../format-error.js';
import { ownRootFields } from '../own-fields.js';

/** Our subscriptions belong to `POST /graphql/stream`, all other operations to `POST /graphql`. */
export function createSubscriptionsPlugin(): ApolloServerPlugin<ConnectContext> {
  return {
    async requestDidStart({ schema, contextValue }) {
      const startSubscription = 'startSubscription' in contextValue ? contextValue.startSubscription : undefined;
      return {
        async didResolveOperation({ document, operation }) {
          if (operation === undefined) {
            return;
          }
          const isSubscription = operation.operation === 'subscription';
          if (startSubscription !== undefined && !isSubscription) {
            throw new RequestError('Send queries and mutations to POST /graphql.', { extensions: badInput });
          }
          const isOwn = ownRootFields(schema, document, operation).length > 0;
          if (startSubscription === undefined && isSubscription && isOwn) {
            throw new RequestError('Send subscriptions to POST /graphql/stream.', { extensions: badInput });
          }
        },
        /** Apollo Server runs no subscriptions: it has checked this one, and `Streams` runs it. */
        async responseForOperation({ document, request, response: { http } }) {
          if (startSubscription === undefined) {
            return null;
          }
          startSubscription({ document, operationName: request.operationName, variableValues: request.variables });
          return { http, body: { kind: 'single', singleResult: { data: {} } } };
        },
      };
    },
  };
}

const badInput = { code: 'BAD_USER_INPUT', http: { status: 400 } };
