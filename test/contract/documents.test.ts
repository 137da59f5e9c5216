import { existsSync, readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { buildSchema, isEnumType, isIntrospectionType, isObjectType, isSpecifiedScalarType } from 'graphql';
import { demoVariables, loadDemoConfig } from '../../demo/start-demo.js';
import { type Emulator, startEmulator } from '../../emulator/src/index.js';
import { printApiReference } from '../../scripts/emit-api-reference.js';
import { listSettings } from '../../src/config/setting-list.js';
import { errorCodeInfo, errorCodes } from '../../src/domain/error-codes.js';
import { UserErrorCode } from '../../src/domain/result.js';
import { startConnect } from '../../src/embed.js';
import { queryLimits } from '../../src/graphql/limits/query-limits.js';
import { maxTokens } from '../../src/graphql/limits/token-limit.js';
import { maxRepresentations } from '../../src/graphql/subgraph/entities.js';
import { maxResponseValues } from '../../src/linking/limits/owner-work.js';
import { toAccountRecord } from '../../src/stackone/mappers.js';
import { accountRow } from '../../src/stackone/schemas.js';
import { documentsIn, namesIn, rowsIn, sectionOf } from '../support/documents.js';
import { codeBlocks, inPackage, readText, sourceFiles } from '../support/package-files.js';

const settings = listSettings();
/** The variables of the server and, last, those of the demo. */
const variableNames = [
  ...settings.flatMap(({ variable, fileVariable }) =>
    fileVariable === undefined ? [variable] : [variable, fileVariable],
  ),
  ...demoVariables,
];

const manifest = JSON.parse(readText('package.json'));
const scripts = Object.keys(manifest.scripts);

/** The table between the markers for generated settings. */
function settingsTableOf(path: string): string {
  const [, table] = /<!-- settings:start -->([\s\S]*)<!-- settings:end -->/.exec(readText(path)) ?? [];
  if (table === undefined) {
    throw new Error(`${path} has no settings markers`);
  }
  return table;
}

describe('docs/errors.md', () => {
  it('has one row for each user error code and each GraphQL error code, and no other', () => {
    expect(namesIn(sectionOf('docs/errors.md', 'User error codes')).sort()).toEqual(Object.keys(UserErrorCode).sort());
    expect(namesIn(sectionOf('docs/errors.md', 'GraphQL error codes')).sort()).toEqual([...errorCodes].sort());
    expect(namesIn(readText('docs/errors.md')).length).toBe(errorCodes.length + Object.keys(UserErrorCode).length);
  });

  it('states the HTTP status, the cause and the fix of each code', () => {
    for (const [, code, status, cause, fix] of rowsIn(readText('docs/errors.md'))) {
      expect([code, status]).toEqual([code, expect.stringMatching(/^(\d\d\d|200 or (4xx|500))$/)]);
      expect([code, cause, fix]).toEqual([code, expect.stringMatching(/\.$/), expect.stringMatching(/\.$/)]);
    }
  });

  it('states the HTTP status that the server sends, for each code with its own status', () => {
    const documented = new Map(rowsIn(readText('docs/errors.md')).map(([, code, status]) => [code, status]));
    const fixed = errorCodes.filter((code) => errorCodeInfo(code).httpStatus !== undefined);
    for (const code of fixed) {
      expect([code, documented.get(`\`${code}\``)]).toEqual([code, String(errorCodeInfo(code).httpStatus)]);
    }
    expect(fixed.length).toBeGreaterThan(2);
  });

  it('states the query limits of the server', () => {
    const values = sectionOf('docs/errors.md', 'Query limits')
      .split('\n')
      .filter((line) => line.includes('GRAPHQL_'))
      .map((line) => Number(line.split('|')[2]));
    expect(values).toEqual([maxTokens, ...Object.values(queryLimits)]);
    const entities = `| Representations in \`_entities\`, see [federation.md](federation.md#limits) | ${maxRepresentations} |`;
    expect(sectionOf('docs/errors.md', 'Query limits')).toContain(entities);
    const budget = new Intl.NumberFormat('en').format(maxResponseValues);
    expect(sectionOf('docs/errors.md', 'Query limits')).toContain(`| Values in the response | ${budget} |`);
  });
});

describe('docs/configuration.md', () => {
  it('has one row for each environment variable, and no other', () => {
    expect(namesIn(readText('docs/configuration.md'))).toEqual([...variableNames]);
  });

  it('lists the variables of the server between the markers, and those of the demo in its own section', () => {
    const demo = namesIn(sectionOf('docs/configuration.md', 'Demo'));
    expect(demo).toEqual([...demoVariables]);
    expect([...namesIn(settingsTableOf('docs/configuration.md')), ...demo]).toEqual([...variableNames]);
  });

  it('names the variables of the server that the demo rejects, and no other', () => {
    const [, list = ''] = /one of the variables (.*) is set/.exec(sectionOf('docs/configuration.md', 'Demo')) ?? [];
    const patterns = [...list.matchAll(/`([A-Z_…]+)`/g)].map(
      ([, name = '']) => new RegExp(`^${name.replace('…', '.*')}$`),
    );
    const isRejected = (name: string) => {
      try {
        loadDemoConfig({ [name]: 'value' });
        return false;
      } catch (error) {
        return String(error).includes(`${name} is set but STACKONE_API_KEY is not`);
      }
    };
    const rejected = variableNames.filter(isRejected);
    expect(rejected.length).toBeGreaterThan(10);
    expect(variableNames.filter((name) => patterns.some((pattern) => pattern.test(name)))).toEqual(rejected);
  });

  it.each(['docs/configuration.md', 'docs/embedding.md'])('%s has a meaning and a default for each setting', (path) => {
    for (const row of rowsIn(settingsTableOf(path))) {
      const [meaning, defaultValue] = row.slice(-3);
      expect([row[1], meaning, defaultValue]).toEqual([
        row[1],
        expect.stringMatching(/^.{10,}\.$/),
        expect.stringMatching(/./),
      ]);
    }
  });
});

describe('docs/embedding.md', () => {
  it('has one row for each option, with the environment variable of the same setting', () => {
    const documented = rowsIn(settingsTableOf('docs/embedding.md')).map(([, name = '', variable = '']) => [
      name.replaceAll('`', ''),
      /`([A-Z_]+)`/.exec(variable)?.[1],
    ]);
    expect(documented).toEqual(
      settings.filter(({ isEmbedded }) => isEmbedded).map(({ option, variable }) => [option, variable]),
    );
  });

  it('names the options of startConnect that are no settings', () => {
    const [, members = ''] = /interface ConnectOptions<.*?\{([\s\S]*?)\n\}/.exec(readText('src/embed.ts')) ?? [];
    const names = [...members.matchAll(/readonly (\w+)\??:/g)].map((match) => match[1] ?? '');
    const [introduction = ''] = sectionOf('docs/embedding.md', 'Options').split('<!-- settings:start -->');
    expect(names.length).toBeGreaterThan(3);
    expect(names.filter((name) => !introduction.includes(`\`${name}\``))).toEqual([]);
  });

  it('lists the properties of the value that startConnect returns', async () => {
    const connect = await startConnect({ apiKey: 'key', getOwner: () => null, logLevel: 'silent' });
    const documented = namesIn(sectionOf('docs/embedding.md', 'What `startConnect` returns'));
    expect(documented.map((name) => name.replace(/\(.*/, '')).sort()).toEqual(Object.keys(connect).sort());
    await connect.stop();
  });
});

describe('docs/account-events.md', () => {
  it('lists the properties of the account in an event, and no other', () => {
    const [, cell = ''] = /^\| `account` \| (.+?) Null after/m.exec(readText('docs/account-events.md')) ?? [];
    const { account } = toAccountRecord(accountRow.parse({ id: '1', provider: 'bamboohr' }));
    expect([...cell.matchAll(/`(\w+)`/g)].map((match) => match[1])).toEqual(Object.keys(account));
  });
});

describe('docs/client.md', () => {
  it('lists the options of createConnectClient, and no other', () => {
    const source = readText('client/src/core/connect-client.ts');
    const [, options = ''] = /interface ConnectClientOptions \{([\s\S]*?)\n\}/.exec(source) ?? [];
    const names = [...options.matchAll(/^ {2}readonly (\w+)\??:/gm)].map((match) => match[1]);
    expect(namesIn(sectionOf('docs/client.md', 'The client'))).toEqual(names);
  });

  const constantsOf = (path: string, key: string) =>
    [...readText(path).matchAll(new RegExp(`readonly ${key}: '([\\w-]+)'`, 'g'))].map((match) => match[1]);

  it('has one row for each phase of a flow and each kind of failure, and no other', () => {
    const phases = constantsOf('client/src/core/connect-state.ts', 'phase');
    const kinds = constantsOf('client/src/core/failure.ts', 'kind');
    expect([phases.length, kinds.length]).toEqual([6, 6]);
    expect(namesIn(sectionOf('docs/client.md', 'Phases of a flow'))).toEqual(phases);
    expect(namesIn(sectionOf('docs/client.md', 'Failures'))).toEqual(kinds);
  });

  it('lists the properties, the custom properties and the state of the integrations page, and no other', () => {
    const membersOf = (path: string, name: string) => {
      const [, members = ''] = new RegExp(`interface ${name} \\{([\\s\\S]*?)\\n\\}`).exec(readText(path)) ?? [];
      return [...members.matchAll(/^ {2}(?:readonly )?(\w+)\??:/gm)].map((match) => match[1] ?? '').sort();
    };
    const page = sectionOf('docs/client.md', 'The integrations page');
    const properties = membersOf('client/src/elements/element-properties.ts', 'ConnectIntegrationsProperties');
    expect(namesIn(page.split('### Design')[0] ?? '').sort()).toEqual(properties);
    const tokens = [...readText('client/src/dialog/tokens.ts').matchAll(/'([a-z]+(?:-[a-z]+)?)'/g)].map((m) => m[1]);
    const documented = [...page.matchAll(/^\| `--stackone-connect-([\w-]+)`/gm)].map((match) => match[1]);
    expect(documented.sort()).toEqual(tokens.filter((name) => name !== 'auto' && name !== 'normal').sort());
    const state = membersOf('client/src/integrations/state.ts', 'IntegrationsState');
    const rows = rowsIn(page.split('| State |')[1] ?? '').flatMap(([, names = '']) =>
      [...names.matchAll(/`(\w+)`/g)].map((match) => match[1]),
    );
    expect(rows.sort()).toEqual(state);
    const views = sourceFiles('client/src/elements').map(readText).join();
    const classes = [...page.matchAll(/`(stackone-connect-\w+)`/g)].map((match) => match[1] ?? '');
    expect(classes.length).toBeGreaterThan(10);
    expect(classes.filter((name) => !new RegExp(`${name}\\b`).test(views))).toEqual([]);
  });

  it('names the file of the script of the Hub', () => {
    const [, file = ''] = /copy `(node_modules\/@stackone\/hub\/[\w./]+)`/.exec(readText('docs/client.md')) ?? [];
    expect([file, existsSync(inPackage(file))]).toEqual([file, true]);
    expect(file).toMatch(/\.js$/);
  });

  it('lists the props of ConnectProvider, and props of ConnectButton that exist', () => {
    const source = readText('client/src/react/connect-provider.tsx');
    const [, settings = ''] = /interface ConnectSettings \{([\s\S]*?)\n\}/.exec(source) ?? [];
    const props = [...settings.matchAll(/readonly (\w+)\??:/g)].map((match) => match[1]);
    const [, provider = '', button = ''] = sectionOf('docs/client.md', 'React').split('\n| Prop |');
    expect(namesIn(provider).sort()).toEqual(props.sort());
    const sources = ['client/src/react/connect-button.tsx', 'client/src/dialog/dialog-parts.ts'].map(readText).join();
    const documented = rowsIn(button).flatMap(([, names = '']) =>
      [...names.matchAll(/`(\w+)`/g)].map((match) => match[1] ?? ''),
    );
    expect(documented.length).toBeGreaterThan(8);
    expect(documented.filter((name) => !new RegExp(`\\b${name}\\b`).test(sources))).toEqual([]);
  });
});

describe('docs/testing.md', () => {
  let emulator: Emulator;
  beforeAll(async () => {
    emulator = await startEmulator();
  });
  afterAll(() => emulator.stop());

  it('lists every property and method of the emulator, and no other', () => {
    const named = rowsIn(sectionOf('docs/testing.md', 'The emulator')).flatMap(([, names = '']) =>
      [...names.matchAll(/`(\w+)/g)].map((match) => match[1]),
    );
    expect(named.sort()).toEqual(Object.keys(emulator).sort());
  });

  it('lists every kind of fault, and no other', () => {
    const [, kinds = ''] = /kind: z\.enum\(\[(.*?)\]\)/.exec(readText('emulator/src/faults.ts')) ?? [];
    const [, table = ''] = readText('docs/testing.md').split('\n| Kind | What the emulator does |\n');
    const named = [...(table.split('\n\n')[0] ?? '').matchAll(/^\| (\w+) \|/gm)].map((match) => match[1]);
    expect(named).toEqual([...kinds.matchAll(/'(\w+)'/g)].map((match) => match[1]));
    expect(named.length).toBeGreaterThan(3);
  });

  it('lists every setting of the emulator, and no other', () => {
    const named = rowsIn(sectionOf('docs/testing.md', 'Settings')).flatMap(
      ([, name = '']) => /`(\w+)/.exec(name)?.[1] ?? [],
    );
    expect(named.sort()).toEqual(Object.keys(emulator.settings).sort());
  });

  it('lists control requests that the emulator answers', async () => {
    const named = [...sectionOf('docs/testing.md', 'The emulator').matchAll(/(GET|POST|PATCH) `(\/[^`{]+)`/g)];
    expect(named.length).toBeGreaterThan(4);
    for (const [, method = '', path = ''] of named) {
      const headers = { 'content-type': 'application/json' };
      const body = method === 'GET' ? {} : { headers, body: '{}' };
      const { status } = await fetch(`${emulator.url}${path}`, { method, ...body });
      expect([method, path, status]).not.toEqual([method, path, 404]);
    }
  });
});

describe('docs/api-reference.md', () => {
  it('is up to date with schema.graphql: npm run schema', () => {
    expect(readText('docs/api-reference.md')).toBe(printApiReference(readText('schema.graphql')));
  });

  it('shows every type, field, argument and value of the schema', () => {
    const reference = readText('docs/api-reference.md');
    const types = Object.values(buildSchema(readText('schema.graphql')).getTypeMap()).filter(
      (type) => !isIntrospectionType(type) && !isSpecifiedScalarType(type),
    );
    const fields = types.filter(isObjectType).flatMap((type) => Object.values(type.getFields()));
    const names = [
      ...types.map(({ name }) => name).filter((name) => !['Query', 'Mutation', 'Subscription'].includes(name)),
      ...fields.flatMap(({ name, args }) => [name, ...args.map((arg) => arg.name)]),
      ...types.filter(isEnumType).flatMap((type) => type.getValues().map(({ name }) => name)),
    ];
    expect(names.length).toBeGreaterThan(100);
    expect(names.filter((name) => !reference.includes(`\`${name}\``))).toEqual([]);
  });

  it('shows default values, input types, arguments of fields, and deprecations', () => {
    const reference = printApiReference(`
      type Query { list(filter: Filter = { text: "a|b" }): Item @deprecated(reason: "Use items.") }
      type Item { name("Case of the name." upper: Boolean = false): String }
      input Filter { """Part of\n\nthe name.""" text: String! }`);
    expect(reference).toContain('### `list` query\n\n**Deprecated:** Use items.\n\nReturns [`Item`](#item).');
    expect(reference).toContain('| `filter` | [`Filter`](#filter) |  | `{text: "a\\|b"}` |');
    expect(reference).toContain('| Argument of `name` | Type | Description | Default |');
    expect(reference).toContain('| `upper` | `Boolean` | Case of the name. | `false` |');
    expect(reference).toContain('## Input types\n\n### `Filter`');
  });

  it('cannot be printed for a schema with a union or an interface, which it would omit', () => {
    const union = 'type A { a: Int } type B { b: Int } union U = A | B type Query { u: U }';
    expect(() => printApiReference(union)).toThrow('The API reference cannot show U');
  });
});

describe('docs/glossary.md', () => {
  const terms = [...readText('docs/glossary.md').matchAll(/^\| \*\*(.+?)\*\* \| (.+) \|$/gm)];

  it('explains the terms of the project, in alphabetical order', () => {
    const names = terms.map((match) => match[1] ?? '');
    expect(names).toEqual(
      expect.arrayContaining([
        'caller',
        'connect session',
        'host app',
        'Hub',
        'linked account',
        'owner',
        'provider',
        're-link',
        'token',
      ]),
    );
    expect(names).toEqual([...names].sort((a, b) => a.localeCompare(b, 'en')));
  });
});

/** The text of all source files of the server. */
const sources = sourceFiles('src').map(readText).join('\n');

describe.each(['README.md', ...documentsIn('docs')])('%s', (path) => {
  it('quotes messages of log lines that the server writes', () => {
    const quoted = [...readText(path).matchAll(/"msg":"([^"]+)"/g)].map((match) => match[1] ?? '');
    expect(quoted.filter((message) => !sources.includes(`'${message}'`))).toEqual([]);
  });
});

describe('docs/troubleshooting.md', () => {
  it('names reasons of rejected requests that the server writes', () => {
    const [, reasons = ''] = readText('docs/troubleshooting.md').split('| `reason` contains | Fix |');
    const named = rowsIn(reasons.split('\n\n')[0] ?? '').flatMap(([, cell = '']) =>
      [...cell.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? ''),
    );
    // The names of a claim are no part of the source text.
    const written = sources.replace(/\$\{\w+\}/g, '…').replace('the audience (…)', 'the audience (aud)');
    expect(named.length).toBeGreaterThan(14);
    expect(named.filter((reason) => !written.includes(reason))).toEqual([]);
  });

  it('has a symptom, a cause and a fix for each problem', () => {
    const problems = readText('docs/troubleshooting.md').split('\n### ').slice(1);
    expect(problems.length).toBeGreaterThan(8);
    for (const problem of problems) {
      expect(problem).toMatch(/^.+\n\n\*\*Symptom\.\*\* [\s\S]+\n\n\*\*Cause\.\*\* [\s\S]+\n\n\*\*Fix\.\*\* /);
    }
  });

  it('names variables that exist', () => {
    const names = [...readText('docs/troubleshooting.md').matchAll(/`([A-Z]+(?:_[A-Z]+)+)(?:=\w+)?`/g)]
      .map((match) => match[1] ?? '')
      .filter((name) => !name.startsWith('ERR_'));
    const known: readonly string[] = [...variableNames, ...errorCodes, ...Object.keys(UserErrorCode)];
    expect(names.length).toBeGreaterThan(10);
    expect(names.filter((name) => !known.includes(name))).toEqual([]);
  });
});

describe('docs/architecture.md', () => {
  it('has a layout row for every file and folder of src, and only for paths that exist', () => {
    const listed = namesIn(sectionOf('docs/architecture.md', 'Layout'));
    const entries = readdirSync(inPackage('src'), { withFileTypes: true }).map((entry) =>
      entry.isDirectory() ? `src/${entry.name}/` : `src/${entry.name}`,
    );
    expect(listed.filter((path) => !existsSync(inPackage(path)))).toEqual([]);
    expect(entries.filter((path) => !listed.includes(path))).toEqual([]);
  });

  it('names only places that exist under “Where to add”', () => {
    const section = sectionOf('docs/architecture.md', 'Where to add');
    const places = [...section.matchAll(/`([\w./-]+)`/g)]
      .map(([, name = '']) => name)
      .filter((name) => /\//.test(name));
    const exists = (place: string) =>
      [place, `src/${place}`, `src/${place}.ts`].some((path) => existsSync(inPackage(path)));
    expect(places.length).toBeGreaterThan(30);
    expect(places.filter((place) => !exists(place))).toEqual([]);
  });

  it('shows one connect session as a sequence diagram, with operations of the schema', () => {
    const [diagram = ''] = codeBlocks('docs/architecture.md', 'mermaid');
    expect(diagram).toMatch(/^sequenceDiagram\n/);
    const operations = [...diagram.matchAll(/Page->>Server: (\w+)\(/g)].map((match) => match[1] ?? '');
    const mutations = buildSchema(readText('schema.graphql')).getMutationType()?.getFields() ?? {};
    expect(operations).toEqual(['createConnectSession', 'confirmLinkedAccount']);
    expect(operations.filter((name) => !Object.hasOwn(mutations, name))).toEqual([]);
  });
});

describe('README.md', () => {
  const readme = readText('README.md');

  it('has the standard sections in their order', () => {
    expect([...readme.matchAll(/^## (.+)$/gm)].map((match) => match[1])).toEqual([
      'Packages',
      'Install',
      'Quick start: the demo',
      'Quick start: an existing app',
      'Comparison with calling StackOne directly',
      'Production setup',
      'How a request flows',
      'Performance',
      'Documentation',
      'Versioning and support policy',
      'Licence',
    ]);
  });

  it('contains npm commands that exist', () => {
    const commands = [...readme.matchAll(/\bnpm (?:run )?(start|test|[a-z]+:?[a-z]*)\b/g)].map(
      (match) => match[1] ?? '',
    );
    const npmCommands = ['ci', 'install', 'pack'];
    expect(commands).toContain('start');
    expect(commands.filter((name) => !npmCommands.includes(name) && !scripts.includes(name))).toEqual([]);
  });

  it('contains environment variables that exist', () => {
    const names = codeBlocks('README.md', 'sh').flatMap((block) =>
      [...block.matchAll(/\b([A-Z][A-Z_]+)=/g)].map((match) => match[1]),
    );
    expect(names.length).toBeGreaterThan(5);
    expect(names.filter((name) => !variableNames.some((known) => known === name))).toEqual([]);
  });

  it('names parts of src that exist, from the HTTP server to the error format', () => {
    const parts = [...sectionOf('README.md', 'How a request flows').matchAll(/`(src\/[a-z/-]+)`/g)].map(
      (match) => match[1] ?? '',
    );
    expect(parts.length).toBeGreaterThan(6);
    expect([parts.at(0), parts.at(-1)]).toEqual(['src/http/server', 'src/graphql/format-error']);
    expect(parts.filter((part) => !existsSync(inPackage(`${part}.ts`)))).toEqual([]);
  });

  it('states the number of languages of the client', () => {
    const { length } = sourceFiles('client/src/labels').filter((path) => /\/[a-z]{2}\.ts$/.test(path));
    expect(readme).toContain(`in ${['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven'][length]} languages`);
  });

  it('lists every document', () => {
    const listed = [...sectionOf('README.md', 'Documentation').matchAll(/^- \[(docs\/[\w-]+\.md)\]/gm)].map(
      (match) => match[1],
    );
    expect(listed.sort()).toEqual(documentsIn('docs').sort());
  });

  it('states the supported versions of package.json', () => {
    const policy = sectionOf('README.md', 'Versioning and support policy');
    const { engines, peerDependencies } = manifest;
    expect(policy).toContain(`| Node.js | ${engines.node.replace('>=', '')} and later`);
    expect(policy).toContain(`| GraphQL.js | ${minorOf(peerDependencies.graphql)} and later`);
    expect(policy).toContain(`| Apollo Server | ${peerDependencies['@apollo/server'].replace('^', '')} and later`);
  });
});

/** `^16.15.0` → `16.15` */
function minorOf(range: string): string {
  return range.replace(/^\^(\d+\.\d+).*$/, '$1');
}

describe('examples/README.md', () => {
  it('has one row for each example, and no other', () => {
    const folders = readdirSync(inPackage('examples'), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name);
    const named = [...readText('examples/README.md').matchAll(/^\| \[([\w-]+)\]/gm)].map((match) => match[1]);
    expect(named.sort()).toEqual(folders.sort());
  });
});

describe('CONTRIBUTING.md', () => {
  it('lists commands that exist, and every command except those that other commands call', () => {
    const listed = namesIn(readText('CONTRIBUTING.md')).map((name) => name.replace(/^npm (run )?/, ''));
    expect(listed.filter((name) => !scripts.includes(name))).toEqual([]);
    expect(scripts.filter((name) => !listed.includes(name)).sort()).toEqual(['build', 'lint', 'prepack', 'typecheck']);
  });

  it('states how many packages .ci/run allows', () => {
    const [, limit] = /"\$production" -le (\d+)/.exec(readText('.ci/run')) ?? [];
    expect(readText('CONTRIBUTING.md')).toContain(`at most ${limit} packages`);
  });
});
