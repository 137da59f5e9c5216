import type { ApolloServerPlugin, GraphQLRequest } from '@apollo/server';
import type { GraphQLError } from 'graphql';
import { AppError } from '../../domain/app-error.js';
import { isRecord } from '../../domain/values.js';
import { UsageError } from '../../observability/unexpected-error.js';
import type { ConnectContext } from '../context.js';
import { RequestError } from '../format-error.js';
import { toGraphQLError } from '../http-head.js';
import { isLimited } from '../limits/query-limits.js';
import { missingOptions } from '../limits/response-budget.js';
import type { OperationRunner } from '../operations/operation-runner.js';
import type { TrustedDocuments } from '../operations/trusted-documents.js';
import { isWhollyOwn, ownRootFields, selectsOwnField } from '../own-fields.js';

/**
 * Takes the place of a refused text. Apollo Server has no hook that can refuse a document before it is parsed, so it
 * gets this one, which it parses once, and the error follows when it has found the operation.
 */
const placeholder = '{ __typename }';

/**
 * Decides which documents Apollo Server parses. The id of a trusted document is replaced by its text. Where only trusted
 * documents are accepted, all others are refused, and elsewhere those of an owner who has used up its work. In a schema
 * with fields of a host app, a document must be parsed first, because only those with fields of this package are refused.
 * The response to a document with fields of this package is never cached, also if they are below a field of a host app.
 */
export function createDocumentsPlugin(runner: OperationRunner): ApolloServerPlugin<ConnectContext> {
  const { trusted } = runner;
  return {
    async requestDidStart({ request, schema, contextValue }) {
      const isExclusive = trusted.isExclusive && !('acceptsAnyDocument' in contextValue);
      const refuse = (text: string | undefined) => (isExclusive ? refuseText(text, trusted) : undefined);
      const refusal =
        resolveId(request, trusted) ??
        (isWhollyOwn(schema) ? (refuse(request.query) ?? chargeText(request.query, runner, contextValue)) : undefined);
      if (refusal !== undefined) {
        request.query = placeholder;
        request.operationName = '';
      }
      return {
        async didResolveOperation({ source, document, operation, overallCachePolicy }) {
          if (refusal !== undefined) {
            throw refusal;
          }
          if (operation !== undefined && ownRootFields(schema, document, operation).length > 0) {
            // The source, because the request of an automatic persisted query has no text.
            const lateRefusal = isLimited(document) ? refuse(source) : new UsageError(missingOptions);
            if (lateRefusal !== undefined) {
              throw lateRefusal;
            }
          }
          if (selectsOwnField(schema, document)) {
            // The response belongs to one owner, so the caches of a host app must not keep it, whatever their defaults.
            overallCachePolicy.restrict({ maxAge: 0, scope: 'PRIVATE' });
          }
          if ('budget' in contextValue) {
            contextValue.budget.open();
          }
        },
      };
    },
  };
}

/** Sets the text of the document whose id the request has. @returns why it cannot */
function resolveId(request: GraphQLRequest, trusted: TrustedDocuments): GraphQLError | undefined {
  const body: unknown = request.http?.body;
  const id = isRecord(body) ? body['documentId'] : undefined;
  if (id === undefined) {
    resolvePersisted(request, trusted);
    return undefined;
  }
  if (typeof id !== 'string' || request.query !== undefined) {
    return new RequestError('Send either `query` or `documentId`, as a string.', 400);
  }
  const text = trusted.findText(id);
  if (text === undefined) {
    return toGraphQLError(new AppError('UNTRUSTED_DOCUMENT', 'unknown documentId', unknownId));
  }
  request.query = text;
  return undefined;
}

/** Apollo Server handles every other persisted query: it refuses it, or a host app has turned such queries on. */
function resolvePersisted(request: GraphQLRequest, trusted: TrustedDocuments): void {
  const text = request.query === undefined ? trusted.findPersisted(request.extensions) : undefined;
  if (text !== undefined) {
    const { persistedQuery: _, ...extensions } = request.extensions ?? {};
    request.query = text;
    request.extensions = extensions;
  }
}

const unknownId = { publicMessage: 'No trusted document has this id. Send the text of the document.' };

/** Without a text there is nothing to parse, and Apollo Server refuses the request. */
function refuseText(text: string | undefined, trusted: TrustedDocuments): GraphQLError | undefined {
  return text === undefined || trusted.has(text)
    ? undefined
    : toGraphQLError(new AppError('UNTRUSTED_DOCUMENT', 'the document is not trusted'));
}

/** A document that was run before costs nothing. @returns the error of an owner who has used up its work */
function chargeText(
  text: string | undefined,
  runner: OperationRunner,
  contextValue: ConnectContext,
): GraphQLError | undefined {
  if (text === undefined || !('budget' in contextValue) || runner.knows(text)) {
    return undefined;
  }
  try {
    contextValue.budget.chargeDocument(text);
    return undefined;
  } catch (error) {
    return toGraphQLError(error);
  }
}
