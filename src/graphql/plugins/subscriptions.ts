import type { ApolloServerPlugin } from '@apollo/server';
import type { SelectionNode } from 'graphql';
import type { ConnectContext } from '../context.js';
import { isLateInputError, RequestError } from '../format-error.js';
import { ownRootFields, rootSelections } from '../own-fields.js';

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
            throw new RequestError('Send queries and mutations to POST /graphql.', 400);
          }
          if (startSubscription !== undefined && hasDirectives(rootSelections(document, operation))) {
            throw new RequestError(noDirectives, 400);
          }
          const isOwn = ownRootFields(schema, document, operation).length > 0;
          if (startSubscription === undefined && isSubscription && isOwn) {
            throw new RequestError('Send subscriptions to POST /graphql/stream.', 400);
          }
        },
        /** Apollo Server runs no subscriptions: it has checked this one, and `Streams` runs it. */
        async responseForOperation({ document, operation, request, response: { http } }) {
          // Without an operation, Apollo Server says what is missing.
          if (startSubscription === undefined || operation === undefined) {
            return null;
          }
          startSubscription({ document, operationName: request.operationName, variableValues: request.variables });
          return { http, body: { kind: 'single', singleResult: { data: {} } } };
        },
      };
    },
    /**
     * The rule of graphql-js for the field of a subscription has no variables, and throws for a directive with one. Apollo
     * Server responds with the error that is thrown here.
     */
    async unexpectedErrorProcessingRequest({ error }) {
      if (isLateInputError(error)) {
        throw new RequestError(noDirectives, 400);
      }
    },
  };
}

/** graphql-js fails for a subscription whose field is skipped. */
function hasDirectives(selections: readonly SelectionNode[]): boolean {
  return selections.some(({ directives }) => directives !== undefined && directives.length > 0);
}

const noDirectives = 'The field of a subscription cannot have directives.';
