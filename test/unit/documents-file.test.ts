import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { specifiedRules, validate } from 'graphql';
import { ConfigError } from '../../src/config/config-error.js';
import { queryLimitsRule } from '../../src/graphql/limits/query-limits.js';
import { readDocumentsFile } from '../../src/graphql/operations/documents-file.js';
import { documentIdOf } from '../../src/graphql/operations/trusted-documents.js';
import { createSchema } from '../../src/graphql/schema.js';

const folder = mkdtempSync(join(tmpdir(), 'documents-'));
afterAll(() => rmSync(folder, { recursive: true }));

const schema = createSchema();
const text = '{ viewer { ownerId } }';
const manifest = (operations: readonly object[]) => ({
  format: 'apollo-persisted-query-manifest',
  version: 1,
  operations,
});

function read(content: unknown) {
  const path = join(folder, 'documents.json');
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return readDocumentsFile(path, (document) => validate(schema, document, [...specifiedRules, queryLimitsRule]));
}

function problemsOf(run: () => unknown): readonly string[] {
  try {
    run();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems;
  }
  throw new Error('this file was accepted');
}

describe('A file of trusted documents', () => {
  it.each<[string, unknown, readonly object[]]>([
    ['a list of texts', [text], [{ text }]],
    ['a map from ids to texts', { [documentIdOf(text)]: text }, [{ id: documentIdOf(text), text }]],
    ['the map of graphql-codegen', { '5aa3b8': text }, [{ id: '5aa3b8', text }]],
    ['a custom prefix', { 'x-app:1.0': text }, [{ id: 'x-app:1.0', text }]],
    ['a manifest of Apollo', manifest([{ id: 'a1', name: 'Viewer', type: 'query', body: text }]), [{ id: 'a1', text }]],
    ['nothing', {}, []],
  ])('is read as %s', (_, content, expected) => {
    expect(read(content)).toEqual(expected);
  });

  it.each<[string, unknown, RegExp]>([
    ['no JSON', '{ viewer', /^The file of trusted documents is not JSON$/],
    ['another value', 7, /must be a list of texts, a map .* or a persisted query manifest of Apollo/],
    ['a manifest of another version', { ...manifest([]), version: 2 }, /must be a list of texts/],
    ['a list with something else', [text, 7], /must be a list of texts/],
    ['an id with spaces', { 'my id': text }, /document 1: its id must be sha256:/],
    ['an unknown prefix', { 'md5:0123': text }, /document 1: its id must be sha256:/],
    ['the hash of another text', { [documentIdOf('{ a }')]: text }, /document 1: its id is not the hash of its text/],
    [
      'two texts with one id',
      manifest([
        { id: 'a', body: text },
        { id: 'a', body: `${text} ` },
      ]),
      /document 2: another document has the same id/,
    ],
    ['a text that is no GraphQL', ['{ viewer'], /document 1: it is not valid GraphQL$/],
    ['an unknown field', ['{ nothing }'], /document 1: Cannot query field "nothing" on type "Query"\.$/],
    ['only a fragment', ['fragment f on Viewer { ownerId }'], /document 1: it contains no operation$/],
    ['an empty text', [''], /document 1: Syntax Error: Unexpected <EOF>\.$/],
    ['more than the query limits', [`{ ${'a: viewer { ownerId } '.repeat(9)} }`], /document 1: .*aliases/],
  ])('is refused with %s', (_, content, expected) => {
    expect(problemsOf(() => read(content))).toEqual([expect.stringMatching(expected)]);
  });

  it('is refused when it cannot be read', () => {
    expect(problemsOf(() => readDocumentsFile(join(folder, 'absent'), () => []))).toEqual([
      'The file of trusted documents cannot be read: check its path, and whether the user of the server may read it',
    ]);
  });

  it('is refused with the problems of all documents, and without the values in them', () => {
    const problems = problemsOf(() =>
      read([text, '{ a b }', '{ linkedAccount(id: "canary", first: "canary") { id } }']),
    );
    expect(problems.map((problem) => /document \d/.exec(problem)?.[0])).toEqual([
      'document 2',
      'document 2',
      'document 3',
    ]);
    expect(problems.join()).not.toContain('canary');
  });
});
