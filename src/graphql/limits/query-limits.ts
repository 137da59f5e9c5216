import {
  type ASTVisitor,
  type DocumentNode,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
  type ValidationContext,
} from 'graphql';
import { RequestError } from '../format-error.js';
import { fragmentsOf, isWhollyOwn, ownRootFields } from '../own-fields.js';

/**
 * Limits of one operation, with its fragments expanded. They are several times what the pages of a frontend need. In a
 * merged schema they apply to what is at our root fields and below.
 */
export const queryLimits = {
  /** Levels of fields. graphql-js has its own limit for introspection. */
  depth: 6,
  aliases: 4,
  /** Characters of an alias, which is repeated for each item of a list. */
  aliasLength: 64,
  directives: 8,
  /** Number of fields, each counted as often as its fragment is used. */
  cost: 500,
  /** Root fields of a mutation: one request can create one session. */
  mutationFields: 1,
} as const;

interface Measure {
  readonly depth: number;
  readonly aliases: number;
  /** The length of the longest alias. */
  readonly aliasLength: number;
  readonly directives: number;
  readonly cost: number;
  /** The number of root fields. */
  readonly fields: number;
}

const nothing: Measure = { depth: 0, aliases: 0, aliasLength: 0, directives: 0, cost: 0, fields: 0 };
/** For a fragment that contains itself. graphql-js then reports the cycle. */
const endless: Measure = {
  depth: Number.POSITIVE_INFINITY,
  aliases: Number.POSITIVE_INFINITY,
  aliasLength: 0,
  directives: Number.POSITIVE_INFINITY,
  cost: Number.POSITIVE_INFINITY,
  fields: Number.POSITIVE_INFINITY,
};

const limited = new WeakSet<DocumentNode>();

/** Whether the rule below has run. Without it, a document has no limits. */
export function isLimited(document: DocumentNode): boolean {
  return limited.has(document);
}

/** A validation rule. It visits a document once and each fragment once, however often the fragment is used. */
export function queryLimitsRule(context: ValidationContext): ASTVisitor {
  return {
    Document(document) {
      limited.add(document);
      for (const message of findExcesses(document, context.getSchema())) {
        context.reportError(new RequestError(message));
      }
    },
  };
}

/** Fields of all operations of a document, each counted as often as its fragment is used. */
export function countFields(document: DocumentNode): number {
  const measure = createMeasure(document);
  return operationsOf(document).reduce((sum, { selectionSet }) => sum + measure(selectionSet).cost, 0);
}

function findExcesses(document: DocumentNode, schema: GraphQLSchema): string[] {
  const measure = createMeasure(document);
  const excesses = operationsOf(document).flatMap((operation) =>
    excessesOf(operation, measure(ownSelection(operation, document, schema))),
  );
  return [...new Set(excesses)];
}

function operationsOf({ definitions }: DocumentNode): OperationDefinitionNode[] {
  return definitions.filter((node) => node.kind === Kind.OPERATION_DEFINITION);
}

/** In a merged schema, our root fields only. */
function ownSelection(
  operation: OperationDefinitionNode,
  document: DocumentNode,
  schema: GraphQLSchema,
): SelectionSetNode {
  return isWhollyOwn(schema)
    ? operation.selectionSet
    : { kind: Kind.SELECTION_SET, selections: ownRootFields(schema, document, operation) };
}

/** The messages name the limit but not its value, which is documented in docs/errors.md. */
function excessesOf(operation: OperationDefinitionNode, found: Measure): string[] {
  const directives = found.directives + (operation.directives?.length ?? 0);
  return [
    found.depth > queryLimits.depth && 'The query is nested too deeply.',
    found.aliases > queryLimits.aliases && 'The query has too many aliases.',
    found.aliasLength > queryLimits.aliasLength && 'The query has an alias that is too long.',
    directives > queryLimits.directives && 'The query has too many directives.',
    found.cost > queryLimits.cost && 'The query has too many fields.',
    operation.operation === 'mutation' &&
      found.fields > queryLimits.mutationFields &&
      'A mutation must have exactly one field. Send one request for each field.',
  ].filter((message) => message !== false);
}

function createMeasure(document: DocumentNode): (set: SelectionSetNode) => Measure {
  const fragments = fragmentsOf(document);
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
          aliasLength: Math.max(inner.aliasLength, node.alias?.value.length ?? 0),
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
        aliasLength: Math.max(sum.aliasLength, found.aliasLength),
        directives: sum.directives + found.directives + (node.directives?.length ?? 0),
        cost: sum.cost + found.cost,
        fields: sum.fields + found.fields,
      };
    }, nothing);
  return ofSet;
}
