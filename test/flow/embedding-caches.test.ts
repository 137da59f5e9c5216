import { createHash } from 'node:crypto';
import { ApolloServer, type ApolloServerPlugin, HeaderMap } from '@apollo/server';
import { ApolloServerPluginCacheControl } from '@apollo/server/plugin/cacheControl';
import { mergeSchemas } from '@graphql-tools/schema';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { GraphQLSchema } from 'graphql';
import { type Emulator, startEmulator } from '../../emulator/src/index.js';
import { type Connect, startConnect } from '../../src/embed.js';
import type { ConnectContext, GraphQLContext } from '../../src/graphql/context.js';
import { acme, globex, ownerFields } from '../support/test-app.js';

const users: Readonly<Record<string, typeof acme>> = { ada: acme, hank: globex };
const maxAge = 60;

let emulator: Emulator;
let connect: Connect<Request>;
let logged: string[] = [];
beforeAll(async () => {
  emulator = await startEmulator();
  const log = (_fields: object, message: string) => void logged.push(message);
  connect = await startConnect<Request>({
    apiKey: emulator.apiKey,
    baseUrl: emulator.url,
    production: false,
    logger: { debug: log, info: log, warn: log, error: log },
    getOwner: ({ headers }) => {
      const user = users[headers.get('x-session') ?? ''];
      return user && { id: user.org_id, name: user.org_name };
    },
  });
});
afterAll(async () => {
  await connect.stop();
  await emulator.stop();
});

const requestOf = (user: string) => new Request('http://localhost/graphql', { headers: { 'x-session': user } });

/** The schema of the package, and one that is merged into that of a product. */
const schemas: [string, () => GraphQLSchema][] = [
  ['alone', () => connect.apolloOptions.schema],
  [
    'merged',
    () =>
      mergeSchemas({
        schemas: [connect.apolloOptions.schema],
        typeDefs: `
          type Query { news: String employee: Employee books: Books }
          type Employee { name: String source: LinkedAccount provider: Provider }
          type Books { pageInfo: PageInfo! }
          type PageInfo { hasNextPage: Boolean! hasPreviousPage: Boolean! startCursor: String endCursor: String }`,
        resolvers: {
          Query: {
            news: () => 'News',
            employee: () => ({ name: 'Employee' }),
            books: () => ({ pageInfo: { hasNextPage: false, hasPreviousPage: false } }),
          },
          Employee: {
            source: (_, _args, { stackone }: GraphQLContext) => stackone.linkedAccount('account_1'),
            provider: (_, _args, { stackone }: GraphQLContext) => stackone.provider('bamboohr'),
          },
        },
      }),
  ],
];

describe.each(schemas)(
  'A host app that caches every response for a minute, with the schema %s',
  (kind, createSchema) => {
    /** What plugins such as `@apollo/server-plugin-response-cache` read: without a policy, they keep no response. */
    let policy: unknown;
    const reader: ApolloServerPlugin<ConnectContext> = {
      requestDidStart: async () => ({
        willSendResponse: async ({ overallCachePolicy }) => {
          policy = overallCachePolicy.policyIfCacheable();
        },
      }),
    };
    let apollo: ApolloServer<ConnectContext>;
    beforeAll(() => {
      const cacheControl = ApolloServerPluginCacheControl({ defaultMaxAge: maxAge });
      const idOf = (plugin: object): unknown => Reflect.get(plugin, '__internal_plugin_id__');
      const others = connect.apolloOptions.plugins.filter((plugin) => idOf(plugin) !== idOf(cacheControl));
      const plugins = [...others, cacheControl, reader];
      apollo = new ApolloServer<ConnectContext>({ ...connect.apolloOptions, schema: createSchema(), plugins });
    });
    afterAll(() => apollo.stop());

    async function cacheControlOf(query: string, user: string) {
      const contextValue = await connect.createPublicContext(requestOf(user));
      const { http, body } = await apollo.executeOperation({ query }, { contextValue });
      expect(body).toMatchObject({ singleResult: { data: expect.anything() } });
      return [http.headers.get('cache-control'), policy];
    }

    it.each([
      '{ viewer { ownerId } }',
      '{ ...f } fragment f on Query { linkedAccounts { nodes { id } } }',
      '{ viewer { ...f } } fragment f on Viewer { ownerId }',
      'mutation { createConnectSession { token } }',
    ])('keeps no response that belongs to an owner: %s', async (query) => {
      for (const user of ['ada', 'hank', 'ada']) {
        expect(await cacheControlOf(query, user)).toEqual(['no-store', null]);
      }
    });

    if (kind === 'merged') {
      it('keeps the responses of its own fields, but not together with a field of this package', async () => {
        await cacheControlOf('{ news }', 'nobody');
        expect(policy).toMatchObject({ maxAge, scope: 'PUBLIC' });
        expect(await cacheControlOf('{ news viewer { ownerId } }', 'ada')).toEqual(['no-store', null]);
      });

      it.each([
        '{ employee { name source { label } } }',
        '{ employee { ...f } } fragment f on Employee { provider { linkedAccounts { label } } }',
      ])('keeps no response with fields of this package below one of its own: %s', async (query) => {
        emulator.reset();
        emulator.addAccount({ id: 'account_1', provider: 'bamboohr', ...ownerFields(acme) });
        for (const user of ['ada', 'hank', 'ada']) {
          expect(await cacheControlOf(query, user)).toEqual(['no-store', null]);
        }
      });

      it.each(['{ employee { name } }', '{ books { pageInfo { hasNextPage } } }'])(
        'keeps responses without fields of this package: %s',
        async (query) => {
          await cacheControlOf(query, 'ada');
          expect(policy).toMatchObject({ maxAge, scope: 'PUBLIC' });
        },
      );
    }
  },
);

describe.each(schemas)(
  'A host app that turns on automatic persisted queries, with the schema %s',
  (_kind, createSchema) => {
    it('responds to an unknown hash as the protocol requires, and then runs the query by its hash', async () => {
      const apollo = new ApolloServer({ ...connect.apolloOptions, schema: createSchema(), persistedQueries: {} });
      const query = '{ viewer { ownerId } }';
      const sha256Hash = createHash('sha256').update(query).digest('hex');
      const extensions = { persistedQuery: { version: 1, sha256Hash } };
      const run = async (request: { query?: string }) => {
        const contextValue = await connect.createContext(requestOf('ada'));
        const { body } = await apollo.executeOperation({ ...request, extensions }, { contextValue });
        return body;
      };
      expect(await run({})).toMatchObject({
        singleResult: {
          errors: [{ message: 'PersistedQueryNotFound', extensions: { code: 'PERSISTED_QUERY_NOT_FOUND' } }],
        },
      });
      const found = { singleResult: { data: { viewer: { ownerId: acme.org_id } } } };
      expect(await run({ query })).toMatchObject(found);
      expect(await run({})).toMatchObject(found);
      await apollo.stop();
    });
  },
);

describe('A Fetch host that turns on batches and does not pass the body', () => {
  it('responds with the headers of this package, and logs the batch once', async () => {
    const apollo = new ApolloServer({ ...connect.apolloOptions, allowBatchedHttpRequests: true });
    await apollo.start();
    logged = [];
    const operation = { query: 'mutation { createConnectSession { token } }' };
    const { headers, body } = await apollo.executeHTTPGraphQLRequest({
      httpGraphQLRequest: {
        method: 'POST',
        headers: new HeaderMap([['content-type', 'application/json']]),
        search: '',
        body: [operation, operation],
      },
      context: () => connect.createContext(requestOf('ada')),
    });
    expect(body).toMatchObject({ string: expect.stringMatching(/"token".*\n.*"token"/) });
    expect(headers.get('cache-control')).toBe('no-store');
    expect(logged.filter((message) => message === 'request')).toHaveLength(1);
    await apollo.stop();
  });
});
