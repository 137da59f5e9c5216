import { existsSync, readdirSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { buildSchema, parse, validate } from 'graphql';
import { startEmulator } from '../../emulator/src/index.js';
import { variableNames } from '../../src/config.js';
import { settingVariables } from '../../src/connect-settings.js';
import { errorCodes, httpStatus } from '../../src/errors.js';
import { UserErrorCode } from '../../src/stackone/model.js';
import { codeBlocks, inPackage, readText } from '../support/package-files.js';

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

describe('docs/embedding.md', () => {
  it('has one row for each setting, with the variable that it stands for', () => {
    const documented = rowsOf('docs/embedding.md').map(([, name = '', variable = '']) => [
      name.replaceAll('`', ''),
      /`([A-Z_]+)`/.exec(variable)?.[1],
    ]);
    expect(documented).toEqual(Object.entries(settingVariables));
  });

  it('shows the Express example as it is', () => {
    const lines = (code: string) => code.split('\n').map((line) => line.trim());
    const [, shown = ''] = codeBlocks('docs/embedding.md', 'js');
    const example = lines(readText('examples/express/shop.js'));
    const missing = lines(shown).filter((line) => !example.includes(line));
    expect([shown.length > 300, missing]).toEqual([true, []]);
  });
});

describe('docs/client.md', () => {
  const constantsOf = (path: string, key: string) =>
    [...readText(path).matchAll(new RegExp(`readonly ${key}: '([\\w-]+)'`, 'g'))].map((match) => match[1]);

  it('has one row for each phase of a flow and each kind of failure, and no other', () => {
    const phases = constantsOf('client/src/connect-flow.ts', 'phase');
    const kinds = constantsOf('client/src/failure.ts', 'kind');
    expect([phases.length, kinds.length]).toEqual([6, 6]);
    expect(namesIn('docs/client.md')).toEqual([...phases, ...kinds]);
  });
});

describe('docs/testing.md', () => {
  it('shows the tests of the Express example, which run with these, as they are', () => {
    const files = ['shop.test.js', 'shop.spec.js'].map((name) => readText(`examples/express/${name}`));
    expect(codeBlocks('docs/testing.md', 'js').slice(1)).toEqual(files);
  });

  it('names every handle of the emulator, and no other', async () => {
    const emulator = await startEmulator();
    const named = rowsOf('docs/testing.md').flatMap(([, names = '']) =>
      [...names.matchAll(/`(\w+)/g)].map((match) => match[1]),
    );
    expect(named.sort()).toEqual(Object.keys(emulator).sort());
    await emulator.stop();
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

describe('examples/README.md', () => {
  it('has one row for each example, and no other', () => {
    const folders = readdirSync(inPackage('examples'), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name);
    const named = [...readText('examples/README.md').matchAll(/^\| \[([\w-]+)\]/gm)].map((match) => match[1]);
    expect(named.sort()).toEqual(folders.sort());
  });
});

describe.each([
  'README.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  'docs/architecture.md',
  'docs/client.md',
  'docs/embedding.md',
  'docs/errors.md',
  'docs/performance.md',
  'docs/testing.md',
  'client/README.md',
  'emulator/README.md',
  'examples/README.md',
])('%s', (path) => {
  it('points at files that exist', () => {
    const text = readText(path);
    const links = [...text.matchAll(/\]\(([^)#:]+)\)/g)].map(
      (match) => new URL(match[1] ?? '', `file:///${path}`).pathname,
    );
    const named = [...text.matchAll(/`(test\/[\w./-]+|src\/[\w./-]+\.ts)`/g)].map((match) => `/${match[1]}`);
    expect([...links, ...named].filter((file) => !existsSync(inPackage(file)))).toEqual([]);
  });
});

describe('CONTRIBUTING.md', () => {
  it('lists commands that exist, and every command but those that others call', () => {
    const listed = namesIn('CONTRIBUTING.md').map((name) => name.replace(/^npm (run )?/, ''));
    expect(listed.filter((name) => !scripts.includes(name))).toEqual([]);
    expect(scripts.filter((name) => !listed.includes(name)).sort()).toEqual([
      'build',
      'lint',
      'prepack',
      'typecheck',
    ]);
  });
});
