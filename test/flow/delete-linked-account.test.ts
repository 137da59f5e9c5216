import { describe, expect, it } from '@jest/globals';
import { acme, globex, ownerFields, startSharedApp } from '../support/test-app.js';

const app = await startSharedApp();

const link = () => app.emulator.addAccount({ provider: 'bamboohr', ...ownerFields(acme) }).id;
const remove = async (accountId: string, claims = acme) =>
  (await (await app.sdk(claims)).deleteLinkedAccount({ accountId })).deleteLinkedAccount;
const upstream = () => app.emulator.history.map(({ method }) => method);

describe('deleteLinkedAccount', () => {
  it('deletes an account of the owner after it has looked up the owner', async () => {
    const id = link();
    expect(await remove(id)).toEqual({ deletedAccountId: id, userErrors: [] });
    expect(upstream()).toEqual(['GET', 'DELETE']);
    expect(app.emulator.accounts()).toEqual([]);
  });

  it('succeeds again when it is repeated, without a second DELETE', async () => {
    const id = link();
    await remove(id);
    expect(await remove(id)).toEqual({ deletedAccountId: id, userErrors: [] });
    expect(upstream()).toEqual(['GET', 'DELETE', 'GET']);
  });

  it('returns ACCOUNT_NOT_FOUND to another owner afterwards', async () => {
    const id = link();
    await remove(id);
    expect(await remove(id, globex)).toMatchObject({ userErrors: [{ code: 'ACCOUNT_NOT_FOUND' }] });
  });

  it('succeeds when StackOne responds 404 because the account is already deleted', async () => {
    const id = link();
    app.emulator.failNext({ status: 404, match: { method: 'DELETE', path: '/accounts' } });
    expect(await remove(id)).toEqual({ deletedAccountId: id, userErrors: [] });
  });

  it('returns ACCOUNT_NOT_FOUND for an account that StackOne refused to delete and that belongs to another owner now', async () => {
    const account = app.emulator.addAccount({ provider: 'bamboohr', ...ownerFields(acme) });
    app.emulator.failNext({ status: 403, match: { method: 'DELETE', path: '/accounts' } });
    await expect(remove(account.id)).rejects.toThrow('not configured correctly');
    const moved = { ...account, ...ownerFields(globex) };
    app.emulator.failNext({ status: 200, body: moved, match: { method: 'GET', path: '/accounts' } });
    expect(await remove(account.id)).toMatchObject({ userErrors: [{ code: 'ACCOUNT_NOT_FOUND' }] });
    expect(upstream()).toEqual(['GET', 'DELETE', 'GET']);
  });

  it('succeeds after a deletion whose response was lost, although StackOne refused a second one', async () => {
    const id = link();
    for (const fault of [{ kind: 'reset' }, { status: 409 }] as const) {
      app.emulator.failNext({ ...fault, match: { method: 'DELETE', path: '/accounts' } });
      await expect(remove(id)).rejects.toThrow('StackOne');
    }
    app.emulator.failNext({ status: 404, match: { method: 'GET', path: '/accounts' } });
    expect(await remove(id)).toEqual({ deletedAccountId: id, userErrors: [] });
  });

  it('deletes nothing when the look-up fails', async () => {
    const id = link();
    app.emulator.failNext({ status: 400, match: { method: 'GET', path: '/accounts' } });
    await expect(remove(id)).rejects.toThrow('StackOne rejected the request.');
    expect(upstream()).toEqual(['GET']);
    expect(app.emulator.accounts()).toHaveLength(1);
  });

  it('takes effect for the next request', async () => {
    const id = link();
    const confirm = async () =>
      (await (await app.sdk(acme)).confirmLinkedAccount({ accountId: id })).confirmLinkedAccount;
    expect(await confirm()).toMatchObject({ account: { id } });
    await remove(id);
    expect(await confirm()).toMatchObject({ account: null, userErrors: [{ code: 'ACCOUNT_NOT_FOUND' }] });
  });
});
