import { existsSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { buildSchema, parse, validate } from 'graphql';
import { variableNames } from '../../src/config.js';
import { errorCodes, httpStatus } from '../../src/errors.js';
import { UserErrorCode } from '../../src/stackone/model.js';
import { inPackage, readText } from '../support/package-files.js';

const scripts = Object.keys(JSON.parse(readText('package.json')).scripts);
/** The rows of a document's tables that begin with a code span, cell by cell. */
const rowsOf = (path: string) =>
  readText(path)
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => line.split('|').map((cell) => cell.trim()));
const namesIn = (path: string) => rowsOf(path).map((cells) => (cells[1] ?? '').replaceAll('`', ''));

describe('docs/errors.md', () => {
  it('has one row for each code, of both kinds, and no other', () => {
    expect(namesIn('docs/errors.md').sort()).toEqual([...errorCodes, ...Object.keys(UserErrorCode)].sort());
  });

  it('gives each code its HTTP status', () => {
    const documented = rowsOf('docs/errors.md').filter((cells) => /^[25]\d\d|^4/.test(cells[2] ?? ''));
    const fixed = errorCodes.filter((code) => httpStatus(code) !== undefined);
    for (const code of fixed) {
      const row = documented.find((cells) => cells[1] === `\`${code}\``);
      expect([code, row?.[2]]).toEqual([code, String(httpStatus(code))]);
    }
    expect(fixed.length).toBeGreaterThan(2);
  });
});

describe('docs/configuration.md', () => {
  it('has one row for each variable that is read, and no other', () => {
    expect(namesIn('docs/configuration.md')).toEqual([...variableNames]);
  });
});

describe('README.md', () => {
  const readme = readText('README.md');
  const blocks = (language: string) =>
    [...readme.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))].map(
      (match) => match[1] ?? '',
    );

  it('tells to run commands that exist', () => {
    const commands = [...readme.matchAll(/npm (?:run )?(start|test|[a-z]+:?[a-z]*)\b/g)].map(
      (match) => match[1] ?? '',
    );
    expect(commands).toContain('start');
    expect(commands.filter((name) => !['ci', 'prune'].includes(name) && !scripts.includes(name))).toEqual([]);
  });

  it('shows a mutation that fits the schema', () => {
    const [mutation = ''] = blocks('graphql');
    expect(validate(buildSchema(readText('schema.graphql')), parse(mutation))).toEqual([]);
  });

  it('names variables that are read', () => {
    const names = blocks('sh').flatMap((block) =>
      [...block.matchAll(/\b([A-Z][A-Z_]+)=/g)].map((match) => match[1]),
    );
    expect(names.length).toBeGreaterThan(5);
    expect(names.filter((name) => !variableNames.some((known) => known === name))).toEqual([]);
  });

  it('names parts of src that exist, in the order of a request', () => {
    const [, flow = ''] = readme.split('## How a request flows');
    const parts = [...flow.matchAll(/`(src\/[a-z/-]+)`/g)].map((match) => match[1] ?? '');
    expect(parts.length).toBeGreaterThan(6);
    expect(parts.filter((part) => !existsSync(inPackage(`${part}.ts`)))).toEqual([]);
  });
});

describe.each(['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'docs/architecture.md', 'docs/errors.md'])(
  '%s',
  (path) => {
    it('points at files that exist', () => {
      const text = readText(path);
      const links = [...text.matchAll(/\]\(([^)#:]+)\)/g)].map(
        (match) => new URL(match[1] ?? '', `file:///${path}`).pathname,
      );
      const named = [...text.matchAll(/`(test\/[\w./-]+|src\/[\w./-]+\.ts)`/g)].map(
        (match) => `/${match[1]}`,
      );
      expect([...links, ...named].filter((file) => !existsSync(inPackage(file)))).toEqual([]);
    });
  },
);

describe('CONTRIBUTING.md', () => {
  it('lists commands that exist, and every command but those that others call', () => {
    const listed = namesIn('CONTRIBUTING.md').map((name) => name.replace(/^npm (run )?/, ''));
    expect(listed.filter((name) => !scripts.includes(name))).toEqual([]);
    expect(scripts.filter((name) => !listed.includes(name)).sort()).toEqual(['build', 'lint', 'typecheck']);
  });
});
