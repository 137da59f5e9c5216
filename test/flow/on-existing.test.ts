import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { OnExistingAccount } from '../../client/src/index.js';
import { acme, globex, startTestApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.stop());
beforeEach(() => app.emulator.reset());

const link = (provider = 'bamboohr', claims = acme, name = claims.org_name) =>
  app.emulator.addAccount({ provider, origin_owner_id: claims.org_id, origin_owner_name: name }).id;
const ask = async (onExisting: OnExistingAccount | null, claims = acme) =>
  (await (await app.sdk(claims)).createConnectSession({ provider: 'bamboohr', onExisting }))
    .createConnectSession;
const minted = () =>
  app.emulator.history.filter(({ path }) => path === '/connect_sessions').map(({ body }) => body);

describe('onExisting: RELINK', () => {
  it('re-links the one account of a customer, also after the customer was renamed', async () => {
    const id = link('bamboohr', acme, 'Acme before its merger');
    link('lever');
    link('bamboohr', globex);
    expect(await ask('RELINK')).toMatchObject({ mode: 'RELINK', account: { id }, userErrors: [] });
    expect(minted()).toMatchObject([{ account_id: id, origin_owner_name: 'Acme Corporation' }]);
  });

  it('links a new one where there is none', async () => {
    link('bamboohr', globex);
    expect(await ask('RELINK')).toMatchObject({ mode: 'LINK', account: null, userErrors: [] });
    expect(minted()[0]).not.toHaveProperty('account_id');
  });

  it('refuses to choose among several, shows them, and mints nothing', async () => {
    const ids = [link(), link('bamboohr', acme, 'Another name')];
    const payload = await ask('RELINK');
    expect(payload).toMatchObject({
      token: null,
      userErrors: [{ code: 'AMBIGUOUS_ACCOUNT', field: 'provider' }],
    });
    expect(payload.userErrors[0]?.accounts.map(({ id }) => id)).toEqual(ids);
    expect(minted()).toEqual([]);
  });

  it('fails with the look-up, and mints nothing', async () => {
    await ask(null);
    app.emulator.reset();
    link();
    app.emulator.failNext({ status: 400, match: { path: '/accounts' } });
    await expect(ask('RELINK')).rejects.toThrow('StackOne did not accept this request.');
    expect(minted()).toEqual([]);
  });
});

describe('onExisting: CREATE_ANOTHER', () => {
  it('asks StackOne for a further account', async () => {
    link();
    expect(await ask('CREATE_ANOTHER')).toMatchObject({ mode: 'LINK', userErrors: [] });
    expect(minted()).toMatchObject([{ multiple: true }]);
  });
});

describe('onExisting: FAIL', () => {
  it('refuses where there is an account, shows it, and mints nothing', async () => {
    const id = link('bamboohr', acme, 'An older name');
    const payload = await ask('FAIL');
    expect(payload).toMatchObject({
      token: null,
      userErrors: [{ code: 'ACCOUNT_ALREADY_LINKED', field: 'provider', accounts: [{ id }] }],
    });
    expect(minted()).toEqual([]);
  });

  it('links where there is none', async () => {
    link('bamboohr', globex);
    expect(await ask('FAIL')).toMatchObject({ mode: 'LINK', userErrors: [] });
  });
});

describe('without onExisting', () => {
  it('StackOne decides: one upstream call, with neither an account nor `multiple`', async () => {
    link();
    await ask(null);
    expect(minted()).toHaveLength(1);
    expect(minted()[0]).not.toHaveProperty('account_id');
    expect(minted()[0]).not.toHaveProperty('multiple');
    expect(app.emulator.history.filter(({ path }) => path.startsWith('/accounts'))).toEqual([]);
  });
});
