import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { buildSchema } from 'graphql';
import { errorCodes } from '../../src/domain/error-codes.js';
import { UserErrorCode } from '../../src/domain/result.js';
import {
  type CanaryApp,
  callerValues,
  expectNoCanaries,
  type SentRequest,
  secrets,
  startCanaryApp,
  valuesIn,
} from '../support/canary-app.js';
import { readText } from '../support/package-files.js';

let app: CanaryApp;
beforeAll(async () => {
  app = await startCanaryApp();
});
afterAll(() => app.stop());

const schema = buildSchema(readText('schema.graphql'));
const rootFields = [schema.getQueryType(), schema.getMutationType()].flatMap((type) =>
  Object.keys(type?.getFields() ?? {}),
);

const queries = [
  'mutation { createConnectSession(label: "canary-label") { token authLinkUrl userErrors { code } } }',
  '{ linkedAccounts { nodes { id } } viewer { ownerId ownerName username } }',
  '{ linkedAccount(id: "canary-id") { id label provider { key } } }',
  'query a($a: ID!, $b: Category) { linkedAccount(id: $a) { id } providers(category: $b) { key } }',
  'mutation ($l: String = "canary-literal") { createConnectSession(label: $l, provider: "canary-word") { mode } }',
  '{ linkedAccounts(after: "canary-literal") { nodes { ...f } } } fragment f on LinkedAccount { id }',
  'query ($s: [LinkedAccountStatus!]) { linkedAccounts(status: $s) { edges { cursor } } }',
  'mutation { deleteLinkedAccount(accountId: "canary-id") { userErrors { code: message field } } }',
];
const fragments =
  '{ } ( ) : $ @ ! [ ] = ... "canary-literal" """canary-literal""" " \\ # 1e9 -0 null canary_name $a @skip(if:"canary-literal") on query fragment __proto__ \u0000 \ud800'.split(
    ' ',
  );

/** A query with up to three random deletions, insertions or replacements. */
const mutatedQuery = fc
  .tuple(
    fc.constantFrom(...queries),
    fc.array(fc.tuple(fc.nat(120), fc.nat(12), fc.constantFrom('', ...fragments)), { maxLength: 3 }),
  )
  .map(([query, places]) =>
    places.reduce(
      (text, [at, length, fragment]) => `${text.slice(0, at)} ${fragment} ${text.slice(at + length)}`,
      query,
    ),
  );

/** `usual` in four of five cases. */
const mostly = <T>(usual: fc.Arbitrary<T>, other: fc.Arbitrary<T>): fc.Arbitrary<T> =>
  fc.oneof({ weight: 4, arbitrary: usual }, { weight: 1, arbitrary: other });

const canary = fc.constantFrom(...callerValues);
const key = fc.oneof(canary, fc.constantFrom('a', 'b', 'l', 's', 'query', '__proto__'));
const anyValue: fc.Arbitrary<unknown> = fc.oneof(
  canary,
  fc.jsonValue({ maxDepth: 3 }),
  fc.dictionary(key, fc.oneof(canary, fc.jsonValue({ maxDepth: 2 }))),
);
const operation = fc.record(
  {
    query: mostly<unknown>(mutatedQuery, anyValue),
    variables: anyValue,
    operationName: mostly<unknown>(fc.constantFrom('a', null), anyValue),
    extensions: anyValue,
  },
  { requiredKeys: ['query'] },
);
const json = mostly(operation, anyValue).map((value) => JSON.stringify(value));
const brokenJson = fc.tuple(json, fc.nat(150)).map(([text, at]) => text.slice(0, at));
const bytes = fc.uint8Array({ maxLength: 60 }).map((array) => Uint8Array.from(array));
const body = mostly<string | Uint8Array<ArrayBuffer>>(json, fc.oneof(brokenJson, bytes));

/** Malformed header values: the server must drop them and not repeat them. */
const headers = (tokens: readonly string[]) =>
  fc.record(
    {
      authorization: mostly(
        fc.constant(`Bearer ${tokens[0]}`),
        fc.constantFrom(...tokens.map((token) => `Bearer ${token}`), 'Bearer canary-value', 'Basic canary-value'),
      ),
      'content-type': mostly(
        fc.constant('application/json'),
        fc.constantFrom('text/plain', 'canary-header/x', 'application/json; charset=canary-header'),
      ),
      'x-request-id': fc.constantFrom('canary-header !', 'canary-header\t1', 'canary-header'.repeat(9)),
      traceparent: fc.constantFrom('canary-header', '00-canary-header-00'),
      cookie: fc.constant('session=canary-header'),
      'user-agent': fc.constant('canary-header'),
      accept: mostly(fc.constant('*/*'), fc.constantFrom('canary-header/x', 'text/event-stream')),
      'x-forwarded-for': fc.constant('canary-header'),
      origin: fc.constant('http://canary-header.example'),
    },
    { requiredKeys: ['authorization', 'content-type'] },
  );

const requests = (tokens: readonly string[]): fc.Arbitrary<SentRequest> =>
  fc.record({
    method: mostly(fc.constant('POST'), fc.constantFrom('POST', 'GET', 'PUT', 'DELETE')),
    path: mostly(
      fc.constant('/graphql'),
      fc.constantFrom('/graphql?canary-value', '/canary-value', '/%zzcanary-value'),
    ),
    headers: headers(tokens),
    body,
  });

const post = (tokens: readonly string[], query: string): SentRequest => ({
  method: 'POST',
  path: '/graphql',
  headers: { authorization: `Bearer ${tokens[0]}`, 'content-type': 'application/json' },
  body: JSON.stringify({ query }),
});

describe('Random requests', () => {
  const minErrors = 500;
  const examples = ['{ nothing }', '{ providers { key } linkedAccounts(first: 1) { nodes { id } } }'];

  it('no request value and no secret is in a response or a log line, and each error has a documented code', async () => {
    const codes = new Map<unknown, number>();
    await fc.assert(
      fc.asyncProperty(requests(app.tokens), async (request) => {
        const exchange = await app.send(request);
        expectNoCanaries(app, exchange);
        const code = exchange.json.errors?.[0]?.extensions.code;
        codes.set(code, (codes.get(code) ?? 0) + 1);
      }),
      // Random queries rarely parse and fail validation, or run several fields, so these always do.
      { numRuns: minErrors * 1.5, examples: examples.map((query) => [post(app.tokens, query)]) },
    );
    const succeeded = codes.get(undefined) ?? 0;
    expect(minErrors * 1.5 - succeeded).toBeGreaterThanOrEqual(minErrors);
    expect([...codes.keys()]).toEqual(
      expect.arrayContaining([
        undefined,
        'UNAUTHENTICATED',
        'BAD_USER_INPUT',
        'GRAPHQL_PARSE_FAILED',
        'GRAPHQL_VALIDATION_FAILED',
      ]),
    );
  }, 60_000);

  it('the metrics contain no request value, and their labels come from closed lists', async () => {
    const text = await (await fetch(`${app.metricsUrl}/metrics`)).text();
    expect(valuesIn(text, [...Object.values(secrets), ...app.tokens, 'canary'])).toEqual([]);
    const valuesOf = (metric: string, label: string): unknown[] => {
      const pattern = new RegExp(`^connect_${metric}_duration_seconds_count\\{.*?\\b${label}="([^"]*)"`, 'gm');
      return [...new Set([...text.matchAll(pattern)].map((match) => match[1]))];
    };
    const known = {
      field: ['none', '__typename', ...rootFields],
      code: ['ok', 'USER_ERROR', ...Object.keys(UserErrorCode), ...errorCodes],
      endpoint: [
        'DELETE /accounts/…',
        'GET /accounts',
        'GET /accounts/…',
        'GET /auth_configs',
        'GET /connector_profiles',
        'GET /connectors/…',
        'POST /connect_sessions',
      ],
    };
    expect(known.field).toEqual(expect.arrayContaining(valuesOf('request', 'field')));
    expect(known.code).toEqual(expect.arrayContaining(valuesOf('request', 'code')));
    expect(known.code).toEqual(expect.arrayContaining(valuesOf('stackone_attempt', 'code')));
    expect(known.endpoint).toEqual(expect.arrayContaining(valuesOf('stackone_attempt', 'endpoint')));
    expect(valuesOf('request', 'code').length).toBeGreaterThan(4);
    expect(valuesOf('stackone_attempt', 'endpoint').length).toBeGreaterThan(1);
  });

  it('all log lines contain no request value and no secret, and each operation has a line', () => {
    const hidden = [...Object.values(secrets), ...callerValues, ...app.tokens, ...app.ownerValues];
    expect(valuesIn(app.logs(), hidden)).toEqual([]);
    expect(app.logs().match(/"msg":"request"/g)?.length).toBeGreaterThan(minErrors / 2);
  });
});
