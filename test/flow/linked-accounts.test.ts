import { createServer } from 'node:http';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import type { LinkedAccountsQueryVariables } from '../../client/src/index.js';
import { listen } from '../support/listen.js';
import {
  acme,
  globex,
  ownerFields,
  readAllAccountIds,
  signIn,
  startSharedApp,
  startTestApp,
  type TestApp,
} from '../support/test-app.js';

const app = await startSharedApp();

const pageSchema = z.object({
  linkedAccounts: z.object({
    edges: z.array(z.object({ cursor: z.string() })),
    pageInfo: z.looseObject({ endCursor: z.string() }),
  }),
});

type Seed = Partial<Parameters<TestApp['emulator']['addAccount']>[0]>;
const add = (claims: typeof acme, seed: Seed = {}) =>
  app.emulator.addAccount({
    provider: 'bamboohr',
    ...ownerFields(claims),
    ...seed,
  });
const addMany = (count: number, claims = acme) => Array.from({ length: count }, () => add(claims).id);
const listings = () => app.emulator.history.filter(({ path }) => path === '/accounts');

const readAll = async (variables: LinkedAccountsQueryVariables) => readAllAccountIds(await app.sdk(acme), variables);

describe.each([
  { accountsEnvelope: 'array', vocabulary: 'v1' },
  { accountsEnvelope: 'paged', vocabulary: 'v1' },
  { accountsEnvelope: 'paged', vocabulary: 'v2' },
] as const)('linkedAccounts, StackOne with $accountsEnvelope lists in vocabulary $vocabulary,', (contract) => {
  beforeEach(() => {
    Object.assign(app.emulator.settings, contract);
  });

  it('reads each list of a request with its own filter, whatever text the filter is', async () => {
    const { id } = add(acme);
    const query = `{
      none: linkedAccounts(provider: "undefined") { nodes { id } }
      all: linkedAccounts { nodes { id } }
      null: linkedAccounts(provider: "null") { nodes { id } }
    }`;
    const { json } = await app.post({ query }, await signIn(acme));
    expect(json.data).toEqual({ none: { nodes: [] }, all: { nodes: [{ id }] }, null: { nodes: [] } });
  });

  it('returns the fields of an account, without credentials or the owner', async () => {
    const at = '2026-11-20T10:00:00.000Z';
    const { id } = add(acme, {
      label: 'Head office',
      origin_username: 'ada@acme.example',
      status: 'error',
      status_reasons: [{ code: 'no_access', description: 'The key was revoked.', timestamp: at }],
      created_at: at,
    });
    const sdk = await app.sdk(acme);
    const { linkedAccounts } = await sdk.linkedAccounts();
    expect(linkedAccounts.nodes).toEqual([
      {
        id,
        providerKey: 'bamboohr',
        label: 'Head office',
        status: 'ERROR',
        statusReasons: [{ code: 'no_access', description: 'The key was revoked.', at }],
        needsRelink: true,
        linkedBy: 'ada@acme.example',
        createdAt: at,
        updatedAt: expect.stringMatching(/^\d{4}-.*Z$/),
      },
    ]);
    expect(linkedAccounts.pageInfo).toEqual({ hasNextPage: false, endCursor: expect.any(String) });
  });

  it('says where a page starts and ends, and whether there are others', async () => {
    addMany(3);
    const headers = await signIn(acme);
    const page = 'edges { cursor } pageInfo { hasPreviousPage hasNextPage startCursor endCursor }';
    const read = async (after: string | null) => {
      const query = `query ($after: String) { linkedAccounts(first: 2, after: $after) { ${page} } }`;
      const { json } = await app.post({ query, variables: { after } }, headers);
      return pageSchema.parse(json.data).linkedAccounts;
    };
    const first = await read(null);
    const second = await read(first.pageInfo.endCursor);
    const cursors = [...first.edges, ...second.edges].map(({ cursor }) => cursor);
    const [startCursor, endCursor, last] = cursors;
    expect([first.pageInfo, second.pageInfo]).toEqual([
      { hasPreviousPage: false, hasNextPage: true, startCursor, endCursor },
      { hasPreviousPage: true, hasNextPage: false, startCursor: last, endCursor: last },
    ]);
    expect(new Set(cursors).size).toBe(3);
  });

  it('is empty for an owner without accounts, after one StackOne request', async () => {
    addMany(3, globex);
    expect(await readAll({})).toEqual([]);
    expect(listings()).toHaveLength(1);
  });

  it.each([0, 1, 12, 13, 24, 25, 26, 50, 51])('returns each of %i accounts once for every page size', async (count) => {
    const ids = addMany(count);
    addMany(5, globex);
    // Pages of one account take as many requests as there are accounts. Those of 26 begin and end at every place.
    for (const first of [0, 1, 25, 26].includes(count) ? [1, 7, 25, 100] : [7, 25, 100]) {
      expect(await readAll({ first })).toEqual(ids);
    }
  });

  it.each(['repeat-last', 'short'] as const)(
    'returns each account once when StackOne’s paging is irregular: %s',
    async (odd) => {
      const ids = addMany(65);
      app.emulator.settings.oddPaging = odd;
      for (const first of [10, 25, 100]) {
        expect(await readAll({ first })).toEqual(ids);
      }
      expect(app.logs()).not.toContain('stackone-list-truncated');
    },
  );

  it('returns an account once when StackOne repeats it on the next page', async () => {
    const ids = addMany(30);
    const rows = app.emulator.accounts();
    for (const body of [rows.slice(0, 25), rows.slice(24)]) {
      app.emulator.failNext({ status: 200, body, match: { path: '/accounts' } });
    }
    expect(await readAll({ first: 100 })).toEqual(ids);
  });

  it('returns the first page when StackOne counts pages from zero', async () => {
    const ids = addMany(12);
    app.emulator.settings.oddPaging = 'zero-based';
    expect(await readAll({})).toEqual(ids);
  });

  it('requests no page after the total', async () => {
    addMany(50);
    await readAll({ first: 25 });
    await readAll({ first: 30 });
    const pages = listings().map(({ query: { page } }) => page ?? '1');
    const expected = contract.accountsEnvelope === 'paged' ? '12 12 12 2' : '12 123 12 23';
    expect(pages.join('')).toEqual(expected.replaceAll(' ', ''));
  });

  it('ends after 100 pages when StackOne’s list never ends, and logs an alert', async () => {
    let pages = 0;
    const at = '2026-11-20T10:00:00.000Z';
    const stackone = await listen(
      createServer((_request, response) => {
        pages += 1;
        const rows = Array.from({ length: 25 }, (_, index) => ({
          id: `${pages}-${index}`,
          provider: 'bamboohr',
          status: 'active',
          origin_owner_id: acme.org_id,
          created_at: at,
          updated_at: at,
        }));
        response.setHeader('content-type', 'application/json').end(JSON.stringify(rows));
      }),
    );
    const endless = await startTestApp({ STACKONE_BASE_URL: stackone.url });
    const sdk = await endless.sdk(acme);
    expect((await sdk.linkedAccounts({ provider: 'lever' })).linkedAccounts.nodes).toEqual([]);
    expect(pages).toBe(100);
    expect(endless.logs()).toContain('"alert":"stackone-list-truncated"');
    await endless.stop();
    await stackone.close();
  });

  it('accepts {data: [...]} and a bare array', async () => {
    const ids = addMany(30);
    app.emulator.settings.accountsEnvelope = 'data';
    expect(await readAll({})).toEqual(ids);
  });

  it('omits accounts of other owners that StackOne’s filter did not remove, and logs an alert', async () => {
    const ids = [...addMany(20), ...addMany(30, globex).slice(30), ...addMany(20)];
    app.emulator.settings.ignoreOwnerFilter = true;
    expect(await readAll({ first: 10 })).toEqual(ids);
    expect(app.logs()).toContain('"alert":"foreign-rows"');
  });

  it.each([
    ['an account of the first page', 3],
    ['the account of the cursor', 29],
  ])('returns each remaining account once when %s is deleted between two pages', async (_name, index) => {
    const ids = addMany(60);
    const sdk = await app.sdk(acme);
    const { linkedAccounts: page } = await sdk.linkedAccounts({ first: 30 });
    await sdk.deleteLinkedAccount({ accountId: ids[index] ?? '' });
    const { linkedAccounts: rest } = await sdk.linkedAccounts({ first: 100, after: page.pageInfo.endCursor });
    expect(rest.nodes.map(({ id }) => id)).toEqual(ids.slice(30));
  });

  it('omits no account that moves to an earlier page of StackOne when others are deleted between two pages', async () => {
    const ids = addMany(60);
    const sdk = await app.sdk(acme);
    // The account of the cursor is the first one of a page of StackOne.
    const { linkedAccounts: page } = await sdk.linkedAccounts({ first: 26 });
    for (const accountId of ids.slice(0, 2)) {
      await sdk.deleteLinkedAccount({ accountId });
    }
    const { linkedAccounts: rest } = await sdk.linkedAccounts({ first: 100, after: page.pageInfo.endCursor });
    expect(rest.nodes.map(({ id }) => id)).toEqual(ids.slice(26));
  });

  it('returns no account twice when an older one is added between two pages', async () => {
    const ids = addMany(60);
    const sdk = await app.sdk(acme);
    // The account of the cursor is the last one of a page of StackOne, and moves to the next page.
    const { linkedAccounts: page } = await sdk.linkedAccounts({ first: 25 });
    add(acme, { created_at: '2020-01-01T00:00:00.000Z' });
    const { linkedAccounts: rest } = await sdk.linkedAccounts({ first: 100, after: page.pageInfo.endCursor });
    expect(rest.nodes.map(({ id }) => id)).toEqual(ids.slice(25));
  });

  it('filters by provider and status', async () => {
    add(acme, { provider: 'lever', status: 'expired' });
    add(acme, { provider: 'lever' });
    add(acme, { status: 'expired' });
    add(acme, { status: 'some-day-new' });
    const sdk = await app.sdk(acme);
    const read = async (variables: LinkedAccountsQueryVariables) =>
      (await sdk.linkedAccounts(variables)).linkedAccounts.nodes.map(
        ({ providerKey, status }) => `${providerKey} ${status}`,
      );
    expect(await read({ provider: 'lever' })).toEqual(['lever EXPIRED', 'lever ACTIVE']);
    expect(await read({ status: ['EXPIRED'] })).toEqual(['lever EXPIRED', 'bamboohr EXPIRED']);
    expect(await read({ provider: 'lever', status: ['EXPIRED', 'ERROR'] })).toEqual(['lever EXPIRED']);
    expect(await read({ status: ['UNKNOWN'] })).toEqual(['bamboohr UNKNOWN']);
    expect(await read({ status: [] })).toHaveLength(4);
  });

  it.each([
    ['active', 'ACTIVE', false],
    ['inactive', 'INACTIVE', false],
    ['suspended', 'SUSPENDED', false],
    ['archived', 'ARCHIVED', false],
    ['expired', 'EXPIRED', true],
    ['error', 'ERROR', true],
    ['some-day-new', 'UNKNOWN', false],
    ['constructor', 'UNKNOWN', false],
  ] as const)('maps StackOne’s status %s to %s, with needsRelink %p', async (status, expected, needsRelink) => {
    add(acme, { status });
    const sdk = await app.sdk(acme);
    expect((await sdk.linkedAccounts()).linkedAccounts.nodes).toMatchObject([{ status: expected, needsRelink }]);
  });

  it.each([
    ['first: 0', '`first` must be from 1 to 100.'],
    ['first: -1', '`first` must be from 1 to 100.'],
    ['first: 101', '`first` must be from 1 to 100.'],
    ['after: ""', '`after` is not valid: set it to the `endCursor` of an earlier response.'],
    ['after: "WzEsMl0"', '`after` is not valid: set it to the `endCursor` of an earlier response.'],
    ['after: "WzEsMCwiLi4vIl0"', '`after` is not valid: set it to the `endCursor` of an earlier response.'],
    ['provider: "Bamboo HR"', '`provider` must be the key of a provider, such as `bamboohr`.'],
  ])('%s → BAD_USER_INPUT with a helpful message and nothing sent to StackOne', async (args, message) => {
    const response = await app.post({ query: `{ linkedAccounts(${args}) { nodes { id } } }` }, await signIn(acme));
    expect(response.json.errors).toMatchObject([{ message, extensions: { code: 'BAD_USER_INPUT' } }]);
    expect(app.emulator.history).toEqual([]);
  });
});

describe('an integrations page in one GraphQL request', () => {
  const query = `{
    viewer { ownerName }
    providers { key linkedAccounts { id provider { name } } }
    linkedAccounts { nodes { id provider { name } } }
    a: linkedAccount(id: "1") { id }  b: linkedAccount(id: "1") { id }
  }`;

  it('lists the accounts once for all providers and fetches each account once', async () => {
    const [first] = addMany(3);
    await app.post({ query }, await signIn(acme));
    app.emulator.reset();
    addMany(3);
    const response = await app.post({ query: query.replaceAll('"1"', `"${first}"`) }, await signIn(acme));
    expect(response.json.errors).toBeUndefined();
    expect(app.emulator.history.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'GET /accounts',
      `GET /accounts/${first}`,
    ]);
  });

  it('returns the owner’s accounts of each provider', async () => {
    const id = add(acme, { provider: 'lever' }).id;
    add(globex, { provider: 'lever' });
    const response = await app.post(
      { query: '{ providers(category: ATS) { key linkedAccounts { id } } }' },
      await signIn(acme),
    );
    expect(response.json.data).toEqual({
      providers: [
        { key: 'greenhouse', linkedAccounts: [] },
        { key: 'lever', linkedAccounts: [{ id }] },
      ],
    });
  });

  it('returns provider: null for an account of a disabled provider', async () => {
    const { id } = add(acme, { provider: 'pipedrive' });
    const response = await app.post(
      { query: '{ linkedAccounts { nodes { id providerKey provider { key } } } }' },
      await signIn(acme),
    );
    expect(response.json.data).toEqual({
      linkedAccounts: { nodes: [{ id, providerKey: 'pipedrive', provider: null }] },
    });
  });
});
