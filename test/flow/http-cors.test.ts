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

describe('Another origin', () => {
  const preflight = (from: string) => ({
    method: 'OPTIONS',
    headers: {
      origin: from,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization',
    },
  });
  const strangers = [
    'https://evil.example',
    'http://app.example',
    'https://app.example:8443',
    'https://app.example.evil.example',
    'https://evilapp.example',
    'null',
  ];
  const permissions = (response: Response) =>
    [...response.headers].filter(([name]) => /^access-control-allow-(origin|credentials)$/.test(name));

  it.each([origin, ...strangers])('%s may not call when none is configured', async (from) => {
    const call = { method: 'POST', headers: { ...headers, origin: from }, body };
    for (const response of [
      await send('/graphql', preflight(from)),
      await send('/graphql', call),
      await send('/livez', call),
    ]) {
      expect(permissions(response)).toEqual([]);
    }
  });

  it.each(strangers)('%s may not call when others are configured', async (from) => {
    expect(permissions(await send('/graphql', preflight(from), withCors))).toEqual([]);
  });

  it('that is configured may call, without cookies, and may read refusals', async () => {
    const asked = await send('/graphql', preflight(origin), withCors);
    expect(asked.status).toBe(204);
    expect(asked.headers.get('access-control-allow-methods')).toBe('POST');
    expect(asked.headers.get('access-control-allow-headers')).toBe('authorization, content-type');
    const refused = await send('/graphql', { method: 'POST', headers: { origin }, body: '{' }, withCors);
    for (const response of [asked, refused]) {
      expect(permissions(response)).toEqual([['access-control-allow-origin', origin]]);
      expect(response.headers.get('vary')).toMatch(/\borigin\b/i);
    }
  });

  it('that does not say who it is gets no permission, and no error that is not JSON', async () => {
    const response = await send('/graphql', { method: 'OPTIONS' });
    expect([response.status, await response.text()]).toEqual([204, '']);
    expect(permissions(response)).toEqual([]);
  });
});
