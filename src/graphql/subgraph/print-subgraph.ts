import {
  type ConstDirectiveNode,
  type GraphQLSchema,
  Kind,
  type ObjectTypeDefinitionNode,
  parse,
  print,
  printSchema,
  visit,
} from 'graphql';

/** The first version whose composition knows subscriptions. */
const link = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.4", import: ["@key", "@shareable"])\n\n';

/** What a router adds itself. */
const addedByRouters = new Set(['_Any', '_Entity', '_Service', '_entities', '_service']);

/**
 * The directives of types and of fields. Other subgraphs are likely to have `PageInfo` too, and a field `viewer` for the
 * same caller. Scalars and enums need no directive.
 */
const directives: ReadonlyMap<string, ConstDirectiveNode> = new Map([
  ['LinkedAccount', directive('key', { fields: 'id' })],
  ['Provider', directive('key', { fields: 'key' })],
  ['PageInfo', directive('shareable')],
  ['Query.viewer', directive('shareable')],
]);

const printed = new WeakMap<GraphQLSchema, string>();

/** The schema as a subgraph of Federation 2, for composition. graphql-js itself prints no directives. */
export function printSubgraph(schema: GraphQLSchema): string {
  const sdl = printed.get(schema) ?? `${link}${print(addDirectives(schema))}\n`;
  printed.set(schema, sdl);
  return sdl;
}

function addDirectives(schema: GraphQLSchema) {
  return visit(parse(printSchema(schema)), {
    enter: (node) => ('name' in node && addedByRouters.has(node.name?.value ?? '') ? null : undefined),
    leave: (node) => (node.kind === Kind.OBJECT_TYPE_DEFINITION ? withDirectives(node) : undefined),
  });
}

function withDirectives(type: ObjectTypeDefinitionNode): ObjectTypeDefinitionNode {
  const fields = type.fields?.map((field) => ({
    ...field,
    directives: directivesOf(field, `${type.name.value}.${field.name.value}`),
  }));
  return { ...type, directives: directivesOf(type, type.name.value), ...(fields && { fields }) };
}

function directivesOf(
  { directives: own = [] }: { readonly directives?: readonly ConstDirectiveNode[] | undefined },
  place: string,
): readonly ConstDirectiveNode[] {
  const added = directives.get(place);
  return added === undefined ? own : [...own, added];
}

function directive(name: string, args: Readonly<Record<string, string>> = {}): ConstDirectiveNode {
  return {
    kind: Kind.DIRECTIVE,
    name: { kind: Kind.NAME, value: name },
    arguments: Object.entries(args).map(([key, value]) => ({
      kind: Kind.ARGUMENT,
      name: { kind: Kind.NAME, value: key },
      value: { kind: Kind.STRING, value },
    })),
  };
}
