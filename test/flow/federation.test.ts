import { IntrospectAndCompose } from '@apollo/gateway';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Emulator } from '../../emulator/src/index.js';
import {
  composeSupergraph,
  type Gateway,
  type OtherSubgraphs,
  startGateway,
  startOtherSubgraphs,
} from '../support/federation.js';
import { readText } from '../support/package-files.js';
import { startProduct } from '../support/product-server.js';
import { acme, globex, ownerFields, signIn, startTestApp } from '../support/test-app.js';
import { waitUntil } from '../support/wait.js';

interface Federated {
  readonly emulator: Emulator;
  readonly gateway: Gateway;
  signIn(claims: typeof acme): Promise<Record<string, string>>;
  stop(): Promise<void>;
}

/** Composed from the published file, as with a schema registry. Introspection is off. */
async function startStandalone(others: OtherSubgraphs): Promise<Federated> {
  const app = await startTestApp({ SUBGRAPH: 'true', INTROSPECTION: 'false' });
  const supergraph = composeSupergraph(`${app.url}/graphql`, readText('schema.subgraph.graphql'), others);
  const gateway = await startGateway(supergraph);
  // The start of a gateway takes this process a second, in which the server is overloaded.
  await waitUntil(async () => (await app.post({})).status !== 503, 'the server accepts operations');
  return { emulator: app.emulator, gateway, signIn, stop: () => stopAll(gateway, app) };
}

/** Composed by Apollo's gateway, which reads the schema from `_service` with a token of its own. */
async function startEmbedded(others: OtherSubgraphs): Promise<Federated> {
  const users = new Map([acme, globex].map(({ org_id, org_name }) => [org_name, { id: org_id, name: org_name }]));
  const product = await startProduct({
    subgraph: true,
    introspection: true,
    getOwner: ({ headers: { authorization } }) => users.get(authorization ?? ''),
  });
  const subgraphs = [{ name: 'connect', url: product.url }, ...others.services];
  const introspectionHeaders = { authorization: acme.org_name };
  const gateway = await startGateway(new IntrospectAndCompose({ subgraphs, introspectionHeaders }));
  const headers = async ({ org_name }: typeof acme) => ({ authorization: org_name });
  return { emulator: product.emulator, gateway, signIn: headers, stop: () => stopAll(gateway, product) };
}

async function stopAll(...parts: readonly { stop(): Promise<void> }[]): Promise<void> {
  for (const part of parts) {
    await part.stop();
  }
}

describe.each([
  ['the standalone server, composed from schema.subgraph.graphql', startStandalone],
  ['an embedded schema, composed from its `_service`', startEmbedded],
])('Behind a gateway with two other subgraphs, %s', (_server, start) => {
  let others: OtherSubgraphs;
  let federated: Federated;
  let ids: { readonly own: string; readonly foreign: string };
  beforeAll(async () => {
    others = await startOtherSubgraphs(() => [ids.own, ids.foreign, 'unknown', '../malformed', ids.own]);
    federated = await start(others);
  });
  afterAll(async () => {
    await federated.stop();
    await others.stop();
  });
  beforeEach(() => {
    const { emulator } = federated;
    emulator.reset();
    const add = (claims: typeof acme) =>
      emulator.addAccount({ provider: 'bamboohr', ...ownerFields(claims), label: `of ${claims.org_name}` }).id;
    ids = { own: add(acme), foreign: add(globex) };
  });
  const ask = async (query: string, claims = acme) => {
    const { json } = await federated.gateway.post(query, await federated.signIn(claims));
    return json;
  };

  it('returns the accounts that another subgraph references, to their owner only', async () => {
    const query = `{ employees { nodes { name hiredAt source { id label status provider { name monthlyPrice } } } } }`;
    const source = (id: string, label: string) => ({
      source: { id, label, status: 'ACTIVE', provider: { name: 'BambooHR', monthlyPrice: 9 } },
    });
    const none = { source: null };
    const sourcesFor = async (claims: typeof acme) => {
      const { data, errors } = await ask(query, claims);
      expect(errors).toBeUndefined();
      return data;
    };
    const nodes = (...sources: object[]) => ({
      employees: { nodes: sources.map((each) => expect.objectContaining(each)) },
    });
    const own = source(ids.own, 'of Acme Corporation');
    expect(await sourcesFor(acme)).toEqual(nodes(own, none, none, none, own));
    expect(await sourcesFor(globex)).toEqual(nodes(none, source(ids.foreign, 'of Globex'), none, none, none));
  });

  it('lets other subgraphs add fields to accounts and providers', async () => {
    const { data, errors } = await ask(`{
      linkedAccounts(first: 1) { nodes { id createdAt employeeCount } pageInfo { hasNextPage } }
      plans { name provider { key name monthlyPrice } }
    }`);
    expect(errors).toBeUndefined();
    expect(data).toEqual({
      linkedAccounts: {
        nodes: [{ id: ids.own, createdAt: expect.any(String), employeeCount: 7 }],
        pageInfo: { hasNextPage: false },
      },
      plans: [
        { name: 'Plan bamboohr', provider: { key: 'bamboohr', name: 'BambooHR', monthlyPrice: 9 } },
        { name: 'Plan unknown', provider: null },
      ],
    });
  });

  it('shares PageInfo, DateTime and the field viewer with other subgraphs', async () => {
    const { data, errors } = await ask('{ viewer { ownerId team } employees { pageInfo { hasNextPage } } }');
    expect(errors).toBeUndefined();
    expect(data).toEqual({
      viewer: { ownerId: acme.org_id, team: 'Platform' },
      employees: { pageInfo: { hasNextPage: false } },
    });
  });

  it('runs mutations for the caller whose token the gateway passes on', async () => {
    const query = `mutation { confirmLinkedAccount(accountId: "${ids.own}") { account { id } userErrors { code } } }`;
    const of = (claims: typeof acme) => ask(query, claims).then(({ data }) => data);
    expect(await of(acme)).toEqual({ confirmLinkedAccount: { account: { id: ids.own }, userErrors: [] } });
    expect(await of(globex)).toEqual({
      confirmLinkedAccount: { account: null, userErrors: [{ code: 'ACCOUNT_NOT_FOUND' }] },
    });
  });

  it('returns none of our data without a token, and sends nothing to StackOne', async () => {
    const response = await federated.gateway.post('{ employees { nodes { name source { label } } } }');
    expect(response.json.errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED');
    expect(response.text).not.toContain('of Acme');
    expect(federated.emulator.history).toEqual([]);
  });
});
