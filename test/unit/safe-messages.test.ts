import { describe, expect, it } from '@jest/globals';
import { buildSchema, type DocumentNode, execute, GraphQLError, parse, specifiedRules, validate } from 'graphql';
import { safeMessage } from '../../src/graphql/safe-messages.js';
import { readText } from '../support/package-files.js';

const schema = buildSchema(readText('schema.graphql'));

/** The messages of graphql-js for a document and its variables. */
function messagesOf(query: string, variableValues: Record<string, unknown> = {}, operationName?: string): string[] {
  let document: DocumentNode;
  try {
    document = parse(query, { maxTokens: 60 });
  } catch (error) {
    return error instanceof GraphQLError ? [error.message] : [];
  }
  const errors = validate(schema, document, specifiedRules);
  if (errors.length > 0) {
    return errors.map(({ message }) => message);
  }
  const result = execute({ schema, document, variableValues, ...(operationName && { operationName }) });
  return 'then' in result ? [] : (result.errors ?? []).map(({ message }) => message);
}

/** Each document makes graphql-js report one kind of error. `canary` is a value, and names are allowed. */
const documents: [string, string, Record<string, unknown>?, string?][] = [
  ['an unexpected string', '{ viewer "canary" }'],
  ['an unexpected name', '{ viewer { ownerId ] } canary'],
  ['an unterminated string', '{ linkedAccount(id: "canary) { id } }'],
  ['an invalid escape', '{ linkedAccount(id: "\\canary") { id } }'],
  ['an invalid number', '{ linkedAccounts(first: 0canary) { nodes { id } } }'],
  ['an empty document', ''],
  ['too many tokens', `{ ${'viewer '.repeat(70)} }`],
  ['an unknown field', '{ nothing }'],
  ['an unknown field with a suggestion', '{ provider { key } }'],
  ['a missing selection', '{ viewer }'],
  ['a selection on a scalar', '{ viewer { ownerId { x } } }'],
  ['an unknown argument', '{ providers(canary: 1) { key } }'],
  ['a missing argument', '{ linkedAccount { id } }'],
  ['a string for an Int', '{ linkedAccounts(first: "canary") { nodes { id } } }'],
  ['a number for an ID', '{ linkedAccount(id: 1.5) { id } }'],
  ['an unknown enum value', '{ providers(category: CANARY_VALUE) { key } }'],
  ['a string for an enum', '{ providers(category: "canary") { key } }'],
  ['an object for a String', '{ linkedAccounts(provider: {a: "canary"}) { nodes { id } } }'],
  ['an unknown directive', '{ viewer @canary { ownerId } }'],
  ['a directive at a wrong location', 'query @skip(if: true) { viewer { ownerId } }'],
  ['an unknown fragment', '{ viewer { ...canary } }'],
  ['an unused fragment', '{ viewer { ownerId } } fragment a on Viewer { ownerId }'],
  ['a fragment on an unknown type', '{ viewer { ... on Canary { ownerId } } }'],
  ['a fragment that never matches', '{ viewer { ... on Provider { key } } }'],
  ['a fragment cycle', '{ viewer { ...a } } fragment a on Viewer { ...b } fragment b on Viewer { ...a }'],
  ['an undefined variable', '{ linkedAccount(id: $a) { id } }'],
  ['an unused variable', 'query ($a: Int) { viewer { ownerId } }'],
  ['a variable of a wrong type', 'query ($a: Int!) { linkedAccount(id: $a) { id } }'],
  ['a variable that is no input type', 'query ($a: Viewer) { viewer { ownerId } }'],
  ['a repeated variable', 'query ($a: ID!, $a: ID!) { linkedAccount(id: $a) { id } }'],
  ['a subscription with two fields', 'subscription { a: linkedAccountChanged { at } b: linkedAccountChanged { at } }'],
  [
    'a named subscription with two fields',
    'subscription s { a: linkedAccountChanged { at } b: linkedAccountChanged { at } }',
  ],
  ['a subscription with introspection', 'subscription { __typename }'],
  ['a named subscription with introspection', 'subscription s { __typename }'],
  ['two anonymous operations', '{ viewer { ownerId } } { viewer { ownerId } }'],
  ['two operations of one name', 'query a { viewer { ownerId } } query a { viewer { ownerId } }'],
  ['conflicting fields', '{ a: viewer { ownerId } a: providers { key } }'],
  ['a wrong variable', 'query ($a: Int) { linkedAccounts(first: $a) { nodes { id } } }', { a: 'canary' }],
  [
    'a wrong value in a list',
    'query ($a: [LinkedAccountStatus!]) { linkedAccounts(status: $a) { nodes { id } } }',
    { a: ['canary'] },
  ],
  ['a missing variable', 'query ($a: ID!) { linkedAccount(id: $a) { id } }'],
  ['null for a non-null variable', 'query ($a: ID!) { linkedAccount(id: $a) { id } }', { a: null }],
  ['an unknown operation', 'query a { viewer { ownerId } }', {}, 'canary'],
  ['no operation', 'fragment a on Viewer { ownerId }', {}],
];

describe('safeMessage', () => {
  it.each(documents.map((row) => ({ row, what: row[0] })))(
    'knows the message for $what and shows no value',
    ({ row }) => {
      const [, query, variables, operationName] = row;
      const messages = messagesOf(query, variables, operationName);
      expect(messages.length).toBeGreaterThan(0);
      for (const message of messages) {
        const shown = safeMessage(message);
        expect([message, shown]).toEqual([message, expect.stringMatching(/[.?]$|^Maximum/)]);
        // A name of the document can be shown, a value cannot.
        expect(shown?.replace(/"[@$]?\w+"/g, '')).not.toMatch(/canary/i);
      }
    },
  );

  it.each([
    'An error occurred: canary',
    'Cannot query field "canary secret" on type "Query".',
    'Cannot query field "a" on type "Query". canary',
    'Variable "$a" is never used.\ncanary',
    'Syntax error: canary',
    'canary: Variable "$a" is never used.',
    'Unknown type "canary value".',
    'Variable "$a" of type "canary value" used in position expecting type "Int".',
    '',
  ])('does not know the message %j', (message) => {
    expect(safeMessage(message)).toBeUndefined();
  });
});
