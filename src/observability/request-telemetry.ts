import type { Context } from '@opentelemetry/api';
import { type GraphQLFormattedError, Kind, type OperationDefinitionNode } from 'graphql';
import { codeOf, reasonOf } from '../domain/app-error.js';
import { errorCodeInfo, isErrorCode } from '../domain/error-codes.js';
import type { Owner } from '../domain/owner.js';
import { UserErrorCode } from '../domain/result.js';
import { isRecord } from '../domain/values.js';
import type { Observability } from './observability.js';
import { type TraceSpan, traceIdsOf } from './tracing.js';

const maxNameLength = 64;

/** nginx's status for a client that closed the connection before the response. */
export const clientClosedRequest = 499;

interface Result {
  readonly data?: Readonly<Record<string, unknown>> | null | undefined;
  readonly errors?: readonly GraphQLFormattedError[] | undefined;
}

type MaybeOperation = OperationDefinitionNode | null | undefined;

/**
 * Everything that the log line and the metrics say about one request, collected while the request runs. Contains names
 * and codes only, never values that a client or StackOne sent.
 */
export class RequestTelemetry {
  readonly #requestId: string;
  readonly #traceContext: Context;
  readonly #span: TraceSpan | undefined;
  readonly #startedAt = performance.now();
  #operationType: string | undefined;
  #operation: string | undefined;
  /** First field of the operation. Unlike operation names there are few fields, so metrics can use it as a label. */
  #field: string | undefined;
  #owner: Owner | undefined;
  /** Code of the first error or user error; `ok` without any. */
  #code = 'ok';
  /** Why the request failed, for the operator. */
  #reason: string | undefined;
  #attempts = 0;
  #attemptMilliseconds = 0;

  /** @param span that of the operation, which ends with the request */
  constructor(requestId: string, traceContext: Context, span?: TraceSpan) {
    this.#requestId = requestId;
    this.#traceContext = traceContext;
    this.#span = span;
  }

  setOwner(owner: Owner): void {
    this.#owner = owner;
  }

  /** An error before there is a GraphQL result. */
  setError(error: unknown): void {
    this.#code = codeOf(error);
    this.#reason = reasonOf(error);
  }

  setCode(code: string): void {
    this.#code = code;
  }

  /** The response of an operation. @param error the first that was thrown, if any */
  setResponse(operation: MaybeOperation, error: unknown, result: Result): void {
    const first = operation?.selectionSet.selections.find((node) => node.kind === Kind.FIELD);
    const userError = operation?.operation === 'mutation' ? findUserError(result.data) : 'ok';
    this.#field = first?.name.value;
    this.#operationType = operation?.operation;
    this.#operation = operation?.name?.value.slice(0, maxNameLength);
    this.#reason = reasonOf(error);
    this.#code = String(result.errors?.[0]?.extensions?.['code'] ?? userError);
  }

  /** An attempt to call StackOne. */
  addAttempt(milliseconds: number): void {
    this.#attempts += 1;
    this.#attemptMilliseconds += milliseconds;
  }

  /** Writes the log line and the metrics of the request, and ends its span. Call it once, when the response is complete. */
  finish(status: number, { logger, metrics, hashOwner }: Observability): void {
    const milliseconds = performance.now() - this.#startedAt;
    const code = this.#code === 'ok' ? codeOfStatus(status) : this.#code;
    metrics.observeRequest(this.#field ?? 'none', code, milliseconds / 1000);
    this.#endSpan(code);
    const { trace_id, span_id } = traceIdsOf(this.#traceContext);
    logger[isErrorCode(code) ? errorCodeInfo(code).severity : 'info'](
      {
        requestId: this.#requestId,
        trace_id,
        span_id,
        operation: this.#operation,
        field: this.#field,
        owner: this.#owner && hashOwner(this.#owner.id),
        code,
        reason: this.#reason,
        status,
        milliseconds: Math.round(milliseconds),
        upstreamAttempts: this.#attempts,
        upstreamMilliseconds: Math.round(this.#attemptMilliseconds),
      },
      'request',
    );
  }

  /** As in https://opentelemetry.io/docs/specs/semconv/graphql/graphql-spans/, without the document. */
  #endSpan(code: string): void {
    if (this.#operationType !== undefined) {
      this.#span?.rename(this.#operationType);
      this.#span?.setAttributes({
        'graphql.operation.type': this.#operationType,
        'graphql.operation.name': this.#operation,
      });
    }
    this.#span?.end(code);
  }
}

/** Some refusals, such as that of a batch, reach no plugin of Apollo Server. */
function codeOfStatus(status: number): string {
  if (status < 400 || status === clientClosedRequest) {
    return 'ok';
  }
  return status < 500 ? 'BAD_USER_INPUT' : 'INTERNAL_SERVER_ERROR';
}

/**
 * The code of a payload's first user error, where the client selected codes. With an alias, anything else can stand in
 * that place: a value that is not one of these codes must not reach the log or a metric label.
 */
function findUserError(data: Result['data']): string {
  for (const payload of Object.values(data ?? {})) {
    const userErrors = isRecord(payload) ? payload['userErrors'] : undefined;
    const first: unknown = Array.isArray(userErrors) ? userErrors[0] : undefined;
    if (isRecord(first)) {
      return Object.values(UserErrorCode).find((code) => code === first['code']) ?? 'USER_ERROR';
    }
  }
  return 'ok';
}
