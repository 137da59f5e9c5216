import { ApolloServer } from '@apollo/server';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { composeServices } from '@theguild/federation-composition';
import { parse } from 'graphql';
import { z } from 'zod';
import { type MergedProduct, startMergedProduct } from '../support/merged-product.js';
import { readText } from '../support/package-files.js';
import { startProduct } from '../support/product-server.js';
import { acme, errorCode, globex, ownerFields, signIn, startTestApp, type TestApp } from '../support/test-app.js';

const entities = `query entities($representations: [_Any!]!) {
  _entities(representations: $representations) {
    __typename
    ... on LinkedAccount { id label provider { name } }
    ... on Provider { key name }
  }
}`;
const account = (id: unknown) => ({ __typename: 'LinkedAccount', id });
const provider = (key: unknown) => ({ __typename: 'Provider', key });

interface Subgraph extends Pick<TestApp, 'emulator' | 'post' | 'stop'> {
  readonly headers: Record<string, string>;
}

async function startStandalone(): Promise<Subgraph> {
  const app = await startTestApp({ SUBGRAPH: 'true' });
  return { ...app, headers: await signIn(acme) };
}

async function startEmbedded(): Promise<Subgraph> {
  const product = await startProduct({
    subgraph: true,
    introspection: true,
    getOwner: () => ({ id: acme.org_id, name: acme.org_name }),
  });
  return { ...product, headers: {} };
}

describe.each([
  ['The standalone server as a subgraph', startStandalone],
  ['An embedded schema as a subgraph', startEmbedded],
])('%s', (_server, start) => {
  let subgraph: Subgraph;
  let own: string[];
  let foreign: string[];
  beforeAll(async () => {
    subgraph = await start();
    // Later calls to StackOne are those of the accounts only.
    await subgraph.post({ query: '{ providers { key } }' }, subgraph.headers);
  });
  afterAll(() => subgraph.stop());
  beforeEach(() => {
    subgraph.emulator.reset();
    const add = (claims: typeof acme, count: number) =>
      Array.from({ length: count }, (_, number) => {
        const label = `${claims.org_name} ${number}`;
        return subgraph.emulator.addAccount({ provider: 'bamboohr', ...ownerFields(claims), label }).id;
      });
    own = add(acme, 25);
    foreign = add(globex, 25);
  });

  const ask = (representations: unknown) =>
    subgraph.post({ query: entities, variables: { representations } }, subgraph.headers);
  const read = () => subgraph.emulator.history.map(({ path }) => path);

  it('returns the caller’s accounts and the providers by their keys, in the order of the representations', async () => {
    const { json } = await ask([account(own[1]), provider('workday'), account(own[0])]);
    expect(json).toEqual({
      data: {
        _entities: [
          expect.objectContaining({ id: own[1], label: 'Acme Corporation 1', provider: { name: 'BambooHR' } }),
          { __typename: 'Provider', key: 'workday', name: 'Workday' },
          expect.objectContaining({ __typename: 'LinkedAccount', id: own[0] }),
        ],
      },
    });
  });

  it('returns null for what is foreign, unknown or malformed, without a difference', async () => {
    const keys = [foreign[0], 'unknown', '', '../accounts', 'x'.repeat(200), 7, null, {}, [own[0]], undefined];
    const { status, json } = await ask(keys.flatMap((key) => [account(key), provider(key)]));
    expect([status, json]).toEqual([200, { data: { _entities: keys.flatMap(() => [null, null]) } }]);
    // Only ids in StackOne's form are sent to StackOne.
    expect(read().sort()).toEqual([`/accounts/${foreign[0]}`, '/accounts/unknown'].sort());
  });

  it('ignores everything in a representation but the key', async () => {
    const claims = { ownerId: globex.org_id, origin_owner_id: globex.org_id, status: 'ERROR', label: 'forged' };
    const { json } = await ask([
      { ...account(foreign[0]), ...claims },
      { ...account(own[0]), ...claims },
    ]);
    expect(json.data).toEqual({ _entities: [null, expect.objectContaining({ label: 'Acme Corporation 0' })] });
  });

  it('returns only the caller’s accounts of 100 mixed ids in four requests, with few calls to StackOne', async () => {
    const ids = own.flatMap((id, index) => [id, foreign[index], `unknown-${index}`, `not an id ${index}`]);
    for (let first = 0; first < ids.length; first += 25) {
      const part = ids.slice(first, first + 25);
      const { json } = await ask(part.map(account));
      const expected = part.map((id) => (own.includes(id ?? '') ? expect.objectContaining({ id }) : null));
      expect(json).toEqual({ data: { _entities: expected } });
    }
    // The list has all accounts of the caller: a full page, and the empty one after it. The others are read one by one.
    expect(read().filter((path) => own.includes(path.slice('/accounts/'.length)))).toEqual([]);
    expect(read().filter((path) => path === '/accounts')).toHaveLength(4 * 2);
    expect(read()).toHaveLength(4 * 2 + 50);
  });

  it('returns only the caller’s accounts when StackOne lists those of all owners', async () => {
    subgraph.emulator.settings.ignoreOwnerFilter = true;
    const ids = [...foreign.slice(0, 12), ...own.slice(0, 12)];
    const { json } = await ask(ids.map(account));
    const expected = ids.map((id) => (own.includes(id) ? expect.objectContaining({ id }) : null));
    expect(json).toEqual({ data: { _entities: expected } });
  });

  it('looks for many accounts on four pages of the list at most, and reads the others one by one', async () => {
    const seed = { provider: 'bamboohr', ...ownerFields(acme) };
    const added = Array.from({ length: 120 }, () => subgraph.emulator.addAccount(seed).id);
    const { json } = await ask(added.slice(-5).map(account));
    expect(json.data).toEqual({ _entities: added.slice(-5).map((id) => expect.objectContaining({ id })) });
    expect(read().filter((path) => path === '/accounts')).toHaveLength(4);
    expect(read()).toHaveLength(4 + 5);
  });

  it.each([
    ['100 mixed ids', () => [...own, ...foreign, ...own, ...foreign].map(account)],
    ['26 of one id', () => Array.from({ length: 26 }, () => account(own[0]))],
    ['26 providers', () => Array.from({ length: 26 }, () => provider('bamboohr'))],
  ])('refuses %s before anything is sent to StackOne', async (_what, representations) => {
    const response = await ask(representations());
    expect([response.status, errorCode(response), response.json.data]).toEqual([200, 'BAD_USER_INPUT', null]);
    expect(response.json.errors?.[0]?.message).toBe('A request can have at most 25 representations.');
    expect(read()).toEqual([]);
  });

  it('counts the representations of all fields of a request together', async () => {
    const query = `query ($some: [_Any!]!) {
      a: _entities(representations: $some) { __typename }
      ... { b: _entities(representations: $some) { __typename } }
    }`;
    const variables = { some: own.slice(0, 13).map(account) };
    const response = await subgraph.post({ query, variables }, subgraph.headers);
    expect([errorCode(response)?.split(' ')[0], response.json.data]).toEqual(['BAD_USER_INPUT', null]);
    // Also not after the response: this request is the only one that reads.
    await ask([account('later')]);
    expect(read()).toEqual(['/accounts/later']);
  });

  it.each<[string, unknown]>([
    ['of another type', { __typename: 'Viewer', id: 'a' }],
    ['of a type that every object has', { __typename: 'constructor', id: 'a' }],
    ['without a type', { id: 'a' }],
    ['that is a text', 'LinkedAccount'],
    ['that is a list', [[account('a')]]],
  ])('refuses a representation %s, and sends nothing to StackOne', async (_what, representation) => {
    const response = await ask([account(own[0]), representation]);
    expect([errorCode(response), response.json.data]).toEqual(['BAD_USER_INPUT', null]);
    expect(read()).toEqual([]);
  });

  it('refuses a representation that is thousands of lists in each other, and sends nothing to StackOne', async () => {
    const lists = '['.repeat(7_000) + ']'.repeat(7_000);
    const body = `{"query": ${JSON.stringify(entities)}, "variables": {"representations": [${lists}]}}`;
    const response = await subgraph.post(body, subgraph.headers);
    expect([errorCode(response), response.json.data]).toEqual(['BAD_USER_INPUT', null]);
    expect(read()).toEqual([]);
  });

  it('accepts representations that are written in the document', async () => {
    const query = `query ($id: String) { _entities(representations: [{ __typename: "LinkedAccount", id: $id }, { __typename: "LinkedAccount", id: "${foreign[0]}" }]) { ... on LinkedAccount { id } } }`;
    const { json } = await subgraph.post({ query, variables: { id: own[0] } }, subgraph.headers);
    expect(json).toEqual({ data: { _entities: [{ id: own[0] }, null] } });
  });

  it('reads an account once, however many representations name it', async () => {
    const { json } = await ask(Array.from({ length: 25 }, () => account(own[0])));
    expect(json.data).toEqual({ _entities: Array(25).fill(expect.objectContaining({ id: own[0] })) });
    expect(read()).toEqual([`/accounts/${own[0]}`]);
  });

  it('returns the other entities when one cannot be read, with the error at its place', async () => {
    subgraph.emulator.failNext({ status: 500, match: { path: `/accounts/${own[1]}` } }, 2);
    const { json } = await ask([account(own[0]), account(own[1]), provider('bamboohr')]);
    expect(json.data).toEqual({
      _entities: [expect.objectContaining({ id: own[0] }), null, expect.objectContaining({ key: 'bamboohr' })],
    });
    expect(json.errors?.map(({ path, extensions }) => [path, extensions.code])).toEqual([
      [['_entities', 1], 'UPSTREAM_UNAVAILABLE'],
    ]);
  });

  it('states the schema for composition', async () => {
    const { json } = await subgraph.post({ query: '{ _service { sdl } }' }, subgraph.headers);
    expect(json).toEqual({ data: { _service: { sdl: readText('schema.subgraph.graphql') } } });
  });
});

describe('A subgraph', () => {
  const one = { query: entities, variables: { representations: [account('a')] } };
  const service = { query: '{ viewer { ownerId } ...s } fragment s on Query { it: _service { sdl } }' };
  const apollo = jest.spyOn(ApolloServer.prototype, 'executeHTTPGraphQLRequest');
  let app: TestApp;
  let signedIn: { authorization: string };
  beforeAll(async () => {
    app = await startTestApp({ SUBGRAPH: 'true', INTROSPECTION: 'false', RATE_LIMIT_PER_OWNER_PER_MINUTE: '3' });
    signedIn = await signIn(acme);
  });
  afterAll(async () => {
    apollo.mockRestore();
    await app.stop();
  });

  it('counts each account as a look-up in the rate limit of the owner, and returns what is within it', async () => {
    const representations = Array.from({ length: 12 }, (_, number) => account(`account-${number}`));
    const response = await app.post({ query: entities, variables: { representations } }, signedIn);
    // Ten look-ups, one of them for the list.
    expect(errorCode(response)).toBe('RATE_LIMITED RATE_LIMITED RATE_LIMITED');
    expect([response.status, response.headers.has('retry-after')]).toEqual([429, true]);
    expect(app.emulator.history).toHaveLength(10);
  });

  it('requires a signed-in caller, and sends nothing to StackOne without one', async () => {
    app.emulator.reset();
    for (const body of [one, service]) {
      expect(errorCode(await app.post(body))).toBe('UNAUTHENTICATED');
    }
    expect(app.emulator.history).toEqual([]);
  });

  it('does not state its schema while introspection is off', async () => {
    const response = await app.post(service, signedIn);
    expect([response.status, errorCode(response)]).toEqual([400, 'GRAPHQL_VALIDATION_FAILED']);
    expect(response.json.errors?.[0]?.message).toBe('Introspection is disabled.');
    expect(response.text).not.toContain('LinkedAccount');
  });

  it('leaves operations with `_entities` to Apollo Server, and keeps all others ready to run', async () => {
    const other = { query: '{ viewer { ownerId } }' };
    for (const body of [one, other]) {
      await app.post(body, await signIn(globex));
    }
    apollo.mockClear();
    await app.post(other, await signIn(globex));
    expect(apollo).toHaveBeenCalledTimes(0);
    const { json } = await app.post(one, await signIn(globex));
    expect(apollo).toHaveBeenCalledTimes(1);
    expect(json).toEqual({ data: { _entities: [null] } });
  });
});

describe('A subgraph with the default rate limits', () => {
  it('returns 25 of 60 accounts three times, and counts each as a look-up', async () => {
    const defaults = { RATE_LIMIT_PER_OWNER_PER_MINUTE: undefined, RATE_LIMIT_TOTAL_PER_MINUTE: undefined };
    const app = await startTestApp({ SUBGRAPH: 'true', ...defaults });
    const seed = { provider: 'bamboohr', ...ownerFields(acme) };
    const ids = Array.from({ length: 60 }, () => app.emulator.addAccount(seed).id).slice(-25);
    const query = `query ($ids: [_Any!]!) { _entities(representations: $ids) { ... on LinkedAccount { id } } }`;
    const ask = async () => app.post({ query, variables: { ids: ids.map(account) } }, await signIn(acme));
    for (let request = 1; request <= 3; request += 1) {
      expect((await ask()).json).toEqual({ data: { _entities: ids.map((id) => ({ id })) } });
    }
    expect(new Set(app.emulator.history.map(({ path }) => path))).toEqual(new Set(['/accounts']));
    const refused = await ask();
    expect([refused.status, errorCode(refused)?.split(' ')[0]]).toEqual([429, 'RATE_LIMITED']);
    await app.stop();
  });
});

describe('A subgraph with fields of a product', () => {
  let product: MergedProduct;
  beforeAll(async () => {
    product = await startMergedProduct({ subgraph: true });
  });
  afterAll(() => product.stop());

  it('states the fields of both', async () => {
    const { json } = await product.post({ query: '{ _service { sdl } }' }, { 'x-session': 'ada' });
    const { sdl } = z.object({ _service: z.object({ sdl: z.string() }) }).parse(json.data)._service;
    const { errors, publicSdl } = composeServices([{ name: 'product', typeDefs: parse(sdl), url: product.url }]);
    expect(errors).toBeUndefined();
    expect(publicSdl).toMatch(/^ {2}news: /m);
    expect(sdl).toContain('type LinkedAccount @key(fields: "id")');
    expect(sdl).not.toMatch(/\b_(Any|Entity|Service|entities|service)\b/);
  });

  it('returns entities to a signed-in caller only, beside public fields', async () => {
    const { id } = product.emulator.addAccount({ provider: 'bamboohr', ...ownerFields(acme) });
    const query = `{ news { title } _entities(representations: [{ __typename: "LinkedAccount", id: "${id}" }]) { ... on LinkedAccount { id } } }`;
    const found = { data: { news: [{ title: 'News' }], _entities: [{ id }] } };
    expect((await product.post({ query }, { 'x-session': 'ada' })).json).toEqual(found);
    const calls = product.emulator.history.length;
    expect(errorCode(await product.post({ query }))).toBe('UNAUTHENTICATED');
    expect(product.emulator.history).toHaveLength(calls);
  });
});

describe('A server without the setting', () => {
  it.each(['{ _service { sdl } }', '{ _entities(representations: []) { __typename } }'])(
    'does not have the field in %s',
    async (query) => {
      const product = await startProduct({ getOwner: () => ({ id: acme.org_id, name: acme.org_name }) });
      const response = await product.post({ query });
      expect([response.status, errorCode(response)]).toEqual([400, 'GRAPHQL_VALIDATION_FAILED']);
      expect(response.json.errors?.[0]?.message).toMatch(/^Cannot query field "_\w+" on type "Query"/);
      await product.stop();
    },
  );
});
