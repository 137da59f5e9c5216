import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { rowsIn, sectionOf } from '../support/documents.js';
import {
  acme,
  errorCode,
  ownerFields,
  readAllAccountIds,
  signIn,
  startTestApp,
  type TestApp,
} from '../support/test-app.js';

const count = 2_000;

let app: TestApp;
let ids: string[];
beforeAll(async () => {
  app = await startTestApp();
  ids = Array.from(
    { length: count },
    () =>
      app.emulator.addAccount({
        provider: 'bamboohr',
        ...ownerFields(acme),
      }).id,
  );
});
afterAll(() => app.stop());

describe('linkedAccounts of an owner with 2,000 accounts', () => {
  it('returns each account exactly once, in order', async () => {
    expect(await readAllAccountIds(await app.sdk(acme), { first: 100 })).toEqual(ids);
  });

  it('makes at most 6 StackOne requests per page of 100', async () => {
    const sdk = await app.sdk(acme);
    const { linkedAccounts: page } = await sdk.linkedAccounts({ first: 100 });
    const before = app.emulator.history.length;
    await sdk.linkedAccounts({ first: 100, after: page.pageInfo.endCursor });
    // Four StackOne pages of 25, the page with the cursor, and the next page for hasNextPage.
    expect(app.emulator.history.length - before).toBeLessThanOrEqual(6);
  });
});

describe('A query for an owner with 2,000 accounts of one provider', () => {
  const page = 'key name logoUrl linkedAccounts { id label status needsRelink }';
  const send = async (query: string) => app.post({ query }, await signIn(acme));

  it.each([
    [
      'accounts of providers of accounts of providers',
      '{ providers { linkedAccounts { provider { linkedAccounts { provider { key } } } } } }',
    ],
    [
      'accounts of the providers of a page of accounts',
      '{ linkedAccounts(first: 100) { nodes { provider { linkedAccounts { id } } } } }',
    ],
    [
      'all accounts under four aliases',
      `{ ${['a', 'b', 'c', 'd'].map((key) => `${key}: providers { ${page} }`).join(' ')} }`,
    ],
    [
      'accounts of an account',
      `mutation { createConnectSession(provider: "bamboohr", onExisting: FAIL) { userErrors { accounts { provider { linkedAccounts { id } } } } } }`,
    ],
  ])('is refused with BAD_USER_INPUT when its response would be too large: %s', async (_what, query) => {
    // First by Apollo Server, then from the operation store.
    for (let turn = 0; turn < 2; turn++) {
      const response = await send(query);
      expect(errorCode(response)).toBe('BAD_USER_INPUT');
      expect(response.json.errors?.[0]?.message).toBe(
        'The response would be too large. Select fewer fields, or read `linkedAccounts` page by page.',
      );
      expect(response.text.length).toBeLessThan(1_000_000);
    }
  });

  it('returns all accounts for a page with the providers', async () => {
    for (let turn = 0; turn < 2; turn++) {
      const { json } = await send(`{ providers { ${page} } }`);
      expect(json.errors).toBeUndefined();
      expect(JSON.stringify(json.data).match(/"needsRelink"/g)).toHaveLength(count);
    }
  });

  it('reads each StackOne page once for all providers', async () => {
    const before = app.emulator.history.length;
    await send('{ providers { linkedAccounts { id } } again: providers { linkedAccounts { id } } }');
    const pages = app.emulator.history.slice(before).filter(({ path }) => path.startsWith('/accounts'));
    expect(pages).toHaveLength(81);
  });
});

it('StackOne gets as many requests for each operation as docs/going-live.md states', async () => {
  const other = await startTestApp();
  const sdk = await other.sdk(acme);
  const count = async (operation: () => Promise<unknown>) => {
    const before = other.emulator.history.length;
    await operation();
    return other.emulator.history.length - before;
  };
  const link = () => other.emulator.addAccount({ provider: 'bamboohr', ...ownerFields(acme) }).id;
  const accounts = Array.from({ length: 10 }, link);
  // The first request also reads the list of providers.
  await sdk.integrations();
  const [accountId = ''] = accounts;
  const provider = 'greenhouse';
  expect({
    integrations: [await count(() => sdk.integrations())],
    createConnectSession: [
      await count(() => sdk.createConnectSession({ provider })),
      await count(() => sdk.createConnectSession({ provider, onExisting: 'CREATE_ANOTHER' })),
      await count(() => sdk.createConnectSession({})),
    ],
    confirmLinkedAccount: [await count(() => sdk.confirmLinkedAccount({ accountId }))],
    deleteLinkedAccount: [await count(() => sdk.deleteLinkedAccount({ accountId }))],
  }).toEqual({
    integrations: [1],
    createConnectSession: [2, 1, 1],
    confirmLinkedAccount: [1],
    deleteLinkedAccount: [2],
  });
  const stated = rowsIn(sectionOf('docs/going-live.md', 'Requests to StackOne')).map(([, , requests]) => requests);
  expect(stated).toEqual([
    'about 1 for each 25 accounts of the owner, at least 1',
    '2. With `onExisting: CREATE_ANOTHER` or without `provider`: 1',
    '1',
    '2',
  ]);
  await other.stop();
});
