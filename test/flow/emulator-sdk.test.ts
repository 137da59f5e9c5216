import { StackOne } from '@stackone/stackone-client-ts';
import { ConnectSessionCreateCategories } from '@stackone/stackone-client-ts/sdk/models/shared/connectsessioncreate.js';
import { acmeOwner, globexOwner, startSharedEmulator } from '../support/emulator-client.js';

// The official SDK validates every response: a response that it accepts has the documented shape.
const emulator = await startSharedEmulator();

const sdkWith = (username: string) =>
  new StackOne({
    serverURL: emulator.url,
    security: { username, password: '' },
    retryConfig: { strategy: 'none' },
  });

const sdk = sdkWith('demo-key');

describe('the official StackOne SDK against the emulator', () => {
  const request = { originOwnerId: 'acme', originOwnerName: 'Acme Ltd' };

  test('creates a session and gets the requested values, a token and a link', async () => {
    const { connectSessionTokenAuthLink: session } = await sdk.connectSessions.createConnectSession({
      ...request,
      originUsername: 'ada@acme.test',
      provider: 'bamboohr',
      categories: [ConnectSessionCreateCategories.Hris],
      label: 'Head office',
      expiresIn: 600,
    });
    expect(session).toMatchObject({
      ...request,
      originUsername: 'ada@acme.test',
      provider: 'bamboohr',
      categories: ['hris'],
      label: 'Head office',
      accountId: null,
    });
    expect(session?.token).toMatch(/^[\w-]{32,}$/);
    expect(session?.authLinkUrl).toBe(`${emulator.url}/hub?token=${session?.token}`);
  });

  test('creates a session for the owner exactly as it was sent', async () => {
    const owner = { originOwnerId: ' acme ', originOwnerName: 'Acme Ltd ' };
    const { connectSessionTokenAuthLink: session } = await sdk.connectSessions.createConnectSession(owner);
    expect(session).toMatchObject(owner);
  });

  test('authenticates a session by its token', async () => {
    const created = await sdk.connectSessions.createConnectSession(request);
    const token = created.connectSessionTokenAuthLink?.token ?? '';
    const { connectSession, statusCode } = await sdk.connectSessions.authenticateConnectSession({ token });
    expect(statusCode).toBe(201);
    expect(connectSession).toMatchObject(request);
    expect(connectSession?.id).toBe(created.connectSessionTokenAuthLink?.id);
  });

  test('lists the accounts of one owner, page by page, oldest first', async () => {
    const ids = ['bamboohr', 'greenhouse', 'jira'].map(
      (provider) => emulator.addAccount({ provider, ...acmeOwner }).id,
    );
    emulator.addAccount({ provider: 'lever', ...globexOwner });
    const page = async (number: number) => {
      const query = { originOwnerId: 'acme', page: number, pageSize: 2 };
      return (await sdk.accounts.listLinkedAccounts(query)).classes?.map(({ id }) => id);
    };
    expect(await page(1)).toEqual(ids.slice(0, 2));
    expect(await page(2)).toEqual(ids.slice(2));
    expect(await page(3)).toEqual([]);
  });

  test('filters a list by providers, ids and status', async () => {
    const bamboo = emulator.addAccount({ provider: 'bamboohr', ...acmeOwner });
    const jira = emulator.addAccount({ provider: 'jira', ...acmeOwner, status: 'error' });
    const ids = async (query: Parameters<typeof sdk.accounts.listLinkedAccounts>[0]) =>
      (await sdk.accounts.listLinkedAccounts(query)).classes?.map(({ id }) => id);
    expect(await ids({ providers: ['bamboohr', 'jira'] })).toEqual([bamboo.id, jira.id]);
    expect(await ids({ providers: ['jira'] })).toEqual([jira.id]);
    expect(await ids({ accountIds: [bamboo.id] })).toEqual([bamboo.id]);
    expect(await ids({ status: ['error'] })).toEqual([jira.id]);
    expect(await ids({ originOwnerIds: ['globex'] })).toEqual([]);
  });

  test('gets, updates and deletes an account', async () => {
    const reason = { code: 'invalid_grant', description: 'Expired', timestamp: '2026-11-22T08:00:00.000Z' };
    const { id } = emulator.addAccount({
      provider: 'bamboohr',
      ...acmeOwner,
      status: 'error',
      status_reasons: [reason],
    });
    const { linkedAccount } = await sdk.accounts.getAccount({ id });
    expect(linkedAccount).toMatchObject({
      id,
      provider: 'bamboohr',
      providerName: 'BambooHR',
      status: 'error',
    });
    expect(linkedAccount?.statusReasons?.[0]).toMatchObject({
      code: 'invalid_grant',
      description: 'Expired',
    });

    const meta = { provider: 'bamboohr', category: 'hris' };
    expect((await sdk.accounts.getAccountMetaInfo({ id })).linkedAccountMeta).toMatchObject(meta);

    await sdk.accounts.updateAccount({ id, patchAccountExternalDto: { originOwnerName: 'Acme plc', provider: null } });
    expect(emulator.accounts()).toMatchObject([{ origin_owner_name: 'Acme plc', provider: 'bamboohr' }]);

    const deleted = await sdk.accounts.deleteAccount({ id });
    expect(deleted.statusCode).toBe(200);
    expect(deleted.linkedAccount?.id).toBe(id);
    await expect(sdk.accounts.getAccount({ id })).rejects.toMatchObject({ statusCode: 404 });
  });

  test('lists the connectors, with the disabled one only when inactive ones are included', async () => {
    const active = (await sdk.connectors.listConnectorsMeta({})).classes ?? [];
    const all = (await sdk.connectors.listConnectorsMeta({ include: 'inactive' })).classes ?? [];
    expect(active.every((connector) => connector.active)).toBe(true);
    expect(new Set(active.map((connector) => connector.category)).size).toBeGreaterThanOrEqual(5);
    expect(all.filter((connector) => !connector.active).map((connector) => connector.provider)).toEqual(['pipedrive']);
    const { connectorsMeta } = await sdk.connectors.getConnectorMeta({ provider: 'bamboohr' });
    expect(connectorsMeta?.resources?.images?.logoUrl).toMatch(/^data:image\/svg\+xml/);
  });

  test('maps errors to its own classes: wrong key, unknown account, empty owner', async () => {
    const unknownAccount = { id: 'nope' };
    await expect(sdkWith('other-key').accounts.getAccount(unknownAccount)).rejects.toMatchObject({
      name: 'UnauthorizedResponse',
      statusCode: 401,
    });
    await expect(sdk.accounts.getAccount(unknownAccount)).rejects.toMatchObject({ name: 'NotFoundResponse' });
    const rejected = sdk.connectSessions.createConnectSession({
      originOwnerId: '',
      originOwnerName: 'Acme Ltd',
    });
    await expect(rejected).rejects.toMatchObject({ name: 'BadRequestResponse', statusCode: 400 });
  });
});

describe.each(
  Object.entries<() => Promise<unknown>>({
    createConnectSession: () => sdk.connectSessions.createConnectSession({ originOwnerId: 'a', originOwnerName: 'A' }),
    authenticateConnectSession: () => sdk.connectSessions.authenticateConnectSession({ token: 't' }),
    listLinkedAccounts: () => sdk.accounts.listLinkedAccounts({}),
    getAccount: () => sdk.accounts.getAccount({ id: 'a' }),
    getAccountMetaInfo: () => sdk.accounts.getAccountMetaInfo({ id: 'a' }),
    updateAccount: () => sdk.accounts.updateAccount({ id: 'a', patchAccountExternalDto: {} }),
    deleteAccount: () => sdk.accounts.deleteAccount({ id: 'a' }),
    listConnectorsMeta: () => sdk.connectors.listConnectorsMeta({}),
    getConnectorMeta: () => sdk.connectors.getConnectorMeta({ provider: 'jira' }),
  }),
)('the operation %s of the official SDK', (_name, call) => {
  test('understands the error of a fault with each documented status', async () => {
    for (const statusCode of [400, 401, 403, 404, 408, 409, 422, 429, 500, 501, 502]) {
      emulator.failNext({ status: statusCode });
      // SDKError is the class for a response that the SDK does not understand.
      await expect(call()).rejects.toMatchObject({ statusCode, name: expect.stringMatching(/Response$/) });
    }
  });
});
