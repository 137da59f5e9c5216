import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { documentsIn } from '../support/documents.js';
import { inPackage, readText } from '../support/package-files.js';

const manifest = JSON.parse(readText('package.json'));

/** The documents that the published package contains. */
const packedDocuments = ['README.md', 'CHANGELOG.md', 'SECURITY.md', ...documentsIn('docs')];
const packedFiles = [...packedDocuments, 'LICENSE', 'package.json', 'schema.graphql'];
const documents = [
  ...packedDocuments,
  'CONTRIBUTING.md',
  ...['bench', 'client', 'emulator', 'examples'].flatMap(documentsIn),
  ...readdirSync(inPackage('examples'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) => documentsIn(`examples/${name}`)),
];

const repository: string = manifest.repository.url.replace(/^git\+|\.git$/g, '');
const fileUrls = [
  `${repository}/blob/main/`,
  `${repository}/tree/main/`,
  `${repository.replace('github.com', 'raw.githubusercontent.com')}/main/`,
];

interface Link {
  readonly file: string;
  readonly anchor: string | undefined;
  readonly isRelative: boolean;
}

/** Links to files of this repository, relative or by its URL. */
function linksIn(path: string): Link[] {
  const text = readText(path).replace(/^```[\s\S]*?^```$/gm, '');
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, target = '']) => {
    const prefix = fileUrls.find((url) => target.startsWith(url));
    if (prefix === undefined && /^[a-z]+:/.test(target)) {
      return [];
    }
    const [name = '', anchor] = target.slice(prefix?.length ?? 0).split('#');
    const relative = name === '' ? path : join(dirname(path), name);
    return [{ file: prefix === undefined ? relative : name, anchor, isRelative: prefix === undefined }];
  });
}

/** The anchors that GitHub gives the headings of a document. */
function anchorsOf(path: string): string[] {
  return [...readText(path).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

describe.each(documents)('%s', (path) => {
  it('links to files and headings that exist', () => {
    const broken = linksIn(path).filter(
      ({ file, anchor }) => !existsSync(inPackage(file)) || (anchor !== undefined && !anchorsOf(file).includes(anchor)),
    );
    expect(broken).toEqual([]);
  });

  it('names tests and source files that exist', () => {
    const named = [...readText(path).matchAll(/`(test\/[\w./-]+|src\/[\w./-]+\.tsx?)`/g)].map(
      (match) => match[1] ?? '',
    );
    const bases = ['.', dirname(path)];
    expect(named.filter((file) => !bases.some((base) => existsSync(inPackage(join(base, file)))))).toEqual([]);
  });

  it('avoids words that the style guide replaces', () => {
    const words = /\b(mend(s|ed)?|anew|nobody|somebody|catalogues?|withdrawn)\b/gi;
    expect(readText(path).match(words)).toBeNull();
  });
});

describe('The links of the published package', () => {
  it.each(packedDocuments)('%s has relative links to published files only', (path) => {
    const unpublished = linksIn(path).filter(({ file, isRelative }) => isRelative && !packedFiles.includes(file));
    expect(unpublished).toEqual([]);
  });

  it.each(['client', 'emulator'])(
    '%s/README.md has no relative links, because its package has no other document',
    (folder) => {
      expect(
        linksIn(`${folder}/README.md`).filter(({ isRelative, file }) => isRelative && dirname(file) !== folder),
      ).toEqual([]);
    },
  );

  it('point to a repository that package.json names', () => {
    expect(manifest.homepage).toBe(`${repository}#readme`);
    expect(manifest.bugs.url).toBe(`${repository}/issues`);
    const others = packedDocuments.filter((path) =>
      [...readText(path).matchAll(/https:\/\/(?:raw\.githubusercontent|github)\.com\/[^\s)]+/g)].some(
        ([url]) => !fileUrls.some((prefix) => url.startsWith(prefix)) && !url.startsWith(repository),
      ),
    );
    expect(others).toEqual([]);
  });
});
