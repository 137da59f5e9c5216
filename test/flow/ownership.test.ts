import { beforeEach, describe, expect, it } from '@jest/globals';
import { acme, errorCode, globex, ownerFields, signIn, startSharedApp } from '../support/test-app.js';

/** Every operation with an account id. */
const operations = {
  linkedAccount: 'query ($id: ID!) { linkedAccount(id: $id) { id } }',
  confirmLinkedAccount:
    'mutation ($id: ID!) { confirmLinkedAccount(accountId: $id) { account { id } userErrors { code message field accounts { id } } } }',
  deleteLinkedAccount:
    'mutation ($id: ID!) { deleteLinkedAccount(accountId: $id) { deletedAccountId userErrors { code message field accounts { id } } } }',
  createConnectSession:
    'mutation ($id: ID) { createConnectSession(accountId: $id) { mode account { id } userErrors { code message field accounts { id } } } }',
} as const;
type Operation = keyof typeof operations;
const names = Object.keys(operations).filter((name): name is Operation => name in operations);

const notFound = {
  code: 'ACCOUNT_NOT_FOUND',
  message: 'The linked account does not exist. Load the list of accounts again.',
  field: 'accountId',
  accounts: [],
};
const notFoundResults: Readonly<Record<Operation, unknown>> = {
  linkedAccount: null,
  confirmLinkedAccount: { account: null, userErrors: [notFound] },
  deleteLinkedAccount: { deletedAccountId: null, userErrors: [notFound] },
  createConnectSession: { mode: null, account: null, userErrors: [notFound] },
};

const malformedIds: readonly [string, string][] = [
  ['empty', ''],
  ['129 characters', 'a'.repeat(129)],
  ['path', '../connect_sessions'],
  ['path with an encoded slash', '..%2Faccounts'],
  ['query string', '1?origin_owner_id=org_globex'],
  ['line break', '1\r\nx-injected: 1'],
  ['NUL', '1\u0000'],
  ['not ASCII', 'ácc'],
  ['leading space', ' 1'],
];

const app = await startSharedApp();
let ownId: string;
let foreignId: string;
const unknownId = '99999999999999999999';

beforeEach(() => {
  const seed = (claims: typeof acme) => app.emulator.addAccount({ provider: 'bamboohr', ...ownerFields(claims) }).id;
  ownId = seed(acme);
  foreignId = seed(globex);
});

const run = async (operation: Operation, id: unknown) =>
  app.post({ query: operations[operation], variables: { id } }, await signIn(acme));
const upstream = () =>
  app.emulator.history.map(({ method, path }) => `${method} ${path.replace(/(accounts\/).+/, '$1…')}`);

describe.each(names)('%s', (operation) => {
  it('accepts an account of the owner', async () => {
    const response = await run(operation, ownId);
    expect(response.text).toContain(ownId);
    expect(response.text).not.toContain('ACCOUNT_NOT_FOUND');
  });

  it('returns the same bytes for the id of another owner and for an unknown id, with the same StackOne calls', async () => {
    const foreign = await run(operation, foreignId);
    const callsForForeign = upstream();
    app.emulator.reset();
    const unknown = await run(operation, unknownId);
    expect(foreign.text).toBe(unknown.text);
    expect(foreign.status).toBe(unknown.status);
    expect([...foreign.headers.keys()]).toEqual([...unknown.headers.keys()]);
    expect(callsForForeign).toEqual(upstream());
    expect(foreign.json.data).toEqual({ [operation]: notFoundResults[operation] });
  });

  it('makes only the look-up for the id of another owner', async () => {
    await run(operation, foreignId);
    expect(upstream()).toEqual(['GET /accounts/…']);
    expect(app.emulator.accounts().map(({ id }) => id)).toEqual([ownId, foreignId]);
  });

  it.each(malformedIds)(
    'returns the result of an unknown id for a malformed id (%s), with nothing sent to StackOne',
    async (_name, id) => {
      const response = await run(operation, id);
      expect(response.json.data).toEqual({ [operation]: notFoundResults[operation] });
      expect(upstream()).toEqual([]);
    },
  );

  it('returns the result of an unknown id for a row of another owner that is large, and reads an own one', async () => {
    const row = { id: '78', provider: 'bamboohr', setup_information: 'x'.repeat(200_000), ...ownerFields(globex) };
    app.emulator.settings.rawRows = { accounts: [row], catalog: [] };
    expect((await run(operation, '78')).text).toBe((await run(operation, unknownId)).text);
    app.emulator.settings.rawRows = { accounts: [{ ...row, ...ownerFields(acme) }], catalog: [] };
    expect(errorCode(await run(operation, '78'))).toBeUndefined();
  });

  it('returns the result of an unknown id for a row of another owner that cannot be read, and fails for an own one', async () => {
    // A key of a provider has no space.
    const row = { id: '77', provider: 'two words', ...ownerFields(globex) };
    app.emulator.settings.rawRows = { accounts: [row], catalog: [] };
    expect((await run(operation, '77')).text).toBe((await run(operation, unknownId)).text);
    app.emulator.settings.rawRows = { accounts: [{ ...row, ...ownerFields(acme) }], catalog: [] };
    expect(errorCode(await run(operation, '77'))).toBe('UPSTREAM_UNAVAILABLE');
    expect(new Set(upstream())).toEqual(new Set(['GET /accounts/…']));
  });

  it.each([[{ id: 'x' }], [['x']], [true], [1.5]])(
    '%p as an id → BAD_USER_INPUT, with nothing sent to StackOne',
    async (id) => {
      // GraphQL does not coerce a list with one item to a scalar.
      const response = await run(operation, id);
      expect(response.json.errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
      expect(upstream()).toEqual([]);
    },
  );
});

describe('null as an id', () => {
  it.each(['linkedAccount', 'confirmLinkedAccount', 'deleteLinkedAccount'] as const)(
    '%s → BAD_USER_INPUT, with nothing sent to StackOne',
    async (operation) => {
      const response = await run(operation, null);
      expect(response.json.errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
      expect(upstream()).toEqual([]);
    },
  );

  it('createConnectSession: same as an absent id, a new link', async () => {
    const response = await run('createConnectSession', null);
    expect(response.json.data).toMatchObject({ createConnectSession: { mode: 'LINK', userErrors: [] } });
  });
});

describe('an account that is deleted while a session for it is created', () => {
  beforeEach(() => app.emulator.failNext({ status: 404, match: { method: 'POST', path: '/connect_sessions' } }));

  it('gives the result of an unknown id', async () => {
    const response = await run('createConnectSession', ownId);
    expect(response.json.data).toEqual({ createConnectSession: notFoundResults.createConnectSession });
  });

  it('gives the same without the name of an argument when the caller did not name the account', async () => {
    const query =
      'mutation { createConnectSession(provider: "bamboohr", onExisting: RELINK) { token userErrors { code field } } }';
    const response = await app.post({ query }, await signIn(acme));
    expect(response.json.data).toEqual({
      createConnectSession: { token: null, userErrors: [{ code: 'ACCOUNT_NOT_FOUND', field: null }] },
    });
  });

  it('a new account has none that could be deleted: the 404 is an error', async () => {
    expect(errorCode(await run('createConnectSession', null))).toBe('UPSTREAM_REJECTED');
  });
});

describe('an account that moves to another owner', () => {
  it('is not found by its former owner from the next request on', async () => {
    await run('confirmLinkedAccount', ownId);
    app.emulator.updateAccount(ownId, { origin_owner_id: globex.org_id });
    const response = await run('confirmLinkedAccount', ownId);
    expect(response.json.data).toEqual({ confirmLinkedAccount: notFoundResults.confirmLinkedAccount });
  });
});
