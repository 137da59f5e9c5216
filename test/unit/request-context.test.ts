import { describe, expect, it } from '@jest/globals';
import { createFollowUpContext, createRequestContext } from '../../src/observability/request-context.js';
import { TraceSpan, traceIdsOf } from '../../src/observability/tracing.js';
import { blockEventLoop } from '../support/wait.js';

const { signal } = new AbortController();
const contextOf = (headers: Readonly<Record<string, string | string[] | null>>) =>
  createRequestContext((name) => headers[name], signal);
const newId = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;

describe('x-request-id', () => {
  it.each(['a', 'from.a-proxy_1', 'x'.repeat(64)])('%s becomes the id of the request', (id) => {
    expect(contextOf({ 'x-request-id': id }).id).toBe(id);
  });

  it.each<[string | string[] | null]>([
    [null],
    [''],
    ['with space'],
    ['line\nbreak'],
    ['end\n'],
    ['quote"'],
    ['ä'],
    ['x'.repeat(65)],
    [['a', 'b']],
  ])('%j is replaced by a new id', (id) => {
    expect(contextOf({ 'x-request-id': id }).id).toMatch(newId);
  });

  it('is different for each request without one', () => {
    expect(contextOf({}).id).not.toBe(contextOf({}).id);
  });
});

describe('traceparent', () => {
  it('is the parent of the spans of the request, and is passed on unchanged without an SDK', () => {
    expect(traceIdsOf(contextOf({ traceparent }).traceContext)).toEqual({
      trace_id: 'a'.repeat(32),
      span_id: 'b'.repeat(16),
    });
    expect(new TraceSpan('below', contextOf({ traceparent }).traceContext).traceparent).toBe(traceparent);
  });

  it.each<[string, string | string[] | null]>([
    ['null', null],
    ['empty', ''],
    ['text of another form', 'canary'],
    ['of another version', traceparent.replace('00-', '01-')],
    ['in upper case', traceparent.toUpperCase()],
    ['too short', traceparent.slice(1)],
    ['followed by more text', `${traceparent}-canary`],
    ['preceded by other text', `canary ${traceparent}`],
    ['followed by a line break', `${traceparent}\n`],
    ['repeated', [traceparent, traceparent]],
    ['without a trace', `00-${'0'.repeat(32)}-${'b'.repeat(16)}-01`],
    ['without a span', `00-${'a'.repeat(32)}-${'0'.repeat(16)}-01`],
  ])('that is %s is left out', (_what, value) => {
    const { traceContext } = contextOf({ traceparent: value });
    expect(traceIdsOf(traceContext)).toEqual({});
    expect(new TraceSpan('below', traceContext).traceparent).toBeUndefined();
  });
});

describe('The context of a later event of a stream', () => {
  it('has the same owner, and a deadline of its own', () => {
    const context = contextOf({});
    context.ownerId = 'org_acme';
    // The clock has a limited resolution.
    blockEventLoop(5);
    const followUp = createFollowUpContext(context);
    expect(followUp.ownerId).toBe('org_acme');
    expect(followUp.deadline).toBeGreaterThan(context.deadline);
  });
});
