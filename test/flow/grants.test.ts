import { describe, expect, it } from '@jest/globals';
import type { JWTPayload } from 'jose';
import {
  acme,
  type GraphQLResponse,
  globex,
  ownerFields,
  sessionRequests,
  signIn,
  startSharedApp,
} from '../support/test-app.js';

const app = await startSharedApp({
  MANAGE_PERMISSION: 'integrations:manage',
  PROVIDERS_CLAIM: 'providers',
  MAX_ACCOUNTS_CLAIM: 'max_accounts',
});

const permissions = ['integrations:manage'];
const all: JWTPayload = { ...acme, permissions, providers: ['*'], max_accounts: 1_000_000 };
/** The customer of each has one account, of BambooHR. */
const callers = {
  'everything is allowed': all,
  'no permission': { ...all, permissions: ['integrations:read'] },
  'a malformed claim': { ...all, max_accounts: 'canary' },
  'the provider of the account': { ...all, providers: ['bamboohr'] },
  'another provider': { ...all, providers: ['workday'] },
  'no provider': { ...all, providers: [] },
  'the limit is reached': { ...all, max_accounts: 1 },
  'one account below the limit': { ...all, max_accounts: 2 },
} as const satisfies Record<string, JWTPayload>;
type Name = keyof typeof callers;
const names = Object.keys(callers).filter((name): name is Name => name in callers);
const forbidden: readonly Name[] = ['no permission', 'a malformed claim'];
const otherProvider: readonly Name[] = ['another provider', 'no provider'];

const errors = 'userErrors { code field message accounts { id } }';
const operations = {
  linkedAccount: 'query ($id: ID!) { linkedAccount(id: $id) { id } }',
  confirm: `mutation ($id: ID!) { confirmLinkedAccount(accountId: $id) { account { id } ${errors} } }`,
  delete: `mutation ($id: ID!) { deleteLinkedAccount(accountId: $id) { deletedAccountId ${errors} } }`,
  reLink: `mutation ($id: ID!) { createConnectSession(accountId: $id) { mode account { id } ${errors} } }`,
  reLinkProvider: `mutation ($id: ID!) { createConnectSession(provider: "bamboohr", accountId: $id) { mode account { id } ${errors} } }`,
} as const;
type Operation = keyof typeof operations;
const operationNames = Object.keys(operations).filter((name): name is Operation => name in operations);
const targets = ['own', 'foreign', 'unknown'] as const;
type Target = (typeof targets)[number];

/** The decision, written down a second time: the code of the response. */
function expectedCode(name: Name, operation: Operation, target: Target): string {
  const missing = target === 'own' ? 'OK' : 'ACCOUNT_NOT_FOUND';
  if (operation === 'linkedAccount') {
    return target === 'own' ? 'OK' : 'null';
  }
  if (forbidden.includes(name)) {
    return 'FORBIDDEN';
  }
  if (operation === 'reLinkProvider' && otherProvider.includes(name)) {
    return 'PROVIDER_NOT_ALLOWED';
  }
  return operation === 'reLink' && otherProvider.includes(name) && target === 'own' ? 'PROVIDER_NOT_ALLOWED' : missing;
}

function codeOf({ json, text }: GraphQLResponse): string {
  const code = json.errors?.[0]?.extensions.code ?? /"userErrors":\[\{"code":"(\w+)"/.exec(text)?.[1];
  return code ?? (text.trim() === '{"data":{"linkedAccount":null}}' ? 'null' : 'OK');
}

const calls = () => app.emulator.history.map(({ method, path }) => `${method} ${path.replace(/s\/.+/, 's/…')}`);
/** The catalog is read at most once in five minutes, for no owner. */
const ownCalls = () => calls().filter((call) => !call.includes('/connector_profiles'));

async function run(claims: JWTPayload, query: string, variables: object = {}) {
  app.emulator.reset();
  const ids = { own: addAccount(acme), foreign: addAccount(globex), unknown: '99999999999999999999' };
  const target =
    'target' in variables ? ids[targets.find((name) => name === variables.target) ?? 'unknown'] : undefined;
  const response = await app.post({ query, variables: { ...variables, id: target } }, await signIn(claims));
  return { response, code: codeOf(response), calls: ownCalls() };
}

function addAccount(owner: typeof acme, provider = 'bamboohr'): string {
  return app.emulator.addAccount({ provider, ...ownerFields(owner) }).id;
}

describe.each(names)('A caller of whom %s', (name) => {
  it.each(operationNames)('%s: own, foreign and unknown accounts', async (operation) => {
    const results = [];
    for (const target of targets) {
      const result = await run(callers[name], operations[operation], { target });
      results.push(result);
      expect([target, result.code]).toEqual([target, expectedCode(name, operation, target)]);
      const status = result.code === 'FORBIDDEN' ? 403 : 200;
      expect([target, result.response.status]).toEqual([target, status]);
      if (result.code === 'FORBIDDEN' || (operation === 'reLinkProvider' && result.code === 'PROVIDER_NOT_ALLOWED')) {
        expect(result.calls).toEqual([]);
      } else if (result.code !== 'OK') {
        expect(result.calls).toEqual(['GET /accounts/…']);
      }
    }
    const [, foreign, unknown] = results;
    expect([foreign?.response.text, foreign?.calls]).toEqual([unknown?.response.text, unknown?.calls]);
  });
});

describe('A session for a new account', () => {
  const create = `mutation ($provider: String, $category: Category, $onExisting: OnExistingAccount, $label: String) {
    createConnectSession(provider: $provider, category: $category, onExisting: $onExisting, label: $label) { mode account { id } ${errors} } }`;

  it.each<[Name, object, string, number]>([
    ['everything is allowed', {}, 'OK', 1],
    ['everything is allowed', { category: 'HRIS' }, 'OK', 1],
    ['no permission', { provider: 'bamboohr' }, 'FORBIDDEN', 0],
    ['no permission', { provider: 'Bamboo HR', label: '' }, 'FORBIDDEN', 0],
    ['a malformed claim', { provider: 'bamboohr' }, 'FORBIDDEN', 0],
    ['the provider of the account', { provider: 'bamboohr' }, 'OK', 1],
    ['the provider of the account', { provider: 'workday' }, 'PROVIDER_NOT_ALLOWED', 0],
    ['the provider of the account', { provider: 'BambooHR' }, 'PROVIDER_NOT_ALLOWED', 0],
    ['the provider of the account', { provider: 'bamboo' }, 'PROVIDER_NOT_ALLOWED', 0],
    ['the provider of the account', {}, 'PROVIDER_NOT_ALLOWED', 0],
    ['the provider of the account', { category: 'HRIS' }, 'PROVIDER_NOT_ALLOWED', 0],
    ['another provider', { provider: 'bamboohr', onExisting: 'CREATE_ANOTHER' }, 'PROVIDER_NOT_ALLOWED', 0],
    ['no provider', { provider: '*' }, 'PROVIDER_NOT_ALLOWED', 0],
    ['the limit is reached', {}, 'ACCOUNT_LIMIT_REACHED', 0],
    ['the limit is reached', { category: 'HRIS' }, 'ACCOUNT_LIMIT_REACHED', 0],
    ['the limit is reached', { provider: 'workday' }, 'ACCOUNT_LIMIT_REACHED', 0],
    ['the limit is reached', { provider: 'workday', onExisting: 'RELINK' }, 'ACCOUNT_LIMIT_REACHED', 0],
    ['the limit is reached', { provider: 'workday', onExisting: 'FAIL' }, 'ACCOUNT_LIMIT_REACHED', 0],
    ['the limit is reached', { provider: 'bamboohr', onExisting: 'CREATE_ANOTHER' }, 'ACCOUNT_LIMIT_REACHED', 0],
    ['the limit is reached', { provider: 'bamboohr', onExisting: 'FAIL' }, 'ACCOUNT_ALREADY_LINKED', 0],
    ['the limit is reached', { provider: 'bamboohr', onExisting: 'RELINK' }, 'OK', 1],
    ['the limit is reached', { provider: 'bamboohr' }, 'OK', 1],
    ['one account below the limit', { provider: 'workday' }, 'OK', 1],
    ['one account below the limit', {}, 'OK', 1],
  ])('%s, %p → %s', async (name, variables, code, sessions) => {
    const result = await run(callers[name], create, variables);
    expect([result.code, sessionRequests(app.emulator).length]).toEqual([code, sessions]);
    if (code === 'FORBIDDEN' || code === 'PROVIDER_NOT_ALLOWED') {
      expect(result.calls).toEqual([]);
    }
  });

  it('at the limit names the accounts, and re-links an account of the provider by its id', async () => {
    const refused = await run(callers['the limit is reached'], create, { provider: 'workday' });
    const [own] = app.emulator.accounts();
    expect(refused.response.json.data).toMatchObject({
      createConnectSession: { mode: null, userErrors: [{ field: null, accounts: [{ id: own?.id }] }] },
    });
    const reLinked = await run(callers['the limit is reached'], create, { provider: 'bamboohr' });
    expect(reLinked.response.json.data).toMatchObject({ createConnectSession: { mode: 'RELINK' } });
    expect(sessionRequests(app.emulator)[0]?.body).toMatchObject({ account_id: app.emulator.accounts()[0]?.id });
  });

  it('at the limit names no more than 100 accounts', async () => {
    app.emulator.reset();
    for (let count = 0; count <= 100; count++) {
      addAccount(acme);
    }
    const body = { query: create, variables: { provider: 'workday' } };
    const response = await app.post(body, await signIn({ ...all, max_accounts: 101 }));
    expect(codeOf(response)).toBe('ACCOUNT_LIMIT_REACHED');
    expect(response.text.match(/"id":/g)).toHaveLength(100);
  });

  it('says to choose a provider, if it names none and not all of them are allowed', async () => {
    const { response } = await run(callers['the provider of the account'], create);
    expect(response.text).toContain('Choose a provider: your plan does not include all of them.');
  });

  it('is not created at a limit that cannot be compared, because the accounts cannot be read', async () => {
    app.emulator.reset();
    app.emulator.failNext({ status: 500, match: { path: '/accounts' } }, 4);
    const body = { query: create, variables: { provider: 'workday' } };
    const response = await app.post(body, await signIn({ ...all, max_accounts: 1 }));
    expect(codeOf(response)).toBe('UPSTREAM_UNAVAILABLE');
    expect(sessionRequests(app.emulator)).toEqual([]);
  });
});

describe('The grants are visible beforehand', () => {
  const query = '{ viewer { canManage maxLinkedAccounts } providers { key availability } }';

  it.each<[Name, boolean, number | null, string, string]>([
    ['everything is allowed', true, 1_000_000, 'AVAILABLE', 'AVAILABLE'],
    ['no permission', false, 1_000_000, 'AVAILABLE', 'AVAILABLE'],
    ['a malformed claim', false, 0, 'NOT_ALLOWED', 'NOT_ALLOWED'],
    ['another provider', true, 1_000_000, 'NOT_ALLOWED', 'AVAILABLE'],
    ['the limit is reached', true, 1, 'LIMIT_REACHED', 'LIMIT_REACHED'],
    ['one account below the limit', true, 2, 'AVAILABLE', 'AVAILABLE'],
  ])('%s', async (name, canManage, maxLinkedAccounts, bamboohr, workday) => {
    const { response, calls: sent } = await run(callers[name], query);
    expect(response.json.data).toMatchObject({
      viewer: { canManage, maxLinkedAccounts },
      providers: expect.arrayContaining([
        { key: 'bamboohr', availability: bamboohr },
        { key: 'workday', availability: workday },
      ]),
    });
    expect(sent.length).toBeLessThanOrEqual(1);
  });

  it.each([
    ['in a fragment, under another name', 'providers { ...f } } fragment f on Provider { state: availability }'],
    ['of the provider of an account', 'linkedAccounts { nodes { provider { state: availability } } } }'],
  ])('availability %s', async (_where, selection) => {
    const statesOf = async (name: Name) => {
      const { response } = await run(callers[name], `{ ${selection}`);
      return [...new Set([...response.text.matchAll(/"state":"(\w+)"/g)].map(([, state]) => state))];
    };
    expect(await statesOf('the limit is reached')).toEqual(['LIMIT_REACHED']);
    expect(await statesOf('no provider')).toEqual(['NOT_ALLOWED']);
  });

  it.each([
    ['{ providers { key name } }', []],
    ['query ($id: ID!) { linkedAccount(id: $id) { provider { key name } } }', ['GET /accounts/…']],
  ])('and no account is counted for a query without availability: %s', async (query, expected) => {
    app.emulator.reset();
    const variables = { id: addAccount(acme) };
    await app.post({ query, variables }, await signIn(callers['the limit is reached']));
    expect(ownCalls()).toEqual(expected);
  });
});

describe('The log', () => {
  it('names the claim of a token that allows nothing', () => {
    expect(app.logs()).toContain('"kind":"maxAccounts","reason":"the claim max_accounts is malformed: ');
    expect(app.logs()).not.toContain('canary');
  });
});
