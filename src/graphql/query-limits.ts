import {
  type ASTVisitor,
  type DocumentNode,
  type FragmentDefinitionNode,
  GraphQLError,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
  type ValidationContext,
} from 'graphql';

/**
 * What one operation may be made of, with its fragments spread out. Every page of a frontend fits many times
 * over; what does not fit is an attempt to make this server, or StackOne, work for it.
 */
export const queryLimits = {
  /** Of the text, before anything else is done with it: Apollo's parser counts them. */
  tokens: 300,
  /** Levels of fields; introspection has a limit of its own in graphql-js. */
  depth: 6,
  aliases: 4,
  directives: 8,
  /** Fields, each counted as often as it is spread. */
  cost: 500,
  /** So that one request cannot mint many sessions. */
  mutationFields: 1,
} as const;

interface Measure {
  readonly depth: number;
  readonly aliases: number;
  readonly directives: number;
  readonly cost: number;
  /** Fields of the first level. */
  readonly fields: number;
}

const nothing: Measure = { depth: 0, aliases: 0, directives: 0, cost: 0, fields: 0 };
/** Of a fragment that contains itself; that it does is then told by graphql-js. */
const endless: Measure = {
  depth: Number.POSITIVE_INFINITY,
  aliases: Number.POSITIVE_INFINITY,
  directives: Number.POSITIVE_INFINITY,
  cost: Number.POSITIVE_INFINITY,
  fields: Number.POSITIVE_INFINITY,
};

/** A validation rule: it looks at a document once, and each fragment once, however often it is spread. */
export function queryLimitsRule(context: ValidationContext): ASTVisitor {
  return {
    Document(document) {
      for (const message of findExcesses(document)) {
        context.reportError(new GraphQLError(message));
      }
    },
  };
}

function findExcesses(document: DocumentNode): string[] {
  const measure = createMeasure(document);
  const operations = document.definitions.filter((node) => node.kind === Kind.OPERATION_DEFINITION);
  return [
    ...new Set(operations.flatMap((operation) => excessesOf(operation, measure(operation.selectionSet)))),
  ];
}

/** The messages name the kind of limit and not its figure: a probe learns nothing, an author looks it up. */
function excessesOf(operation: OperationDefinitionNode, found: Measure): string[] {
  const directives = found.directives + (operation.directives?.length ?? 0);
  return [
    operation.operation === 'subscription' && 'Subscriptions are not supported.',
    found.depth > queryLimits.depth && 'The query is nested too deeply.',
    found.aliases > queryLimits.aliases && 'The query has too many aliases.',
    directives > queryLimits.directives && 'The query has too many directives.',
    found.cost > queryLimits.cost && 'The query asks for too many fields.',
    operation.operation === 'mutation' &&
      found.fields > queryLimits.mutationFields &&
      'A mutation must have exactly one field. Send one request for each field.',
  ].filter((message) => message !== false);
}

function createMeasure(document: DocumentNode): (set: SelectionSetNode) => Measure {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const node of document.definitions) {
    if (node.kind === Kind.FRAGMENT_DEFINITION) {
      fragments.set(node.name.value, node);
    }
  }
  const measured = new Map<string, Measure>();

  const ofFragment = (name: string): Measure => {
    const known = measured.get(name);
    const fragment = fragments.get(name);
    if (known !== undefined || fragment === undefined) {
      return known ?? nothing;
    }
    measured.set(name, endless);
    const found = ofSet(fragment.selectionSet);
    measured.set(name, found);
    return found;
  };
  const ofSelection = (node: SelectionNode): Measure => {
    switch (node.kind) {
      case Kind.FRAGMENT_SPREAD:
        return ofFragment(node.name.value);
      case Kind.INLINE_FRAGMENT:
        return ofSet(node.selectionSet);
      case Kind.FIELD: {
        const inner = node.selectionSet === undefined ? nothing : ofSet(node.selectionSet);
        return {
          ...inner,
          depth: node.name.value.startsWith('__') ? 1 : inner.depth + 1,
          aliases: inner.aliases + (node.alias === undefined ? 0 : 1),
          cost: inner.cost + 1,
          fields: 1,
        };
      }
    }
  };
  const ofSet = (set: SelectionSetNode): Measure =>
    set.selections.reduce((sum, node) => {
      const found = ofSelection(node);
      return {
        depth: Math.max(sum.depth, found.depth),
        aliases: sum.aliases + found.aliases,
        directives: sum.directives + found.directives + (node.directives?.length ?? 0),
        cost: sum.cost + found.cost,
        fields: sum.fields + found.fields,
      };
    }, nothing);
  return ofSet;
}
