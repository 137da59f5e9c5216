import type { ApolloServerPlugin } from '@apollo/server';
import type { GraphQLContext } from '../context.js';
import type { OperationRunner } from '../operations/operation-runner.js';

/** Lets Apollo Server run operations of the store, and adds to the store what Apollo Server has run itself. */
export function createOperationsPlugin(runner: OperationRunner): ApolloServerPlugin<GraphQLContext> {
  return {
    async requestDidStart({ schema }) {
      // A host app can merge this schema into its own; the store compiles for this one only.
      if (schema !== runner.schema) {
        return {};
      }
      return {
        async responseForOperation({ request, source, contextValue }) {
          const { operationName, variables } = request;
          const response = await runner.run({ query: source, operationName, variables }, contextValue);
          return response === undefined
            ? null
            : { http: response.http, body: { kind: 'single', singleResult: response.result } };
        },
        async willSendResponse({ source, document, response: { body } }) {
          if (body.kind === 'single' && body.singleResult.data !== undefined && source && document) {
            runner.learn(source, document);
          }
        },
      };
    },
  };
}
