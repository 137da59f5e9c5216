import { describe, expect, it, jest } from '@jest/globals';
import { buildSchema, execute, type GraphQLSchema, parse } from 'graphql';
import { AppError } from '../../src/domain/app-error.js';
import { ResponseBudget } from '../../src/graphql/limits/response-budget.js';
import { guardFields } from '../../src/graphql/own-fields.js';
import { maxResponseValues, OwnerWork } from '../../src/linking/limits/owner-work.js';

const list = (length: number, item: unknown) => Array<unknown>(length).fill(item);

/** A schema of plain fields: only the root field and `Item.items` have resolvers. */
function createSchema(items: readonly unknown[], inner: readonly unknown[] = []): GraphQLSchema {
  const schema = buildSchema(`
    type Query { items: [Item!]! any: [Any!]! }
    union Any = Item | Other
    type Other { children: [Item] }
    type Item { id: ID text: String texts: [String] child: Item children: [Item] items: [Item!]! }
  `);
  const resolvers: readonly (readonly [string, string, readonly unknown[]])[] = [
    ['Query', 'items', items],
    ['Query', 'any', items],
    ['Item', 'items', inner],
  ];
  for (const [type, field, data] of resolvers) {
    const found = schema.getType(type);
    if (found !== undefined && 'getFields' in found) {
      Object.assign(found.getFields()[field] ?? {}, { resolve: async () => data });
    }
  }
  return guardFields(schema);
}

function openBudget(work: OwnerWork, ownerId: string): ResponseBudget {
  const budget = new ResponseBudget(work, ownerId);
  budget.open();
  return budget;
}

async function isRefused(schema: GraphQLSchema, query: string): Promise<boolean> {
  const contextValue = { budget: openBudget(new OwnerWork(1_000_000), 'a') };
  const { errors } = await execute({ schema, document: parse(query), contextValue });
  return errors?.some(({ message }) => message === 'the response would be too large') ?? false;
}

/** Selection, item and the number of values that each item counts. */
const costs: readonly (readonly [what: string, selection: string, item: unknown, cost: number])[] = [
  ['a field', 'id', { id: '1' }, 2],
  ['a field that is null', 'text', { text: null }, 2],
  ['fields under several names', 'id a: id b: id', { id: '1' }, 4],
  ['a field selected twice', 'id id ... { id } ...f', { id: '1' }, 2],
  ['an object', 'child { id text }', { child: { id: '1', text: '' } }, 4],
  ['an object selected in parts', 'child { id } child { text }', { child: { id: '1', text: '' } }, 4],
  ['items of a list', 'children { id }', { children: list(7, { id: '1' }) }, 15],
  ['plain items of a list', 'texts', { texts: list(7, '') }, 8],
  ['128 characters of a text', 'text', { text: 'x'.repeat(128) }, 3],
  ['a field with a resolver', 'items { id }', {}, 26],
];

describe('ResponseBudget counts', () => {
  it.each(costs)('%s', async (_what, selection, item, cost) => {
    const query = `{ items { ${selection} } } fragment f on Item { id }`;
    const most = Math.floor(maxResponseValues / cost);
    expect(await isRefused(createSchema(list(most, item)), query)).toBe(false);
    expect(await isRefused(createSchema(list(most + 1, item)), query)).toBe(true);
  });

  it('what is below the items of a union, whatever their types', async () => {
    const item = { __typename: 'Item', id: '1', children: list(7, { id: '1' }) };
    const query = '{ any { ... on Item { id children { id } } ... on Other { children { text } } } }';
    // The item, its id, the list and 7 items with two fields: `text` is selected in the other type only, and counts too.
    const most = Math.floor(maxResponseValues / (1 + 1 + 7 * 3));
    expect(await isRefused(createSchema(list(most, item)), query)).toBe(false);
    expect(await isRefused(createSchema(list(most + 1, item)), query)).toBe(true);
  });

  it('a frozen list like any other, at each request and for each selection', async () => {
    const frozen = createSchema(Object.freeze(list(maxResponseValues / 2, {})));
    for (const request of [1, 2]) {
      expect([request, await isRefused(frozen, '{ items { id } }')]).toEqual([request, false]);
      expect([request, await isRefused(frozen, '{ items { id text } }')]).toEqual([request, true]);
    }
  });

  it('the items of each list below a list', async () => {
    const query = '{ items { items { id } } }';
    // Each item of the outer list counts 26, and each of its items 2.
    expect(await isRefused(createSchema(list(100, {}), list(87, {})), query)).toBe(false);
    expect(await isRefused(createSchema(list(100, {}), list(88, {})), query)).toBe(true);
  });

  it('all resolvers of a request together', async () => {
    const half = createSchema(list(maxResponseValues / 4, {}));
    expect(await isRefused(half, '{ items { id } }')).toBe(false);
    expect(await isRefused(half, '{ items { id } a: items { id } b: items { id } }')).toBe(true);
  });
});

describe('An owner', () => {
  it('over its limit gets RATE_LIMITED, before a resolver runs', async () => {
    const work = new OwnerWork(30);
    const schema = createSchema(list(maxResponseValues / 4, {}));
    const ofOwner = (ownerId: string) => ({ budget: openBudget(work, ownerId) });
    const run = async (query: string, ownerId = 'a') => {
      const { errors = [] } = await execute({ schema, document: parse(query), contextValue: ofOwner(ownerId) });
      return errors.map(({ originalError: error }) => (error instanceof AppError ? error.code : 'another error'));
    };
    for (let count = 0; count < 4; count++) {
      expect(await run('{ items { id } }')).toEqual([]);
    }
    let calls = 0;
    Object.assign(schema.getQueryType()?.getFields()['items'] ?? {}, {
      resolve: () => {
        calls += 1;
        return [];
      },
    });
    guardFields(schema);
    work.add('a', 10 * maxResponseValues);
    expect(await run('{ items { id } a: items { id } b: items { id } }')).toEqual(['RATE_LIMITED']);
    expect(calls).toBe(0);
    expect(await run('{ items { id } }', 'b')).toEqual([]);
    expect(calls).toBe(1);
  });

  it('is charged for the values of a response that is refused', async () => {
    const work = new OwnerWork(30);
    const add = jest.spyOn(work, 'add');
    const budget = openBudget(work, 'a');
    const schema = createSchema(list(maxResponseValues, {}));
    await execute({ schema, document: parse('{ items { id } }'), contextValue: { budget } });
    expect(add.mock.calls).toEqual([['a', maxResponseValues + 1]]);
  });
});

describe('A request over its budget', () => {
  it('runs no further resolver, also for the lists that were within it', async () => {
    let calls = 0;
    const schema = createSchema(list(20, {}));
    const item = schema.getType('Item');
    const field = item !== undefined && 'getFields' in item ? item.getFields()['items'] : undefined;
    const resolve = async () => {
      calls += 1;
      return list(20, {});
    };
    Object.assign(field ?? {}, { resolve });
    expect(await isRefused(guardFields(schema), '{ items { items { items { items { id } } } } }')).toBe(true);
    // Those of the second and of the third level. The lists of the third level exceed the budget.
    expect(calls).toBe(20 + 20 * 20);
  });
});
