import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Audit, serverAudits } from 'graphql-http';
import { acme, signIn, startTestApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
let audits: Audit[] = [];
beforeAll(async () => {
  app = await startTestApp();
  const headers = await signIn(acme);
  audits = serverAudits({
    url: `${app.url}/graphql`,
    fetchFn: (input: string, init: RequestInit = {}) =>
      fetch(input, { ...init, headers: { ...headers, ...Object.fromEntries(new Headers(init.headers)) } }),
  });
});
afterAll(() => app.stop());

describe('GraphQL over HTTP', () => {
  it('passes the audits of graphql-http without errors, with the expected warnings and notices', async () => {
    const results = await Promise.all(audits.map((audit) => audit.fn()));
    const byStatus = (status: string) => results.filter((result) => result.status === status);
    expect(results).toHaveLength(61);
    expect(byStatus('error').map(({ id, name }) => `${id} ${name}`)).toEqual([]);
    // Invalid requests get 400 instead of 200 with application/json, which legacy clients may not expect.
    expect(byStatus('warn')).toHaveLength(3);
    // The server does not support GET.
    expect(byStatus('notice')).toHaveLength(3);
  });
});
