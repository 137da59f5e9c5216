import { type GraphQLSchema, getOperationAST, parse } from 'graphql';
import { codeOf } from '../../domain/app-error.js';
import { auditActions } from '../../domain/audit-event.js';
import { isRecord } from '../../domain/values.js';
import type { Audit } from '../../observability/audit.js';
import type { RequestContext } from '../../observability/request-context.js';
import { maxTokens } from '../limits/token-limit.js';
import { ownRootFields } from '../own-fields.js';
import type { TrustedDocuments } from './trusted-documents.js';

/**
 * The audit of mutations whose caller could not be authenticated. Nothing of them runs, so the body of the request is
 * the only place that names the mutation.
 */
export class RefusedMutations {
  readonly #schema: GraphQLSchema;
  readonly #trusted: TrustedDocuments;
  readonly #audit: Audit;

  constructor(schema: GraphQLSchema, trusted: TrustedDocuments, audit: Audit) {
    this.#schema = schema;
    this.#trusted = trusted;
    this.#audit = audit;
  }

  /** @param body of the request, as the body parser returned it @param error why there is no caller */
  recordBody(body: unknown, { id }: RequestContext, error: unknown): void {
    const field = this.#audit.isOn && isRecord(body) ? this.#findMutation(body) : undefined;
    if (field !== undefined) {
      this.recordField(field, id, error);
    }
  }

  /** @param field the rejected root field of this schema */
  recordField(field: string, requestId: string, error: unknown): void {
    const action = auditActions.find((name) => name === field);
    if (action !== undefined) {
      this.#audit.recordRefusal(requestId, action, codeOf(error));
    }
  }

  /** The first field of ours in the operation that would run. */
  #findMutation(body: Readonly<Record<string, unknown>>): string | undefined {
    const { documentId, query: text, extensions, operationName = null } = body;
    const query =
      typeof documentId === 'string'
        ? this.#trusted.findText(documentId)
        : (text ?? this.#trusted.findPersisted(extensions));
    if (typeof query !== 'string' || !query.includes('mutation') || !isName(operationName)) {
      return undefined;
    }
    try {
      const document = parse(query, { noLocation: true, maxTokens });
      const operation = getOperationAST(document, operationName);
      return operation?.operation === 'mutation'
        ? ownRootFields(this.#schema, document, operation)[0]?.name.value
        : undefined;
    } catch {
      // No document that could run.
      return undefined;
    }
  }
}

function isName(value: unknown): value is string | null {
  return value === null || typeof value === 'string';
}
