import { mergeSchemas } from '@graphql-tools/schema';
import { describe, expect, it } from '@jest/globals';
import { buildSchema, type GraphQLSchema, parse, validate } from 'graphql';
import { maxTokens, tokenLimitRule } from '../../src/graphql/limits/token-limit.js';
import { guardFields } from '../../src/graphql/own-fields.js';

const own = guardFields(buildSchema('type Query { q: Query }'));
const merged = mergeSchemas({ schemas: [own, buildSchema('type Query { host: Query }')] });

const messages = (schema: GraphQLSchema, query: string) =>
  validate(schema, parse(query), [tokenLimitRule]).map(({ message }) => message);
const tooMany = ['The query has too many tokens.'];

describe('tokenLimitRule', () => {
  it('accepts a document of 300 tokens, besides comments, and rejects one of 301', () => {
    // Two braces, and the tokens for the begin and the end of the text.
    const fields = (count: number) => `{ ${'q # comment\n'.repeat(count)} }`;
    expect([maxTokens, messages(own, fields(296))]).toEqual([300, []]);
    expect(messages(own, fields(299))).toEqual(tooMany);
  });

  it('stops the other rules, whose time grows with the square of the tokens', () => {
    const unknown = parse(`{ ${'unknown '.repeat(400)} }`);
    expect(validate(own, unknown, [tokenLimitRule]).map(({ message }) => message)).toEqual(tooMany);
    const rules = [tokenLimitRule, () => ({ Field: () => expect('no field').toBe('visited') })];
    expect(validate(own, unknown, rules)).toHaveLength(1);
  });

  it('counts in a merged schema what is at our fields, with their fragments', () => {
    const host = `host { ${'host '.repeat(400)} }`;
    expect(messages(merged, `{ ${host} }`)).toEqual([]);
    expect(messages(merged, `{ ${host} q { host } }`)).toEqual([]);
    expect(messages(merged, `{ ${host} q { ${'q '.repeat(301)} } }`)).toEqual(tooMany);
    const fragments = `fragment f on Query { ...g } fragment g on Query { ${'q '.repeat(301)} ...f }`;
    expect(messages(merged, `{ q { ...f } } ${fragments}`)).toEqual(tooMany);
    expect(messages(merged, `{ host { ...f } } ${fragments}`)).toEqual([]);
    expect(messages(merged, `{ ...h } fragment h on Query { ...h q { ...f } } ${fragments}`)).toEqual(tooMany);
  });
});
