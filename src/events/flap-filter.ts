import { LRUCache } from 'lru-cache';
import { AccountChangeKind, type OwnedChange } from '../domain/account-change.js';

const windowMs = 10 * 60_000;
const maxAccounts = 10_000;

interface AccountHealth {
  /** When the last BROKEN was reported; monotonic. */
  readonly brokenAt: number;
  readonly isReportedBroken: boolean;
  /** A BROKEN that waits until the account has stayed broken. */
  readonly held?: { readonly timer: NodeJS.Timeout; readonly deliver: () => void };
}

/**
 * Filters the changes that are delivered to the product. If an account breaks and recovers several times within ten
 * minutes, only one BROKEN is delivered. The last state is always delivered. Each instance follows the changes of all
 * instances, because one can detect that an account broke and another one that it recovered. It delivers only its own.
 */
export class FlapFilter {
  readonly #deliver: (owned: OwnedChange) => void;
  readonly #health = new LRUCache<string, AccountHealth>({
    max: maxAccounts,
    dispose: ({ held }, _accountId, reason) => {
      clearTimeout(held?.timer);
      if (reason === 'evict') {
        // Too many accounts: this one is reported early, not lost.
        held?.deliver();
      }
    },
  });

  constructor(deliver: (owned: OwnedChange) => void) {
    this.#deliver = deliver;
  }

  /** @param isOwn whether this instance has detected the change */
  handle(owned: OwnedChange, isOwn: boolean): void {
    const { kind, accountId } = owned.change;
    const deliver = isOwn ? () => this.#deliver(owned) : () => {};
    switch (kind) {
      case AccountChangeKind.BROKEN:
        this.#broken(accountId, deliver);
        break;
      case AccountChangeKind.RECOVERED:
        this.#recovered(accountId, deliver);
        break;
      case AccountChangeKind.REMOVED:
        this.#health.delete(accountId);
        deliver();
        break;
      case AccountChangeKind.LINKED:
      case AccountChangeKind.UPDATED:
        deliver();
    }
  }

  /** Reports what waits: the next process already knows that the account is broken, so it would not report it. */
  close(): void {
    for (const { held } of this.#health.values()) {
      held?.deliver();
    }
    this.#health.clear();
  }

  #broken(accountId: string, deliver: () => void): void {
    const report = () => {
      this.#health.set(accountId, { brokenAt: performance.now(), isReportedBroken: true });
      deliver();
    };
    const health = this.#health.get(accountId);
    const waitMs = health === undefined ? 0 : health.brokenAt + windowMs - performance.now();
    if (waitMs <= 0) {
      // Also when it is reported as broken already: its recovery may have been lost on the way from another instance.
      report();
    } else if (health !== undefined && !health.isReportedBroken && health.held === undefined) {
      this.#health.set(accountId, { ...health, held: { timer: setTimeout(report, waitMs).unref(), deliver } });
    }
  }

  #recovered(accountId: string, deliver: () => void): void {
    const health = this.#health.get(accountId);
    if (health !== undefined) {
      this.#health.set(accountId, { brokenAt: health.brokenAt, isReportedBroken: false });
    }
    if (health?.held === undefined) {
      deliver();
    }
  }
}
