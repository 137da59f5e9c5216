import {
  type FieldNode,
  type GraphQLFieldMap,
  type GraphQLNamedType,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  getNamedType,
  isAbstractType,
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

/** The keys are the field nodes of a position in an operation: graphql-js and graphql-jit make one array for each position. */
const plans = new WeakMap<readonly FieldNode[], Plan>();

export function planOf(info: GraphQLResolveInfo): Plan {
  const { fieldNodes, returnType } = info;
  const plan = plans.get(fieldNodes) ?? createPlan(fieldNodes, returnType, info);
  plans.set(fieldNodes, plan);
  return plan;
}

const leaf: Plan = { fields: [], isPlain: true };

/** Fields with the same key are one field, as in the response. Directives are not evaluated: each field counts. */
function createPlan(nodes: readonly FieldNode[], type: GraphQLOutputType, info: GraphQLResolveInfo): Plan {
  const types = fieldsOf(getNamedType(type), info);
  const fields = [...collectFields(nodes, info.fragments).values()].map((found): PlannedField => {
    const name = found[0]?.name.value ?? '';
    const field = types[name];
    if (field === undefined) {
      return { property: name, inner: leaf };
    }
    return hasResolver(field)
      ? { property: undefined, inner: leaf }
      : { property: name, inner: createPlan(found, field.type, info) };
  });
  return { fields, isPlain: fields.every(({ property, inner }) => property !== undefined && inner.isPlain) };
}

/** For a union: the fields of all its types, as if each item had all of them. */
function fieldsOf(type: GraphQLNamedType, { schema }: GraphQLResolveInfo): GraphQLFieldMap<unknown, unknown> {
  const types = isAbstractType(type) ? schema.getPossibleTypes(type) : [type];
  return Object.assign({}, ...types.filter(isObjectType).map((possible) => possible.getFields()));
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
