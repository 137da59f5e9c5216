import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { acme, signIn, startTestApp, type TestApp } from '../support/test-app.js';

const origin = 'https://app.example';

let app: TestApp;
let withCors: TestApp;
let headers: Record<string, string>;
beforeAll(async () => {
  app = await startTestApp();
  withCors = await startTestApp({ CORS_ORIGINS: `${origin},https://admin.example` });
  headers = { 'content-type': 'application/json', ...(await signIn(acme)) };
});
afterAll(async () => {
  await app.stop();
  await withCors.stop();
});

const send = (path: string, init: RequestInit, to: TestApp = app) => fetch(`${to.url}${path}`, init);
const body = JSON.stringify({ query: '{ viewer { ownerId } }' });

describe('CORS', () => {
  const preflight = (from: string) => ({
    method: 'OPTIONS',
    headers: {
      origin: from,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization',
    },
  });
  const foreignOrigins = [
    'https://evil.example',
    'http://app.example',
    'https://app.example:8443',
    'https://app.example.evil.example',
    'https://evilapp.example',
    'null',
  ];
  const allowHeaders = (response: Response) =>
    [...response.headers].filter(([name]) => /^access-control-allow-(origin|credentials)$/.test(name));

  it.each([origin, ...foreignOrigins])('%s gets no CORS headers without CORS_ORIGINS', async (from) => {
    const call = { method: 'POST', headers: { ...headers, origin: from }, body };
    for (const response of [
      await send('/graphql', preflight(from)),
      await send('/graphql', call),
      await send('/livez', call),
    ]) {
      expect(allowHeaders(response)).toEqual([]);
      expect(response.headers.get('cross-origin-resource-policy')).toBe('same-origin');
    }
  });

  it.each(foreignOrigins)('%s gets no CORS headers when CORS_ORIGINS lists other origins', async (from) => {
    expect(allowHeaders(await send('/graphql', preflight(from), withCors))).toEqual([]);
  });

  it('allows a configured origin, without credentials, also for error responses', async () => {
    const preflighted = await send('/graphql', preflight(origin), withCors);
    expect(preflighted.status).toBe(204);
    expect(preflighted.headers.get('access-control-allow-methods')).toBe('POST');
    const rejected = await send('/graphql', { method: 'POST', headers: { origin }, body: '{' }, withCors);
    for (const response of [preflighted, rejected]) {
      expect(allowHeaders(response)).toEqual([['access-control-allow-origin', origin]]);
      expect(response.headers.get('cross-origin-resource-policy')).toBe('cross-origin');
      expect(response.headers.get('vary')).toMatch(/\borigin\b/i);
    }
  });

  it.each([
    'authorization, content-type',
    'traceparent, tracestate, baggage',
    'sentry-trace, x-request-id, x-datadog-trace-id, b3',
    'apollographql-client-name, apollographql-client-version, apollo-require-preflight',
  ])('allows a configured origin to send the headers %s', async (names) => {
    const { method, headers: requested } = preflight(origin);
    const response = await send(
      '/graphql',
      { method, headers: { ...requested, 'access-control-request-headers': names } },
      withCors,
    );
    expect(response.headers.get('access-control-allow-headers')).toBe(names);
    expect(response.headers.get('vary')).toMatch(/\baccess-control-request-headers\b/i);
  });

  // nginx takes a server for unavailable whose response headers are larger than its buffer, 4 KiB by default.
  it('does not repeat a list of headers of more than 1 KiB', async () => {
    const { method, headers: requested } = preflight(origin);
    const allowed = async (names: string) => {
      const all = { ...requested, 'access-control-request-headers': names };
      const { headers } = await send('/graphql', { method, headers: all }, withCors);
      return headers.get('access-control-allow-headers');
    };
    expect(await allowed('x'.repeat(1024))).toBe('x'.repeat(1024));
    expect(await allowed('x'.repeat(1025))).toBeNull();
  });

  it('lets pages read the date, Retry-After and the request id of a response', async () => {
    const response = await send('/graphql', { method: 'POST', headers: { ...headers, origin }, body }, withCors);
    expect(response.headers.get('access-control-expose-headers')).toBe('date, retry-after, x-request-id');
  });

  it('allows credentials with CORS_CREDENTIALS=true, for configured origins only', async () => {
    const withCredentials = await startTestApp({ CORS_ORIGINS: origin, CORS_CREDENTIALS: 'true' });
    const response = await send('/graphql', preflight(origin), withCredentials);
    const foreign = await send('/graphql', preflight('https://evil.example'), withCredentials);
    await withCredentials.stop();
    expect(allowHeaders(response)).toEqual([
      ['access-control-allow-credentials', 'true'],
      ['access-control-allow-origin', origin],
    ]);
    expect(foreign.headers.get('access-control-allow-origin')).toBeNull();
  });

  it('sends no CORS headers and no error body to a preflight without an Origin header', async () => {
    const response = await send('/graphql', { method: 'OPTIONS' });
    expect([response.status, await response.text()]).toEqual([204, '']);
    expect(allowHeaders(response)).toEqual([]);
  });
});
