import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eachConcurrently } from '../support/fault-cases.js';
import { errorCode, ownerFields, signIn, startTestApp, type TestApp } from '../support/test-app.js';

/** Less than each timeout of a call. Three calls one after the other take longer than the deadline of a request. */
const delayMs = 3_500;
/** Without the deadline of 8 s, the next call would end after 10.5 s. The rest is a margin for a busy machine. */
const maxMs = 10_400;
const accountsPerOwner = 100;

let app: TestApp;
/** Its list of providers does not arrive. */
let appWithoutCatalog: TestApp;
beforeAll(async () => {
  [app, appWithoutCatalog] = await Promise.all([startTestApp(), startTestApp()]);
  const { emulator } = appWithoutCatalog;
  emulator.addAccount({ id: 'account', provider: 'bamboohr', ...ownerFields({ org_id: 'org', org_name: 'org' }) });
  emulator.failNext({ kind: 'delay', delayMs: 60_000, match: { path: '/connector_profiles' } }, 100);
  emulator.failNext({ kind: 'delay', delayMs }, 100);
  for (const { owner } of operations) {
    for (let number = 1; number <= accountsPerOwner; number++) {
      app.emulator.addAccount({
        id: `${owner}-${number}`,
        provider: 'bamboohr',
        ...ownerFields({ org_id: owner, org_name: owner }),
      });
    }
  }
  app.emulator.failNext({ kind: 'delay', delayMs }, 10_000);
});
afterAll(() => Promise.all([app.stop(), appWithoutCatalog.stop()]));

const timeout = 'UPSTREAM_TIMEOUT';
/** Each has an owner of its own. `$id` is one of the owner's accounts. */
const operations = [
  { query: '{ viewer { ownerId } }' },
  { query: 'query ($id: ID!) { linkedAccount(id: $id) { id } }' },
  { query: 'query ($id: ID!) { linkedAccount(id: $id) { id provider { key } } }' },
  { query: '{ linkedAccounts(first: 10) { nodes { id } } }' },
  { query: '{ linkedAccounts(first: 100) { nodes { id } } }', code: timeout },
  { query: '{ providers { key } }' },
  { query: '{ providers { key linkedAccounts { id } } }', code: timeout },
  { query: '{ viewer { ownerId } linkedAccounts(first: 100) { nodes { provider { key } } } }', code: timeout },
  { query: 'mutation { createConnectSession { token } }' },
  { query: 'mutation { createConnectSession(provider: "bamboohr") { token } }' },
  { query: 'mutation ($id: ID!) { createConnectSession(accountId: $id) { token } }' },
  { query: 'mutation { createConnectSession(provider: "bamboohr", onExisting: RELINK) { token } }', code: timeout },
  { query: 'mutation ($id: ID!) { confirmLinkedAccount(accountId: $id) { account { id } } }' },
  { query: 'mutation ($id: ID!) { deleteLinkedAccount(accountId: $id) { userErrors { code } } }' },
].map(({ query, code }, index) => ({ name: query, query, code, owner: `org_${index}` }));

describe('While each call to StackOne takes 3.5 seconds, one request takes at most 8 seconds', () => {
  eachConcurrently(operations, async ({ query, code, owner }) => {
    const headers = await signIn({ org_id: owner, org_name: owner });
    const variables = query.includes('$id') ? { id: `${owner}-1` } : {};
    const start = performance.now();
    const response = await app.post({ query, variables }, headers);
    expect(performance.now() - start).toBeLessThan(maxMs);
    expect(errorCode(response)).toBe(code);
    if (code !== undefined) {
      // A list that is cut is an error, never a part of the list.
      expect(response.text).not.toContain('bamboohr');
      expect(response.json.errors?.[0]?.extensions).toEqual({ code, retryAfterSeconds: 1 });
    }
  });

  eachConcurrently([{ name: 'also when it waits for the list of providers' }], async () => {
    const headers = await signIn({ org_id: 'org', org_name: 'org' });
    const start = performance.now();
    const query = '{ linkedAccount(id: "account") { provider { key } } }';
    expect(errorCode(await appWithoutCatalog.post({ query }, headers))).toBe(timeout);
    expect(performance.now() - start).toBeLessThan(maxMs);
  });

  it('and a session waits at most three seconds for the list of providers', () => {
    expect(app.logs()).toContain('The provider catalog is not available: StackOne decides');
  });

  it('and sends nothing for a request after its deadline', async () => {
    const sent = app.emulator.history.length;
    await sleep(delayMs + 500);
    expect(app.emulator.history).toHaveLength(sent);
  });
});
