import { LRUCache } from 'lru-cache';
import { AccountChangeKind, type OwnedChange } from '../domain/account-change.js';
import { AppError } from '../domain/app-error.js';
import { createBackgroundContext } from '../observability/request-context.js';
import type { StackOneApi } from '../stackone/api.js';
import type { AccountRecord, AccountWebhook } from '../stackone/records.js';
import type { SharedState } from './state/shared-state.js';

const daySeconds = 24 * 60 * 60;
const maxAccounts = 10_000;

/** For this time after a webhook, StackOne may not have the account yet that it is about. */
const visibleAfterMs = 60_000;

/** When a read of StackOne began: for the receivers, and a monotonic time, because a clock can be set back. */
export interface ReadStart {
  readonly at: Date;
  readonly ms: number;
}
export const startRead = (): ReadStart => ({ at: new Date(), ms: performance.now() });

/**
 * Finds out what happened to an account. A report is only a hint: the account is read from StackOne, and its owner comes
 * from there. So the order of reports does not matter, and neither does a report that repeats. A read is ignored when a
 * later read of the same account has ended before it. Only the change `LINKED` is published nevertheless.
 */
export class ChangeDetector {
  readonly #api: StackOneApi;
  readonly #state: SharedState;
  readonly #publish: (owned: OwnedChange) => void;
  /** When the newest read of an account began that has counted. */
  readonly #newest = new LRUCache<string, number>({ max: maxAccounts });

  /** @param publish receives every change once */
  constructor(api: StackOneApi, state: SharedState, publish: (owned: OwnedChange) => void) {
    this.#api = api;
    this.#state = state;
    this.#publish = publish;
  }

  /** @throws AppError when the account cannot be read, or is older than the webhook: read it again later */
  async accountReported({ kind, accountId, ownerId, sentAt }: AccountWebhook): Promise<void> {
    const start = startRead();
    const record = await this.#api.getAccount(accountId, createBackgroundContext());
    const isDeleted = kind === 'deleted';
    if (record !== undefined && !isDeleted) {
      await this.#changed(record, kind === 'created', start);
    } else if (record === undefined && (isDeleted || Date.now() - sentAt.getTime() >= visibleAfterMs)) {
      await this.#removed(accountId, ownerId);
    } else {
      const state = isDeleted ? 'still has the account' : 'does not have the account yet';
      throw new AppError('UPSTREAM_UNAVAILABLE', `StackOne ${state}`);
    }
  }

  /** For an account that a list of broken accounts contains. @param start of the list */
  async foundBroken(record: AccountRecord, start: ReadStart): Promise<void> {
    await this.#healthChange(record, start);
  }

  /** For an account that a list of broken accounts no longer contains. */
  async missingFromBroken(accountId: string): Promise<void> {
    const start = startRead();
    const record = await this.#api.getAccount(accountId, createBackgroundContext());
    if (record === undefined) {
      await this.#state.removeBroken(accountId);
    } else {
      await this.#healthChange(record, start);
    }
  }

  async #changed(record: AccountRecord, isNew: boolean, start: ReadStart): Promise<void> {
    const isFirst = isNew && (await this.#state.claim(`linked:${record.account.id}`, daySeconds));
    if (isFirst) {
      this.#publishAccount(AccountChangeKind.LINKED, record, start);
    }
    const health = await this.#healthChange(record, start);
    if (!isFirst && health === 'unchanged') {
      this.#publishAccount(AccountChangeKind.UPDATED, record, start);
    }
  }

  /** Publishes that an account broke or recovered, once for all instances. */
  async #healthChange(record: AccountRecord, start: ReadStart): Promise<'changed' | 'unchanged' | 'overtaken'> {
    const { account } = record;
    if (this.#isOvertaken(account.id, start)) {
      return 'overtaken';
    }
    const hasChanged = account.needsRelink
      ? await this.#state.addBroken(account.id)
      : await this.#state.removeBroken(account.id);
    if (!hasChanged) {
      return 'unchanged';
    }
    this.#publishAccount(account.needsRelink ? AccountChangeKind.BROKEN : AccountChangeKind.RECOVERED, record, start);
    return 'changed';
  }

  /** A removal is final: no read that began before this moment is newer, and no later one overtakes it. */
  async #removed(accountId: string, ownerId: string | null): Promise<void> {
    const { at, ms } = startRead();
    this.#newest.set(accountId, ms);
    await this.#state.removeBroken(accountId);
    if (ownerId !== null && (await this.#state.claim(`removed:${accountId}`, daySeconds))) {
      this.#publish({ ownerId, change: { kind: AccountChangeKind.REMOVED, accountId, account: null, at } });
    }
  }

  #isOvertaken(accountId: string, { ms }: ReadStart): boolean {
    const isOvertaken = ms < (this.#newest.get(accountId) ?? ms);
    if (!isOvertaken) {
      this.#newest.set(accountId, ms);
    }
    return isOvertaken;
  }

  /** A change of an account without an owner is for no one. */
  #publishAccount(kind: AccountChangeKind, { ownerId, account }: AccountRecord, { at }: ReadStart): void {
    if (ownerId !== null) {
      this.#publish({ ownerId, change: { kind, accountId: account.id, account, at } });
    }
  }
}
