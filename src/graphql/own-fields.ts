import {
  BREAK,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLFieldResolver,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import { UsageError } from '../observability/unexpected-error.js';
import { type ConnectContext, type GraphQLContext, isConnectContext } from './context.js';

/**
 * A host app can merge this schema into its own. The limits and the error formatting then apply to the fields of this
 * schema only. Each carries a mark in its `extensions`, which tools that merge schemas keep: `resolver`, or `property`
 * for a field that is a property of its object.
 */
const mark = 'stackoneConnect';
const ownResolvers = new WeakSet<GraphQLFieldResolver<unknown, unknown>>();

interface Marked {
  readonly extensions: Readonly<Record<PropertyKey, unknown>>;
}

/**
 * Marks the fields of a schema, and guards every field that has a resolver: it needs an owner, and its result counts in
 * the budget of the response.
 */
export function guardFields(schema: GraphQLSchema): GraphQLSchema {
  for (const type of Object.values(schema.getTypeMap())) {
    if (isObjectType(type) && !type.name.startsWith('__')) {
      for (const field of Object.values(type.getFields())) {
        field.extensions = { ...field.extensions, [mark]: field.resolve === undefined ? 'property' : 'resolver' };
        if (field.resolve !== undefined) {
          field.resolve = guard(field.resolve);
          ownResolvers.add(field.resolve);
        }
        if (field.subscribe !== undefined) {
          field.subscribe = guardSource(field.subscribe);
        }
      }
    }
  }
  return schema;
}

type Resolver<Context> = GraphQLFieldResolver<unknown, Context>;

function guard(resolve: Resolver<GraphQLContext>): Resolver<ConnectContext> {
  return (source, args, context, info) => {
    const checked = checkContext(context, info);
    const { budget, sharedTexts } = checked;
    const spend = (value: unknown) => {
      budget.spend(value, info);
      return sharedTexts === undefined ? value : sharedTexts.replace(value, info);
    };
    const result: unknown = resolve(source, args, checked, info);
    return result instanceof Promise ? result.then(spend) : spend(result);
  };
}

function guardSource(subscribe: Resolver<GraphQLContext>): Resolver<ConnectContext> {
  return (source, args, context, info) => subscribe(source, args, checkContext(context, info), info);
}

/** @throws UsageError in a host app that serves the schema without its guards. The refusal of a request without an owner */
function checkContext(context: ConnectContext, { fieldName, operation }: GraphQLResolveInfo): GraphQLContext {
  if (!isConnectContext(context)) {
    throw new UsageError('The context function must return what createContext or createPublicContext resolves to.');
  }
  if ('refusal' in context) {
    context.onRefused(fieldName);
    throw context.refusal;
  }
  if (operation.operation === 'query') {
    context.budget.start();
  }
  context.budget.check();
  return context;
}

/** @throws Error for a schema with these fields but without their marks, for which the limits would not apply */
export function assertMarked(schema: GraphQLSchema): void {
  for (const field of rootFieldsOfSchema(schema)) {
    if (field.resolve !== undefined && ownResolvers.has(field.resolve) && !isMarked(field)) {
      throw new Error(`The field "${field.name}" has lost its extension "${mark}": merge the schemas with it.`);
    }
  }
}

const whollyOwn = new WeakMap<GraphQLSchema, boolean>();

/** Whether all root fields are ours, as in a server of this schema alone. All of its documents are then ours. */
export function isWhollyOwn(schema: GraphQLSchema): boolean {
  const isWhole = whollyOwn.get(schema) ?? rootFieldsOfSchema(schema).every(isMarked);
  whollyOwn.set(schema, isWhole);
  return isWhole;
}

/** Our root fields in an operation, whether directly or in fragments. */
export function ownRootFields(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): FieldNode[] {
  const fields = schema.getRootType(operation.operation)?.getFields() ?? {};
  return rootSelections(document, operation)
    .filter((node) => node.kind === Kind.FIELD)
    .filter(({ name }) => isMarked(fields[name.value]));
}

const selecting = new WeakMap<DocumentNode, boolean>();

/**
 * Whether a document selects a field of this package, also below a root field of a host app. `PageInfo` does not count: a
 * host app can have the same type, and it contains no data of an owner.
 */
export function selectsOwnField(schema: GraphQLSchema, document: DocumentNode): boolean {
  const known = selecting.get(document);
  if (known !== undefined) {
    return known;
  }
  const types = new TypeInfo(schema);
  let selects = false;
  const Field = () => {
    selects = isMarked(types.getFieldDef() ?? undefined) && types.getParentType()?.name !== 'PageInfo';
    return selects ? BREAK : undefined;
  };
  visit(document, visitWithTypeInfo(types, { Field }));
  selecting.set(document, selects);
  return selects;
}

/** The keys of our root fields in the response of an operation. */
export function ownRootKeys(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): ReadonlySet<string | number | undefined> {
  return new Set(ownRootFields(schema, document, operation).map(({ alias, name }) => (alias ?? name).value));
}

/** The root fields, and the fragments that they are in. */
export function rootSelections(document: DocumentNode, operation: OperationDefinitionNode): SelectionNode[] {
  const fragments = fragmentsOf(document);
  const selections: SelectionNode[] = [];
  const pending: SelectionNode[] = [...operation.selectionSet.selections];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    selections.push(node);
    switch (node.kind) {
      case Kind.FIELD:
        break;
      case Kind.INLINE_FRAGMENT:
        pending.push(...node.selectionSet.selections);
        break;
      case Kind.FRAGMENT_SPREAD: {
        pending.push(...(fragments.get(node.name.value)?.selectionSet.selections ?? []));
        // Each fragment once: fragments can contain themselves.
        fragments.delete(node.name.value);
        break;
      }
    }
  }
  return selections;
}

export function fragmentsOf(document: DocumentNode): Map<string, FragmentDefinitionNode> {
  const fragments = document.definitions.filter((node) => node.kind === Kind.FRAGMENT_DEFINITION);
  return new Map(fragments.map((fragment) => [fragment.name.value, fragment]));
}

function rootFieldsOfSchema(schema: GraphQLSchema) {
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
  return roots.flatMap((root) => Object.values(root?.getFields() ?? {}));
}

function isMarked(field: Marked | undefined): boolean {
  return field?.extensions[mark] !== undefined;
}

/** Whether a field has a resolver of its own. Plugins can give every field of a schema a resolver: those do not count. */
export function hasResolver(field: Marked & { readonly resolve?: unknown }): boolean {
  return isMarked(field) ? field.extensions[mark] === 'resolver' : field.resolve !== undefined;
}
