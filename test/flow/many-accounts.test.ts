import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { acme, ownerFields, readAllAccountIds, startTestApp, type TestApp } from '../support/test-app.js';

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
