import { type FieldNode, type GraphQLResolveInfo, getNamedType, isObjectType } from 'graphql';
import { AppError } from '../domain/app-error.js';
import { collectFields } from './operations/selection.js';
import { hasResolver } from './own-fields.js';

/** Values of one response, with 128 characters of text for each. It takes less than 50 ms to build one (npm run cost). */
export const maxResponseValues = 20_000;
/** A field with a resolver costs as much as so many plain fields. */
const resolverCost = 10;
const charactersPerValue = 128;

/** A selected field: its property in the data, and the fields below it. No property: a resolver returns its data. */
interface PlannedField {
  readonly property: string | undefined;
  readonly inner: Plan;
}
type Plan = readonly PlannedField[];

/** By the field nodes of a position in an operation. graphql-js and graphql-jit make one array for each position. */
const plans = new WeakMap<readonly FieldNode[], Plan>();

const frozenCosts = new WeakMap<Plan, WeakMap<readonly unknown[], number>>();

/**
 * What one request may still put into its response. The limits of a document cannot bound a response: that depends on how
 * many accounts and providers there are. Each resolver counts its data, along the selection, before any of it is copied
 * into the response.
 */
export class ResponseBudget {
  #left: number;

  constructor(values = maxResponseValues) {
    this.#left = values;
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
    this.#spend(value, plan);
  }

  #spend(value: unknown, plan: Plan): void {
    if (Array.isArray(value)) {
      if (Object.isFrozen(value)) {
        this.#take(this.#costOfFrozen(value, plan));
      } else {
        this.#spendItems(value, plan);
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

  #spendItems(items: readonly unknown[], plan: Plan): void {
    for (const item of items) {
      this.#spend(item, plan);
    }
  }

  /** A frozen list is the same for many requests, so its items are counted once for each selection. */
  #costOfFrozen(list: readonly unknown[], plan: Plan): number {
    const costs = frozenCosts.get(plan) ?? new WeakMap<readonly unknown[], number>();
    frozenCosts.set(plan, costs);
    const known = costs.get(list);
    if (known !== undefined) {
      return known;
    }
    const unlimited = new ResponseBudget(Number.MAX_SAFE_INTEGER);
    unlimited.#spendItems(list, plan);
    const cost = Number.MAX_SAFE_INTEGER - unlimited.#left;
    costs.set(list, cost);
    return cost;
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
  return [...collectFields(nodes, info).values()].map((found) => {
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

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
