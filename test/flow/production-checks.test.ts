import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { acme, productionEnv, signIn, startTestApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
let headers: Record<string, string>;
beforeAll(async () => {
  app = await startTestApp(productionEnv);
  headers = { 'content-type': 'application/json', ...(await signIn(acme)) };
});
afterAll(() => app.stop());

const json = (body: unknown): RequestInit => ({ method: 'POST', body: JSON.stringify(body) });
const query = (text: string) => json({ query: text });
const form = { 'content-type': 'application/x-www-form-urlencoded' };
const repeated = (count: number, write: (index: number) => string) => Array.from({ length: count }, (_, i) => write(i));
const circularSelection = `fields { type { ${'fields { type { '.repeat(3)} name ${'} } '.repeat(3)} } }`;

interface Check {
  readonly request: RequestInit;
  readonly search?: string;
  readonly status: number;
  /** The tool reports a finding when the response matches. */
  readonly finding: RegExp;
}

/** The checks of graphql-cop (https://github.com/dolevf/graphql-cop), with the requests of the tool. */
const checks: readonly (readonly [name: string, check: Check])[] = [
  [
    '101 aliases',
    {
      request: query(`query cop { ${repeated(101, (i) => `alias${i}: __typename`).join(' ')} }`),
      status: 400,
      finding: /alias100"/,
    },
  ],
  [
    'batch of 10 operations',
    {
      request: json(repeated(10, () => 'query cop { __typename }').map((text) => ({ query: text }))),
      status: 400,
      finding: /"data"/,
    },
  ],
  [
    '10 directives on one field',
    {
      request: query(`query cop { __typename ${'@aa'.repeat(10)} }`),
      status: 400,
      finding: /("message".*){4}/,
    },
  ],
  [
    'circular introspection',
    {
      request: query(`query cop { __schema { types { ${circularSelection} } } }`),
      status: 400,
      finding: /"types"/,
    },
  ],
  [
    'introspection',
    {
      request: query('query cop { __schema { types { name fields { name } } } }'),
      status: 400,
      finding: /"types"/,
    },
  ],
  [
    'field suggestions',
    {
      request: query('query cop { __schema { directive } viewerr }'),
      status: 400,
      finding: /did you mean|"viewer"/i,
    },
  ],
  [
    'query by GET',
    {
      request: {},
      search: '?query=query%20cop%20%7B__typename%7D',
      status: 405,
      finding: /__typename|"data"/,
    },
  ],
  [
    'mutation by GET',
    {
      request: {},
      search: '?query=mutation%20cop%20%7B__typename%7D',
      status: 405,
      finding: /__typename|"data"/,
    },
  ],
  [
    'form body, which a page of any other site can send (CSRF)',
    {
      request: { method: 'POST', headers: form, body: 'query=query%20cop%20%7B__typename%7D' },
      status: 415,
      finding: /__typename|"data"/,
    },
  ],
  [
    'tracing in the response',
    { request: query('query cop { __typename }'), status: 200, finding: /extensions|tracing/ },
  ],
  [
    'stack trace in the response',
    { request: query('qwerty cop { abc }'), status: 400, finding: /exception|stack|node_modules|\.[jt]s\b/i },
  ],
];

describe('Production server with a valid access token: no finding of graphql-cop', () => {
  it.each(checks)('%s', async (_name, { request, search = '', status, finding }) => {
    const all = { ...request, headers: { ...headers, ...request.headers } };
    const response = await fetch(`${app.url}/graphql${search}`, all);
    expect(response.status).toBe(status);
    expect(await response.text()).not.toMatch(finding);
  });

  it.each(['/', '/graphql', '/graphiql', '/playground', '/console', '/altair', '/v1/graphiql'])(
    'no GraphQL editor at %s',
    async (path) => {
      const response = await fetch(`${app.url}${path}`, { headers: { ...headers, accept: 'text/html' } });
      expect([404, 405]).toContain(response.status);
      expect(response.headers.get('content-type')).toMatch(/^application\/json/);
      expect(await response.text()).not.toMatch(/<html|graphiql|playground|explorer|sandbox/i);
    },
  );
});
