import { type FieldNode, type GraphQLResolveInfo, Kind, type SelectionNode } from 'graphql';

type Selection = Pick<GraphQLResolveInfo, 'fieldNodes' | 'fragments'>;

/** Whether a field is selected below the field that is resolved. Directives are not evaluated. */
export function selects({ fieldNodes, fragments }: Selection, name: string): boolean {
  const fields = collectFields(fieldNodes, { fragments });
  return [...fields.values()].some(([field]) => field?.name.value === name);
}

/** The fields below some nodes, by their keys in the response. */
export function collectFields(
  nodes: readonly FieldNode[],
  { fragments }: Pick<Selection, 'fragments'>,
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
