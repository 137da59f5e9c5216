import type { GraphQLResolveInfo } from 'graphql';
import { AppError } from '../../domain/app-error.js';
import { isRecord } from '../../domain/values.js';
import { maxResponseValues, type OwnerWork } from '../../linking/limits/owner-work.js';
import { UsageError } from '../../observability/unexpected-error.js';
import { type Plan, planOf } from '../operations/selection.js';

/** The cost of a field with a resolver, in plain fields. */
const resolverCost = 25;
const charactersPerValue = 128;
/** The cost of parsing and validating a document, in values (measured), plus one value for each 16 characters. */
const documentCost = 400;
const documentCharactersPerValue = 16;

const frozenCosts = new WeakMap<Plan, WeakMap<readonly unknown[], number>>();

/**
 * What one request may still put into its response. The limits of a document cannot bound a response: that depends on how
 * many accounts and providers there are. Each resolver counts its data, along the selection, before any of it is copied
 * into the response.
 */
export class ResponseBudget {
  readonly #work: OwnerWork;
  readonly #ownerId: string;
  #left: number;
  #isOpen = false;
  #isStarted = false;
  #refusal: unknown;

  /** @param work counts the values of all requests of the owner */
  constructor(work: OwnerWork, ownerId: string, values = maxResponseValues) {
    this.#work = work;
    this.#ownerId = ownerId;
    this.#left = values;
  }

  /** For a document that the limits and the rules for trusted documents have accepted. No other has a budget. */
  open(): void {
    this.#isOpen = true;
  }

  /**
   * Before the first resolver of a query. A mutation of a known document has few values and a rate limit of its own.
   * @throws AppError `RATE_LIMITED`
   */
  start(): void {
    if (!this.#isStarted) {
      this.#isStarted = true;
      try {
        this.#work.check(this.#ownerId);
      } catch (error) {
        this.#refusal = error;
      }
    }
    if (this.#refusal !== undefined) {
      throw this.#refusal;
    }
  }

  /** Before a document is parsed that is not known. @throws AppError `RATE_LIMITED` */
  chargeDocument(text: string): void {
    this.start();
    this.#work.add(this.#ownerId, documentCost + Math.ceil(text.length / documentCharactersPerValue));
  }

  /**
   * Before a resolver runs: nothing runs for a response that is refused.
   * @throws AppError `BAD_USER_INPUT`. UsageError when a host app has left out the plugins
   */
  check(): void {
    if (!this.#isOpen) {
      throw new UsageError(missingOptions);
    }
    this.#take(0);
  }

  /** @throws AppError `BAD_USER_INPUT` */
  spend(value: unknown, info: GraphQLResolveInfo): void {
    const before = this.#left;
    try {
      this.#spend(value, planOf(info));
    } finally {
      this.#work.add(this.#ownerId, before - this.#left);
    }
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
      for (const { property, inner } of plan.fields) {
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
    const unlimited = new ResponseBudget(this.#work, this.#ownerId, Number.MAX_SAFE_INTEGER);
    unlimited.#spendItems(list, plan);
    const cost = Number.MAX_SAFE_INTEGER - unlimited.#left;
    costs.set(list, cost);
    return cost;
  }

  #take(count: number): void {
    this.#left -= count;
    if (this.#left < 0) {
      throw tooLarge;
    }
  }
}

export const missingOptions =
  'The plugins, validationRules and documentStore of connect.apolloOptions must be options of this Apollo Server: add to them, and replace none.';

/** One error for all: a refused response can contain hundreds. */
const tooLarge = new AppError('BAD_USER_INPUT', 'the response would be too large', {
  publicMessage: 'The response would be too large. Select fewer fields, or read `linkedAccounts` page by page.',
});
