import {
  type DocumentNode,
  type GraphQLError,
  type GraphQLFormattedError,
  type GraphQLSchema,
  getOperationAST,
} from 'graphql';
import { AppError } from '../errors.js';
import type { GraphQLContext, RequestRecord } from './context.js';
import { noteAnswer, noteErrors, noteOperation } from './observe.js';
import { prepareOperation, type RunOperation } from './prepared-operation.js';

/** An HTTP request for an operation, as far as its answer depends on it. */
export interface OperationRequest {
  /** The parsed body; nobody has looked at it yet. */
  readonly body: unknown;
  readonly accept: string | undefined;
}

export interface OperationAnswer {
  readonly status: number;
  readonly headers: Iterable<readonly [name: string, value: string]>;
  readonly body: string;
}

type FormatError = (formatted: GraphQLFormattedError, error: unknown) => GraphQLFormattedError;

/** A document that was parsed, limited, validated and run, and the form in which its answer was asked for. */
interface Known {
  readonly document: DocumentNode;
  readonly run: RunOperation;
  readonly contentType: string;
}

const maxKnown = 200;

/**
 * Runs operations that Apollo Server has answered before, which a frontend sends again and again. What Apollo does
 * once more for each of them costs as much as running them does (docs/performance.md), and comes to the same: limits
 * and validation depend on the document alone. The variables, the owner and the errors of each request are looked at
 * here as there. Everything else is left to Apollo, and then nothing has run.
 */
export class KnownOperations {
  readonly #schema: GraphQLSchema;
  readonly #formatError: FormatError;
  readonly #known = new Map<string, Known>();

  constructor(schema: GraphQLSchema, formatError: FormatError) {
    this.#schema = schema;
    this.#formatError = formatError;
  }

  /** After an answer of Apollo's that went well. */
  learn(
    { body, accept }: OperationRequest,
    { document }: RequestRecord,
    contentType: string | undefined,
  ): void {
    if (document === undefined || contentType === undefined || !isOperation(body)) return;
    const [oldest] = this.#known.size < maxKnown ? [] : this.#known.keys();
    if (oldest !== undefined) this.#known.delete(oldest);
    const run = prepareOperation(this.#schema, document);
    this.#known.set(keyOf(body.query, accept), { document, run, contentType });
  }

  /** @returns `undefined` when Apollo is to answer */
  async run(
    { body, accept }: OperationRequest,
    contextValue: GraphQLContext,
  ): Promise<OperationAnswer | undefined> {
    if (!isOperation(body)) return undefined;
    const known = this.#known.get(keyOf(body.query, accept));
    if (known === undefined) return undefined;
    const { variables = null, operationName = null } = body;
    const { document, run, contentType } = known;
    const { record } = contextValue;
    const result = await run({ operationName, variables }, contextValue);
    // Without data nothing has run: the variables, or the name, do not fit the document.
    if (result.data === undefined) return undefined;
    const operation = getOperationAST(document, operationName);
    noteOperation(record, operation);
    const errors = result.errors?.map((error) => this.#formatError(toFormatted(error), error));
    noteErrors(record, result.errors ?? []);
    noteAnswer(record, { data: result.data, errors }, operation);
    const { status, headers } = result.errors === undefined ? ok : headOf(result.errors);
    return {
      status,
      headers: [['content-type', contentType], ...headers],
      body: `${JSON.stringify({ errors, data: result.data })}\n`,
    };
  }
}

interface Operation {
  readonly query: string;
  readonly variables?: Record<string, unknown> | null;
  readonly operationName?: string | null;
}

/** What can be run without a further question; Apollo knows what to say to the rest. */
function isOperation(body: unknown): body is Operation {
  if (!isRecord(body) || 'extensions' in body) return false;
  const { query, variables = null, operationName = null } = body;
  return (
    typeof query === 'string' &&
    (variables === null || isRecord(variables)) &&
    (operationName === null || typeof operationName === 'string')
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A header holds no line break. */
function keyOf(query: string, accept = ''): string {
  return [accept, query].join('\n');
}

function toFormatted(error: GraphQLError): GraphQLFormattedError {
  const { http: _, ...extensions } = error.extensions;
  return { ...error.toJSON(), extensions: { code: 'INTERNAL_SERVER_ERROR', ...extensions } };
}

const ok = { status: 200, headers: [] };

/** The last error that has a status, or headers, decides, as in Apollo. */
function headOf(errors: readonly GraphQLError[]) {
  let { status } = ok;
  const headers = new Map<string, string>();
  for (const { originalError } of errors) {
    if (originalError instanceof AppError) {
      const { http } = originalError.extensions;
      status = http.status ?? status;
      for (const [name, value] of http.headers) headers.set(name, value);
    }
  }
  return { status, headers };
}
