import {
  type FieldNode,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  getNamedType,
  isObjectType,
  Kind,
  type SelectionNode,
} from 'graphql';
import { hasResolver } from '../own-fields.js';

type Selection = Pick<GraphQLResolveInfo, 'fieldNodes' | 'fragments'>;

/** A selected field: its property in the data, and the fields below it. No property: a resolver returns its data. */
interface PlannedField {
  readonly property: string | undefined;
  readonly inner: Plan;
}

/** The fields below a position in an operation. */
export interface Plan {
  readonly fields: readonly PlannedField[];
  /** Nothing below runs a resolver: the response depends on the data only. */
  readonly isPlain: boolean;
}

/** By the field nodes of a position in an operation. graphql-js and graphql-jit make one array for each position. */
const plans = new WeakMap<readonly FieldNode[], Plan>();

export function planOf({
  fieldNodes,
  returnType,
  fragments,
}: Selection & Pick<GraphQLResolveInfo, 'returnType'>): Plan {
  const plan = plans.get(fieldNodes) ?? createPlan(fieldNodes, returnType, fragments);
  plans.set(fieldNodes, plan);
  return plan;
}

const leaf: Plan = { fields: [], isPlain: true };

/** Fields with the same key are one field, as in the response. Directives are not evaluated: each field counts. */
function createPlan(
  nodes: readonly FieldNode[],
  type: GraphQLOutputType,
  fragments: GraphQLResolveInfo['fragments'],
): Plan {
  const named = getNamedType(type);
  const types = isObjectType(named) ? named.getFields() : {};
  const fields = [...collectFields(nodes, fragments).values()].map((found): PlannedField => {
    const name = found[0]?.name.value ?? '';
    const field = types[name];
    if (field === undefined) {
      return { property: name, inner: leaf };
    }
    return hasResolver(field)
      ? { property: undefined, inner: leaf }
      : { property: name, inner: createPlan(found, field.type, fragments) };
  });
  return { fields, isPlain: fields.every(({ property, inner }) => property !== undefined && inner.isPlain) };
}

/** Whether a field is selected below the field that is resolved. Directives are not evaluated. */
export function selects({ fieldNodes, fragments }: Selection, name: string): boolean {
  return [...collectFields(fieldNodes, fragments).values()].some(([field]) => field?.name.value === name);
}

/** The fields below some nodes, by their keys in the response. */
function collectFields(
  nodes: readonly FieldNode[],
  fragments: GraphQLResolveInfo['fragments'],
): Map<string, FieldNode[]> {
  const found = new Map<string, FieldNode[]>();
  const spread = new Set<string>();
  const add = (node: SelectionNode) => {
    switch (node.kind) {
      case Kind.FIELD: {
        const key = (node.alias ?? node.name).value;
        found.set(key, [...(found.get(key) ?? []), node]);
        break;
      }
      case Kind.INLINE_FRAGMENT:
        node.selectionSet.selections.forEach(add);
        break;
      case Kind.FRAGMENT_SPREAD:
        if (!spread.has(node.name.value)) {
          spread.add(node.name.value);
          fragments[node.name.value]?.selectionSet.selections.forEach(add);
        }
        break;
    }
  };
  for (const { selectionSet } of nodes) {
    selectionSet?.selections.forEach(add);
  }
  return found;
}
