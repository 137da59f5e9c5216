import { ApolloServer } from '@apollo/server';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { SpanKind, trace } from '@opentelemetry/api';
import { print } from 'graphql';
import { CreateConnectSessionDocument } from '../../client/src/index.js';
import { startConnect } from '../../src/embed.js';
import { createLogger } from '../../src/observability/logger.js';
import { type CanaryApp, callerValues, secrets, startCanaryApp, valuesIn } from '../support/canary-app.js';
import { type RecordedSpan, registerTracing } from '../support/spans.js';
import { acme, canaries, ownerFields, signIn, startTestApp, type TestApp } from '../support/test-app.js';
import { waitFor, waitUntil } from '../support/wait.js';

const tracing = registerTracing();
let app: TestApp;
let signedIn: Record<string, string>;
beforeAll(async () => {
  app = await startTestApp();
  signedIn = await signIn(acme);
});
beforeEach(() => {
  app.emulator.reset();
  tracing.reset();
});
afterAll(async () => {
  await app.stop();
  tracing.stop();
});

const mutation = 'mutation createConnectSession { createConnectSession { token userErrors { code } } }';
const trusted = print(CreateConnectSessionDocument);
let unique = 0;
/** A span of a page. */
function pageSpan(flags = '01') {
  unique += 1;
  const traceId = unique.toString(16).padStart(32, 'a');
  return { traceId, spanId: 'b'.repeat(16), traceparent: `00-${traceId}-${'b'.repeat(16)}-${flags}` };
}

/** The spans of a trace, when the operation has ended. It ends after the response. */
async function spansOf(traceId: string): Promise<ReadonlyMap<string, RecordedSpan>> {
  const ofTrace = () => tracing.spans().filter((span) => span.traceId === traceId);
  await waitUntil(
    () => ofTrace().some(({ kind }) => kind === SpanKind.SERVER),
    () => `the operation of ${traceId} ends; spans: ${tracing.text()}`,
  );
  return new Map(ofTrace().map((span) => [span.name, span]));
}

const sentTraceparents = () => app.emulator.history.map(({ headers }) => headers['traceparent']);

/** A text that Apollo Server has to run, because it is new. */
const fresh = () => `${mutation} # ${unique}`;

describe('A trace', () => {
  it.each([
    ['by Apollo Server', fresh],
    ['by the operation store', () => trusted],
  ])('goes from the page to the server and to StackOne, for an operation that is run %s', async (_, write) => {
    const page = pageSpan();
    const { status, headers } = await app.post({ query: write() }, { ...signedIn, traceparent: page.traceparent });
    expect(status).toBe(200);
    const spans = await spansOf(page.traceId);
    const [operation, authentication] = [spans.get('mutation'), spans.get('authenticate')];
    const attempt = spans.get('POST /connect_sessions');
    expect(operation).toMatchObject({
      kind: SpanKind.SERVER,
      parentId: page.spanId,
      attributes: { 'graphql.operation.type': 'mutation', 'graphql.operation.name': 'createConnectSession' },
      status: 0,
    });
    expect(authentication).toMatchObject({ kind: SpanKind.INTERNAL, parentId: operation?.spanId, attributes: {} });
    expect(attempt).toMatchObject({ kind: SpanKind.CLIENT, parentId: operation?.spanId, status: 0 });
    expect(attempt?.attributes).toEqual({
      'http.request.method': 'POST',
      'http.response.status_code': 201,
      'server.address': '127.0.0.1',
      'server.port': Number(new URL(app.emulator.url).port),
    });
    const sent = app.emulator.history.find(({ path }) => path === '/connect_sessions');
    expect(sent?.headers['traceparent']).toBe(`00-${page.traceId}-${attempt?.spanId}-01`);
    const line = await waitFor(
      () =>
        app
          .logs()
          .split('\n')
          .find((text) => text.includes(String(headers.get('x-request-id'))) && text.includes('"msg":"request"')),
      'the request is logged',
    );
    expect(JSON.parse(line)).toMatchObject({ trace_id: page.traceId, span_id: operation?.spanId });
  });

  it('begins at the server for a page without one, and ends in the log line of each attempt', async () => {
    const { headers } = await app.post({ query: trusted }, signedIn);
    const [sent = ''] = sentTraceparents();
    const [, traceId = '', spanId] = sent.split('-');
    expect((await spansOf(traceId)).get('mutation')?.parentId).toBeUndefined();
    const attempt = app
      .logs()
      .split('\n')
      .find((line) => line.includes('"upstream"') && line.includes(String(headers.get('x-request-id'))));
    expect(JSON.parse(attempt ?? '{}')).toMatchObject({ trace_id: traceId, span_id: spanId });
  });

  it('has a span for each attempt, with the status and the code of its failure', async () => {
    app.emulator.failNext({ status: 503, match: { path: '/connect_sessions' } }, 2);
    const page = pageSpan();
    const { json } = await app.post({ query: trusted }, { ...signedIn, traceparent: page.traceparent });
    expect(json.errors?.[0]?.extensions.code).toBe('UPSTREAM_UNAVAILABLE');
    await spansOf(page.traceId);
    const spans = tracing.spans().filter(({ traceId }) => traceId === page.traceId);
    const attempts = spans.filter(({ kind }) => kind === SpanKind.CLIENT);
    const failed = { 'error.type': 'UPSTREAM_UNAVAILABLE', 'http.response.status_code': 503 };
    expect(attempts).toMatchObject([
      { status: 2, attributes: failed },
      { status: 2, attributes: { ...failed, 'http.request.resend_count': 1 } },
    ]);
    expect(attempts.map(({ spanId }) => `00-${page.traceId}-${spanId}-01`)).toEqual(sentTraceparents());
    const operation = spans.find(({ kind }) => kind === SpanKind.SERVER);
    expect(operation).toMatchObject({ status: 2, attributes: { 'error.type': 'UPSTREAM_UNAVAILABLE' } });
  });

  it.each<[string, object, Record<string, string>, object]>([
    ['a rejected token', { query: trusted }, { authorization: 'Bearer a.b.c' }, { 'error.type': 'UNAUTHENTICATED' }],
    ['a document that is not valid', { query: '{ nothing }' }, {}, { 'error.type': 'GRAPHQL_VALIDATION_FAILED' }],
    ['a body without a document', { x: 1 }, {}, { 'error.type': 'BAD_USER_INPUT' }],
    ['a body that is not JSON', Object('{'), {}, { 'error.type': 'BAD_USER_INPUT' }],
  ])(
    'of %s has the code of the error and no failure, because the client can fix it',
    async (_, body, headers, attributes) => {
      const page = pageSpan();
      await app.post(body instanceof String ? '{' : body, { ...signedIn, ...headers, traceparent: page.traceparent });
      const operation = (await spansOf(page.traceId)).get('GraphQL Operation');
      expect(operation).toMatchObject({ attributes, status: 0, parentId: page.spanId });
      expect(sentTraceparents()).toEqual([]);
    },
  );

  it('that the page does not record is passed on, and recorded nowhere', async () => {
    const page = pageSpan('00');
    await app.post({ query: trusted }, { ...signedIn, traceparent: page.traceparent, baggage: 'canary=1' });
    expect(sentTraceparents()[0]).toMatch(new RegExp(`^00-${page.traceId}-[0-9a-f]{16}-00$`));
    expect(tracing.spans()).toEqual([]);
    expect(JSON.stringify(app.emulator.history)).not.toContain('canary=1');
  });

  it('never has spans of another request, when many run at once', async () => {
    const pages = Array.from({ length: 20 }, () => pageSpan());
    await Promise.all(pages.map(({ traceparent }) => app.post({ query: trusted }, { ...signedIn, traceparent })));
    for (const { traceId } of pages) {
      const spans = await spansOf(traceId);
      const operation = spans.get('mutation');
      expect(spans.get('authenticate')?.parentId).toBe(operation?.spanId);
      expect(spans.get('POST /connect_sessions')?.parentId).toBe(operation?.spanId);
    }
    expect(new Set(sentTraceparents()).size).toBe(sentTraceparents().length);
  });

  it('has no span for other requests than operations, and background work has a trace of its own', async () => {
    await fetch(`${app.url}/readyz`, { headers: { traceparent: pageSpan().traceparent } });
    const page = pageSpan();
    await app.post({ query: '{ providers { key } }' }, { ...signedIn, traceparent: page.traceparent });
    await waitUntil(() => tracing.spans().some(({ name }) => name === 'query'), 'the operation ends');
    const background = tracing.spans().filter(({ name }) => name.startsWith('GET /connector'));
    expect(background.length).toBeGreaterThan(0);
    expect(background.filter(({ traceId, parentId }) => traceId === page.traceId || parentId !== undefined)).toEqual(
      [],
    );
    expect(tracing.spans().filter(({ kind }) => kind === SpanKind.SERVER)).toHaveLength(1);
  });
});

describe('In a host app', () => {
  it('the parent is the active span of the host, and its login runs in the span of the authentication', async () => {
    let during: string | undefined;
    const getOwner = async () => {
      during = trace.getActiveSpan()?.spanContext().spanId;
      return { id: acme.org_id, name: acme.org_name };
    };
    const connect = await startConnect<Request>({
      apiKey: canaries.apiKey,
      baseUrl: app.emulator.url,
      production: false,
      logger: createLogger('silent'),
      getOwner,
    });
    const apollo = new ApolloServer(connect.apolloOptions);
    for (const query of [fresh(), trusted]) {
      tracing.reset();
      await trace.getTracer('host').startActiveSpan('request', async (active) => {
        const request = new Request('http://localhost/graphql', { headers: { traceparent: pageSpan().traceparent } });
        await apollo.executeOperation({ query }, { contextValue: await connect.createContext(request) });
        active.end();
        const { traceId, spanId } = active.spanContext();
        const spans = await spansOf(traceId);
        expect(spans.get('mutation')?.parentId).toBe(spanId);
        expect(spans.get('authenticate')).toMatchObject({ spanId: during, parentId: spans.get('mutation')?.spanId });
        expect(spans.get('POST /connect_sessions')?.parentId).toBe(spans.get('mutation')?.spanId);
      });
    }
    await apollo.stop();
    await connect.stop();
  });
});

describe('No span', () => {
  let canary: CanaryApp;
  beforeAll(async () => {
    canary = await startCanaryApp();
  });
  afterAll(() => canary.stop());

  it('contains a secret, an owner, an account or a value of a request', async () => {
    const { id } = canary.emulator.addAccount({
      provider: 'bamboohr',
      label: 'canary-account-label',
      ...ownerFields({ org_id: 'canary-owner-id', org_name: 'canary-owner-name' }),
    });
    const argument = (name: string, value: string) =>
      `mutation m { createConnectSession(${name}: "${value}") { token userErrors { code } } }`;
    for (const query of [
      argument('label', 'canary-label'),
      argument('provider', 'canary-value'),
      argument('accountId', id),
      argument('accountId', 'canary-id'),
      `{ linkedAccount(id: "${id}") { label } linkedAccounts { nodes { id label } } }`,
      '{ canary-word',
      '{ nothing(a: "canary-literal") }',
    ]) {
      await canary.runOperation(query);
    }
    canary.emulator.failNext({ kind: 'status', status: 403 });
    await canary.runOperation(mutation);
    for (const token of canary.tokens) {
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
      await canary.send({
        method: 'POST',
        path: '/graphql?canary-header',
        headers,
        body: JSON.stringify({ query: mutation }),
      });
    }
    await waitUntil(
      () => tracing.spans().filter(({ kind }) => kind === SpanKind.SERVER).length >= 11,
      'the operations end',
    );
    const hidden = [...Object.values(secrets), ...callerValues, ...canary.tokens, ...canary.ownerValues, id];
    expect(tracing.spans().length).toBeGreaterThan(20);
    expect(valuesIn(tracing.text(), hidden)).toEqual([]);
    expect(tracing.text()).not.toMatch(/"events":\[\{|"message"/);
  });
});
