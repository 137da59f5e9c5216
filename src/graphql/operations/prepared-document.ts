import {
  type DirectiveNode,
  type DocumentNode,
  type ExecutionResult,
  type FieldNode,
  type GraphQLSchema,
  getNamedType,
  getOperationAST,
  isAbstractType,
  isNonNullType,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import { compileQuery, isCompiledQuery } from 'graphql-jit';
import type { GraphQLContext } from '../context.js';

interface PreparedOperation {
  readonly node: OperationDefinitionNode;
  /** Without `data` in the result, the variables do not match the document and nothing has run. */
  readonly run: (
    context: GraphQLContext,
    variables: Readonly<Record<string, unknown>>,
  ) => Promise<ExecutionResult> | ExecutionResult;
}

/** A valid document whose operations are compiled at first use, which takes under a millisecond. */
export class PreparedDocument {
  readonly document: DocumentNode;
  readonly #schema: GraphQLSchema;
  /** At most one entry for each operation of the document. */
  readonly #operations = new Map<OperationDefinitionNode, PreparedOperation | undefined>();

  constructor(schema: GraphQLSchema, document: DocumentNode) {
    this.#schema = schema;
    this.document = document;
  }

  /** @returns undefined for an operation that Apollo Server has to run */
  operation(name: string | null | undefined): PreparedOperation | undefined {
    const node = getOperationAST(this.document, name);
    if (!node || node.operation === OperationTypeNode.SUBSCRIPTION) {
      return undefined;
    }
    if (!this.#operations.has(node)) {
      this.#operations.set(node, this.#compile(node));
    }
    return this.#operations.get(node);
  }

  #compile(node: OperationDefinitionNode): PreparedOperation | undefined {
    if (!canCompile(this.#schema, this.document)) {
      return undefined;
    }
    const options = { disablingCapturingStackErrors: true };
    const compiled = compileQuery(this.#schema, this.document, node.name?.value, options);
    return isCompiledQuery(compiled)
      ? { node, run: (context, variables) => compiled.query(undefined, context, variables) }
      : undefined;
  }
}

/**
 * Whether graphql-jit returns the same response as graphql-js, byte for byte. Four kinds of documents can differ and are left
 * to Apollo Server (`test/flow/operation-store`):
 *
 * - a key that begins with two underscores: introspection, and `__proto__`, which an object literal takes for its
 *   prototype;
 * - a directive with a variable: graphql-js rejects null for `@include(if: $flag)` while the operation runs;
 * - a nullable field that can fail next to other fields that can fail: graphql-js responds as soon as an error reaches a
 *   nullable parent and omits the errors that come later, while graphql-jit waits for all of them;
 * - a field of a union (`_entities`): each item of its list can fail alone.
 */
function canCompile(schema: GraphQLSchema, document: DocumentNode): boolean {
  const typeInfo = new TypeInfo(schema);
  const roots = [schema.getQueryType(), schema.getMutationType()];
  /** Fields with a resolver, which can fail. */
  const found = { roots: 0, nested: 0, nullable: 0 };
  let canDiffer = false;
  const visitField = (node: FieldNode) => {
    const key = node.alias?.value ?? node.name.value;
    const field = typeInfo.getFieldDef();
    canDiffer ||= key.startsWith('__') && key !== '__typename';
    canDiffer ||= field != null && isAbstractType(getNamedType(field.type));
    if (field?.resolve !== undefined) {
      const isNullable = !isNonNullType(field.type);
      const isRoot = roots.some((root) => root === typeInfo.getParentType());
      found.nullable += isNullable ? 1 : 0;
      found.roots += isRoot ? 1 : 0;
      found.nested += isRoot || isNullable ? 0 : 1;
    }
  };
  const visitDirective = ({ arguments: args = [] }: DirectiveNode) => {
    canDiffer ||= args.some(({ value }) => value.kind === Kind.VARIABLE);
  };
  visit(document, visitWithTypeInfo(typeInfo, { Field: visitField, Directive: visitDirective }));
  const canFailTogether = found.nullable > 0 && (found.roots > 1 || found.nested > 0);
  return !canDiffer && !canFailTogether;
}
