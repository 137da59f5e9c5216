import { describe, expect, it } from '@jest/globals';
import { LinkedAccountStatus } from '../../src/domain/linked-account.js';
import { Owner } from '../../src/domain/owner.js';
import {
  findForeignOwner,
  isForeignAccount,
  toAccountRecord,
  toAccountsQuery,
  toAccountWebhook,
  toConnectSessionBody,
  toMintedSession,
  toProvider,
} from '../../src/stackone/mappers.js';
import { readRow } from '../../src/stackone/rows.js';
import {
  accountRow,
  connectSessionResponse,
  listedAccountRow,
  listResponse,
  providerRow,
  webhookPayload,
} from '../../src/stackone/schemas.js';

const time = '2026-01-05T09:00:00.000Z';
const minimalRow = { id: 'account_1', provider: 'bamboohr', origin_owner_id: 'org_acme' };
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
      created_at: time,
      updated_at: time,
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

  it('needs nothing but an id, a provider and an owner', () => {
    expect(toRecord({})).toEqual({
      ownerId: 'org_acme',
      account: {
        id: 'account_1',
        ownerName: null,
        providerKey: 'bamboohr',
        label: null,
        status: LinkedAccountStatus.UNKNOWN,
        statusReasons: [],
        needsRelink: false,
        linkedBy: null,
        createdAt: null,
        updatedAt: null,
      },
    });
  });

  it('reads the vocabulary of version 2', () => {
    const { ownerId, account } = toAccountRecord(
      accountRow.parse({ id: '1', connector: 'lever', owner_id: 'org_acme' }),
    );
    expect([ownerId, account.providerKey]).toEqual(['org_acme', 'lever']);
  });

  it.each([
    [{ origin_owner_id: 'org_globex', owner_id: 'org_acme' }, 'org_globex'],
    [{ origin_owner_id: 7, owner_id: 'org_acme' }, null],
    [{ origin_owner_id: ['org_acme'] }, null],
    [{ origin_owner_id: '' }, null],
    [{ origin_owner_id: null, owner_id: 'org_acme' }, 'org_acme'],
    [{ origin_owner_id: undefined }, null],
  ])('reads the owner of %j as %j', (row, owner) => {
    expect(toRecord(row).ownerId).toBe(owner);
  });
});

describe('readRow(accountRow)', () => {
  it.each([
    ['id', '../accounts'],
    ['id', 'a.b'],
    ['id', 'x'.repeat(129)],
    ['id', ''],
    ['id', -1],
    ['id', 1.5],
    ['id', Number.MAX_SAFE_INTEGER + 1],
    ['id', null],
    ['provider', ''],
    ['provider', null],
    ['provider', 'two words'],
    ['provider', 'x'.repeat(129)],
    ['provider', 'Zoë'],
    ['provider', 7],
  ])('skips a row by %s: %j', (field, value) => {
    expect(readRow(accountRow, { ...minimalRow, [field]: value })).toEqual({ skippedBy: field });
  });

  it.each([null, 'text', 7, [minimalRow]])('skips a row that is %j', (row) => {
    expect(readRow(accountRow, row)).toEqual({ skippedBy: 'row' });
  });

  it.each([null, undefined, 7, ''])('skips a row of a list by the owner %j', (origin_owner_id) => {
    expect(readRow(listedAccountRow, { ...minimalRow, origin_owner_id })).toEqual({ skippedBy: 'origin_owner_id' });
  });

  it('reads a safe integer as an id', () => {
    expect(readRow(accountRow, { ...minimalRow, id: 42 })).toMatchObject({ row: { id: '42' } });
  });

  it.each(['label', 'origin_username', 'status', 'status_reasons', 'created_at', 'updated_at'])(
    'keeps a row whose %s is unusable, and names the field',
    (field) => {
      for (const value of [4_242, true, {}, { length: 1 }, 'x'.repeat(1_001)]) {
        const reading = readRow(accountRow, { ...minimalRow, [field]: value });
        expect(reading).toMatchObject({ row: { id: 'account_1', [field]: null }, unusable: [field] });
      }
    },
  );

  it('keeps the readable reasons of a state, of the first ten', () => {
    const reasons = [{ code: 'A', timestamp: 7 }, 'broken', { code: 8, description: 'B' }, ...Array(300_000).fill({})];
    const reading = readRow(accountRow, { ...minimalRow, status_reasons: reasons });
    const rows = 'row' in reading ? [reading.row] : [];
    expect(rows.flatMap((row) => toAccountRecord(row).account.statusReasons)).toEqual([
      { code: 'A', description: null, at: null },
      { code: null, description: 'B', at: null },
      ...Array(7).fill({ code: null, description: null, at: null }),
    ]);
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

describe('listResponse', () => {
  it.each([
    ['a bare array', [7], { data: [7] }],
    ['an object with data', { data: [7] }, { data: [7] }],
    ['a page', { data: [7], page: 1, page_size: 25, total: 1 }, { data: [7], pageSize: 25, total: 1 }],
    ['an odd total', { data: [7], page_size: '25', total: -1 }, { data: [7] }],
  ])('reads %s', (_shape, response, expected) => {
    expect(listResponse.parse(response)).toEqual(expected);
  });

  it.each([
    [{ rows: [] }, 'data'],
    [{ data: {} }, 'data'],
    [null, ''],
    ['text', ''],
  ])('names the place of the problem in %j', (response, place) => {
    expect(listResponse.safeParse(response).error?.issues.map(({ path }) => path.join('.'))).toEqual([place]);
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

describe('isForeignAccount', () => {
  it.each<[boolean, string, unknown]>([
    [true, 'another owner', { id: '7', origin_owner_id: 'org_globex' }],
    [true, 'another owner, in version 2, and a number as id', { id: 7, owner_id: 'org_globex', provider: null }],
    [true, 'no owner', { id: '7' }],
    [false, 'the same owner', { id: '7', origin_owner_id: 'org_acme' }],
    [false, 'another account: the response belongs to another request', { id: '8', origin_owner_id: 'org_globex' }],
    [false, 'no id', { origin_owner_id: 'org_globex' }],
    [false, 'no object', [{ id: '7', origin_owner_id: 'org_globex' }]],
    [false, 'null', null],
  ])('%s for %s', (isForeign, _what, json) => {
    expect(isForeignAccount(json, '7', 'org_acme')).toBe(isForeign);
  });
});

describe('toProvider', () => {
  const provider = (row: object) => {
    const reading = readRow(providerRow, row);
    return 'row' in reading ? toProvider(reading.row) : reading;
  };
  const connector = (row: object) => provider({ provider: 'lever', active: true, ...row });
  const profile = (row: object) => provider({ id: 'p1', connector_key: 'lever', active: true, ...row });

  it('leaves out a provider that is not enabled', () => {
    expect([connector({ active: false }), profile({ active: false })]).toEqual([undefined, undefined]);
  });

  it.each(['BambooHR', 'a.b', '_internal', 'hibob@1.2.0', '-', '!', 'x'.repeat(128)])('keeps the key %j', (key) => {
    const expected = { key, name: key, categories: [], logoUrl: null };
    const rows = [{ provider: key }, { connector_key: key }, { connector: key }];
    expect(rows.map(provider)).toEqual([expected, expected, expected]);
  });

  it.each(['', 'two words', 'tab\t', 'Zoë', 'x'.repeat(129), 7, null, {}])(
    'skips the key %j, and names its field',
    (key) => {
      expect(connector({ provider: key })).toEqual({ skippedBy: key === null ? 'connector_key' : 'provider' });
      expect(profile({ connector_key: key })).toEqual({ skippedBy: 'connector_key' });
    },
  );

  it('has the key as its name where StackOne has none, and only known categories', () => {
    const expected = { key: 'lever', name: 'lever', categories: [], logoUrl: null };
    expect(connector({ category: 'brand-new', provider_name: '  ' })).toEqual(expected);
    expect(profile({ categories: ['brand-new'], connector_label: 7 })).toEqual(expected);
    expect(profile({ categories: ['ats', 'brand-new', 7] })).toMatchObject({ categories: ['ats'] });
  });

  it.each([
    ['https://cdn.example/logo.svg', 'https://cdn.example/logo.svg'],
    ['data:image/svg+xml,x', 'data:image/svg+xml,x'],
    ['https://cdn.example/a%20b.png?size=2#x', 'https://cdn.example/a%20b.png?size=2#x'],
    ['data:image/png;base64,iVBORw0KGgo=', 'data:image/png;base64,iVBORw0KGgo='],
    ['http://cdn.example/logo.svg', null],
    ['javascript:alert(1)', null],
    [7, null],
    ['https://', null],
    ['https://cdn.example/" onerror="alert(1)', null],
    ['https://cdn.example/logo.svg\n', null],
    ['https://user:secret@cdn.example/logo.svg', null],
    ['https://cdn.example:port/logo.svg', null],
    ['data:image/', null],
    ['data:image/svg+xml,<svg onload="alert(1)">', null],
    ['data:image/png,x\nx', null],
    [`https://cdn.example/${'x'.repeat(32 * 1024)}`, null],
    [null, null],
  ])('shows the logo %j as %j', (url, expected) => {
    expect(connector({ resources: { images: { logo_url: url } } })).toMatchObject({ logoUrl: expected });
    expect(profile({ logo_url: url })).toMatchObject({ logoUrl: expected });
  });
});

describe('toAccountWebhook', () => {
  it.each([
    ['account.created', 'created'],
    ['account.updated', 'updated'],
    ['account.error', 'updated'],
    ['account.expired', 'updated'],
    ['account.deleted', 'deleted'],
  ])('reads %s as %s', (event, kind) => {
    const payload = webhookPayload.parse({ event, account_id: 'account_1', sent_at: time });
    expect(toAccountWebhook(payload)).toMatchObject({ kind, accountId: 'account_1' });
  });
});
