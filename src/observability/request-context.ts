import { randomUUID } from 'node:crypto';
import { RequestTelemetry } from './request-telemetry.js';

/** The reason of an aborted request: the client disconnected before its response was complete. */
export class ClientDisconnectedError extends Error {
  override readonly name = 'ClientDisconnectedError';
}

/** What one incoming request carries to every part, whatever server and protocol it came through. */
export interface RequestContext {
  /** The client's own `x-request-id` where it is valid, else a new one. Sent to StackOne too. */
  readonly id: string;
  /** W3C trace context, forwarded unchanged. */
  readonly traceparent: string | undefined;
  /** Aborted when the client disconnects. */
  readonly signal: AbortSignal;
  readonly telemetry: RequestTelemetry;
}

/** @param getHeader returns a header by its lower-case name */
export function createRequestContext(
  getHeader: (name: string) => string | string[] | null | undefined,
  signal: AbortSignal,
): RequestContext {
  const id = matching(getHeader('x-request-id'), /^[\w.-]{1,64}$/) ?? randomUUID();
  const traceparent = matching(getHeader('traceparent'), /^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/);
  return { id, traceparent, signal, telemetry: new RequestTelemetry(id) };
}

/** For work that no single request waits for, such as a refresh of the provider catalog. */
export function createBackgroundContext(): RequestContext {
  return createRequestContext(() => undefined, new AbortController().signal);
}

function matching(header: string | string[] | null | undefined, pattern: RegExp): string | undefined {
  return typeof header === 'string' && pattern.test(header) ? header : undefined;
}
