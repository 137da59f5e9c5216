import { describe, expect, it } from '@jest/globals';
import { LinkedAccountStatus } from '../../src/domain/linked-account.js';
import { Owner } from '../../src/domain/owner.js';
import {
  findForeignOwner,
  fromAuthConfigRow,
  fromConnectorRow,
  toAccountRecord,
  toAccountsQuery,
  toConnectSessionBody,
  toMintedSession,
} from '../../src/stackone/mappers.js';
import {
  accountRow,
  accountRows,
  authConfigPage,
  connectorRows,
  connectSessionResponse,
} from '../../src/stackone/schemas.js';

const time = '2026-01-05T09:00:00.000Z';
const minimalRow = { id: 'account_1', provider: 'bamboohr', created_at: time, updated_at: time };
const toRecord = (row: object) => toAccountRecord(accountRow.parse({ ...minimalRow, ...row }));

describe('toAccountRecord', () => {
  it('maps every field', () => {
    const record = toRecord({
      status: 'error',
      status_reasons: [{ code: 'E1', description: 'Expired', timestamp: '2026-01-04T09:00:00Z' }, {}],
      origin_owner_id: 'org_acme',
      origin_owner_name: 'Acme',
      origin_username: 'ada@acme.example',
      label: 'Head office',
      credentials: { api_key: 'canary' },
    });
    expect(record).toEqual({
      ownerId: 'org_acme',
      account: {
        id: 'account_1',
        ownerName: 'Acme',
        providerKey: 'bamboohr',
        label: 'Head office',
        status: LinkedAccountStatus.ERROR,
        statusReasons: [
          { code: 'E1', description: 'Expired', at: new Date('2026-01-04T09:00:00Z') },
          { code: null, description: null, at: new Date(time) },
        ],
        needsRelink: true,
        linkedBy: 'ada@acme.example',
        createdAt: new Date(time),
        updatedAt: new Date(time),
      },
    });
  });

  it('removes invisible texts and characters that change the direction of text', () => {
    const reason = { code: 'E\u202e1', description: 'First\nsecond', timestamp: time };
    const { account } = toRecord({ label: '\u200b', origin_username: 'ada\u2066', status_reasons: [reason] });
    expect(account).toMatchObject({
      label: null,
      linkedBy: 'ada',
      statusReasons: [{ code: 'E1', description: 'First second' }],
    });
  });

  it.each<[unknown, LinkedAccountStatus, boolean]>([
    ['active', LinkedAccountStatus.ACTIVE, false],
    ['inactive', LinkedAccountStatus.INACTIVE, false],
    ['suspended', LinkedAccountStatus.SUSPENDED, false],
    ['archived', LinkedAccountStatus.ARCHIVED, false],
    ['expired', LinkedAccountStatus.EXPIRED, true],
    ['error', LinkedAccountStatus.ERROR, true],
    ['brand-new', LinkedAccountStatus.UNKNOWN, false],
    [null, LinkedAccountStatus.UNKNOWN, false],
    [undefined, LinkedAccountStatus.UNKNOWN, false],
  ])('maps the status %j to %s; needs a re-link: %j', (status, expected, needsRelink) => {
    const { account } = toRecord({ status });
    expect([account.status, account.needsRelink]).toEqual([expected, needsRelink]);
  });

  it('leaves out absent fields and reasons that are no list', () => {
    const { ownerId, account } = toRecord({ status_reasons: 'broken', label: null });
    expect([ownerId, account.label, account.linkedBy, account.statusReasons]).toEqual([null, null, null, []]);
  });
});

describe('accountRow', () => {
  it.each([
    ['id', '../accounts'],
    ['id', 'x'.repeat(129)],
    ['id', ''],
    ['provider', ''],
    ['created_at', 'yesterday'],
    ['updated_at', ''],
  ])('rejects a row with %s: %j', (name, value) => {
    expect(accountRow.safeParse({ ...minimalRow, [name]: value }).success).toBe(false);
  });
});

describe('connectSessionResponse', () => {
  const accepts = (token: string) => connectSessionResponse.safeParse({ token, origin_owner_id: 'org_acme' }).success;

  it('accepts a token of 1 to 4096 visible ASCII characters', () => {
    expect(['!', '~'.repeat(4096)].map(accepts)).toEqual([true, true]);
  });

  it.each(['', 'x'.repeat(4097), 'a b', 'a\n', 'a\u0000', 'aé'])('rejects the token %j', (token) => {
    expect(accepts(token)).toBe(false);
  });
});

describe('accountRows', () => {
  it.each([
    ['a bare array', [minimalRow]],
    ['an object with data', { data: [minimalRow] }],
  ])('reads %s', (_shape, response) => {
    expect(accountRows.parse(response)).toHaveLength(1);
  });
});

describe('toAccountsQuery', () => {
  it.each([
    [{ page: 1 }, 'origin_owner_id=o&page_size=25'],
    [{ page: 2 }, 'origin_owner_id=o&page=2&page_size=25'],
    [{ page: 1, provider: 'lever' }, 'origin_owner_id=o&providers=lever&page_size=25'],
    [
      { page: 1, statuses: [LinkedAccountStatus.ACTIVE, LinkedAccountStatus.ERROR] },
      'origin_owner_id=o&status=active&status=error&page_size=25',
    ],
  ])('maps %j to %s', (query, expected) => {
    const parameters = toAccountsQuery({ ownerId: 'o', ...query }, 25);
    expect(parameters.map((pair) => pair.join('=')).join('&')).toBe(expected);
  });
});

describe('toConnectSessionBody', () => {
  const base = {
    owner: Owner.parse('org_acme', 'Acme'),
    username: null,
    provider: undefined,
    category: undefined,
    accountId: undefined,
    label: undefined,
    allowMultiple: false,
    metadata: undefined,
    expiresInSeconds: 1800,
  };

  it('sends only the owner and the lifetime when nothing else is set', () => {
    expect(JSON.parse(JSON.stringify(toConnectSessionBody(base)))).toEqual({
      origin_owner_id: 'org_acme',
      origin_owner_name: 'Acme',
      expires_in: 1800,
    });
  });

  it('maps every field', () => {
    const body = toConnectSessionBody({
      ...base,
      username: 'ada@acme.example',
      provider: 'bamboohr',
      category: 'hris',
      accountId: 'account_1',
      label: 'Head office',
      allowMultiple: true,
      metadata: { plan: 'pro' },
    });
    expect(body).toEqual({
      origin_owner_id: 'org_acme',
      origin_owner_name: 'Acme',
      origin_username: 'ada@acme.example',
      provider: 'bamboohr',
      categories: ['hris'],
      account_id: 'account_1',
      label: 'Head office',
      multiple: true,
      metadata: { plan: 'pro' },
      expires_in: 1800,
    });
  });
});

describe('toMintedSession', () => {
  const session = { token: 'token', origin_owner_id: 'org_acme' };

  it.each([
    ['https://app.stackone.com/link', 'https://app.stackone.com/link'],
    ['http://127.0.0.1:4010/link', 'http://127.0.0.1:4010/link'],
    ['javascript:alert(1)', null],
    ['/link', null],
    [7, null],
    [undefined, null],
  ])('reads the auth link URL %j as %j', (url, expected) => {
    expect(toMintedSession({ ...session, auth_link_url: url }).readAuthLinkUrl()).toBe(expected);
  });

  it('finds a response for another owner', () => {
    expect(findForeignOwner(session, 'org_acme')).toBeUndefined();
    expect(findForeignOwner(session, 'org_globex')).toBe('origin_owner_id');
  });
});

describe('Providers', () => {
  const connector = (row: object) => {
    const [parsed] = connectorRows.parse([{ provider: 'lever', active: true, ...row }]);
    return parsed && fromConnectorRow(parsed);
  };
  const authConfig = (row: object) => {
    const [parsed] = authConfigPage.parse({ data: [{ connector_key: 'lever', ...row }] }).data;
    return parsed && fromAuthConfigRow(parsed);
  };

  it.each<[string, object | undefined, object | undefined]>([
    ['not enabled', connector({ active: false }), authConfig({ active: false })],
    ['with a malformed key', connector({ provider: 'A b' }), authConfig({ connector_key: 'A b' })],
  ])('leave out a connector that is %s', (_what, fromConnector, fromAuthConfig) => {
    expect([fromConnector, fromAuthConfig]).toEqual([undefined, undefined]);
  });

  it('have the key as their name where StackOne has none, and only known categories', () => {
    const expected = { key: 'lever', name: 'lever', categories: [], logoUrl: null };
    expect(connector({ category: 'brand-new' })).toEqual(expected);
    expect(authConfig({ categories: ['brand-new'] })).toEqual(expected);
    expect(authConfig({ categories: ['ats', 'brand-new'] })?.categories).toEqual(['ats']);
  });

  it.each([
    ['https://cdn.example/logo.svg', 'https://cdn.example/logo.svg'],
    ['data:image/svg+xml,x', 'data:image/svg+xml,x'],
    ['http://cdn.example/logo.svg', null],
    ['javascript:alert(1)', null],
    [null, null],
  ])('show the logo %j as %j', (url, expected) => {
    expect(connector({ resources: { images: { logo_url: url } } })?.logoUrl).toBe(expected);
    expect(authConfig({ logo_url: url })?.logoUrl).toBe(expected);
  });
});
