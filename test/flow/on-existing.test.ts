import { describe, expect, it } from '@jest/globals';
import type { OnExistingAccount } from '../../client/src/index.js';
import { acme, globex, ownerFields, sessionRequests, startSharedApp } from '../support/test-app.js';

const app = await startSharedApp();

const link = (provider = 'bamboohr', claims = acme, name = claims.org_name) =>
  app.emulator.addAccount({ provider, ...ownerFields({ ...claims, org_name: name }) }).id;
const createSession = async (onExisting: OnExistingAccount | null, claims = acme) =>
  (await (await app.sdk(claims)).createConnectSession({ provider: 'bamboohr', onExisting })).createConnectSession;
const created = () => sessionRequests(app.emulator).map(({ body }) => body);

describe('onExisting: RELINK', () => {
  it('re-links the single account of the provider, also after the owner was renamed', async () => {
    const id = link('bamboohr', acme, 'Acme before its merger');
    link('lever');
    link('bamboohr', globex);
    expect(await createSession('RELINK')).toMatchObject({ mode: 'RELINK', account: { id }, userErrors: [] });
    expect(created()).toMatchObject([{ account_id: id, origin_owner_name: 'Acme Corporation' }]);
  });

  it('links a new account when the owner has none', async () => {
    link('bamboohr', globex);
    expect(await createSession('RELINK')).toMatchObject({ mode: 'LINK', account: null, userErrors: [] });
    expect(created()[0]).not.toHaveProperty('account_id');
  });

  it('returns AMBIGUOUS_ACCOUNT with the accounts and creates no session when there are several', async () => {
    const ids = [link(), link('bamboohr', acme, 'Another name')];
    const payload = await createSession('RELINK');
    expect(payload).toMatchObject({
      token: null,
      userErrors: [{ code: 'AMBIGUOUS_ACCOUNT', field: 'provider' }],
    });
    expect(payload.userErrors[0]?.accounts.map(({ id }) => id)).toEqual(ids);
    expect(created()).toEqual([]);
  });

  it('fails and creates no session when the account list fails', async () => {
    await createSession(null);
    app.emulator.reset();
    link();
    app.emulator.failNext({ status: 400, match: { path: '/accounts' } });
    await expect(createSession('RELINK')).rejects.toThrow('StackOne rejected the request.');
    expect(created()).toEqual([]);
  });
});

describe('onExisting: CREATE_ANOTHER', () => {
  it('requests another account from StackOne', async () => {
    link();
    expect(await createSession('CREATE_ANOTHER')).toMatchObject({ mode: 'LINK', userErrors: [] });
    expect(created()).toMatchObject([{ multiple: true }]);
  });
});

describe('onExisting: FAIL', () => {
  it('returns ACCOUNT_ALREADY_LINKED with the account and creates no session', async () => {
    const id = link('bamboohr', acme, 'An older name');
    const payload = await createSession('FAIL');
    expect(payload).toMatchObject({
      token: null,
      userErrors: [{ code: 'ACCOUNT_ALREADY_LINKED', field: 'provider', accounts: [{ id }] }],
    });
    expect(created()).toEqual([]);
  });

  it('links a new account when the owner has none', async () => {
    link('bamboohr', globex);
    expect(await createSession('FAIL')).toMatchObject({ mode: 'LINK', userErrors: [] });
  });
});

describe('without onExisting', () => {
  it('leaves the decision to StackOne: no account list, no account_id and no `multiple`', async () => {
    link();
    await createSession(null);
    expect(created()).toHaveLength(1);
    expect(created()[0]).not.toHaveProperty('account_id');
    expect(created()[0]).not.toHaveProperty('multiple');
    expect(app.emulator.history.filter(({ path }) => path.startsWith('/accounts'))).toEqual([]);
  });
});
