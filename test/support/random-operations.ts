import fc from 'fast-check';
import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isEnumType,
  isNonNullType,
  isObjectType,
} from 'graphql';

/** A GraphQL request body with a document that fits the schema. */
export interface RandomOperation {
  readonly query: string;
  readonly operationName?: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

type Field = GraphQLField<unknown, unknown>;

/** Variables of every generated document: type, default in the document, and good and wrong values. */
const variables = [
  { name: 'first', type: 'Int', fallback: '2', good: [1, 3, null], wrong: [0, 'x', 1.5, {}] },
  { name: 'provider', type: 'String', fallback: '"lever"', good: ['bamboohr', null], wrong: [7, ['a']] },
  {
    name: 'status',
    type: '[LinkedAccountStatus!]',
    fallback: '[ACTIVE]',
    good: [['ERROR'], []],
    wrong: ['X'],
  },
  { name: 'id', type: 'ID!', fallback: undefined, good: ['unknown', 7], wrong: [null, {}] },
  { name: 'flag', type: 'Boolean', fallback: 'true', good: [true, false], wrong: ['yes', null] },
] as const;

const variablesOfType: Readonly<Record<string, string>> = {
  Int: '$first',
  String: '$provider',
  '[LinkedAccountStatus!]': '$status',
  'ID!': '$id',
  ID: '$id',
};

/** Documents with fragments, aliases, repeated fields, directives, variables and several operations. */
export function randomOperations(schema: GraphQLSchema): fc.Arbitrary<RandomOperation> {
  const kinds = [
    { keyword: 'query', root: schema.getQueryType() },
    { keyword: 'mutation', root: schema.getMutationType() },
  ];
  return fc
    .constantFrom(...kinds)
    .chain(({ keyword, root }) => {
      if (!root) {
        throw new Error('The schema has no root type.');
      }
      const selection = keyword === 'query' ? selectionOf(root, 3) : rootFieldOf(root);
      return fc.record({
        keyword: fc.constant(keyword),
        selection,
        second: fc.constantFrom('', ' query other { viewer { ownerId } }'),
        values: valuesOfVariables,
      });
    })
    .map(({ keyword, selection, second, values }) => {
      const used = variables.filter(({ name }) => selection.includes(`$${name}`));
      const declared = used.map(
        ({ name, type, fallback }) => `$${name}: ${type}${fallback === undefined ? '' : ` = ${fallback}`}`,
      );
      const head = declared.length === 0 ? '' : `(${declared.join(', ')})`;
      return {
        query: `${keyword} main${head} ${selection}${second}${fragmentsIn(selection, schema)}`,
        ...(second !== '' && { operationName: 'main' }),
        variables: Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)),
      };
    });
}

/** Mostly good values; absent ones are undefined. */
const valuesOfVariables = fc.record(
  Object.fromEntries(
    variables.map(({ name, good, wrong }) => [
      name,
      fc.oneof(
        { weight: 8, arbitrary: fc.constantFrom<unknown>(...good) },
        { weight: 2, arbitrary: fc.constant(undefined) },
        { weight: 1, arbitrary: fc.constantFrom<unknown>(...wrong) },
      ),
    ]),
  ),
);

/** A mutation has one field. */
function rootFieldOf(root: GraphQLObjectType): fc.Arbitrary<string> {
  return fc
    .constantFrom(...Object.values(root.getFields()))
    .chain((field) => fieldOf(field, 3).map((text) => `{ ${text} }`));
}

function selectionOf(type: GraphQLObjectType, depth: number): fc.Arbitrary<string> {
  const fields = Object.values(type.getFields()).filter(
    (field) => depth > 1 || !isObjectType(getNamedType(field.type)),
  );
  const one = fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom(...fields).chain((field) => fieldOf(field, depth - 1)) },
    { weight: 1, arbitrary: fc.constant('__typename') },
  );
  const some = fc.array(one, { minLength: 1, maxLength: 2 }).map((parts) => parts.join(' '));
  return fc
    .tuple(
      some,
      some,
      fc.constantFrom('', '', '', `... on ${type.name}`, '...', '... @include(if: true)'),
      fc.constantFrom(...Array<string>(8).fill(''), spreadOf(type)),
    )
    .map(([first, more, inline, spread]) => `{ ${first} ${inline === '' ? '' : `${inline} { ${more} }`} ${spread} }`);
}

/** A fragment that is spread twice at one place. `randomOperations` adds its definition. */
const spreadOf = ({ name }: GraphQLObjectType) => `...${name}F ...${name}F`;

/** Every field of a type that has no fields below it, so that a field that fails is in a fragment too. */
function fragmentsIn(selection: string, schema: GraphQLSchema): string {
  const types = Object.values(schema.getTypeMap()).filter(isObjectType);
  return types
    .filter((type) => selection.includes(spreadOf(type)))
    .map((type) => {
      const fields = Object.values(type.getFields()).map(
        (field) => fragmentFields[`${type.name}.${field.name}`] ?? leafOf(field),
      );
      return ` fragment ${type.name}F on ${type.name} { __typename ${fields.join(' ')} }`;
    })
    .join('');
}

const fragmentFields: Readonly<Record<string, string>> = {
  'Query.linkedAccounts': 'linkedAccounts(first: 0) { nodes { id } }',
  'Query.linkedAccount': '',
  'Query.providers': 'providers { key }',
  'Provider.linkedAccounts': 'linkedAccounts { id }',
  'LinkedAccount.provider': 'provider { key }',
};

const leafOf = ({ name, type }: Field) => (isObjectType(getNamedType(type)) ? '' : name);

function fieldOf(field: Field, depth: number): fc.Arbitrary<string> {
  const type = getNamedType(field.type);
  const selection = isObjectType(type) ? selectionOf(type, depth) : fc.constant('');
  return fc
    .record({
      alias: fc.constantFrom('', '', '', '', '', '', `${field.name}A: `, `${field.name}B: `),
      args: fc.tuple(...field.args.map(argumentOf)),
      directive: fc.constantFrom(...Array<string>(12).fill(''), '@skip(if: false)', '@include(if: $flag)'),
      selection,
    })
    .map(({ alias, args, directive, selection: inner }) => {
      const given = args.filter((text) => text !== '').join(', ');
      return `${alias}${field.name}${given === '' ? '' : `(${given})`} ${directive} ${inner}`;
    });
}

function argumentOf({ name, type }: GraphQLArgument): fc.Arbitrary<string> {
  const literals = [...literalsOf(type), variablesOfType[String(type)] ?? ''].filter((text) => text !== '');
  const given = fc.constantFrom(...literals).map((text) => `${name}: ${text}`);
  return isNonNullType(type) ? given : fc.oneof(fc.constant(''), given);
}

function literalsOf(type: GraphQLInputType): string[] {
  const named = getNamedType(type);
  if (isEnumType(named)) {
    const [first = '', second = ''] = named.getValues().map(({ name }) => name);
    return String(type).startsWith('[') ? [`[${first}, ${second}]`, '[]'] : [first, second, 'null'];
  }
  switch (named.name) {
    case 'Int':
      return ['1', '0', 'null'];
    case 'ID':
      return ['"unknown"', '7'];
    default:
      return ['"bamboohr"', '"NO"', 'null'].filter((text) => text !== 'null' || !isNonNullType(type));
  }
}
