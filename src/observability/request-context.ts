import { randomUUID } from 'node:crypto';
import { ROOT_CONTEXT, SpanKind, type Context as TraceContext } from '@opentelemetry/api';
import { type Cancellation, RequestCancellation, toAbortSignal } from './cancellation.js';
import { RequestTelemetry } from './request-telemetry.js';
import { parentOf, TraceSpan } from './tracing.js';

/** For all work of one incoming request, however many calls to StackOne it makes. */
const requestTimeoutMs = 8_000;

/** What one incoming request carries to every part, whatever server and protocol it came through. */
export interface RequestContext {
  /** The client's own `x-request-id` where it is valid, else a new one. Sent to StackOne too. */
  readonly id: string;
  /** For the response, which can contain a token. A host app sets them itself in its own routes with Fetch requests. */
  readonly responseHeaders: { readonly 'x-request-id': string; readonly 'cache-control': 'no-store' };
  /** The span of this request, or that of its client: the parent of further spans. */
  readonly traceContext: TraceContext;
  /** Aborted when the client disconnects. Created when it is first read; the calls to StackOne need only `cancellation`. */
  readonly signal: AbortSignal;
  readonly cancellation: Cancellation;
  /** When the calls of this request to StackOne end, in milliseconds of `performance.now()`. */
  readonly deadline: number;
  readonly telemetry: RequestTelemetry;
  /** Set when the caller is authenticated. Undefined for work of no owner, such as a refresh of the provider catalog. */
  ownerId: string | undefined;
}

/**
 * @param getHeader returns a header by its lower-case name
 * @param isOperation whether the request runs an operation, which has a span until `telemetry.finish`
 */
export function createRequestContext(
  getHeader: (name: string) => string | string[] | null | undefined,
  cancellation: Cancellation,
  isOperation = false,
): RequestContext {
  const id = matching(getHeader('x-request-id'), /^[\w.-]{1,64}$/) ?? randomUUID();
  const traceparent = matching(getHeader('traceparent'), /^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/);
  const parent = parentOf(traceparent);
  const span = isOperation ? new TraceSpan('GraphQL Operation', parent, { kind: SpanKind.SERVER }) : undefined;
  return new Context(id, cancellation, span?.context ?? parent, span);
}

/**
 * For work that no single request waits for, such as a refresh of the provider catalog. It has a deadline and a trace of
 * its own.
 */
export function createBackgroundContext(): RequestContext {
  return new Context(randomUUID(), new RequestCancellation(), ROOT_CONTEXT);
}

/** For a later event of a stream: its own telemetry and deadline, the same owner, and cancelled with the stream. */
export function createFollowUpContext({ id, traceContext, cancellation, ownerId }: RequestContext): RequestContext {
  const context = new Context(id, cancellation, traceContext);
  context.ownerId = ownerId;
  return context;
}

/** A class, because an object with a getter of its own takes longer to create. */
class Context implements RequestContext {
  readonly id: string;
  readonly responseHeaders: RequestContext['responseHeaders'];
  readonly traceContext: TraceContext;
  readonly cancellation: Cancellation;
  readonly deadline = performance.now() + requestTimeoutMs;
  readonly telemetry: RequestTelemetry;
  ownerId: string | undefined = undefined;
  #signal: AbortSignal | undefined;

  constructor(id: string, cancellation: Cancellation, traceContext: TraceContext, span?: TraceSpan) {
    this.id = id;
    this.responseHeaders = { 'x-request-id': id, 'cache-control': 'no-store' };
    this.traceContext = traceContext;
    this.cancellation = cancellation;
    this.telemetry = new RequestTelemetry(id, traceContext, span);
  }

  get signal(): AbortSignal {
    this.#signal ??= toAbortSignal(this.cancellation);
    return this.#signal;
  }
}

function matching(header: string | string[] | null | undefined, pattern: RegExp): string | undefined {
  return typeof header === 'string' && pattern.test(header) ? header : undefined;
}
