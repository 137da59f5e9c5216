import { context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  AlwaysOnSampler,
  BasicTracerProvider,
  InMemorySpanExporter,
  ParentBasedSampler,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';

/** A span as tests compare it. */
export interface RecordedSpan {
  readonly name: string;
  readonly kind: number;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentId: string | undefined;
  readonly attributes: ReadableSpan['attributes'];
  /** 0 unset, 2 error. */
  readonly status: number;
}

/** Registers an OpenTelemetry SDK for this process, as a host app does. Its spans stay in memory. */
export function registerTracing() {
  const exporter = new InMemorySpanExporter();
  const sampler = new ParentBasedSampler({ root: new AlwaysOnSampler() });
  trace.setGlobalTracerProvider(
    new BasicTracerProvider({ sampler, spanProcessors: [new SimpleSpanProcessor(exporter)] }),
  );
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  return {
    /** Everything that an exporter gets, as text. */
    text: () => JSON.stringify(exporter.getFinishedSpans().map(toText)),
    spans: () => exporter.getFinishedSpans().map(toRecord),
    reset: () => exporter.reset(),
    stop: () => {
      trace.disable();
      context.disable();
    },
  };
}

const toText = ({ name, attributes, events, links, status, resource }: ReadableSpan) => ({
  name,
  attributes,
  events,
  links,
  status,
  resource: resource.attributes,
});

function toRecord(span: ReadableSpan): RecordedSpan {
  const { traceId, spanId } = span.spanContext();
  const { name, kind, attributes, status, parentSpanContext } = span;
  return { name, kind, traceId, spanId, parentId: parentSpanContext?.spanId, attributes, status: status.code };
}
