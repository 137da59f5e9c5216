import { type GraphQLSchema, parse, print, printSchema, visit } from 'graphql';

/** The first version whose composition knows subscriptions. */
const link = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.4", import: ["@key", "@shareable"])\n\n';

/** What a router adds itself. */
const addedByRouters = new Set(['_Any', '_Entity', '_Service', '_entities', '_service']);

/**
 * The directives of types and of fields. Other subgraphs are likely to have `PageInfo` too, and a field `viewer` for the
 * same caller. Scalars and enums need no directive.
 */
const directives: readonly (readonly [declaration: RegExp, directive: string])[] = [
  [/^type LinkedAccount\b/m, '@key(fields: "id")'],
  [/^type Provider\b/m, '@key(fields: "key")'],
  [/^type PageInfo\b/m, '@shareable'],
  [/^ {2}viewer: \S+/m, '@shareable'],
];

const printed = new WeakMap<GraphQLSchema, string>();

/** The schema as a subgraph of Federation 2, for composition. graphql-js itself prints no directives. */
export function printSubgraph(schema: GraphQLSchema): string {
  const sdl = printed.get(schema) ?? `${link}${addDirectives(print(withoutAdditions(schema)))}\n`;
  printed.set(schema, sdl);
  return sdl;
}

function withoutAdditions(schema: GraphQLSchema) {
  return visit(parse(printSchema(schema)), {
    enter: (node) => ('name' in node && addedByRouters.has(node.name?.value ?? '') ? null : undefined),
  });
}

function addDirectives(sdl: string): string {
  return directives.reduce((text, [declaration, directive]) => text.replace(declaration, `$& ${directive}`), sdl);
}
