import type { ApolloServerPlugin } from '@apollo/server';
import type { DocumentNode, GraphQLSchema, OperationDefinitionNode } from 'graphql';
import { chooseContentType } from '../content-type.js';
import { leaveToHost, RequestError } from '../format-error.js';
import { applyHead, httpHeadOf } from '../http-head.js';
import { firstOfEach } from '../original-error.js';
import { assertMarked, isWhollyOwn, ownRootFields, ownRootKeys } from '../own-fields.js';

const maxRequestErrors = 3;

/**
 * Sets the HTTP status and headers for errors, and limits how many errors a response lists. In a schema with
 * fields of a host app, errors of its fields are left to the host app.
 */
export function createErrorsPlugin(): ApolloServerPlugin {
  return {
    async serverWillStart({ schema }) {
      assertMarked(schema);
    },
    async requestDidStart({ schema }) {
      const isOurs = (document?: DocumentNode, operation?: OperationDefinitionNode) =>
        isWhollyOwn(schema) || (document !== undefined && touches(schema, document, operation));
      return {
        /** Before the operation runs: Apollo Server itself checks `Accept` only after a mutation has run. */
        async didResolveOperation({ request: { http }, document, operation }) {
          if (isOurs(document, operation) && chooseContentType(http?.headers.get('accept')) === undefined) {
            throw new RequestError('Accept application/json.', 406);
          }
        },
        async didEncounterErrors({ errors, document, operation }) {
          if (isWhollyOwn(schema)) {
            return;
          }
          const ownKeys = document && operation && ownRootKeys(schema, document, operation);
          const isOurRequest = isOurs(document, operation);
          for (const error of errors) {
            if (!(error.path === undefined ? isOurRequest : ownKeys?.has(error.path[0]))) {
              leaveToHost(error);
            }
          }
        },
        async willSendResponse({ errors = [], document, operation, response: { body, http } }) {
          applyHead(httpHeadOf(errors), http);
          const result = body.kind === 'single' ? body.singleResult : undefined;
          if (result?.errors === undefined) {
            return;
          }
          if (result.errors.length === errors.length) {
            result.errors = firstOfEach(errors, result.errors);
          }
          // graphql-js finds up to a hundred errors in one document, and up to fifty in one variable.
          if (result.errors.every(({ path }) => path === undefined) && isOurs(document, operation)) {
            result.errors = result.errors.slice(0, maxRequestErrors);
          }
        },
      };
    },
  };
}

/** Before the operation is known, any operation of the document counts. */
function touches(schema: GraphQLSchema, document: DocumentNode, operation?: OperationDefinitionNode): boolean {
  const operations = operation === undefined ? document.definitions : [operation];
  return operations.some(
    (node) => node.kind === 'OperationDefinition' && ownRootFields(schema, document, node).length > 0,
  );
}
