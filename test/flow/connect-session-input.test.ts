import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { acme, signIn, startTestApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.stop());
beforeEach(() => app.emulator.reset());

const query = `mutation ($provider: String, $category: Category, $accountId: ID, $label: String, $onExisting: OnExistingAccount) {
  createConnectSession(provider: $provider, category: $category, accountId: $accountId, label: $label, onExisting: $onExisting) {
    token expiresAt mode account { id } userErrors { code field message }
  }
}`;
const ask = async (variables: object) => app.post({ query, variables }, await signIn(acme));
const upstream = () => app.emulator.history.filter(({ path }) => path !== '/auth_configs');
const refusedWith = (code: string, field: string) => ({
  createConnectSession: {
    token: null,
    expiresAt: null,
    mode: null,
    account: null,
    userErrors: [{ code, field, message: expect.stringMatching(/^[A-Z`].*\.$/) }],
  },
});

describe('createConnectSession refuses, as data and with nothing sent upstream,', () => {
  it.each([
    ['', 'an empty provider'],
    ['Bamboo HR', 'a provider that is a name'],
    ['-bamboohr', 'a provider that begins with a dash'],
    ['b'.repeat(65), 'a provider of 65 characters'],
    ['bamboohr\n', 'a provider with a line break'],
    ['bamboohr&x=1', 'a provider with a query in it'],
  ])('%j: %s', async (provider) => {
    const answer = await ask({ provider });
    expect(answer.json.data).toEqual(refusedWith('INVALID_INPUT', 'provider'));
    expect(app.emulator.history).toEqual([]);
  });

  it.each([
    ['', 'an empty label'],
    ['   ', 'a label of spaces'],
    ['l'.repeat(201), 'a label of 201 characters'],
    ['a\u0000b', 'a label with a NUL'],
    ['a\r\nb', 'a label with a line break'],
    ['a\u001b[31mb', 'a label with an escape'],
    ['a\u0085b', 'a label with a C1 control character'],
    ['a\ud800b', 'a label with half a surrogate pair'],
  ])('%j: %s', async (label) => {
    const answer = await ask({ label });
    expect(answer.json.data).toEqual(refusedWith('INVALID_INPUT', 'label'));
    expect(app.emulator.history).toEqual([]);
  });

  it('everything that is wrong at once', async () => {
    const answer = await ask({ provider: '', label: '', accountId: 'x', onExisting: 'FAIL' });
    expect(answer.json.data).toMatchObject({
      createConnectSession: {
        userErrors: [{ field: 'provider' }, { field: 'label' }, { field: 'onExisting' }],
      },
    });
    expect(app.emulator.history).toEqual([]);
  });

  it('a provider that is not enabled, or that nobody knows', async () => {
    for (const provider of ['pipedrive', 'nosuch']) {
      const answer = await ask({ provider });
      expect(answer.json.data).toEqual(refusedWith('PROVIDER_NOT_ENABLED', 'provider'));
    }
    expect(upstream()).toEqual([]);
  });

  it.each([
    [{ onExisting: 'RELINK' }, 'onExisting without a provider'],
    [{ onExisting: 'FAIL', provider: 'bamboohr', accountId: '1' }, 'onExisting with an accountId'],
  ])('%j: %s', async (variables, _why) => {
    const answer = await ask(variables);
    expect(answer.json.data).toEqual(refusedWith('INVALID_INPUT', 'onExisting'));
    expect(app.emulator.history).toEqual([]);
  });

  it('a provider that is not the account’s own', async () => {
    const seed = { provider: 'lever', origin_owner_id: acme.org_id, origin_owner_name: acme.org_name };
    const { id } = app.emulator.addAccount(seed);
    const answer = await ask({ accountId: id, provider: 'bamboohr' });
    expect(answer.json.data).toEqual(refusedWith('ACCOUNT_PROVIDER_MISMATCH', 'provider'));
    expect(upstream().map(({ method }) => method)).toEqual(['GET']);
  });
});

describe('createConnectSession refuses a wrong type as BAD_USER_INPUT, with nothing sent upstream,', () => {
  it.each([
    [{ provider: 5 }],
    [{ provider: ['bamboohr'] }],
    [{ provider: { key: 'bamboohr' } }],
    [{ category: 'hris' }],
    [{ category: 'NOPE' }],
    [{ label: true }],
    [{ accountId: {} }],
    [{ onExisting: 'relink' }],
  ])('%j', async (variables) => {
    const answer = await ask(variables);
    expect(answer.json.errors?.map(({ extensions }) => extensions.code)).toEqual(['BAD_USER_INPUT']);
    expect(answer.status).toBe(400);
    expect(app.emulator.history).toEqual([]);
  });
});

describe('an owner in the arguments', () => {
  it.each(['ownerId', 'originOwnerId', 'origin_owner_id', 'owner'])(
    'does not fit the schema as %s, and nothing is sent upstream',
    async (name) => {
      const attempt = `mutation { createConnectSession(${name}: "org_globex") { token } }`;
      const answer = await app.post({ query: attempt }, await signIn(acme));
      expect(answer.json.errors?.map(({ extensions }) => extensions.code)).toEqual([
        'GRAPHQL_VALIDATION_FAILED',
      ]);
      expect(app.emulator.history).toEqual([]);
    },
  );
});

describe('a label', () => {
  it.each([['x'], ['l'.repeat(200)], ['Büro Zürich 🏔️ 👩‍💻']])('may be %j', async (label) => {
    const answer = await ask({ label });
    expect(answer.json.data).toMatchObject({ createConnectSession: { userErrors: [] } });
  });
});
