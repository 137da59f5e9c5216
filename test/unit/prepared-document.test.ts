import { describe, expect, it } from '@jest/globals';
import { parse } from 'graphql';
import { PreparedDocument } from '../../src/graphql/operations/prepared-document.js';
import { createSchema } from '../../src/graphql/schema.js';

const schema = createSchema(true);
const isCompiled = (query: string, operationName?: string) =>
  new PreparedDocument(schema, parse(query)).operation(operationName) !== undefined;

describe('PreparedDocument compiles', () => {
  it.each([
    ['fields that cannot be null', '{ __typename viewer { ownerId } providers { key } }'],
    ['one nullable field', '{ linkedAccount(id: "a") { id } }'],
    ['nullable fields below a field of the root', '{ linkedAccounts { nodes { provider { key } } } }'],
    ['a mutation', 'mutation { createConnectSession { token userErrors { code } } }'],
    ['a directive with a literal', '{ viewer { ownerId @include(if: true) } }'],
  ])('%s', (_what, query) => {
    expect(isCompiled(query)).toBe(true);
  });

  it('each operation of a document by its name', () => {
    const document = 'query a { viewer { ownerId } } query b { viewer { ownerName } }';
    expect([isCompiled(document, 'a'), isCompiled(document, 'b')]).toEqual([true, true]);
  });
});

describe('PreparedDocument leaves to Apollo Server', () => {
  it.each([
    ['introspection of the schema', '{ viewer { ownerId } __schema { queryType { name } } }'],
    ['introspection of a type', '{ __type(name: "Viewer") { name } }'],
    ['the alias __proto__', '{ __proto__: viewer { ownerId } }'],
    ['a directive with a variable', 'query ($flag: Boolean!) { viewer { ownerId @include(if: $flag) } }'],
    [
      'a directive with a variable on a fragment',
      'query ($flag: Boolean!) { viewer { ... @skip(if: $flag) { ownerId } } }',
    ],
    ['a nullable field next to another field', '{ viewer { ownerId } linkedAccount(id: "a") { id } }'],
    ['two nullable fields', '{ a: linkedAccount(id: "a") { id } b: linkedAccount(id: "b") { id } }'],
    [
      'a nullable field above a field that can fail',
      '{ linkedAccount(id: "a") { provider { linkedAccounts { id } } } }',
    ],
    ['a field of a union', '{ _entities(representations: []) { __typename } }'],
  ])('%s', (_what, query) => {
    expect(isCompiled(query)).toBe(false);
  });

  it('an unknown operation, and a document with several operations without a name', () => {
    const document = 'query a { viewer { ownerId } } query b { viewer { ownerName } }';
    expect([isCompiled(document, 'c'), isCompiled(document)]).toEqual([false, false]);
  });
});
