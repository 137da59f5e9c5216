import { beforeEach, describe, expect, it } from '@jest/globals';
import { acme, globex, ownerFields, signIn, startSharedApp } from '../support/test-app.js';

const app = await startSharedApp({ METRICS_PORT: '0' });

const canary = 'canary-in-a-row';
const good = { id: '10', provider: 'bamboohr', ...ownerFields(acme), label: 'good' };
const row = (fields: object) => ({ ...good, id: '11', label: canary, ...fields });
const times = [null, 7, '', 'yesterday', {}, [], true];

/** Rows that cannot be read, and the field that the log names. */
const unreadableAccounts: [string, unknown][] = [
  ...[null, undefined, '', 'a.b', '../accounts', 'x'.repeat(129), 2 ** 53, 1.5, -1, {}, ['1']].map(
    (id): [string, unknown] => ['id', row({ id })],
  ),
  ...[null, undefined, '', 'two words', 'x'.repeat(129), 7, {}, ['lever']].map((provider): [string, unknown] => [
    'provider',
    row({ provider }),
  ]),
  ...[null, undefined, '', 7, [acme.org_id], {}].map((origin_owner_id): [string, unknown] => [
    'origin_owner_id',
    row({ origin_owner_id }),
  ]),
  ...[null, 'text', 7, true, [good]].map((value): [string, unknown] => ['row', value]),
];

/** Fields that are read as absent. `undefined` and null are usual, so the log names no field. */
const unusableFields: [string, unknown][] = [
  ...times.map((value): [string, unknown] => ['created_at', value]),
  ...times.map((value): [string, unknown] => ['updated_at', value]),
  ...['label', 'origin_username', 'status', 'status_reasons'].flatMap((field) =>
    [7, true, {}, 'x'.repeat(1_001)].map((value): [string, unknown] => [field, value]),
  ),
  ['status_reasons', ['broken', { code: 7, description: {}, timestamp: 'never' }]],
];

let logsBefore = 0;
beforeEach(() => {
  logsBefore = app.logs().length;
});
const newLogs = () => app.logs().slice(logsBefore);
const run = async (claims: typeof acme, query: string) => (await app.post({ query }, await signIn(claims))).json;
const list = (claims = acme) => run(claims, '{ linkedAccounts { nodes { id createdAt updatedAt } } }');

/** Another customer connects, in the same process, after the odd row was read. */
async function expectOthersConnect(): Promise<void> {
  const response = await run(globex, 'mutation { createConnectSession(provider: "bamboohr") { token } }');
  expect(response).toMatchObject({ data: { createConnectSession: { token: expect.any(String) } } });
}

describe('A row of /accounts that cannot be read is left out, and costs nothing else', () => {
  it.each(unreadableAccounts)('by its %s: %j', async (field, odd) => {
    app.emulator.settings.rawRows = { accounts: [odd, good], catalog: [] };
    const { id } = app.emulator.addAccount({ provider: 'lever', ...ownerFields(acme) });
    const response = await list();
    expect(response.errors).toBeUndefined();
    expect(response.data).toMatchObject({ linkedAccounts: { nodes: [{ id: '10' }, { id }] } });
    await expectOthersConnect();
    expect(newLogs()).toContain(`"list":"/accounts","alert":"stackone-rows-skipped","skipped":"${field} 1"`);
    expect(newLogs()).not.toContain(canary);
  });
});

describe('A field of /accounts that cannot be read is null, and costs nothing else', () => {
  it.each(unusableFields)('%s: %j', async (field, value) => {
    app.emulator.settings.rawRows = { accounts: [row({ [field]: value }), good], catalog: [] };
    const response = await list();
    expect(response.errors).toBeUndefined();
    expect(response.data).toMatchObject({ linkedAccounts: { nodes: [{ id: '11' }, { id: '10' }] } });
    await expectOthersConnect();
    expect(newLogs()).not.toContain('"alert"');
    if (value !== null) {
      expect(newLogs()).toContain(`"list":"/accounts","unusable":"${field} 1"`);
    }
  });
});

it('reads a number as an id, and the account can then be addressed', async () => {
  app.emulator.settings.rawRows = { accounts: [row({ id: 11 })], catalog: [] };
  expect((await list()).data).toMatchObject({ linkedAccounts: { nodes: [{ id: '11' }] } });
  expect((await run(acme, '{ linkedAccount(id: "11") { id createdAt } }')).data).toEqual({
    linkedAccount: { id: '11', createdAt: null },
  });
  expect((await run(globex, '{ linkedAccount(id: "11") { id } }')).data).toEqual({ linkedAccount: null });
});

it('counts the rows that were left out in a metric, by list', async () => {
  app.emulator.settings.rawRows = { accounts: [row({ id: 'a.b' }), row({ id: 'c.d' })], catalog: [] };
  const value = async () => {
    const text = await app.metrics();
    return Number(/^connect_stackone_rows_skipped_total\{list="\/accounts"\} (\d+)$/m.exec(text)?.[1] ?? 0);
  };
  const before = await value();
  await list();
  expect(await value()).toBe(before + 2);
});

it('reads the pages after one of unreadable rows only', async () => {
  app.emulator.settings.rawRows = { accounts: Array.from({ length: 25 }, () => row({ id: 'a.b' })), catalog: [] };
  const { id } = app.emulator.addAccount({ provider: 'lever', ...ownerFields(acme) });
  expect((await list()).data).toMatchObject({ linkedAccounts: { nodes: [{ id }] } });
});

it.each([
  ['an object without data', { accounts: [good] }, 'data'],
  ['data that is no list', { data: { 0: good } }, 'data'],
  ['a text', JSON.stringify(canary), 'the root'],
])('accounts: %s → UPSTREAM_UNAVAILABLE, and the log names the place', async (_what, body, place) => {
  const headers = { 'content-type': 'application/json' };
  app.emulator.failNext({ status: 200, body, headers, match: { path: '/accounts' } });
  const response = await list();
  expect(response.errors?.map(({ extensions }) => extensions.code)).toEqual(['UPSTREAM_UNAVAILABLE']);
  expect(newLogs()).toContain(`GET /accounts returned an unusable response: wrong shape at ${place}`);
  expect(newLogs()).not.toContain(canary);
});
