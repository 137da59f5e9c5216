import { describe, expect, it } from '@jest/globals';
import { acme, errorCode, ownerFields, signIn, startSharedApp } from '../support/test-app.js';

const app = await startSharedApp();

const query = `mutation ($provider: String, $category: Category, $accountId: ID, $label: String, $onExisting: OnExistingAccount) {
  createConnectSession(provider: $provider, category: $category, accountId: $accountId, label: $label, onExisting: $onExisting) {
    token expiresAt mode account { id } userErrors { code field message }
  }
}`;
const createSession = async (variables: object) => app.post({ query, variables }, await signIn(acme));
const upstream = () => app.emulator.history.filter(({ path }) => path !== '/connector_profiles');
const rejectedWith = (code: string, field: string) => ({
  createConnectSession: {
    token: null,
    expiresAt: null,
    mode: null,
    account: null,
    userErrors: [{ code, field, message: expect.stringMatching(/^[A-Z`].*\.$/) }],
  },
});

describe('createConnectSession returns userErrors and sends nothing to StackOne', () => {
  it.each([
    ['provider', '', 'empty'],
    ['provider', 'Bamboo HR', 'a display name'],
    ['provider', 'b'.repeat(129), '129 characters'],
    ['provider', 'Zoë', 'not ASCII'],
    ['provider', 'bamboohr\n', 'line break'],
    ['label', '', 'empty'],
    ['label', '   ', 'only spaces'],
    ['label', 'l'.repeat(201), '201 characters'],
    ['label', 'a\u0000b', 'NUL'],
    ['label', 'a\r\nb', 'line break'],
    ['label', 'a\u001b[31mb', 'escape sequence'],
    ['label', 'a\u0085b', 'C1 control character'],
    ['label', 'a\ud800b', 'lone surrogate'],
    ['label', '\u200b\u2060\ufe0f', 'only invisible characters'],
    ['label', '\u2800', 'only a blank pattern'],
    ['label', 'invoice\u202efdp', 'override of the direction of text'],
    ['label', 'a\u2028b', 'line separator'],
  ])('%s %j (%s) → INVALID_INPUT', async (field, value) => {
    const response = await createSession({ [field]: value });
    expect(response.json.data).toEqual(rejectedWith('INVALID_INPUT', field));
    expect(app.emulator.history).toEqual([]);
  });

  it('reports all invalid arguments in one response', async () => {
    const response = await createSession({ provider: '', label: '', accountId: 'x', onExisting: 'FAIL' });
    expect(response.json.data).toMatchObject({
      createConnectSession: {
        userErrors: [{ field: 'provider' }, { field: 'label' }, { field: 'onExisting' }],
      },
    });
    expect(app.emulator.history).toEqual([]);
  });

  it('disabled or unknown provider → PROVIDER_NOT_ENABLED', async () => {
    for (const provider of ['pipedrive', 'nosuch']) {
      const response = await createSession({ provider });
      expect(response.json.data).toEqual(rejectedWith('PROVIDER_NOT_ENABLED', 'provider'));
    }
    expect(upstream()).toEqual([]);
  });

  it('provider that does not have the category → PROVIDER_NOT_ENABLED', async () => {
    const response = await createSession({ provider: 'bamboohr', category: 'ATS' });
    expect(response.json.data).toEqual(rejectedWith('PROVIDER_NOT_ENABLED', 'provider'));
    expect(upstream()).toEqual([]);
  });

  it.each([
    [{ onExisting: 'RELINK' }, 'without a provider'],
    [{ onExisting: 'FAIL', provider: 'bamboohr', accountId: '1' }, 'with an accountId'],
  ])('onExisting in %j (%s) → INVALID_INPUT', async (variables, _why) => {
    const response = await createSession(variables);
    expect(response.json.data).toEqual(rejectedWith('INVALID_INPUT', 'onExisting'));
    expect(app.emulator.history).toEqual([]);
  });

  it('provider that differs from the provider of the account → ACCOUNT_PROVIDER_MISMATCH', async () => {
    const { id } = app.emulator.addAccount({ provider: 'lever', ...ownerFields(acme) });
    const response = await createSession({ accountId: id, provider: 'bamboohr' });
    expect(response.json.data).toEqual(rejectedWith('ACCOUNT_PROVIDER_MISMATCH', 'provider'));
    expect(upstream().map(({ method }) => method)).toEqual(['GET']);
  });
});

describe('createConnectSession returns BAD_USER_INPUT for a wrong type and sends nothing to StackOne', () => {
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
    const response = await createSession(variables);
    expect(errorCode(response)).toBe('BAD_USER_INPUT');
    expect(response.status).toBe(400);
    expect(app.emulator.history).toEqual([]);
  });
});

describe('createConnectSession has no owner argument', () => {
  it.each(['ownerId', 'originOwnerId', 'origin_owner_id', 'owner'])(
    '%s → GRAPHQL_VALIDATION_FAILED, with nothing sent to StackOne',
    async (name) => {
      const attempt = `mutation { createConnectSession(${name}: "org_globex") { token } }`;
      const response = await app.post({ query: attempt }, await signIn(acme));
      expect(errorCode(response)).toBe('GRAPHQL_VALIDATION_FAILED');
      expect(app.emulator.history).toEqual([]);
    },
  );
});

describe('createConnectSession accepts a label', () => {
  it.each([['x'], ['l'.repeat(200)], ['Büro Zürich 🏔️ 👩‍💻'], ['می\u200cخواهم'], ['חברה']])('%j', async (label) => {
    const response = await createSession({ label });
    expect(response.json.data).toMatchObject({ createConnectSession: { userErrors: [] } });
  });
});
