import { ApolloServer } from '@apollo/server';
import { mergeSchemas } from '@graphql-tools/schema';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { buildSchema, GraphQLError, printSchema } from 'graphql';
import { DateTimeResolver } from 'graphql-scalars';
import { errorCodeInfo } from '../../src/domain/error-codes.js';
import { startConnect } from '../../src/embed.js';
import { createSchema } from '../../src/graphql/schema.js';
import { type MergedProduct, startMergedProduct } from '../support/merged-product.js';
import { errorCode } from '../support/test-env.js';

const ada = { 'x-session': 'ada' };
const repeated = (count: number, write: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => write(index)).join(' ');
const deepNews = `news { ${'related { '.repeat(8)} title ${'}'.repeat(8)} }`;
const session = 'createConnectSession(provider: "bamboohr") { mode userErrors { code } }';

let product: MergedProduct;
beforeAll(async () => {
  product = await startMergedProduct();
});
afterEach(() => product.emulator.reset());
afterAll(() => product.stop());

describe('A field of the product in a merged schema', () => {
  it.each([
    ['needs no owner', '{ news { title } }'],
    ['can be nested as deeply as the product likes', `{ ${deepNews} }`],
    ['can have many aliases and fields', `{ ${repeated(60, (i) => `a${i}: ${'news { title related { title } }'}`)} }`],
    ['can have long aliases', `{ ${'a'.repeat(100)}: news { title } }`],
    ['can be in a document of a thousand tokens', `{ news { ${repeated(400, (i) => `t${i}: title`)} } }`],
    ['can be one of several in a mutation', 'mutation { a: addToCart(id: 1) b: addToCart(id: 2) }'],
  ])('%s', async (_what, query) => {
    const { status, json } = await product.post({ query });
    expect([status, json.errors, json.data]).toEqual([200, undefined, expect.anything()]);
  });

  it('keeps its error code, message and extensions', async () => {
    const { status, json } = await product.post({ query: '{ shoes linkedAccountsOfNobody: broken }' });
    expect([status, json.errors]).toEqual([
      200,
      [
        {
          message: 'No shoes in size 47.',
          locations: [{ line: 1, column: 3 }],
          path: ['shoes'],
          extensions: { code: 'OUT_OF_STOCK', size: 47 },
        },
        {
          message: 'the product’s own message',
          locations: [{ line: 1, column: 9 }],
          path: ['linkedAccountsOfNobody'],
          extensions: { code: 'INTERNAL_SERVER_ERROR' },
        },
      ],
    ]);
  });

  it('has one value of the metrics for all its error codes, which can be made of values', async () => {
    await product.post({ query: '{ shoes }' });
    const metrics = await product.metrics();
    expect(metrics).toContain('connect_request_duration_seconds_count{field="shoes",code="HOST_ERROR"}');
    expect(metrics).not.toContain('OUT_OF_STOCK');
  });

  it('keeps the messages of its invalid documents', async () => {
    const { json } = await product.post({ query: `{ ${repeated(5, (i) => `new${i}`)} }` });
    expect(json.errors).toHaveLength(5);
    const wrong = await product.post({ query: '{ news(first: "secret") { title } }' });
    expect(wrong.json.errors?.[0]?.message).toBe('Unknown argument "first" on field "Query.news".');
  });
});

describe('A field of this package in a merged schema', () => {
  it.each([
    ['nesting', `{ news { title } viewer { ownerId } ${nestedAccounts(6)} }`, 'The query is nested too deeply.'],
    ['aliases', `{ ${repeated(5, (i) => `a${i}: viewer { ownerId }`)} }`, 'The query has too many aliases.'],
    [
      'aliases in a fragment at the root',
      `{ ...f } fragment f on Query { news { title } ${repeated(5, (i) => `... { a${i}: viewer { ownerId } }`)} }`,
      'The query has too many aliases.',
    ],
    ['alias length', `{ ${'a'.repeat(65)}: viewer { ownerId } }`, 'The query has an alias that is too long.'],
    ['tokens', `{ viewer { ${'ownerId '.repeat(300)} } }`, 'The query has too many tokens.'],
    [
      'tokens of a fragment',
      `{ viewer { ...f } } fragment f on Viewer { ${'ownerId '.repeat(300)} }`,
      'The query has too many tokens.',
    ],
    [
      'fields of a mutation',
      `mutation { addToCart(id: 1) a: ${session} b: ${session} }`,
      'A mutation must have exactly one field. Send one request for each field.',
    ],
  ])('has its limit of %s, and nothing is sent to StackOne', async (_limit, query, message) => {
    const { status, json } = await product.post({ query }, ada);
    expect([status, json.errors?.map((error) => error.message)]).toEqual([400, [message]]);
    expect(product.emulator.history).toEqual([]);
  });

  it('does not count what the product’s fields in the same document need', async () => {
    const query = `{ ${deepNews} ${repeated(20, (i) => `a${i}: news { ${'title '.repeat(30)} }`)} b: viewer { ownerId plan } }`;
    const { status, json } = await product.post({ query }, ada);
    expect([status, json.errors]).toEqual([200, undefined]);
    expect(json.data).toMatchObject({ b: { ownerId: 'org_acme', plan: 'gold' } });
  });

  it('can be one of several fields of a mutation', async () => {
    const query = `mutation { addToCart(id: 1) b: addToCart(id: 2) ${session} }`;
    const { json } = await product.post({ query }, ada);
    expect(json.data).toEqual({ addToCart: 1, b: 1, createConnectSession: { mode: 'LINK', userErrors: [] } });
  });

  it.each(['{ viewer { ownerId } }', '{ news: linkedAccounts { nodes { id } } }', `mutation { ${session} }`])(
    'is refused without an owner: %s',
    async (query) => {
      const response = await product.post({ query });
      expect([response.status, errorCode(response), response.json.data]).toEqual([401, 'UNAUTHENTICATED', null]);
      expect(response.headers.get('www-authenticate')).toBe('Bearer');
      expect(product.emulator.history).toEqual([]);
    },
  );

  it('has the codes of this package, under the name of a product’s field too', async () => {
    product.emulator.failNext({ status: 403, match: { path: '/accounts' } }, 5);
    const { json } = await product.post({ query: '{ shoes: linkedAccounts { nodes { id } } }' }, ada);
    expect(json.errors).toEqual([
      expect.objectContaining({ path: ['shoes'], extensions: { code: 'UPSTREAM_MISCONFIGURED' } }),
    ]);
  });

  it('rejects null for an argument that must not be null, when a variable has a default', async () => {
    const query = 'query ($id: ID = "1") { news { title } linkedAccount(id: $id) { id } }';
    const { json } = await product.post({ query, variables: { id: null } }, ada);
    expect(json.errors).toMatchObject([{ path: ['linkedAccount'], extensions: { code: 'BAD_USER_INPUT' } }]);
  });

  it('has its budget for the response', async () => {
    for (let index = 0; index < 60; index++) {
      product.emulator.addAccount({ provider: 'bamboohr', origin_owner_id: 'org_acme', origin_owner_name: 'Acme' });
    }
    const query = `{ news { title } ${nestedAccounts(1)} }`;
    const response = await product.post({ query }, ada);
    expect(response.json.errors?.[0]?.message).toMatch(/^The response would be too large\./);
  });

  it('reports at most three errors of an invalid document, without its values', async () => {
    const query = `{ linkedAccount(id: {canary: 1}) { id } viewer { ${repeated(5, (i) => `owner${i}`)} } }`;
    const { json, text } = await product.post({ query }, ada);
    expect(json.errors).toHaveLength(3);
    expect(text).not.toContain('canary');
  });
});

/** Accounts of the providers of accounts …; the number of levels is one above the limit for 6. */
function nestedAccounts(levels: number): string {
  const inner = levels > 5 ? 'provider { linkedAccounts { id } }' : 'id';
  return `linkedAccounts(first: 100) { nodes { provider { linkedAccounts { id label status ${inner} provider { key } } } } }`;
}

describe('A schema whose errors are wrapped again, as tools that stitch schemas do', () => {
  it('has the codes, messages and status of this package', async () => {
    const { createContext, apolloOptions, stop } = await startConnect<Request>({
      apiKey: 'key',
      logLevel: 'silent',
      getOwner: () => ({ id: 'org_acme', name: 'Acme Corporation', canManage: false }),
    });
    const field = apolloOptions.schema.getMutationType()?.getFields()['createConnectSession'];
    const resolve = field?.resolve;
    if (field !== undefined) {
      field.resolve = async (...args) => {
        try {
          return await resolve?.(...args);
        } catch (error) {
          const originalError = error instanceof Error ? error : null;
          throw new GraphQLError('once', { originalError: new GraphQLError('twice', { originalError }) });
        }
      };
    }
    const apollo = new ApolloServer(apolloOptions);
    const contextValue = await createContext(new Request('http://localhost/graphql'));
    const query = 'mutation { createConnectSession { token } }';
    const { http, body } = await apollo.executeOperation({ query }, { contextValue });
    const errors = body.kind === 'single' ? body.singleResult.errors : undefined;
    expect([http.status, errors]).toEqual([
      403,
      [expect.objectContaining({ message: errorCodeInfo('FORBIDDEN').message, extensions: { code: 'FORBIDDEN' } })],
    ]);
    await apollo.stop();
    await stop();
  });
});

describe('A product with a DateTime of graphql-scalars, as many have', () => {
  it('serves the times of this package with it', async () => {
    const { createContext, apolloOptions, stop } = await startConnect<Request>({
      apiKey: product.emulator.apiKey,
      baseUrl: product.emulator.url,
      production: false,
      logLevel: 'silent',
      getOwner: () => ({ id: 'org_acme', name: 'Acme Corporation' }),
    });
    const schema = mergeSchemas({
      schemas: [apolloOptions.schema],
      typeDefs: 'scalar DateTime type Query { now: DateTime! }',
      resolvers: { DateTime: DateTimeResolver, Query: { now: () => new Date(0) } },
    });
    const apollo = new ApolloServer({ ...apolloOptions, schema });
    const contextValue = await createContext(new Request('http://localhost/graphql'));
    const run = async (query: string) => {
      const { body } = await apollo.executeOperation({ query }, { contextValue });
      return JSON.stringify(body);
    };
    expect(await run('{ now }')).toContain('{"now":"1970-01-01T00:00:00.000Z"}');
    expect(await run('mutation { createConnectSession { expiresAt } }')).toMatch(/"expiresAt":"20\d\d-[^"]+Z"/);
    await apollo.stop();
    await stop();
  });
});

describe('A schema that has lost the marks of the fields', () => {
  it('does not start, because no limit would apply', async () => {
    const connect = await startConnect({ apiKey: 'key', logLevel: 'silent', getOwner: () => null });
    const schema = createSchema();
    for (const field of Object.values(schema.getQueryType()?.getFields() ?? {})) {
      field.extensions = {};
    }
    const apollo = new ApolloServer({ ...connect.apolloOptions, schema });
    await expect(apollo.start()).rejects.toThrow('has lost its extension "stackoneConnect"');
    const other = new ApolloServer({ ...connect.apolloOptions, schema: buildSchema(printSchema(schema)) });
    await expect(other.start()).resolves.toBeUndefined();
    await other.stop();
    await connect.stop();
  });
});
