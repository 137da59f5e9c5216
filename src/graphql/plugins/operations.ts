import type { ApolloServerPlugin } from '@apollo/server';
import { type ConnectContext, isConnectContext } from '../context.js';
import { applyHead } from '../http-head.js';
import type { OperationRunner } from '../operations/operation-runner.js';
import { originalOf } from '../original-error.js';

/**
 * Lets Apollo Server run operations of the store. What Apollo Server has run itself is recorded in the telemetry of the
 * request and added to the store.
 */
export function createOperationsPlugin(runner: OperationRunner): ApolloServerPlugin<ConnectContext> {
  return {
    async requestDidStart({ schema, contextValue: context }) {
      // A host app can merge this schema into its own; the store compiles for this one only.
      const isOwnSchema = schema === runner.schema;
      let ranFromStore = false;
      return {
        async responseForOperation({ request, source, response: { http } }) {
          if (!isOwnSchema || !('stackone' in context)) {
            return null;
          }
          const { operationName, variables } = request;
          const response = await runner.run({ query: source, operationName, variables }, context);
          if (response === undefined) {
            return null;
          }
          ranFromStore = true;
          applyHead(response.http, http);
          return { http, body: { kind: 'single', singleResult: response.result } };
        },
        async willSendResponse({ source, document, operation, errors, response: { body } }) {
          if (ranFromStore || !isConnectContext(context)) {
            return;
          }
          const result = body.kind === 'single' ? body.singleResult : body.initialResult;
          context.request.telemetry.setResponse(operation, originalOf(errors?.[0]), result);
          if (isOwnSchema && result.data !== undefined && source && document) {
            runner.learn(source, document);
          }
        },
      };
    },
  };
}
