import {
  type Attributes,
  type Context,
  context,
  INVALID_SPAN_CONTEXT,
  isSpanContextValid,
  type Span,
  type SpanOptions,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import { packageName, packageVersion } from '../config/package-info.js';
import { codeOf } from '../domain/app-error.js';
import { errorCodeInfo, isErrorCode } from '../domain/error-codes.js';

/** Without an OpenTelemetry SDK in the process, spans record nothing and cost almost nothing (docs/operations.md). */
const tracer = trace.getTracer(packageName, packageVersion);

/** For log lines. Undefined values outside a trace. */
interface TraceIds {
  readonly trace_id: string | undefined;
  readonly span_id: string | undefined;
}

/**
 * Where the spans of a request belong: below the active span, such as one of the host app's HTTP instrumentation, else
 * below the span of the client.
 * @param traceparent a header of the form `00-<trace id>-<span id>-<flags>`
 */
export function parentOf(traceparent: string | undefined): Context {
  const active = context.active();
  if (traceparent === undefined || trace.getSpan(active) !== undefined) {
    return active;
  }
  const [, traceId = '', spanId = '', flags = ''] = traceparent.split('-');
  return trace.setSpanContext(active, { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true });
}

export function traceIdsOf(parent: Context): TraceIds {
  const spanContext = trace.getSpanContext(parent);
  return spanContext !== undefined && isSpanContextValid(spanContext)
    ? { trace_id: spanContext.traceId, span_id: spanContext.spanId }
    : noTrace;
}

const noTrace: TraceIds = { trace_id: undefined, span_id: undefined };

/** Runs work so that spans of other libraries are below the span of `parent`. */
export function runBelow<T>(parent: Context, work: () => T): T {
  return context.with(parent, work);
}

/** Runs work in a span of its own. */
export async function inSpan<T>(name: string, parent: Context, work: () => Promise<T>): Promise<T> {
  const span = new TraceSpan(name, parent);
  try {
    const result = await runBelow(span.context, work);
    span.end('ok');
    return result;
  } catch (error) {
    span.end(codeOf(error));
    throw error;
  }
}

/** A span with names, codes and numbers only: no value that a client or StackOne sent, and no message of an error. */
export class TraceSpan {
  /** Where further spans belong. Without an SDK, a span stands for its parent, and costs no context of its own. */
  readonly context: Context;
  readonly #span: Span;

  constructor(name: string, parent: Context, options?: SpanOptions) {
    this.#span = tracer.startSpan(name, options, parent);
    const spanContext = this.#span.spanContext();
    const isParent = spanContext === INVALID_SPAN_CONTEXT || spanContext === trace.getSpanContext(parent);
    this.context = isParent ? parent : trace.setSpan(parent, this.#span);
  }

  /** The header for a request below this span. Without an SDK, that of the client, unchanged. */
  get traceparent(): string | undefined {
    const spanContext = this.#span.spanContext();
    if (!isSpanContextValid(spanContext)) {
      return undefined;
    }
    const { traceId, spanId, traceFlags } = spanContext;
    return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`;
  }

  setAttributes(attributes: Attributes): void {
    this.#span.setAttributes(attributes);
  }

  rename(name: string): void {
    this.#span.updateName(name);
  }

  /** @param code an error code, or anything else for no error. Errors that a client can fix are no failure of a span. */
  end(code: string): void {
    if (isErrorCode(code)) {
      this.#span.setAttributes({ 'error.type': code });
      if (errorCodeInfo(code).severity === 'warn') {
        this.#span.setStatus({ code: SpanStatusCode.ERROR });
      }
    }
    this.#span.end();
  }
}
