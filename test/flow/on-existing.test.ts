import { describe, expect, it } from '@jest/globals';
import type { OnExistingAccount } from '../../client/src/index.js';
import { acme, globex, ownerFields, sessionRequests, startSharedApp, startTestApp } from '../support/test-app.js';

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
  it('says that StackOne updates the account of the same owner id, owner name and provider', async () => {
    const id = link();
    link('lever');
    link('bamboohr', globex);
    expect(await createSession(null)).toMatchObject({ mode: 'RELINK', account: { id }, userErrors: [] });
    // StackOne itself finds the account: one session, without an account_id and without `multiple`.
    expect(created()).toHaveLength(1);
    expect(created()[0]).not.toHaveProperty('account_id');
    expect(created()[0]).not.toHaveProperty('multiple');
  });

  it.each<[string, () => void]>([
    ['none', () => undefined],
    ['one of another provider', () => void link('lever')],
    ['one of another owner', () => void link('bamboohr', globex)],
    ['one from before it was renamed, which StackOne does not update', () => void link('bamboohr', acme, 'Old name')],
  ])('links a new account when the owner has %s', async (_what, prepare) => {
    prepare();
    expect(await createSession(null)).toMatchObject({ mode: 'LINK', account: null, userErrors: [] });
    expect(created()).toHaveLength(1);
  });

  it('compares the name as StackOne stores it, without the spaces around it', async () => {
    const id = link();
    const claims = { ...acme, org_name: ` ${acme.org_name} ` };
    expect(await createSession(null, claims)).toMatchObject({ mode: 'RELINK', account: { id } });
  });

  it('replaces the session by one for the first account when there are several, so that account and session agree', async () => {
    const id = link();
    link();
    expect(await createSession(null)).toMatchObject({ mode: 'RELINK', account: { id }, userErrors: [] });
    expect(created()).toHaveLength(2);
    expect(created()[0]).not.toHaveProperty('account_id');
    expect(created()[1]).toMatchObject({ account_id: id });
  });

  it('finds the account behind many of another name', async () => {
    for (let count = 1; count <= 30; count++) {
      link('bamboohr', acme, 'Old name');
    }
    const id = link();
    expect(await createSession(null)).toMatchObject({ mode: 'RELINK', account: { id } });
  });

  it('reads no list where StackOne has nothing to choose: CREATE_ANOTHER, accountId, or no provider', async () => {
    const id = link();
    const sdk = await app.sdk(acme);
    await sdk.createConnectSession({ provider: 'bamboohr', onExisting: 'CREATE_ANOTHER' });
    await sdk.createConnectSession({ accountId: id });
    await sdk.createConnectSession({ category: 'HRIS' });
    expect(app.emulator.history.filter(({ path }) => path === '/accounts')).toEqual([]);
  });

  it.each<[string, Parameters<typeof app.emulator.failNext>[0]]>([
    ['fails with 400', { status: 400 }],
    ['fails with 500', { status: 500 }],
    ['is no list', { status: 200, body: {} }],
    ['does not arrive', { kind: 'hang' }],
  ])('creates the session as LINK when the list %s', async (_what, fault) => {
    link();
    app.emulator.failNext({ ...fault, match: { path: '/accounts' } }, 2);
    const start = performance.now();
    const payload = await createSession(null);
    expect(payload).toMatchObject({ token: expect.any(String), mode: 'LINK', account: null, userErrors: [] });
    // Far less than the deadline of the list.
    expect(performance.now() - start).toBeLessThan(7_000);
    expect(created()).toHaveLength(1);
    expect(app.logs()).toContain('The existing accounts could not be read');
  });

  it('fails when the session fails, whatever the list says', async () => {
    link();
    app.emulator.failNext({ status: 422, match: { path: '/connect_sessions' } });
    await expect(createSession(null)).rejects.toThrow('StackOne rejected the request.');
  });

  it('charges the owner for one session only', async () => {
    const limited = await startTestApp({ RATE_LIMIT_PER_OWNER_PER_MINUTE: '30' });
    try {
      const sdk = await limited.sdk(acme);
      for (let session = 1; session <= 10; session++) {
        const { createConnectSession: payload } = await sdk.createConnectSession({ provider: 'bamboohr' });
        expect(payload).toMatchObject({ mode: 'LINK', userErrors: [] });
      }
      expect(limited.emulator.history.filter(({ path }) => path === '/accounts')).toHaveLength(10);
      await expect(sdk.createConnectSession({ provider: 'bamboohr' })).rejects.toThrow('Too many requests.');
    } finally {
      await limited.stop();
    }
  });

  it('charges further pages of the list as look-ups', async () => {
    const limited = await startTestApp({ RATE_LIMIT_PER_OWNER_PER_MINUTE: '3' });
    try {
      for (let count = 1; count <= 60; count++) {
        limited.emulator.addAccount({ provider: 'bamboohr', ...ownerFields({ ...acme, org_name: 'Old name' }) });
      }
      const sdk = await limited.sdk(acme);
      const { createConnectSession: payload } = await sdk.createConnectSession({ provider: 'bamboohr' });
      expect(payload).toMatchObject({ mode: 'LINK', userErrors: [] });
      expect(limited.emulator.history.filter(({ path }) => path === '/accounts')).toHaveLength(1);
    } finally {
      await limited.stop();
    }
  });
});
