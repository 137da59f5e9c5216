import { LRUCache } from 'lru-cache';
import { AccountChangeKind, type OwnedChange } from '../domain/account-change.js';

const windowMs = 10 * 60_000;
const maxAccounts = 10_000;

interface Health {
  /** When the last BROKEN was delivered; monotonic. */
  readonly brokenAt: number;
  readonly isReportedBroken: boolean;
  /** A BROKEN that waits until the account has stayed broken. */
  readonly held: NodeJS.Timeout | undefined;
}

/**
 * Between the detection of changes and their delivery to the product: an account that breaks and recovers several times
 * within ten minutes is one BROKEN. The last state is always delivered. A change that another one has overtaken is left
 * out, except that an account was linked.
 */
export class FlapFilter {
  readonly #deliver: (owned: OwnedChange) => void;
  /** The time of the newest change of an account. */
  readonly #newest = new LRUCache<string, number>({ max: maxAccounts });
  readonly #health = new LRUCache<string, Health>({ max: maxAccounts, dispose: ({ held }) => clearTimeout(held) });

  constructor(deliver: (owned: OwnedChange) => void) {
    this.#deliver = deliver;
  }

  handle(owned: OwnedChange): void {
    const { kind, accountId, at } = owned.change;
    const newest = this.#newest.get(accountId);
    if (newest !== undefined && at.getTime() < newest && kind !== AccountChangeKind.LINKED) {
      return;
    }
    this.#newest.set(accountId, Math.max(at.getTime(), newest ?? 0));
    switch (kind) {
      case AccountChangeKind.BROKEN:
        this.#broken(owned);
        break;
      case AccountChangeKind.RECOVERED:
        this.#recovered(owned);
        break;
      case AccountChangeKind.REMOVED:
        this.#health.delete(accountId);
        this.#deliver(owned);
        break;
      case AccountChangeKind.LINKED:
      case AccountChangeKind.UPDATED:
        this.#deliver(owned);
    }
  }

  close(): void {
    this.#health.clear();
  }

  #broken(owned: OwnedChange): void {
    const { accountId } = owned.change;
    const health = this.#health.get(accountId);
    if (health?.isReportedBroken || health?.held !== undefined) {
      return;
    }
    const waitMs = health === undefined ? 0 : health.brokenAt + windowMs - performance.now();
    if (health === undefined || waitMs <= 0) {
      this.#report(owned);
    } else {
      const held = setTimeout(() => this.#report(owned), waitMs).unref();
      this.#health.set(accountId, { ...health, held }, { noDisposeOnSet: true });
    }
  }

  #recovered(owned: OwnedChange): void {
    const { accountId } = owned.change;
    const health = this.#health.get(accountId);
    if (health?.held !== undefined) {
      clearTimeout(health.held);
      this.#health.set(accountId, { ...health, held: undefined }, { noDisposeOnSet: true });
      return;
    }
    if (health !== undefined) {
      this.#health.set(accountId, { ...health, isReportedBroken: false });
    }
    this.#deliver(owned);
  }

  #report(owned: OwnedChange): void {
    const health = { brokenAt: performance.now(), isReportedBroken: true, held: undefined };
    this.#health.set(owned.change.accountId, health, { noDisposeOnSet: true });
    this.#deliver(owned);
  }
}
