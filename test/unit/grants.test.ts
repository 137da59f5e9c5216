import { describe, expect, it } from '@jest/globals';
import type { JWTPayload } from 'jose';
import { toCaller } from '../../src/auth/claims.js';
import { createLoginAuthentication, type Login } from '../../src/auth/host-login.js';
import { noGrants } from '../../src/domain/grants.js';
import { createLogger } from '../../src/observability/logger.js';
import { testConfig } from '../support/test-env.js';

const owner = { org_id: 'org_acme', org_name: 'Acme' };
const everything = { canManage: true, providers: null, maxAccounts: null };
const configured = {
  MANAGE_PERMISSION: 'integrations:manage',
  PROVIDERS_CLAIM: 'plan.providers',
  MAX_ACCOUNTS_CLAIM: 'plan.max_accounts',
};
const good = {
  permissions: ['integrations:manage'],
  plan: { providers: ['bamboohr', 'hibob'], max_accounts: 2 },
};

/** The grants, and the claims that the log names. */
function read(claims: JWTPayload, env: Record<string, string> = configured) {
  const reasons: string[] = [];
  const caller = toCaller({ ...owner, ...claims }, testConfig(env), (_grant, reason) => reasons.push(reason));
  return { grants: caller.grants, reasons };
}

describe('The grants of a token', () => {
  it('are not restricted without settings, whatever the token has', () => {
    expect(read({ ...good, permissions: [] }, {})).toEqual({ grants: everything, reasons: [] });
  });

  it('are those of the configured claims', () => {
    const grants = { canManage: true, providers: ['bamboohr', 'hibob'], maxAccounts: 2 };
    expect(read(good)).toEqual({ grants, reasons: [] });
  });

  it.each<[string, JWTPayload, boolean]>([
    ['a list with it', { permissions: ['a', 'integrations:manage'] }, true],
    ['the words of a text', { permissions: 'a integrations:manage b' }, true],
    ['the words of scope, without permissions', { scope: 'openid integrations:manage' }, true],
    ['an empty list, whatever scope has', { permissions: [], scope: 'integrations:manage' }, false],
    ['other permissions', { permissions: ['a', 'b'] }, false],
    ['the permission in another case', { permissions: ['Integrations:Manage'] }, false],
    ['a prefix of the permission', { permissions: ['integrations'] }, false],
    ['a longer permission', { permissions: ['integrations:manage:own'] }, false],
    ['an entry with spaces', { permissions: ['other integrations:manage'] }, false],
    ['a text with commas', { permissions: 'a,integrations:manage' }, false],
  ])('canManage with %s: %p → %p', (_what, claims, canManage) => {
    const { grants, reasons } = read(claims, { MANAGE_PERMISSION: 'integrations:manage' });
    expect({ grants, reasons }).toEqual({ grants: { ...everything, canManage }, reasons: [] });
  });

  it('reads scope only where no claim is configured', () => {
    const env = { MANAGE_PERMISSION: 'integrations:manage', PERMISSIONS_CLAIM: 'o.permissions' };
    expect(read({ o: { permissions: ['integrations:manage'] } }, env).grants.canManage).toBe(true);
    expect(read({ scope: 'integrations:manage', permissions: ['integrations:manage'] }, env).grants).toEqual(noGrants);
  });

  it.each<[string, unknown, unknown]>([
    ['the words of a text', 'bamboohr hibob', ['bamboohr', 'hibob']],
    ['* for all', ['*'], null],
    ['no provider', [], []],
  ])('providers with %s', (_what, providers, expected) => {
    expect(read({ providers }, { PROVIDERS_CLAIM: 'providers' }).grants.providers).toEqual(expected);
  });

  it.each([
    [0, 0],
    ['25', 25],
    [1_000_000, 1_000_000],
    ['*', null],
  ])('maxAccounts: %p → %p', (max, expected) => {
    expect(read({ max }, { MAX_ACCOUNTS_CLAIM: 'max' }).grants.maxAccounts).toBe(expected);
  });
});

describe('Nothing is allowed, and the log names the claim', () => {
  const nested = [['integrations:manage']];
  it.each<[string, string, JWTPayload]>([
    ['permissions: absent', 'permissions|scope', { permissions: undefined }],
    ['permissions: null', 'permissions', { permissions: null }],
    ['permissions: a number', 'permissions', { permissions: 1 }],
    ['permissions: true', 'permissions', { permissions: true }],
    ['permissions: an object', 'permissions', { permissions: { 'integrations:manage': true } }],
    ['permissions: a nested list', 'permissions', { permissions: nested }],
    ['permissions: a list with a number', 'permissions', { permissions: ['integrations:manage', 1] }],
    ['permissions: an empty text', 'permissions', { permissions: '' }],
    ['permissions: two spaces', 'permissions', { permissions: 'integrations:manage  a' }],
    ['providers: absent', 'plan.providers', { plan: { max_accounts: 2 } }],
    ['providers: null', 'plan.providers', { plan: { ...good.plan, providers: null } }],
    ['providers: true', 'plan.providers', { plan: { ...good.plan, providers: true } }],
    ['providers: a key with a space', 'plan.providers', { plan: { ...good.plan, providers: ['bamboo hr'] } }],
    ['providers: 501 keys', 'plan.providers', { plan: { ...good.plan, providers: Array(501).fill('a') } }],
    ['max_accounts: absent', 'plan.max_accounts', { plan: { providers: ['*'] } }],
    ['max_accounts: negative', 'plan.max_accounts', { plan: { ...good.plan, max_accounts: -1 } }],
    ['max_accounts: a fraction', 'plan.max_accounts', { plan: { ...good.plan, max_accounts: 1.5 } }],
    ['max_accounts: too large', 'plan.max_accounts', { plan: { ...good.plan, max_accounts: 1_000_001 } }],
    ['max_accounts: a word', 'plan.max_accounts', { plan: { ...good.plan, max_accounts: 'many' } }],
    ['max_accounts: a list of *', 'plan.max_accounts', { plan: { ...good.plan, max_accounts: ['*'] } }],
    ['max_accounts: a list', 'plan.max_accounts', { plan: { ...good.plan, max_accounts: [2] } }],
  ])('%s', (_what, claim, claims) => {
    const { grants, reasons } = read({ ...good, ...claims });
    expect(grants).toEqual(noGrants);
    expect(reasons).toEqual([expect.stringMatching(`^the claim (${claim}) is (missing|malformed)[;:] `)]);
  });

  it('and never the value', () => {
    expect(JSON.stringify(read({ ...good, permissions: { canary: 'canary' } }).reasons)).not.toContain('canary');
  });
});

describe('The grants of getOwner', () => {
  const lines: string[] = [];
  const logger = createLogger('warn', { write: (line) => void lines.push(line) });
  const readLogin = async (grants: object) => {
    // A host app in JavaScript can return anything.
    const login: Login = Object.assign({ id: 'org_acme', name: 'Acme' }, grants);
    return (await createLoginAuthentication(() => login, { production: true }, logger)(null)).grants;
  };

  it('are not restricted by default', async () => {
    expect(await readLogin({})).toEqual(everything);
  });

  it('are those that it returns', async () => {
    const grants = { canManage: false, providers: ['bamboohr'], maxAccounts: 3 };
    expect(await readLogin(grants)).toEqual(grants);
  });

  it.each([{ canManage: 'true' }, { canManage: null }, { providers: null }, { providers: {} }, { maxAccounts: null }])(
    'malformed (%p): nothing is allowed, and the log names the property',
    async (grants) => {
      lines.length = 0;
      expect(await readLogin(grants)).toEqual(noGrants);
      expect(lines.join('')).toContain(`"reason":"${Object.keys(grants)[0]} from getOwner is malformed"`);
    },
  );
});

it('PERMISSIONS_CLAIM without MANAGE_PERMISSION is a problem of the configuration', () => {
  expect(() => testConfig({ PERMISSIONS_CLAIM: 'permissions' })).toThrow(
    'PERMISSIONS_CLAIM requires MANAGE_PERMISSION',
  );
});
