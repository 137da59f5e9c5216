import {
  type DocumentNode,
  type ExecutionResult,
  execute,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getArgumentValues,
  getVariableValues,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  locatedError,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';

/** As the client sent it; nobody has compared the variables with their types yet. */
export interface OperationInput {
  readonly operationName: string | null;
  readonly variables: Readonly<Record<string, unknown>> | null;
}

/** Runs one operation of a document. Without `data` in the result, nothing has run. */
export type RunOperation = (
  input: OperationInput,
  context: unknown,
) => Promise<ExecutionResult> | ExecutionResult;

/**
 * A validated document, made ready to be run again and again. graphql-js works out for each run anew what a document
 * asks for, which costs an eighth of a mutation (docs/performance.md). Where the document is one operation of one
 * field, and what it selects of that field's value is plain data, this is done once, here: graphql-js' own functions
 * read variables and arguments, and the value is copied into the answer. All the rest is graphql-js' to run.
 */
export function prepareOperation(schema: GraphQLSchema, document: DocumentNode): RunOperation {
  const runAny: RunOperation = ({ operationName, variables: variableValues }, contextValue) =>
    execute({ schema, document, contextValue, operationName, variableValues });
  const runPlain = preparePlainField(schema, document);
  if (runPlain === undefined) return runAny;
  return (input, context) =>
    input.operationName === null || input.operationName === runPlain.operationName
      ? runPlain.run(input.variables ?? {}, context)
      : runAny(input, context);
}

interface PlainField {
  readonly operationName: string | undefined;
  readonly run: (variables: Readonly<Record<string, unknown>>, context: unknown) => Promise<ExecutionResult>;
}

type Fragments = Record<string, FragmentDefinitionNode>;

function preparePlainField(schema: GraphQLSchema, document: DocumentNode): PlainField | undefined {
  const [operation, ...others] = document.definitions.filter(
    (node) => node.kind === Kind.OPERATION_DEFINITION,
  );
  if (operation === undefined || others.length > 0) return undefined;
  const fragments: Fragments = {};
  for (const node of document.definitions) {
    if (node.kind === Kind.FRAGMENT_DEFINITION) fragments[node.name.value] = node;
  }
  const [selected, ...more] = collectFields([operation.selectionSet], fragments) ?? [];
  const parentType = schema.getRootType(operation.operation);
  if (selected === undefined || more.length > 0 || parentType == null) return undefined;
  const field = parentType.getFields()[selected.name];
  const copy = field && createCopy(field.type, selected.selectionSets, fragments);
  if (field?.resolve === undefined || copy === undefined) return undefined;
  const run = createRun({
    schema,
    operation,
    fragments,
    parentType,
    field,
    resolve: field.resolve,
    selected,
    copy,
  });
  return { operationName: operation.name?.value, run };
}

interface Plan {
  readonly schema: GraphQLSchema;
  readonly operation: OperationDefinitionNode;
  readonly fragments: Fragments;
  readonly parentType: GraphQLObjectType;
  readonly field: GraphQLField<unknown, unknown>;
  readonly resolve: NonNullable<GraphQLField<unknown, unknown>['resolve']>;
  readonly selected: SelectedField;
  readonly copy: Copy;
}

function createRun(plan: Plan): PlainField['run'] {
  const { schema, operation, fragments, parentType, field, resolve, selected, copy } = plan;
  const { key, nodes } = selected;
  const path = { prev: undefined, key, typename: parentType.name };
  const dataOnError = isNonNullType(field.type) ? null : { [key]: null };
  return async (variables, context) => {
    const { coerced: variableValues, errors } = getVariableValues(
      schema,
      operation.variableDefinitions ?? [],
      variables,
      // Apollo tells them; one is enough to know that there are some.
      { maxErrors: 1 },
    );
    if (variableValues === undefined) return { errors };
    try {
      const value = await resolve(undefined, getArgumentValues(field, nodes[0], variableValues), context, {
        fieldName: field.name,
        fieldNodes: nodes,
        returnType: field.type,
        parentType,
        path,
        schema,
        fragments,
        rootValue: undefined,
        operation,
        variableValues,
      });
      return { data: { [key]: copy(value) } };
    } catch (error) {
      return { data: dataOnError, errors: [locatedError(error, nodes, [key])] };
    }
  };
}

interface SelectedField {
  /** Its name in the answer. */
  readonly key: string;
  readonly name: string;
  /** Where it is asked for: several times in one selection is once in the answer. */
  readonly nodes: readonly [FieldNode, ...FieldNode[]];
  readonly selectionSets: readonly SelectionSetNode[];
}

/**
 * With fragments spread out, in the order of the answer; each fits its place, since no type here is abstract.
 * @returns `undefined` when it depends on a directive, or on a key that an object has by itself, such as `__proto__`
 */
function collectFields(
  selectionSets: readonly SelectionSetNode[],
  fragments: Fragments,
): readonly SelectedField[] | undefined {
  const byKey = new Map<string, [FieldNode, ...FieldNode[]]>();
  const pending = selectionSets.flatMap(({ selections }) => selections);
  for (let node = pending.shift(); node !== undefined; node = pending.shift()) {
    if (node.directives?.length) return undefined;
    if (node.kind === Kind.FIELD) {
      const key = node.alias?.value ?? node.name.value;
      if (key.startsWith('__') && key !== '__typename') return undefined;
      const known = byKey.get(key);
      if (known === undefined) byKey.set(key, [node]);
      else known.push(node);
    } else {
      const selectionSet =
        node.kind === Kind.INLINE_FRAGMENT ? node.selectionSet : fragments[node.name.value]?.selectionSet;
      pending.unshift(...(selectionSet?.selections ?? []));
    }
  }
  return [...byKey].map(([key, nodes]) => ({
    key,
    name: nodes[0].name.value,
    nodes,
    selectionSets: nodes.flatMap(({ selectionSet }) => selectionSet ?? []),
  }));
}

/**
 * From a resolver's value to what of it is in the answer.
 * @throws when the value does not fit its type, which is a mistake of this server's: then the whole field fails, and
 *   not, as with graphql-js, the nearest part of it that may be null
 */
type Copy = (value: unknown) => unknown;

/** @returns `undefined` for what is not plain data: fields with a resolver of their own, and abstract types */
function createCopy(
  type: GraphQLOutputType,
  selectionSets: readonly SelectionSetNode[],
  fragments: Fragments,
): Copy | undefined {
  if (isNonNullType(type)) {
    const copy = createCopy(type.ofType, selectionSets, fragments);
    return copy && ((value) => copy(value) ?? misfit(`null for ${type}`));
  }
  if (isListType(type)) {
    const copy = createCopy(type.ofType, selectionSets, fragments);
    return (
      copy &&
      ((value) => {
        if (value == null) return null;
        return Array.isArray(value) ? value.map(copy) : misfit(`no list for ${type}`);
      })
    );
  }
  if (isLeafType(type)) {
    return (value) => (value == null ? null : type.serialize(value));
  }
  return isObjectType(type) ? createObjectCopy(type, selectionSets, fragments) : undefined;
}

function createObjectCopy(
  type: GraphQLObjectType,
  selectionSets: readonly SelectionSetNode[],
  fragments: Fragments,
): Copy | undefined {
  const selected = collectFields(selectionSets, fragments);
  if (selected === undefined) return undefined;
  const copies: { readonly key: string; readonly name: string; readonly copy: Copy }[] = [];
  for (const { key, name, selectionSets: inner } of selected) {
    const copy = name === '__typename' ? () => type.name : createFieldCopy(type, name, inner, fragments);
    if (copy === undefined) return undefined;
    copies.push({ key, name, copy });
  }
  return (value) => {
    if (value == null) return null;
    const answer: Record<string, unknown> = {};
    for (const { key, name, copy } of copies) {
      answer[key] = copy(typeof value === 'object' ? Reflect.get(value, name) : undefined);
    }
    return answer;
  };
}

function createFieldCopy(
  type: GraphQLObjectType,
  name: string,
  selectionSets: readonly SelectionSetNode[],
  fragments: Fragments,
): Copy | undefined {
  const field = type.getFields()[name];
  return field === undefined || field.resolve !== undefined
    ? undefined
    : createCopy(field.type, selectionSets, fragments);
}

function misfit(what: string): never {
  throw new TypeError(`a resolver gave ${what}`);
}
