import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { acme, globex, signIn, startTestApp, type TestApp } from '../support/test-app.js';

/** Every operation that takes an account's id, against every kind of id. */
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
  message: 'There is no such linked account.',
  field: 'accountId',
  accounts: [],
};
const refusals: Readonly<Record<Operation, unknown>> = {
  linkedAccount: null,
  confirmLinkedAccount: { account: null, userErrors: [notFound] },
  deleteLinkedAccount: { deletedAccountId: null, userErrors: [notFound] },
  createConnectSession: { mode: null, account: null, userErrors: [notFound] },
};

const malformedIds: readonly [string, string][] = [
  ['empty', ''],
  ['129 characters long', 'a'.repeat(129)],
  ['a path', '../connect_sessions'],
  ['a path with an encoded slash', '..%2Faccounts'],
  ['with a query', '1?origin_owner_id=org_globex'],
  ['with a line break', '1\r\nx-injected: 1'],
  ['with a NUL', '1\u0000'],
  ['not ASCII', 'ácc'],
  ['with a space', ' 1'],
];

let app: TestApp;
let ownId: string;
let foreignId: string;
const unknownId = '99999999999999999999';

beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.stop());
beforeEach(() => {
  app.emulator.reset();
  const seed = (claims: typeof acme) =>
    app.emulator.addAccount({
      provider: 'bamboohr',
      origin_owner_id: claims.org_id,
      origin_owner_name: claims.org_name,
    }).id;
  ownId = seed(acme);
  foreignId = seed(globex);
});

const ask = async (operation: Operation, id: unknown) =>
  app.post({ query: operations[operation], variables: { id } }, await signIn(acme));
const upstream = () =>
  app.emulator.history.map(({ method, path }) => `${method} ${path.replace(/(accounts\/).+/, '$1…')}`);

describe.each(names)('%s', (operation) => {
  it('serves an account of the owner', async () => {
    const response = await ask(operation, ownId);
    expect(response.text).toContain(ownId);
    expect(response.text).not.toContain('ACCOUNT_NOT_FOUND');
  });

  it('answers another tenant’s id and an unknown one alike, byte for byte and call for call', async () => {
    const foreign = await ask(operation, foreignId);
    const callsForForeign = upstream();
    app.emulator.reset();
    const unknown = await ask(operation, unknownId);
    expect(foreign.text).toBe(unknown.text);
    expect(foreign.status).toBe(unknown.status);
    expect([...foreign.headers.keys()]).toEqual([...unknown.headers.keys()]);
    expect(callsForForeign).toEqual(upstream());
    expect(foreign.json.data).toEqual({ [operation]: refusals[operation] });
  });

  it('touches nothing but the look-up for another tenant’s id', async () => {
    await ask(operation, foreignId);
    expect(upstream()).toEqual(['GET /accounts/…']);
    expect(app.emulator.accounts().map(({ id }) => id)).toEqual([ownId, foreignId]);
  });

  it.each(malformedIds)(
    'answers an id that is %s like an unknown one, and sends nothing upstream',
    async (_, id) => {
      const response = await ask(operation, id);
      expect(response.json.data).toEqual({ [operation]: refusals[operation] });
      expect(upstream()).toEqual([]);
    },
  );

  it.each([[{ id: 'x' }], [['x']], [true], [1.5]])(
    'refuses %p as an id, and sends nothing upstream',
    async (id) => {
      // A list of one would be coerced for a list type; here all of them are of the wrong type.
      const response = await ask(operation, id);
      expect(response.json.errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
      expect(upstream()).toEqual([]);
    },
  );
});

describe('null for an id', () => {
  it.each(['linkedAccount', 'confirmLinkedAccount', 'deleteLinkedAccount'] as const)(
    'is refused by %s, and nothing is sent upstream',
    async (operation) => {
      const response = await ask(operation, null);
      expect(response.json.errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
      expect(upstream()).toEqual([]);
    },
  );

  it('is the same as absent for createConnectSession: a new link', async () => {
    const response = await ask('createConnectSession', null);
    expect(response.json.data).toMatchObject({ createConnectSession: { mode: 'LINK', userErrors: [] } });
  });
});

describe('an account whose owner changes', () => {
  it('is gone for the old owner at once', async () => {
    await ask('confirmLinkedAccount', ownId);
    app.emulator.updateAccount(ownId, { origin_owner_id: globex.org_id });
    const response = await ask('confirmLinkedAccount', ownId);
    expect(response.json.data).toEqual({ confirmLinkedAccount: refusals.confirmLinkedAccount });
  });
});
