import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { build } from 'esbuild';
import {
  type GraphQLNamedType,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isIntrospectionType,
  isNonNullType,
  isObjectType,
  isSpecifiedScalarType,
  Kind,
  parse,
  print,
  printSchema,
  validateSchema,
  visit,
} from 'graphql';
import { createSchema } from '../../src/graphql/schema.js';
import { printSubgraph } from '../../src/graphql/subgraph/print-subgraph.js';
import { inPackage, readText } from '../support/package-files.js';

const schema = createSchema();
const types = typesOf(schema);

function typesOf(any: GraphQLSchema) {
  return Object.values(any.getTypeMap()).filter((type) => !isIntrospectionType(type) && !isSpecifiedScalarType(type));
}

/** `[place, description]` of each field, argument and enum value of a type. */
function elementsOf(type: GraphQLNamedType): [string, string | null | undefined][] {
  if (isEnumType(type)) {
    return type.getValues().map(({ name, description }) => [`${type.name}.${name}`, description]);
  }
  if (!isObjectType(type)) {
    return [];
  }
  return Object.values(type.getFields()).flatMap((field) => [
    [`${type.name}.${field.name}`, field.description],
    ...field.args.map((arg): [string, string | null | undefined] => [
      `${type.name}.${field.name}(${arg.name}:)`,
      arg.description,
    ]),
  ]);
}

/** As a bundler shortens names, for example in a production build of Next.js. Prints the schema. */
const minified = {
  stdin: {
    contents: `import { printSchema } from 'graphql';
      import { createSchema } from './dist/src/graphql/schema.js';
      process.stdout.write(printSchema(createSchema()));`,
    resolveDir: inPackage('.'),
  },
  bundle: true,
  minify: true,
  platform: 'node',
  format: 'cjs',
  write: false,
} as const;

describe('A minified bundle', () => {
  it('has the same schema: no type has its name from a class', async () => {
    const { outputFiles } = await build(minified);
    const printed = execFileSync('node', ['-'], { input: outputFiles[0]?.text ?? '', encoding: 'utf8' });
    expect(printed.trim()).toBe(printSchema(schema).trim());
  });
});

describe('the schema', () => {
  it('is equal to schema.graphql', () => {
    expect(`${printSchema(schema)}\n`).toBe(readFileSync(inPackage('schema.graphql'), 'utf8'));
  });

  it('has a description for every type, field, argument and enum value', () => {
    const undescribed = types
      .filter((type) => type !== schema.getQueryType() && type !== schema.getMutationType())
      .map((type): [string, string | null | undefined] => [type.name, type.description])
      .concat(types.flatMap(elementsOf))
      .filter(([, description]) => !description)
      .map(([place]) => place);
    expect(undescribed).toEqual([]);
  });

  it('says of every field that can be null when it is', () => {
    const silent = types
      .filter(isObjectType)
      .flatMap((type) => Object.values(type.getFields()).map((field) => ({ type, field })))
      .filter(({ field }) => !isNonNullType(field.type) && !/\bnull\b/i.test(field.description ?? ''))
      .map(({ type, field }) => `${type.name}.${field.name}`);
    expect(silent).toEqual([]);
  });

  it('has no argument and no input that could carry an owner', () => {
    const places = types.flatMap(elementsOf).map(([place]) => place);
    const args = places.filter((place) => place.includes('('));
    expect(args.length).toBeGreaterThan(10);
    expect(args.filter((place) => /\(.*(owner|origin|tenant|customer|org|user|viewer)/i.test(place))).toEqual([]);
    expect(types.filter(isInputObjectType)).toEqual([]);
  });

  it('has createConnectSession with its arguments in order', () => {
    const args = schema.getMutationType()?.getFields()['createConnectSession']?.args ?? [];
    expect(args.map(({ name, type }) => `${name}: ${type}`)).toEqual([
      'provider: String',
      'category: Category',
      'accountId: ID',
      'label: String',
      'onExisting: OnExistingAccount',
    ]);
  });

  it('has resolvers below the root types only for fields that are fetched, so that operations can be prepared (docs/performance.md)', () => {
    const roots = [schema.getQueryType(), schema.getMutationType()];
    const fetched = types
      .filter(isObjectType)
      .filter((type) => !roots.includes(type))
      .flatMap((type) => Object.values(type.getFields()).map((field) => ({ type, field })))
      .filter(({ field }) => field.resolve !== undefined)
      .map(({ type, field }) => `${type.name}.${field.name}`);
    expect(fetched.sort()).toEqual([
      'LinkedAccount.provider',
      'Provider.linkedAccounts',
      // Runs once for each event, outside of the store.
      'Subscription.linkedAccountChanged',
    ]);
  });
});

describe('the schema of the subgraph', () => {
  const sdl = readText('schema.subgraph.graphql');

  it('is equal to schema.subgraph.graphql', () => {
    expect(printSubgraph(createSchema(true))).toBe(sdl);
  });

  it('differs from schema.graphql in the directives of the federation only', () => {
    const withoutDirectives = visit(parse(sdl), {
      enter: ({ kind }) => (kind === Kind.DIRECTIVE || kind === Kind.SCHEMA_EXTENSION ? null : undefined),
    });
    expect(print(withoutDirectives)).toBe(print(parse(readText('schema.graphql'))));
  });

  it('has the keys of the entities, and shares what other subgraphs are likely to have', () => {
    const lines = sdl.split('\n').filter((line) => /^\S.* @|^ {2}\w.* @/.test(line));
    expect(lines.map((line) => line.trim())).toEqual([
      'extend schema @link(url: "https://specs.apollo.dev/federation/v2.4", import: ["@key", "@shareable"])',
      'viewer: Viewer! @shareable',
      'type Provider @key(fields: "key") {',
      'type LinkedAccount @key(fields: "id") {',
      'type PageInfo @shareable {',
    ]);
  });

  it('adds three types and two fields to the schema that the server runs, each with a description', () => {
    const own = new Set(types.flatMap((type) => [type.name, ...elementsOf(type).map(([place]) => place)]));
    const added = typesOf(createSchema(true))
      .flatMap((type): [string, string | null | undefined][] => [[type.name, type.description], ...elementsOf(type)])
      .filter(([place]) => !own.has(place));
    expect(added.filter(([, description]) => !description)).toEqual([]);
    expect(added.map(([place]) => place).sort()).toEqual([
      'Query._entities',
      'Query._entities(representations:)',
      'Query._service',
      '_Any',
      '_Entity',
      '_Service',
      '_Service.sdl',
    ]);
  });
});

it.each([false, true])('The schema is valid, which no start checks: subgraph %s', (subgraph) => {
  expect(validateSchema(createSchema(subgraph))).toEqual([]);
});
