import { type FieldNode, type GraphQLResolveInfo, getNamedType, isObjectType, Kind, type SelectionNode } from 'graphql';
import { AppError } from '../domain/app-error.js';
import { isRecord } from '../domain/values.js';
import { hasResolver } from './own-fields.js';

/** Values of one response, with 128 characters of text for each. It takes less than 50 ms to build one (npm run cost). */
export const maxResponseValues = 20_000;
/** A field with a resolver costs as much as so many plain fields. */
const resolverCost = 25;
const charactersPerValue = 128;

/** A selected field: its property in the data, and the fields below it. No property: a resolver returns its data. */
interface PlannedField {
  readonly property: string | undefined;
  readonly inner: Plan;
}
type Plan = readonly PlannedField[];

/** By the field nodes of a position in an operation. graphql-js and graphql-jit make one array for each position. */
const plans = new WeakMap<readonly FieldNode[], Plan>();

/** Counts the values of all requests of one owner. `linking/owner-work` has the limit. */
export interface WorkOfOwner {
  readonly add: (values: number) => void;
  readonly check: () => void;
}

/**
 * What one request may still put into its response. The limits of a document cannot bound a response: that depends on how
 * many accounts and providers there are. Each resolver counts its data, along the selection, before any of it is copied
 * into the response.
 */
export class ResponseBudget {
  readonly #work: WorkOfOwner;
  #left = maxResponseValues;
  #isStarted = false;
  #refusal: unknown;

  constructor(work: WorkOfOwner) {
    this.#work = work;
  }

  /** Before the first resolver of a query. A mutation has few values and a rate limit of its own. @throws AppError `RATE_LIMITED` */
  start(): void {
    if (!this.#isStarted) {
      this.#isStarted = true;
      try {
        this.#work.check();
      } catch (error) {
        this.#refusal = error;
      }
    }
    if (this.#refusal !== undefined) {
      throw this.#refusal;
    }
  }

  /** Before a resolver runs: nothing runs for a response that is refused. @throws AppError `BAD_USER_INPUT` */
  check(): void {
    if (this.#left < 0) {
      throw tooLarge;
    }
  }

  /** @throws AppError `BAD_USER_INPUT` */
  spend(value: unknown, info: GraphQLResolveInfo): void {
    const plan = plans.get(info.fieldNodes) ?? planOf(info.fieldNodes, info.returnType, info);
    plans.set(info.fieldNodes, plan);
    const before = this.#left;
    try {
      this.#spend(value, plan);
    } finally {
      this.#work.add(before - this.#left);
    }
  }

  #spend(value: unknown, plan: Plan): void {
    if (Array.isArray(value)) {
      for (const item of value) {
        this.#spend(item, plan);
      }
      return;
    }
    this.#take(typeof value === 'string' ? 1 + Math.floor(value.length / charactersPerValue) : 1);
    if (isRecord(value)) {
      for (const { property, inner } of plan) {
        if (property === undefined) {
          this.#take(resolverCost);
        } else {
          this.#spend(value[property], inner);
        }
      }
    }
  }

  #take(count: number): void {
    this.#left -= count;
    this.check();
  }
}

/** One error for all: a refused response can contain hundreds. */
const tooLarge = new AppError('BAD_USER_INPUT', 'the response would be too large', {
  publicMessage: 'The response would be too large. Select fewer fields, or read `linkedAccounts` page by page.',
});

/** Fields with the same key are one field, as in the response. Directives are not evaluated: each field counts. */
function planOf(nodes: readonly FieldNode[], type: GraphQLResolveInfo['returnType'], info: GraphQLResolveInfo): Plan {
  const named = getNamedType(type);
  const fields = isObjectType(named) ? named.getFields() : {};
  return [...collect(nodes, info).values()].map((found) => {
    const name = found[0]?.name.value ?? '';
    const field = fields[name];
    if (field === undefined) {
      return { property: name, inner: [] };
    }
    return hasResolver(field)
      ? { property: undefined, inner: [] }
      : { property: name, inner: planOf(found, field.type, info) };
  });
}

/** The fields below some nodes, by their keys in the response. */
function collect(nodes: readonly FieldNode[], { fragments }: GraphQLResolveInfo): Map<string, FieldNode[]> {
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
