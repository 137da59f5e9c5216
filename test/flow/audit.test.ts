import { hash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApolloServer } from '@apollo/server';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { print } from 'graphql';
import { DeleteLinkedAccountDocument } from '../../client/src/index.js';
import { AppError } from '../../src/domain/app-error.js';
import type { AuditEvent } from '../../src/domain/audit-event.js';
import { type Connect, startConnect } from '../../src/embed.js';
import type { ConnectContext } from '../../src/graphql/context.js';
import { documentIdOf } from '../../src/graphql/operations/trusted-documents.js';
import type { HostRequest } from '../../src/http/host-requests.js';
import { findFlag } from '../../src/linking/policy.js';
import { openAuditLog } from '../../src/observability/audit-log.js';
import { createLogger } from '../../src/observability/logger.js';
import { startServer } from '../../src/server.js';
import { startProgram, waitForUrl } from '../support/program.js';
import { acme, canaries, globex, ownerFields, post, signIn, startSharedApp, testConfig } from '../support/test-app.js';
import { waitFor, waitUntil } from '../support/wait.js';

const folder = mkdtempSync(join(tmpdir(), 'audit-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = join(folder, 'audit.jsonl');
const claims = { permissions: ['integrations:manage'], providers: ['bamboohr'], max: 1 };
const app = await startSharedApp({
  AUDIT_LOG: file,
  MANAGE_PERMISSION: 'integrations:manage',
  PROVIDERS_CLAIM: 'providers',
  MAX_ACCOUNTS_CLAIM: 'max',
});
const readLines = (path = file) => readFileSync(path, 'utf8').split('\n').slice(0, -1);

const create =
  'mutation ($p: String, $id: ID, $label: String) { createConnectSession(provider: $p, accountId: $id, label: $label) { token userErrors { code } } }';
const confirm = 'mutation ($id: ID!) { confirmLinkedAccount(accountId: $id) { account { id } userErrors { code } } }';
const remove = 'mutation ($id: ID!) { deleteLinkedAccount(accountId: $id) { deletedAccountId userErrors { code } } }';
const addAccount = (provider = 'bamboohr', owner = acme) =>
  app.emulator.addAccount({ provider, ...ownerFields(owner) }).id;

/** The event of one request, without its time. */
async function eventOf(query: string, variables: object, grants: object = claims): Promise<object> {
  const before = readLines().length;
  await app.post({ query, variables }, { ...(await signIn({ ...acme, ...grants })), 'x-request-id': 'request-1' });
  const lines = readLines().slice(before);
  expect(lines).toHaveLength(1);
  const { time, ...event } = JSON.parse(lines[0] ?? '');
  expect(new Date(time).toISOString()).toBe(time);
  return event;
}

const who = { log: 'audit', requestId: 'request-1', ownerId: 'org_acme', username: 'ada@acme.example' };

describe('AUDIT_LOG has one line for', () => {
  it('a session for a new account, and never its token or label', async () => {
    const event = await eventOf(create, { p: 'bamboohr', label: 'canary label' });
    const action = 'createConnectSession';
    expect(event).toEqual({ ...who, action, provider: 'bamboohr', accountId: null, outcome: 'OK', flag: null });
  });

  it('a session that re-links an account', async () => {
    const accountId = addAccount();
    const action = 'createConnectSession';
    const expected = { ...who, action, provider: 'bamboohr', accountId, outcome: 'OK', flag: null };
    expect(await eventOf(create, { id: accountId })).toEqual(expected);
    expect(await eventOf(create, { p: 'bamboohr' })).toEqual(expected);
  });

  it.each<[object, object, string]>([
    [{ p: 'workday' }, {}, 'PROVIDER_NOT_ALLOWED'],
    [{}, {}, 'PROVIDER_NOT_ALLOWED'],
    [{ p: 'bamboohr' }, { max: 0 }, 'ACCOUNT_LIMIT_REACHED'],
    [{ p: 'Bamboo HR' }, {}, 'INVALID_INPUT'],
    [{ p: 'bamboohr' }, { permissions: [] }, 'FORBIDDEN'],
    [{ id: '99999' }, {}, 'ACCOUNT_NOT_FOUND'],
  ])('a refused session: %p, %p → %s', async (variables, grants, outcome) => {
    const event = await eventOf(create, variables, { ...claims, ...grants });
    expect(event).toMatchObject({ ...who, action: 'createConnectSession', outcome, flag: null });
  });

  it('a session that StackOne refuses', async () => {
    app.emulator.failNext({ status: 401 });
    expect(await eventOf(create, { p: 'bamboohr' }, { ...claims, max: 1000 })).toMatchObject({
      outcome: expect.stringMatching(/^UPSTREAM_/),
    });
  });

  it('a confirmation and a deletion, with the provider of the account', async () => {
    const accountId = addAccount();
    const account = { provider: 'bamboohr', accountId, outcome: 'OK', flag: null };
    expect(await eventOf(confirm, { id: accountId })).toEqual({ ...who, action: 'confirmLinkedAccount', ...account });
    expect(await eventOf(remove, { id: accountId })).toEqual({ ...who, action: 'deleteLinkedAccount', ...account });
  });

  it('the account of another owner, as for an unknown one: without its provider', async () => {
    const accountId = addAccount('workday', globex);
    const refused = { provider: null, accountId, outcome: 'ACCOUNT_NOT_FOUND', flag: null };
    expect(await eventOf(confirm, { id: accountId })).toEqual({ ...who, action: 'confirmLinkedAccount', ...refused });
    expect(await eventOf(remove, { id: accountId })).toEqual({ ...who, action: 'deleteLinkedAccount', ...refused });
  });

  it('a malformed id, without the id', async () => {
    expect(await eventOf(remove, { id: 'canary \n' })).toMatchObject({ accountId: null, outcome: 'ACCOUNT_NOT_FOUND' });
  });

  it('no query', async () => {
    const before = readLines().length;
    await app.post({ query: '{ linkedAccounts { nodes { id } } }' }, await signIn({ ...acme, ...claims }));
    expect(readLines()).toHaveLength(before);
  });

  it('and never a secret, a label or a malformed value', async () => {
    const text = readLines().join('');
    expect(text).not.toMatch(/canary|token|Bearer/);
    expect(text).not.toContain(canaries.apiKey);
    expect(statSync(file).mode & 0o077).toBe(0);
  });
});

describe('A confirmed account that the grants do not allow is returned and flagged:', () => {
  it.each<[string, string, object, string | null]>([
    ['allowed', 'bamboohr', {}, null],
    ['a provider outside the plan', 'workday', {}, 'PROVIDER_NOT_ALLOWED'],
    ['linked past the limit', 'bamboohr', { max: 0 }, 'ACCOUNT_LIMIT_EXCEEDED'],
  ])('%s', async (_what, provider, grants, flag) => {
    const id = addAccount(provider);
    expect(await eventOf(confirm, { id }, { ...claims, ...grants })).toMatchObject({ outcome: 'OK', flag });
    expect(app.logs().includes(`"flag":"${flag}"`)).toBe(flag !== null);
  });

  it('the limit cannot be compared', async () => {
    const grants = { canManage: true, providers: null, maxAccounts: 1 };
    const unavailable = () => Promise.reject(new AppError('UPSTREAM_UNAVAILABLE', 'no list'));
    expect(await findFlag(grants, { providerKey: 'a' }, unavailable)).toBe('LIMIT_NOT_CHECKED');
    await expect(findFlag(grants, { providerKey: 'a' }, () => Promise.reject(new TypeError('bug')))).rejects.toThrow(
      'bug',
    );
  });
});

describe('A mutation without a valid sign-in has one event, without an owner and arguments:', () => {
  const expected = {
    requestId: 'request-2',
    ownerId: null,
    username: null,
    action: 'createConnectSession',
    provider: null,
    accountId: null,
    outcome: 'UNAUTHENTICATED',
    flag: null,
  };
  const named = `query A { viewer { ownerId } } mutation B($id: ID!) { deleteLinkedAccount(accountId: $id) { deletedAccountId } }`;
  const cases: readonly [object, string | null][] = [
    [{ query: create, variables: { p: 'bamboohr' } }, 'createConnectSession'],
    [{ query: confirm, variables: { id: '1' } }, 'confirmLinkedAccount'],
    [
      { query: remove.replace('deleteLinkedAccount', 'confirmLinkedAccount: deleteLinkedAccount') },
      'deleteLinkedAccount',
    ],
    [
      { query: 'mutation { ...F } fragment F on Mutation { ... { createConnectSession { token } } }' },
      'createConnectSession',
    ],
    [{ query: named, operationName: 'B' }, 'deleteLinkedAccount'],
    [{ documentId: documentIdOf(print(DeleteLinkedAccountDocument)) }, 'deleteLinkedAccount'],
    [
      { extensions: { persistedQuery: { sha256Hash: hash('sha256', print(DeleteLinkedAccountDocument)) } } },
      'deleteLinkedAccount',
    ],
    [{ documentId: 'sha256:0' }, null],
    [{ query: named, operationName: 'A' }, null],
    [{ query: named }, null],
    [{ query: named, operationName: ['B'] }, null],
    [{ query: '{ linkedAccounts { nodes { id } } } # mutation' }, null],
    [{ query: 'mutation { createConnectSession(label: "x) { token } }' }, null],
    [{ query: 'mutation { unknown }' }, null],
    [{ query: ['mutation { createConnectSession { token } }'] }, null],
    [[{ query: create }], null],
  ];
  const outcomes = (action: string | null) => (action === null ? [] : [{ ...expected, action }]);

  it.each(cases)('standalone: %p → %p', async (body, action) => {
    const before = readLines().length;
    const requests = app.emulator.history.length;
    const forged = (await signIn(acme)).authorization.slice(0, -5);
    for (const authorization of [undefined, `${forged}aaaaa`]) {
      await app.post(body, { ...(authorization && { authorization }), 'x-request-id': 'request-2' });
    }
    const events = readLines()
      .slice(before)
      .map((line) => JSON.parse(line));
    expect(events).toEqual(
      [...outcomes(action), ...outcomes(action)].map((event) => ({ log: 'audit', time: expect.any(String), ...event })),
    );
    expect(app.emulator.history).toHaveLength(requests);
  });

  describe('embedded', () => {
    const events: AuditEvent[] = [];
    let connect: Connect<HostRequest>;
    let apollo: ApolloServer<ConnectContext>;
    beforeAll(async () => {
      connect = await startConnect<HostRequest>({
        apiKey: canaries.apiKey,
        baseUrl: app.emulator.url,
        production: false,
        logger: createLogger('silent'),
        getOwner: () => null,
        onAudit: (event) => void events.push(event),
      });
      apollo = new ApolloServer<ConnectContext>(connect.apolloOptions);
      await apollo.start();
    });
    afterEach(() => void events.splice(0));
    afterAll(async () => {
      await apollo.stop();
      await connect.stop();
    });
    const request = () => new Request('http://localhost/', { headers: { 'x-request-id': 'request-2' } });
    const withTime = (action: string | null) => outcomes(action).map((event) => ({ time: expect.any(Date), ...event }));

    it.each(cases)('a Fetch request: %p → %p', async (body, action) => {
      await expect(connect.createContext(request(), { body })).rejects.toThrow();
      expect(events).toEqual(withTime(action));
    });

    it('a Node request, with the body of a body parser', async () => {
      const node = Object.assign(new IncomingMessage(new Socket()), { body: { query: create } });
      node.headers['x-request-id'] = 'request-2';
      await expect(connect.createContext(node, new ServerResponse(node))).rejects.toThrow();
      expect(events).toEqual(withTime('createConnectSession'));
    });

    it('createPublicContext: the field that is refused', async () => {
      const contextValue = await connect.createPublicContext(request());
      await apollo.executeOperation({ query: 'mutation { a: createConnectSession { token } }' }, { contextValue });
      await apollo.executeOperation({ query: '{ viewer { ownerId } }' }, { contextValue });
      expect(events).toEqual(withTime('createConnectSession'));
    });
  });
});

describe('An audit sink that fails is an alert and changes no response:', () => {
  it.each<[string, () => void | Promise<void>]>([
    [
      'onAudit throws',
      () => {
        throw new TypeError('canary');
      },
    ],
    ['onAudit rejects', () => Promise.reject(new TypeError('canary'))],
    ['onAudit never ends', () => new Promise(() => {})],
  ])('%s', async (what, fail) => {
    const events: AuditEvent[] = [];
    const lines: string[] = [];
    const connect = await startConnect<Request>({
      apiKey: canaries.apiKey,
      baseUrl: app.emulator.url,
      production: false,
      logger: createLogger('error', { write: (line) => void lines.push(line) }),
      getOwner: () => ({ id: 'org_acme', name: 'Acme Corporation', username: 'ada' }),
      onAudit: (event) => {
        events.push(event);
        return fail();
      },
    });
    try {
      const { stackone } = await connect.createContext(new Request('http://localhost/'));
      expect(await stackone.createConnectSession({ provider: 'bamboohr' })).toMatchObject({ ok: true });
      expect(events).toMatchObject([{ ownerId: 'org_acme', username: 'ada', outcome: 'OK', time: expect.any(Date) }]);
      if (what !== 'onAudit never ends') {
        await waitFor(() => lines.find((line) => line.includes('"alert":"audit-failed"')), 'an alert is logged');
        expect(lines.join('')).toContain('"reason":"TypeError"');
      }
      expect(lines.join('')).not.toContain('canary');
    } finally {
      await connect.stop();
    }
  });

  it('a file on a full disk', async () => {
    const lines: string[] = [];
    const logger = createLogger('error', { write: (line) => void lines.push(line) });
    const full = await startServer(testConfig({ STACKONE_BASE_URL: app.emulator.url, AUDIT_LOG: '/dev/full' }), {
      logger,
    });
    try {
      const { text } = await post(full.url, { query: create, variables: { p: 'bamboohr' } }, await signIn(acme));
      expect(text).toContain('"userErrors":[]');
      await waitFor(() => lines.find((line) => line.includes('audit-failed')), 'an alert is logged');
      expect(lines.join('')).toContain('"reason":"ENOSPC"');
    } finally {
      await full.stop();
    }
  });
});

describe('The file of AUDIT_LOG', () => {
  it('is opened again after a rotation, also by SIGHUP', async () => {
    const path = join(folder, 'rotated.jsonl');
    const program = startProgram({ PORT: '0', EMULATOR_PORT: '0', AUDIT_LOG: path });
    const url = await waitForUrl(program);
    const { token }: { token: string } = await (await fetch(`${url}/demo/token?tenant=acme`)).json();
    const send = () => post(url, { query: create, variables: { p: 'bamboohr' } }, { authorization: `Bearer ${token}` });
    await send();
    renameSync(path, `${path}.1`);
    await send();
    expect(readLines(`${path}.1`)).toHaveLength(2);
    program.process.kill('SIGHUP');
    await waitUntil(() => {
      try {
        return readFileSync(path, 'utf8') === '';
      } catch {
        return false;
      }
    }, 'the file exists again');
    await send();
    expect([readLines(path), readLines(`${path}.1`)].map(({ length }) => length)).toEqual([1, 2]);
  });

  it('that cannot be opened again is an alert. Lines go to the previous file until the next rotation', () => {
    const lines: string[] = [];
    const directory = join(folder, 'rotated');
    mkdirSync(directory);
    const log = openAuditLog(join(directory, 'a'), createLogger('error', { write: (line) => void lines.push(line) }));
    const event: AuditEvent = {
      time: new Date(),
      requestId: 'request-1',
      ownerId: null,
      username: null,
      action: 'deleteLinkedAccount',
      provider: null,
      accountId: null,
      flag: null,
      outcome: 'OK',
    };
    renameSync(directory, `${directory}-1`);
    log?.reopen?.();
    log?.onAudit(event);
    expect(lines).toEqual([expect.stringContaining('"alert":"audit-failed","reason":"ENOENT"')]);
    mkdirSync(directory);
    log?.reopen?.();
    log?.onAudit(event);
    log?.close();
    expect([directory, `${directory}-1`].map((name) => readLines(join(name, 'a')).length)).toEqual([1, 1]);
    expect(lines).toHaveLength(1);
  });

  it('that cannot be opened stops the start', () => {
    expect(() => openAuditLog(join(folder, 'missing', 'a'), createLogger('silent'))).toThrow('ENOENT');
    expect(openAuditLog('off', createLogger('silent'))).toBeUndefined();
  });
});
