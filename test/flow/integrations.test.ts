import { createServer } from 'node:http';
import { afterEach, expect, it } from '@jest/globals';
import {
  createConnectClient,
  createIntegrations,
  type Integrations,
  type IntegrationsState,
} from '../../client/src/index.js';
import { countReads } from '../support/hub-page.js';
import { listen } from '../support/listen.js';
import { acme, ownerFields, sessionRequests, signIn, startSharedApp } from '../support/test-app.js';
import { waitUntil } from '../support/wait.js';

const app = await startSharedApp();
const open: Integrations[] = [];
afterEach(() => {
  for (const integrations of open.splice(0)) {
    integrations.dispose();
  }
});

interface Setup {
  readonly url?: string;
  readonly onRemoved?: () => void;
}

function create({ url = `${app.url}/graphql`, ...options }: Setup = {}): Integrations {
  const client = createConnectClient({ url, headers: () => signIn(acme) });
  const integrations = createIntegrations(client, options);
  open.push(integrations);
  return integrations;
}
const until = (integrations: Integrations, isTrue: (state: IntegrationsState) => boolean) =>
  waitUntil(
    () => isTrue(integrations.getState()),
    () => JSON.stringify(integrations.getState()),
  );
async function load(setup?: Setup): Promise<Integrations> {
  const integrations = create(setup);
  integrations.load();
  await until(integrations, ({ phase }) => phase === 'ready');
  return integrations;
}
const link = (fields = {}) => app.emulator.addAccount({ provider: 'bamboohr', ...ownerFields(acme), ...fields });
const providerOf = (integrations: Integrations, key: string) => {
  const provider = integrations.getState().providers.find((candidate) => candidate.key === key);
  if (provider === undefined) throw new Error(`No ${key}`);
  return provider;
};

it('sends nothing before load, and reads the viewer, the providers and the accounts, broken ones first', async () => {
  const [fine, broken] = [link(), link({ status: 'error' })];
  const requests = app.emulator.history.length;
  const integrations = create();
  expect(integrations.getState()).toMatchObject({ phase: 'loading', viewer: null, providers: [], accounts: [] });
  expect(app.emulator.history).toHaveLength(requests);
  integrations.load();
  await until(integrations, ({ phase }) => phase === 'ready');
  const { viewer, accounts, providers, matches, categories } = integrations.getState();
  expect(viewer).toMatchObject({ canManage: true, maxLinkedAccounts: null });
  expect(accounts.map(({ id }) => id)).toEqual([broken.id, fine.id]);
  expect(matches).toEqual(providers);
  expect(categories).toContain('HRIS');
});

it('announces an account that breaks between the first two reads, and none that the first one left out', async () => {
  const account = link();
  const integrations = create();
  const unsubscribe = integrations.subscribe(() => {
    if (integrations.getState().phase === 'ready') {
      unsubscribe();
      app.emulator.updateAccount(account.id, { status: 'error' });
      link();
    }
  });
  integrations.load();
  await until(integrations, ({ accounts }) => accounts.length === 2);
  expect(integrations.getState().notice).toMatchObject({ kind: 'broken', account: { id: account.id } });
});

it('finds providers by name and category', async () => {
  const integrations = await load();
  integrations.search('  BAMBOO ');
  expect(integrations.getState().matches.map(({ key }) => key)).toEqual(['bamboohr']);
  integrations.filter('CRM');
  expect(integrations.getState().matches).toEqual([]);
  integrations.search('');
  expect(integrations.getState().matches.every(({ categories }) => categories.includes('CRM'))).toBe(true);
});

it('is failed when nothing could be read, and loads again', async () => {
  const integrations = create({ url: 'http://127.0.0.1:9/graphql' });
  integrations.load();
  await until(integrations, ({ phase }) => phase === 'failed');
  expect(integrations.getState().failure).toEqual({ kind: 'unreachable' });
  integrations.refresh();
  expect(integrations.getState()).toMatchObject({ phase: 'loading', failure: null });
  await until(integrations, ({ phase }) => phase === 'failed');
});

it('asks before it updates a linked account, and creates no session before', async () => {
  const { id } = link({ label: 'Berlin' });
  const integrations = await load();
  integrations.connect(providerOf(integrations, 'bamboohr'));
  expect(integrations.getState().dialog).toMatchObject({
    kind: 'connect',
    connection: { phase: 'question', accounts: [{ id }] },
  });
  expect(sessionRequests(app.emulator)).toEqual([]);
  integrations.connection.connectNamed(' Hamburg ');
  await until(integrations, ({ dialog }) => dialog?.kind === 'connect' && dialog.connection.phase === 'open');
  expect(sessionRequests(app.emulator)).toMatchObject([{ body: { label: 'Hamburg', multiple: true } }]);
  integrations.close();
  expect(integrations.getState().dialog).toBeNull();
});

it('asks when an account was linked since the last read', async () => {
  const integrations = await load();
  const { id } = link();
  integrations.connect({ ...providerOf(integrations, 'bamboohr') });
  await until(integrations, ({ dialog }) => dialog?.kind === 'connect' && dialog.connection.phase === 'question');
  expect(integrations.getState().dialog).toMatchObject({ connection: { accounts: [{ id }] } });
  expect(sessionRequests(app.emulator)).toEqual([]);
});

it.each([
  ['the first account', false],
  ['another account', true],
])('asks again for a name of %s that the server refuses, and nothing is sent to StackOne', async (_, isLinked) => {
  const known = isLinked ? [link().id] : [];
  const integrations = await load();
  const { connection } = integrations;
  const isAsked = () => connection.getState().phase === 'question';
  integrations.connect(providerOf(integrations, 'bamboohr'));
  if (!isLinked) {
    await until(integrations, () => connection.canName());
    connection.askName();
  }
  const before = sessionRequests(app.emulator).length;
  for (const label of ['\u2060', 'Ber\u202Elin']) {
    connection.connectNamed(label);
    await until(integrations, isAsked);
    expect(connection.getState()).toMatchObject({
      request: { provider: 'bamboohr', label },
      accounts: known.map((id) => ({ id })),
      userErrors: [{ code: 'INVALID_INPUT', field: 'label' }],
    });
  }
  expect(sessionRequests(app.emulator)).toHaveLength(before);
  connection.connectNamed('Berlin');
  await until(integrations, () => connection.getState().phase === 'open');
  expect(
    sessionRequests(app.emulator)
      .slice(before)
      .map(({ body }) => body),
  ).toMatchObject([{ provider: 'bamboohr', label: 'Berlin', ...(isLinked && { multiple: true }) }]);
});

it('asks for another name also when the page has set a refused one, and keeps the other arguments', async () => {
  const { id } = link();
  const integrations = await load();
  const { connection } = integrations;
  // The accounts of an earlier question are not offered.
  integrations.connect(providerOf(integrations, 'bamboohr'));
  integrations.close();
  connection.open({ accountId: id, label: '\u200B' });
  await waitUntil(() => connection.getState().phase === 'question', 'the question');
  expect(connection.getState()).toMatchObject({ accounts: [] });
  expect(sessionRequests(app.emulator)).toEqual([]);
  connection.connectNamed('');
  await waitUntil(() => connection.getState().phase === 'open', 'the Hub');
  expect(sessionRequests(app.emulator)).toMatchObject([{ body: { account_id: id } }]);
});

it('removes an account once, after a question', async () => {
  const { id } = link();
  const removed: string[] = [];
  const integrations = await load({ onRemoved: () => removed.push(id) });
  const [account] = integrations.getState().accounts;
  if (account === undefined) throw new Error('No account');
  const deletions = () => app.emulator.history.filter(({ method }) => method === 'DELETE');
  await integrations.remove();
  integrations.askRemoval(account);
  expect(integrations.getState().dialog).toMatchObject({ kind: 'remove', isRemoving: false, failure: null });
  expect(deletions()).toEqual([]);
  await Promise.all([integrations.remove(), integrations.remove()]);
  expect(deletions()).toHaveLength(1);
  expect(integrations.getState()).toMatchObject({ dialog: null, accounts: [], notice: { kind: 'removed' } });
  expect(removed).toEqual([id]);
});

it('keeps an account that could not be removed, and says why', async () => {
  const { id } = link();
  const integrations = await load();
  const [account] = integrations.getState().accounts;
  if (account === undefined) throw new Error('No account');
  app.emulator.failNext({ status: 400, match: { method: 'DELETE', path: '/accounts' } });
  integrations.askRemoval(account);
  await integrations.remove();
  expect(integrations.getState().dialog).toMatchObject({
    kind: 'remove',
    isRemoving: false,
    failure: { kind: 'server', code: 'UPSTREAM_REJECTED' },
  });
  expect(integrations.getState().accounts).toMatchObject([{ id }]);
});

it('removes an account that the customer no longer has', async () => {
  const { id } = link();
  const integrations = await load();
  const [account] = integrations.getState().accounts;
  if (account === undefined) throw new Error('No account');
  app.emulator.updateAccount(id, { origin_owner_id: 'another-owner' });
  integrations.askRemoval(account);
  await integrations.remove();
  expect(integrations.getState()).toMatchObject({ dialog: null, accounts: [], notice: { kind: 'removed' } });
  expect(app.emulator.history.filter(({ method }) => method === 'DELETE')).toEqual([]);
});

it('is failed for JSON of another server, in which a field is missing', async () => {
  const bodies = ['{"data":null}', '{"errors":[]}', '{"data":{"viewer":null}}'];
  for (const body of bodies) {
    const other = await listen(
      createServer((_, response) => response.setHeader('content-type', 'application/json').end(body)),
    );
    const integrations = create({ url: other.url });
    integrations.load();
    await until(integrations, ({ phase }) => phase === 'failed');
    expect(integrations.getState().failure).toEqual({ kind: 'unreachable' });
    await other.close();
  }
});

it.each(['a removal', 'a connection'])('reads nothing when %s was under way at dispose', async (what) => {
  const { id } = link();
  const removed: string[] = [];
  const integrations = await load({ onRemoved: () => removed.push(id) });
  await waitUntil(() => countReads(app.emulator.history) >= 2, 'the reads of the query and of the stream');
  const [account] = integrations.getState().accounts;
  if (account === undefined) throw new Error('No account');
  const isRemoval = what === 'a removal';
  if (isRemoval) integrations.askRemoval(account);
  else integrations.reconnect(account);
  const removal = isRemoval ? integrations.remove() : undefined;
  const reads = countReads(app.emulator.history);
  integrations.dispose();
  await removal;
  // Longer than the delay of a first read.
  await new Promise((resolve) => setTimeout(resolve, 700));
  expect(countReads(app.emulator.history)).toBe(reads);
  expect(removed).toEqual(isRemoval ? [id] : []);
});

it('ignores a response after dispose, and loads again', async () => {
  const integrations = create();
  integrations.load();
  integrations.dispose();
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(integrations.getState().phase).toBe('loading');
  integrations.load();
  await until(integrations, ({ phase }) => phase === 'ready');
});
