import { randomUUID } from 'node:crypto';
import { type Cancellation, RequestCancellation, toAbortSignal } from './cancellation.js';
import { RequestTelemetry } from './request-telemetry.js';

/** For all work of one incoming request, however many calls to StackOne it makes. */
const requestTimeoutMs = 8_000;

/** What one incoming request carries to every part, whatever server and protocol it came through. */
export interface RequestContext {
  /** The client's own `x-request-id` where it is valid, else a new one. Sent to StackOne too. */
  readonly id: string;
  /** For the response, which can contain a token. A host app sets them itself in its own routes with Fetch requests. */
  readonly responseHeaders: { readonly 'x-request-id': string; readonly 'cache-control': 'no-store' };
  /** W3C trace context, forwarded unchanged. */
  readonly traceparent: string | undefined;
  /** Aborted when the client disconnects. Created when it is first read; the calls to StackOne need only `cancellation`. */
  readonly signal: AbortSignal;
  readonly cancellation: Cancellation;
  /** When the calls of this request to StackOne end, in milliseconds of `performance.now()`. */
  readonly deadline: number;
  readonly telemetry: RequestTelemetry;
  /** Set when the caller is authenticated. Undefined for work of no owner, such as a refresh of the provider catalog. */
  ownerId: string | undefined;
}

/** @param getHeader returns a header by its lower-case name */
export function createRequestContext(
  getHeader: (name: string) => string | string[] | null | undefined,
  cancellation: Cancellation,
): RequestContext {
  const id = matching(getHeader('x-request-id'), /^[\w.-]{1,64}$/) ?? randomUUID();
  const traceparent = matching(getHeader('traceparent'), /^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/);
  let signal: AbortSignal | undefined;
  return {
    id,
    responseHeaders: { 'x-request-id': id, 'cache-control': 'no-store' },
    traceparent,
    cancellation,
    get signal() {
      signal ??= toAbortSignal(cancellation);
      return signal;
    },
    deadline: performance.now() + requestTimeoutMs,
    telemetry: new RequestTelemetry(id),
    ownerId: undefined,
  };
}

/** For work that no single request waits for, such as a refresh of the provider catalog. It has a deadline of its own. */
export function createBackgroundContext(): RequestContext {
  return createRequestContext(() => undefined, new RequestCancellation());
}

/** For a later event of a stream: its own telemetry and deadline, the same owner, and cancelled with the stream. */
export function createFollowUpContext({ id, traceparent, cancellation, ownerId }: RequestContext): RequestContext {
  const headers: Readonly<Record<string, string | undefined>> = { 'x-request-id': id, traceparent };
  const context = createRequestContext((name) => headers[name], cancellation);
  context.ownerId = ownerId;
  return context;
}

function matching(header: string | string[] | null | undefined, pattern: RegExp): string | undefined {
  return typeof header === 'string' && pattern.test(header) ? header : undefined;
}
