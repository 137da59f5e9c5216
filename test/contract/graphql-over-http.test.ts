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
  it('is spoken as graphql-http’s audits demand: no errors, and only the warnings and notices that are known', async () => {
    const results = await Promise.all(audits.map((audit) => audit.fn()));
    const byStatus = (status: string) => results.filter((result) => result.status === status);
    expect(results).toHaveLength(61);
    expect(byStatus('error').map(({ id, name }) => `${id} ${name}`)).toEqual([]);
    // 400 instead of 200 for requests that cannot run, which older clients may not expect under application/json.
    expect(byStatus('warn')).toHaveLength(3);
    // GET, which this server does not take.
    expect(byStatus('notice')).toHaveLength(3);
  });
});
