import {
  type DocumentNode,
  type ExecutionResult,
  type FormattedExecutionResult,
  type GraphQLSchema,
  type OperationDefinitionNode,
  OperationTypeNode,
} from 'graphql';
import type { GraphQLContext } from '../context.js';
import { type FormatError, toFormatted } from '../format-error.js';
import { type HttpHead, httpHeadOf } from '../http-head.js';
import { firstOfEach, originalOf } from '../original-error.js';
import { OperationStore } from './operation-store.js';
import type { SharedTexts } from './shared-texts.js';
import type { TrustedDocuments } from './trusted-documents.js';

interface OperationParameters {
  readonly operationName?: string | null | undefined;
  /** The values that the client sent. They are not compared with their types yet. */
  readonly variables?: Readonly<Record<string, unknown>> | null | undefined;
}

/** With the text of a document, or with the id of a trusted one. */
export type OperationRequest = OperationParameters &
  (
    | { readonly query: string; readonly documentId?: undefined }
    | { readonly query?: undefined; readonly documentId: string }
  );

interface OperationResponse {
  readonly http: HttpHead;
  readonly result: FormattedExecutionResult;
}

/** More items than a list in a valid request has. */
const maxListLength = 50;

/**
 * Runs the operations of the store. Apollo Server parses, limits, validates and prepares a document at every request;
 * for a document of the store this has happened once (docs/performance.md). Variables, the caller and the errors of each
 * request are checked here as in Apollo Server, and the response is the same byte for byte.
 */
export class OperationRunner {
  readonly schema: GraphQLSchema;
  readonly trusted: TrustedDocuments;
  readonly #formatError: FormatError;
  readonly #store: OperationStore;

  constructor(schema: GraphQLSchema, trusted: TrustedDocuments, formatError: FormatError) {
    this.schema = schema;
    this.trusted = trusted;
    this.#formatError = formatError;
    this.#store = new OperationStore(schema, trusted);
  }

  /** Whether the document is trusted, or one that Apollo Server has run. */
  knows(query: string): boolean {
    return this.#store.find(query) !== undefined;
  }

  /** Adds a document that Apollo Server has validated and run. */
  learn(query: string, document: DocumentNode): void {
    this.#store.add(query, document);
  }

  /**
   * @param texts serializes the result, which is not complete without it
   * @returns undefined when Apollo Server has to handle the request; then nothing has run
   */
  async run(
    request: OperationRequest,
    context: GraphQLContext,
    texts?: SharedTexts,
  ): Promise<OperationResponse | undefined> {
    const { operationName, variables } = request;
    if (Object.values(variables ?? {}).some(isLongList)) {
      // graphql-jit would create an error for each invalid item: thousands of them take 100 ms. graphql-js stops at 50.
      return undefined;
    }
    const text = request.query ?? this.trusted.findText(request.documentId);
    const operation = text === undefined ? undefined : this.#store.find(text)?.operation(operationName);
    if (operation === undefined) {
      return undefined;
    }
    // Only a query has lists at its root, and a copy of an object takes time.
    const canShare = texts !== undefined && operation.node.operation === OperationTypeNode.QUERY;
    const result = await operation.run(canShare ? { ...context, sharedTexts: texts } : context, variables ?? {});
    return result.data === undefined ? undefined : this.#toResponse(result, operation.node, context);
  }

  #toResponse(
    { data, errors }: ExecutionResult,
    operation: OperationDefinitionNode,
    { request: { telemetry } }: GraphQLContext,
  ): OperationResponse {
    const formatted =
      errors && firstOfEach(errors, errors).map((error) => this.#formatError(toFormatted(error), error));
    const result = formatted === undefined ? { data: data ?? null } : { errors: formatted, data: data ?? null };
    telemetry.setResponse(operation, originalOf(errors?.[0]), result);
    return { http: httpHeadOf(errors ?? []), result };
  }
}

function isLongList(value: unknown): boolean {
  return Array.isArray(value) && value.length > maxListLength;
}
