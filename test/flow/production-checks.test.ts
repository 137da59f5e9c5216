import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { acme, signIn, startTestApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
let headers: Record<string, string>;
beforeAll(async () => {
  app = await startTestApp({ NODE_ENV: 'production', STACKONE_BASE_URL: 'https://127.0.0.1:1' });
  headers = { 'content-type': 'application/json', ...(await signIn(acme)) };
});
afterAll(() => app.stop());

const json = (body: unknown): RequestInit => ({ method: 'POST', body: JSON.stringify(body) });
const query = (text: string) => json({ query: text });
const form = { 'content-type': 'application/x-www-form-urlencoded' };
const repeated = (count: number, write: (index: number) => string) =>
  Array.from({ length: count }, (_, i) => write(i));
const circle = `fields { type { ${'fields { type { '.repeat(3)} name ${'} } '.repeat(3)} } }`;

interface Check {
  readonly request: RequestInit;
  readonly search?: string;
  readonly status: number;
  /** What the tool takes for a finding. */
  readonly finding: RegExp;
}

/** The checks of graphql-cop (https://github.com/dolevf/graphql-cop), each as it asks. */
const checks: readonly (readonly [what: string, check: Check])[] = [
  [
    'work from 101 aliases',
    {
      request: query(`query cop { ${repeated(101, (i) => `alias${i}: __typename`).join(' ')} }`),
      status: 400,
      finding: /alias100"/,
    },
  ],
  [
    'work from a batch of 10',
    {
      request: json(repeated(10, () => 'query cop { __typename }').map((text) => ({ query: text }))),
      status: 400,
      finding: /"data"/,
    },
  ],
  [
    'work from 10 directives on one field',
    {
      request: query(`query cop { __typename ${'@aa'.repeat(10)} }`),
      status: 400,
      finding: /("message".*){4}/,
    },
  ],
  [
    'work from circular introspection',
    { request: query(`query cop { __schema { types { ${circle} } } }`), status: 400, finding: /"types"/ },
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
    'suggestion of fields',
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
    'operation in a form, which a page of any other site could send',
    {
      request: { method: 'POST', headers: form, body: 'query=query%20cop%20%7B__typename%7D' },
      status: 415,
      finding: /__typename|"data"/,
    },
  ],
  [
    'tracing in the answer',
    { request: query('query cop { __typename }'), status: 200, finding: /extensions|tracing/ },
  ],
  [
    'text of an exception in the answer',
    { request: query('qwerty cop { abc }'), status: 400, finding: /exception|stack|node_modules|\.[jt]s\b/i },
  ],
];

describe('In production, with a valid access token, there is no', () => {
  it.each(checks)('%s', async (_what, { request, search = '', status, finding }) => {
    const all = { ...request, headers: { ...headers, ...request.headers } };
    const response = await fetch(`${app.url}/graphql${search}`, all);
    expect(response.status).toBe(status);
    expect(await response.text()).not.toMatch(finding);
  });

  it.each(['/', '/graphql', '/graphiql', '/playground', '/console', '/altair', '/v1/graphiql'])(
    'editor at %s',
    async (path) => {
      const response = await fetch(`${app.url}${path}`, { headers: { ...headers, accept: 'text/html' } });
      expect([404, 405]).toContain(response.status);
      expect(response.headers.get('content-type')).toMatch(/^application\/json/);
      expect(await response.text()).not.toMatch(/<html|graphiql|playground|explorer|sandbox/i);
    },
  );
});
