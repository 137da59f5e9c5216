import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { acme, globex, startTestApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.stop());
beforeEach(() => app.emulator.reset());

const link = (claims = acme) =>
  app.emulator.addAccount({
    provider: 'bamboohr',
    origin_owner_id: claims.org_id,
    origin_owner_name: claims.org_name,
  }).id;
const remove = async (accountId: string, claims = acme) =>
  (await (await app.sdk(claims)).deleteLinkedAccount({ accountId })).deleteLinkedAccount;
const upstream = () => app.emulator.history.map(({ method }) => method);

describe('deleteLinkedAccount', () => {
  it('removes an account of the owner, after it has asked whose it is', async () => {
    const id = link();
    expect(await remove(id)).toEqual({ deletedAccountId: id, userErrors: [] });
    expect(upstream()).toEqual(['GET', 'DELETE']);
    expect(app.emulator.accounts()).toEqual([]);
  });

  it('is a success when it is repeated, and sends no second DELETE', async () => {
    const id = link();
    await remove(id);
    expect(await remove(id)).toEqual({ deletedAccountId: id, userErrors: [] });
    expect(upstream()).toEqual(['GET', 'DELETE', 'GET']);
  });

  it('is no success for another tenant that names the same account afterwards', async () => {
    const id = link();
    await remove(id);
    expect(await remove(id, globex)).toMatchObject({ userErrors: [{ code: 'ACCOUNT_NOT_FOUND' }] });
  });

  it('is a success when somebody else was faster', async () => {
    const id = link();
    app.emulator.failNext({ status: 404, match: { method: 'DELETE', path: '/accounts' } });
    expect(await remove(id)).toEqual({ deletedAccountId: id, userErrors: [] });
  });

  it('removes nothing when the look-up fails', async () => {
    const id = link();
    app.emulator.failNext({ status: 400, match: { method: 'GET', path: '/accounts' } });
    await expect(remove(id)).rejects.toThrow('StackOne did not accept this request.');
    expect(upstream()).toEqual(['GET']);
    expect(app.emulator.accounts()).toHaveLength(1);
  });

  it('is seen by the next request at once', async () => {
    const id = link();
    const confirm = async () =>
      (await (await app.sdk(acme)).confirmLinkedAccount({ accountId: id })).confirmLinkedAccount;
    expect(await confirm()).toMatchObject({ account: { id } });
    await remove(id);
    expect(await confirm()).toMatchObject({ account: null, userErrors: [{ code: 'ACCOUNT_NOT_FOUND' }] });
  });
});
