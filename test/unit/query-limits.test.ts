import { describe, expect, it } from '@jest/globals';
import { buildSchema, parse, validate } from 'graphql';
import { queryLimits, queryLimitsRule } from '../../src/graphql/query-limits.js';

/** Any shape can be asked of it: the rule looks at the document alone. */
const schema = buildSchema(
  'type Query { q: Query } type Mutation { m: Query } type Subscription { s: Query }',
);
const excesses = (query: string) =>
  validate(schema, parse(query), [queryLimitsRule]).map((error) => error.message);

const many = (count: number, write: (index: number) => string) =>
  Array.from({ length: count }, (_, i) => write(i)).join(' ');
const nested = (depth: number, inner = '') => `${'{ q '.repeat(depth)}${inner}${'}'.repeat(depth)}`;
const directives = (count: number) => many(count, (i) => `@d${i}`);

const messages = {
  depth: 'The query is nested too deeply.',
  aliases: 'The query has too many aliases.',
  directives: 'The query has too many directives.',
  cost: 'The query asks for too many fields.',
  mutationFields: 'A mutation must have exactly one field. Send one request for each field.',
} as const;
type Limit = keyof typeof messages;

/** Each writes a query that holds exactly `n` of what is limited. */
const shapes: readonly [limit: Limit, how: string, write: (n: number) => string][] = [
  ['depth', 'fields in fields', (n) => nested(n)],
  ['depth', 'the deepest of several branches, the last', (n) => `{ q { q } ...${nested(n)} }`],
  ['depth', 'the deepest of several branches, the first', (n) => `{ ...${nested(n)} q { q } }`],
  ['depth', 'a fragment', (n) => `${nested(n - 2, '{ ...f }')} fragment f on Query ${nested(2)}`],
  [
    'depth',
    'fragments in fragments',
    (n) => `{ q { ...f } } fragment f on Query { q { ...g } } fragment g on Query ${nested(n - 2)}`,
  ],
  ['depth', 'inline fragments, which are no level', (n) => `{ ... { ... on Query ${nested(n)} } }`],
  ['aliases', 'one beside the other', (n) => `{ ${many(n, (i) => `a${i}: q`)} }`],
  ['aliases', 'one in the other', (n) => `{ ${many(n - 1, (i) => `a${i}: q {`)} b: q ${'}'.repeat(n)}`],
  ['aliases', 'of __typename', (n) => `{ ${many(n, (i) => `a${i}: __typename`)} }`],
  [
    'aliases',
    'a fragment that is spread often',
    (n) => `{ ${many(n, () => '...f')} } fragment f on Query { a: q }`,
  ],
  ['aliases', 'inline fragments', (n) => `{ ${many(n, (i) => `... { a${i}: q }`)} }`],
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
    'in a fragment that is spread often',
    (n) => `{ ${many(n, () => '...f')} } fragment f on Query { q @d }`,
  ],
  [
    'directives',
    'on the operation, a field and in a fragment together',
    (n) => `query @a { q @b ...f } fragment f on Query { q ${directives(n - 2)} }`,
  ],
  ['cost', 'fields of one level', (n) => `{ ${'q '.repeat(n)} }`],
  ['cost', 'fields of several levels', (n) => `{ ${'q { q } '.repeat(n / 2)} ${n % 2 ? 'q' : ''} }`],
  [
    'cost',
    'a fragment that is spread often',
    (n) => `{ ${'...f '.repeat(n / 50)} ${'q '.repeat(n % 50)} } fragment f on Query { ${'q '.repeat(50)} }`,
  ],
  [
    'cost',
    'fragments in fragments',
    (n) =>
      `{ ...f ...f ${'q '.repeat(n - 400)} } fragment f on Query { ...g ...g } fragment g on Query { ${'q '.repeat(100)} }`,
  ],
  ['mutationFields', 'the same one again', (n) => `mutation { ${'m '.repeat(n)} }`],
  [
    'mutationFields',
    'a fragment that is spread often',
    (n) => `mutation { ${'...f '.repeat(n)} } fragment f on Mutation { m }`,
  ],
  ['mutationFields', 'inline fragments', (n) => `mutation { ${'... { m } '.repeat(n)} }`],
  ['mutationFields', 'aliases', (n) => `mutation { ${many(n, (i) => `a${i}: m`)} }`],
];

describe.each(shapes)('The limit of %s, by %s,', (limit, _how, write) => {
  it('lets a query pass that reaches it', () => {
    expect(excesses(write(queryLimits[limit]))).toEqual([]);
  });

  it('refuses a query that goes one beyond it, and says which limit it is', () => {
    expect(excesses(write(queryLimits[limit] + 1))).toEqual([messages[limit]]);
  });
});

describe('The limits', () => {
  it('hold for each operation of a document by itself', () => {
    const full = many(queryLimits.aliases, (i) => `a${i}: q`);
    expect(excesses(`query a { ${full} } query b { ${full} }`)).toEqual([]);
    expect(excesses(`query a { q } query b { ${full} a: q }`)).toEqual([messages.aliases]);
  });

  it('are each told once, however many operations go beyond them', () => {
    const query = nested(queryLimits.depth + 1);
    expect(excesses(`query a ${query} query b ${query}`)).toEqual([messages.depth]);
  });

  it('are told without their figures', () => {
    expect(Object.values(messages).join()).not.toMatch(/\d/);
  });

  it('leave the depth of introspection to the rule that graphql-js has for it', () => {
    const introspection = `{ __schema { types { ofType { ofType { ofType { ofType { ofType { name } } } } } } } }`;
    expect(excesses(introspection)).toEqual([]);
  });

  it('leave fields below the first level of a mutation alone', () => {
    expect(excesses('mutation { m { q { q q } } }')).toEqual([]);
  });

  it('let no subscription pass', () => {
    expect(excesses('subscription { s { q } }')).toEqual(['Subscriptions are not supported.']);
  });

  it.each([
    ['contains itself', '{ ...f } fragment f on Query { q { ...f } }'],
    ['contains one that contains it', '{ ...f } fragment f on Query { ...g } fragment g on Query { ...f }'],
  ])('are all exceeded by a fragment that %s', (_what, query) => {
    expect(excesses(query)).toEqual([messages.depth, messages.aliases, messages.directives, messages.cost]);
  });

  it('take a fragment that there is not for nothing, because another rule refuses it', () => {
    expect(excesses('{ q ...missing }')).toEqual([]);
  });
});

describe('A fragment bomb', () => {
  /** Each fragment spreads the next one twice: 2^levels fields in a document of `levels` lines. */
  const bomb = (levels: number) =>
    `{ ...f0 } ${many(levels, (i) => `fragment f${i} on Query { ...f${i + 1} ...f${i + 1} }`)} fragment f${levels} on Query { q }`;

  it.each([40, 400])('of %d levels is measured in far less than a second', (levels) => {
    const document = parse(bomb(levels));
    const before = process.cpuUsage();
    const errors = validate(schema, document, [queryLimitsRule]);
    const { user, system } = process.cpuUsage(before);
    expect(errors.map((error) => error.message)).toEqual([messages.cost]);
    expect((user + system) / 1000).toBeLessThan(200);
  });

  it('is counted, not guessed: 2^8 fields pass and 2^9 do not', () => {
    expect([8, 9].map((levels) => excesses(bomb(levels)))).toEqual([[], [messages.cost]]);
  });
});
