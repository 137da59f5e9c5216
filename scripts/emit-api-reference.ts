import {
  astFromValue,
  buildSchema,
  type GraphQLArgument,
  type GraphQLEnumValue,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLNamedType,
  type GraphQLObjectType,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isIntrospectionType,
  isObjectType,
  isScalarType,
  isSpecifiedScalarType,
  OperationTypeNode,
  print,
} from 'graphql';

type Field = GraphQLField<unknown, unknown>;
type InputValue = GraphQLArgument | GraphQLInputField;

const operationKinds = [
  { operation: OperationTypeNode.QUERY, title: 'Queries', noun: 'query' },
  { operation: OperationTypeNode.MUTATION, title: 'Mutations', noun: 'mutation' },
  { operation: OperationTypeNode.SUBSCRIPTION, title: 'Subscriptions', noun: 'subscription' },
] as const;

const introduction = `# API reference

All operations and types of the GraphQL API. This file is generated from [schema.graphql](../schema.graphql) by \`npm run schema\`. Do not edit it: the next run overwrites it.

An exclamation mark after a type means that the value is never null. Error codes are in [errors.md](errors.md), terms in [glossary.md](glossary.md).`;

/**
 * Prints the reference of a schema as Markdown: operations with arguments, types, enums and scalars, with descriptions.
 * The same schema always gives the same text.
 * @param sdl in the schema definition language, as `schema.graphql` is
 * @throws Error for interfaces and unions, which the schema does not have: the reference must not omit a type
 */
export function printApiReference(sdl: string): string {
  const schema = buildSchema(sdl);
  const roots = operationKinds.map(({ operation }) => schema.getRootType(operation));
  const types = Object.values(schema.getTypeMap()).filter(
    (type) => !isIntrospectionType(type) && !isSpecifiedScalarType(type) && !roots.some((root) => root === type),
  );
  const operations = operationKinds.flatMap(({ operation, title, noun }) => {
    const root = schema.getRootType(operation);
    return root
      ? printSection(
          title,
          fieldsOf(root).map((field) => printOperation(field, noun)),
        )
      : [];
  });
  const blocks = [
    introduction,
    ...operations,
    ...printSection('Object types', types.filter(isObjectType).map(printObjectType)),
    ...printSection(
      'Input types',
      types
        .filter(isInputObjectType)
        .map((type) => [...printHead(type), ...printInputValues('Field', Object.values(type.getFields()))]),
    ),
    ...printSection(
      'Enums',
      types.filter(isEnumType).map((type) => [...printHead(type), printEnumValues(type.getValues())]),
    ),
    ...printSection('Scalars', types.filter(isScalarType).map(printHead)),
  ];
  const omitted = types.filter(
    (type) => !isObjectType(type) && !isInputObjectType(type) && !isEnumType(type) && !isScalarType(type),
  );
  if (omitted.length > 0) {
    throw new Error(`The API reference cannot show ${omitted.join(', ')}: extend scripts/emit-api-reference.ts`);
  }
  return `${blocks.join('\n\n')}\n`;
}

function fieldsOf(type: GraphQLObjectType): Field[] {
  return Object.values(type.getFields());
}

/** A heading with its entries; nothing where there are none. */
function printSection(title: string, entries: readonly (readonly string[])[]): string[] {
  return entries.length === 0 ? [] : [`## ${title}`, ...entries.flat()];
}

/** The noun in the heading keeps its anchor apart from that of a type: `viewer` query and `Viewer`. */
function printOperation(field: Field, noun: string): string[] {
  return [
    `### \`${field.name}\` ${noun}`,
    describe(field),
    `Returns ${printType(field.type)}.`,
    ...printInputValues('Argument', field.args),
  ];
}

function printObjectType(type: GraphQLObjectType): string[] {
  const fields = fieldsOf(type);
  return [
    ...printHead(type),
    printTable(
      ['Field', 'Type', 'Description'],
      fields.map((field) => [`\`${field.name}\``, printType(field.type), describe(field)]),
    ),
    ...fields.flatMap((field) => printInputValues(`Argument of \`${field.name}\``, field.args)),
  ];
}

function printHead(type: GraphQLNamedType): string[] {
  return [`### \`${type.name}\``, describe(type)];
}

function printEnumValues(values: readonly GraphQLEnumValue[]): string {
  return printTable(
    ['Value', 'Description'],
    values.map((value) => [`\`${value.name}\``, describe(value)]),
  );
}

/** A table of arguments or of the fields of an input type; nothing where there are none. */
function printInputValues(title: string, values: readonly InputValue[]): string[] {
  if (values.length === 0) {
    return [];
  }
  const rows = values.map((value) => [
    `\`${value.name}\``,
    printType(value.type),
    describe(value),
    printDefault(value),
  ]);
  return [printTable([title, 'Type', 'Description', 'Default'], rows)];
}

function printDefault({ defaultValue, type }: InputValue): string {
  const node = astFromValue(defaultValue, type);
  return node ? `\`${oneLine(print(node))}\`` : '';
}

/** Types of this schema link to their place in the reference. */
function printType(type: Field['type'] | InputValue['type']): string {
  const named = getNamedType(type);
  return isSpecifiedScalarType(named) ? `\`${type}\`` : `[\`${type}\`](#${named.name.toLowerCase()})`;
}

interface Described {
  readonly description?: string | null | undefined;
  readonly deprecationReason?: string | null | undefined;
}

function describe({ description, deprecationReason }: Described): string {
  const text = oneLine(description ?? '');
  return deprecationReason == null ? text : `**Deprecated:** ${oneLine(deprecationReason)} ${text}`.trim();
}

function oneLine(text: string): string {
  return text.trim().replace(/\s+/g, ' ').replaceAll('|', '\\|');
}

function printTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, head.map(() => '---'), ...rows];
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
