import { describe, expect, it } from '@jest/globals';
import { readText } from '../support/package-files.js';

interface PublicName {
  readonly name: string;
  readonly isType: boolean;
}

/** The names that an index file exports, one by one: `export *` would hide them. */
function exportedNames(path: string): PublicName[] {
  const text = readText(path);
  expect(text).not.toMatch(/export \*/);
  const lists = [...text.matchAll(/^export (type )?\{([^}]*)\} from/gm)];
  expect(lists).toHaveLength(text.match(/^export /gm)?.length ?? 0);
  return lists.flatMap(([, isTypeList, names = '']) =>
    names
      .split(',')
      .map((entry) => entry.trim())
      .filter((entry) => entry !== '')
      .map((entry) => ({
        name: entry.replace(/^type /, ''),
        isType: isTypeList !== undefined || entry.startsWith('type '),
      })),
  );
}

/** The rows of the table below a heading: the names of the first cell, and the second cell. */
function documentedNames(path: string, heading: string) {
  const [, below = ''] = readText(path).split(`\n## ${heading}\n`);
  const [section = ''] = below.split('\n## ');
  return [...section.matchAll(/^\| (`.+?`) \| (.*) \|$/gm)].map(([, names = '', sentence = '']) => ({
    names: [...names.matchAll(/`(\w+)`/g)].map(([, name = '']) => name),
    sentence,
  }));
}

const client = await import('../../client/src/index.js');
const react = await import('../../client/src/react/index.js');
const elements = await import('../../client/src/elements/index.js');
const server = await import('../../src/index.js');
const emulator = await import('../../emulator/src/index.js');

describe.each([
  ['docs/exports.md', 'Exports of `stackone-connect-graphql`', 'src/index.ts', server],
  ['client/README.md', 'Exports of `stackone-connect-client`', 'client/src/index.ts', client],
  ['client/README.md', 'Exports of `stackone-connect-client/react`', 'client/src/react/index.ts', react],
  ['client/README.md', 'Exports of `stackone-connect-client/elements`', 'client/src/elements/index.ts', elements],
  ['emulator/README.md', 'Exports', 'emulator/src/index.ts', emulator],
])('%s, "%s"', (readme, heading, index, entry) => {
  const exported = exportedNames(index);
  const rows = documentedNames(readme, heading);

  it('names every export, and no other', () => {
    expect(exported.length).toBeGreaterThan(2);
    expect(rows.flatMap(({ names }) => names).sort()).toEqual(exported.map(({ name }) => name).sort());
  });

  it('describes the names of each row in one sentence', () => {
    expect(rows.filter(({ sentence }) => !/^[A-Z][^.]*\.$/.test(sentence.replace(/`[^`]*`/g, 'x')))).toEqual([]);
  });

  it('names exactly the values that exist at run time', () => {
    const values = exported.filter(({ isType }) => !isType).map(({ name }) => name);
    expect(values.sort()).toEqual(Object.keys(entry).sort());
  });
});

describe('stackone-connect-client', () => {
  it('exports every generated document', () => {
    const generated = [...readText('client/src/generated/operations.ts').matchAll(/^export const (\w+)/gm)].map(
      ([, name]) => name,
    );
    expect(generated.length).toBeGreaterThan(5);
    expect(Object.keys(client)).toEqual(expect.arrayContaining(generated));
  });
});
