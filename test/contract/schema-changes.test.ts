import { describe, expect, it } from '@jest/globals';
import { findUnannouncedChanges } from '../../scripts/schema-changes.js';
import { readText } from '../support/package-files.js';

const released = `
  type Query { account(id: ID!): Account, accounts(first: Int): [Account!]! }
  type Account { id: ID!, label: String, status: Status! }
  enum Status { ACTIVE EXPIRED }
`;
const changelog = (...entries: string[]) => `# Changelog

## [Unreleased]

### Changed

- \`Account.id\` has a description.
${entries.map((entry) => `- ${entry}\n`).join('')}
### Removed

- \`Account.status\` is not a breaking entry.

## [0.1.0] - 2026-01-01

- **Breaking:** \`Account.label\`, \`Status.EXPIRED\`.
`;

describe('A change of the schema that breaks clients of the last release', () => {
  it.each([
    ['a removed field', ', label: String', '', 'Account.label'],
    [
      'a removed type',
      /type Account \{.*?\}|: Account|: \[Account!\]!/g,
      (text: string) => (text.startsWith(':') ? ': Int' : ''),
      'Account',
    ],
    ['a new required argument', 'first: Int', 'first: Int, after: String!', 'Query.accounts.after'],
    ['a removed argument', '(first: Int)', '', 'Query.accounts.first'],
    ['a stricter argument', 'first: Int', 'first: Int!', 'Query.accounts.first'],
    ['a removed enum value', 'EXPIRED', '', 'Status.EXPIRED'],
    ['a field of another type', 'label: String', 'label: Int', 'Account.label'],
    ['a field that can be null', 'status: Status!', 'status: Status', 'Account.status'],
  ])('%s is reported, unless an entry of the section Unreleased names it', async (_title, from, to, element) => {
    const current = typeof to === 'string' ? released.replace(from, to) : released.replace(from, to);
    expect(current).not.toBe(released);
    const unannounced = await findUnannouncedChanges(released, current, changelog());
    expect(unannounced.join()).toContain(`\`${element}\``);
    const elements = unannounced.map((change) => /^`(.+?)`/.exec(change)?.[0]);
    const announced = changelog(`**Breaking:** ${elements.join(' and ')} changed.`);
    expect(await findUnannouncedChanges(released, current, announced)).toEqual([]);
  });

  it('is reported if only another one is announced', async () => {
    const current = released.replace(', label: String', '').replace('EXPIRED', '');
    const unannounced = await findUnannouncedChanges(released, current, changelog('**Breaking:** `Account.label`.'));
    expect(unannounced).toEqual([expect.stringMatching(/^`Status\.EXPIRED`: /)]);
  });
});

it.each([
  ['a new field', 'id: ID!,', 'id: ID!, provider: String!,'],
  ['a new optional argument', 'first: Int', 'first: Int, after: String'],
  ['a new enum value', 'ACTIVE', 'ACTIVE ERROR'],
  ['a field that can no longer be null', 'label: String', 'label: String!'],
  ['a description', 'type Account', '"An account." type Account'],
])('The schema can have %s without an entry', async (_title, from, to) => {
  const current = released.replace(from, to);
  expect(current).not.toBe(released);
  expect(await findUnannouncedChanges(released, current, changelog())).toEqual([]);
});

it('The schema has no unannounced change since the last release', async () => {
  const [before, now] = ['test/contract/released-schema.graphql', 'schema.graphql'].map(readText);
  expect(await findUnannouncedChanges(before ?? '', now ?? '', readText('CHANGELOG.md'))).toEqual([]);
});
