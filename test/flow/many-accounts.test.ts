import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { acme, startTestApp, type TestApp } from '../support/test-app.js';

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
        origin_owner_id: acme.org_id,
        origin_owner_name: acme.org_name,
      }).id,
  );
});
afterAll(() => app.stop());

describe('a customer with 2,000 accounts', () => {
  it('pages through all of them, in order, without loss or repeat', async () => {
    const sdk = await app.sdk(acme);
    const seen: string[] = [];
    let after: string | null = null;
    do {
      const { linkedAccounts: page } = await sdk.linkedAccounts({ first: 100, after });
      seen.push(...page.nodes.map(({ id }) => id));
      after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
    } while (after !== null);
    expect(seen).toEqual(ids);
  });

  it('costs a bounded number of upstream calls for each page', async () => {
    const sdk = await app.sdk(acme);
    const { linkedAccounts: page } = await sdk.linkedAccounts({ first: 100 });
    const before = app.emulator.history.length;
    await sdk.linkedAccounts({ first: 100, after: page.pageInfo.endCursor });
    // Four pages of 25, the one that the cursor lies on, and the next, to know whether there is more.
    expect(app.emulator.history.length - before).toBeLessThanOrEqual(6);
  });
});
