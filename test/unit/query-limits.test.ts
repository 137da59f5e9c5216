import { describe, expect, it } from '@jest/globals';
import { buildSchema, parse, validate } from 'graphql';
import { queryLimits, queryLimitsRule } from '../../src/graphql/limits/query-limits.js';
import { guardFields } from '../../src/graphql/own-fields.js';

/** A minimal schema: the rule only reads the document. */
const schema = guardFields(
  buildSchema('type Query { q: Query } type Mutation { m: Query } type Subscription { s: Query }'),
);
const excesses = (query: string) => validate(schema, parse(query), [queryLimitsRule]).map((error) => error.message);

const many = (count: number, write: (index: number) => string) =>
  Array.from({ length: count }, (_, i) => write(i)).join(' ');
const nested = (depth: number, inner = '') => `${'{ q '.repeat(depth)}${inner}${'}'.repeat(depth)}`;
const directives = (count: number) => many(count, (i) => `@d${i}`);

const messages = {
  depth: 'The query is nested too deeply.',
  aliases: 'The query has too many aliases.',
  aliasLength: 'The query has an alias that is too long.',
  directives: 'The query has too many directives.',
  cost: 'The query has too many fields.',
  mutationFields: 'A mutation must have exactly one field. Send one request for each field.',
} as const;
type Limit = keyof typeof messages;

/** Each function writes a query with exactly `n` of the limited items. */
const shapes: readonly [limit: Limit, shape: string, write: (n: number) => string][] = [
  ['depth', 'nested fields', (n) => nested(n)],
  ['depth', 'the deepest of several branches, the last', (n) => `{ q { q } ...${nested(n)} }`],
  ['depth', 'the deepest of several branches, the first', (n) => `{ ...${nested(n)} q { q } }`],
  ['depth', 'a fragment', (n) => `${nested(n - 2, '{ ...f }')} fragment f on Query ${nested(2)}`],
  [
    'depth',
    'nested fragments',
    (n) => `{ q { ...f } } fragment f on Query { q { ...g } } fragment g on Query ${nested(n - 2)}`,
  ],
  ['depth', 'inline fragments, which add no level', (n) => `{ ... { ... on Query ${nested(n)} } }`],
  ['aliases', 'on sibling fields', (n) => `{ ${many(n, (i) => `a${i}: q`)} }`],
  ['aliases', 'on nested fields', (n) => `{ ${many(n - 1, (i) => `a${i}: q {`)} b: q ${'}'.repeat(n)}`],
  ['aliases', 'of __typename', (n) => `{ ${many(n, (i) => `a${i}: __typename`)} }`],
  ['aliases', 'a fragment with several spreads', (n) => `{ ${many(n, () => '...f')} } fragment f on Query { a: q }`],
  ['aliases', 'inline fragments', (n) => `{ ${many(n, (i) => `... { a${i}: q }`)} }`],
  ['aliasLength', 'on one field', (n) => `{ ${'a'.repeat(n)}: q }`],
  ['aliasLength', 'in a fragment', (n) => `{ b: q { ...f } } fragment f on Query { ${'a'.repeat(n)}: q }`],
  ['aliasLength', 'the longest of several aliases', (n) => `{ ${'a'.repeat(n)}: q { b: q } c: q }`],
  ['directives', 'on one field', (n) => `{ q ${directives(n)} }`],
  ['directives', 'on the operation', (n) => `query ${directives(n)} { q }`],
  ['directives', 'on several fields', (n) => `{ ${many(n, () => 'q @d')} }`],
  [
    'directives',
    'on a spread and on an inline fragment',
    (n) => `{ ...f ${directives(n - 1)} ... @d { q } } fragment f on Query { q }`,
  ],
  [
    'directives',
    'in a fragment with several spreads',
    (n) => `{ ${many(n, () => '...f')} } fragment f on Query { q @d }`,
  ],
  [
    'directives',
    'on the operation, on a field and in a fragment',
    (n) => `query @a { q @b ...f } fragment f on Query { q ${directives(n - 2)} }`,
  ],
  ['cost', 'fields of one level', (n) => `{ ${'q '.repeat(n)} }`],
  ['cost', 'fields of several levels', (n) => `{ ${'q { q } '.repeat(n / 2)} ${n % 2 ? 'q' : ''} }`],
  [
    'cost',
    'a fragment with several spreads',
    (n) => `{ ${'...f '.repeat(n / 50)} ${'q '.repeat(n % 50)} } fragment f on Query { ${'q '.repeat(50)} }`,
  ],
  [
    'cost',
    'nested fragments',
    (n) =>
      `{ ...f ...f ${'q '.repeat(n - 400)} } fragment f on Query { ...g ...g } fragment g on Query { ${'q '.repeat(100)} }`,
  ],
  ['mutationFields', 'the same field', (n) => `mutation { ${'m '.repeat(n)} }`],
  [
    'mutationFields',
    'a fragment with several spreads',
    (n) => `mutation { ${'...f '.repeat(n)} } fragment f on Mutation { m }`,
  ],
  ['mutationFields', 'inline fragments', (n) => `mutation { ${'... { m } '.repeat(n)} }`],
  ['mutationFields', 'aliases', (n) => `mutation { ${many(n, (i) => `a${i}: m`)} }`],
];

describe.each(shapes)('queryLimitsRule: %s, %s', (limit, _shape, write) => {
  it('accepts a query at the limit', () => {
    expect(excesses(write(queryLimits[limit]))).toEqual([]);
  });

  it('rejects a query one above the limit with the message of the limit', () => {
    expect(excesses(write(queryLimits[limit] + 1))).toEqual([messages[limit]]);
  });
});

describe('queryLimitsRule', () => {
  it('applies the limits to each operation of a document separately', () => {
    const full = many(queryLimits.aliases, (i) => `a${i}: q`);
    expect(excesses(`query a { ${full} } query b { ${full} }`)).toEqual([]);
    expect(excesses(`query a { q } query b { ${full} a: q }`)).toEqual([messages.aliases]);
  });

  it('reports each limit once for several operations', () => {
    const query = nested(queryLimits.depth + 1);
    expect(excesses(`query a ${query} query b ${query}`)).toEqual([messages.depth]);
  });

  it('does not report the values of the limits', () => {
    expect(Object.values(messages).join()).not.toMatch(/\d/);
  });

  it('leaves the depth of introspection to the rule of graphql-js', () => {
    const introspection = `{ __schema { types { ofType { ofType { ofType { ofType { ofType { name } } } } } } } }`;
    expect(excesses(introspection)).toEqual([]);
  });

  it('counts only root fields of a mutation', () => {
    expect(excesses('mutation { m { q { q q } } }')).toEqual([]);
  });

  it.each([
    ['spreads itself', '{ ...f } fragment f on Query { q { ...f } }'],
    ['spreads a fragment that spreads it', '{ ...f } fragment f on Query { ...g } fragment g on Query { ...f }'],
  ])('reports all limits for a fragment that %s', (_name, query) => {
    expect(excesses(query)).toEqual([messages.depth, messages.aliases, messages.directives, messages.cost]);
  });

  it('ignores an unknown fragment, which another rule rejects', () => {
    expect(excesses('{ q ...missing }')).toEqual([]);
  });
});

describe('queryLimitsRule: exponential fragments', () => {
  /** Each fragment spreads the next one twice: 2^levels fields in a document of `levels` lines. */
  const exponential = (levels: number) =>
    `{ ...f0 } ${many(levels, (i) => `fragment f${i} on Query { ...f${i + 1} ...f${i + 1} }`)} fragment f${levels} on Query { q }`;

  it.each([40, 400])('counts %d levels in less than 200 ms of CPU time', (levels) => {
    const document = parse(exponential(levels));
    const before = process.cpuUsage();
    const errors = validate(schema, document, [queryLimitsRule]);
    const { user, system } = process.cpuUsage(before);
    expect(errors.map((error) => error.message)).toEqual([messages.cost]);
    expect((user + system) / 1000).toBeLessThan(200);
  });

  it('counts exactly: accepts 2^8 fields and rejects 2^9', () => {
    expect([8, 9].map((levels) => excesses(exponential(levels)))).toEqual([[], [messages.cost]]);
  });
});
