import { AccountChangeKind, type OwnedChange } from '../domain/account-change.js';
import type { LinkedAccount } from '../domain/linked-account.js';
import { createBackgroundContext } from '../observability/request-context.js';
import type { StackOneApi } from '../stackone/api.js';
import type { AccountRecord, AccountWebhook } from '../stackone/records.js';
import type { SharedState } from './state/shared-state.js';

const daySeconds = 24 * 60 * 60;

/** The account is still there after a webhook about its deletion. Read it again later. */
class StillThereError extends Error {
  override readonly name = 'StillThereError';
}

/**
 * Finds out what happened to an account. A report is only a hint: the account is read from StackOne, and its owner comes
 * from there. So the order of reports does not matter, and neither does a report that repeats.
 */
export class ChangeDetector {
  readonly #api: StackOneApi;
  readonly #state: SharedState;
  readonly #publish: (owned: OwnedChange) => void;

  /** @param publish receives every change once */
  constructor(api: StackOneApi, state: SharedState, publish: (owned: OwnedChange) => void) {
    this.#api = api;
    this.#state = state;
    this.#publish = publish;
  }

  /**
   * @throws StillThereError
   * @throws AppError when StackOne returns no account
   */
  async accountReported({ kind, accountId, ownerId }: AccountWebhook): Promise<void> {
    const at = new Date();
    const record = await this.#api.getAccount(accountId, createBackgroundContext());
    if (record === undefined) {
      await this.#removed(accountId, ownerId, at);
    } else if (kind === 'deleted') {
      throw new StillThereError();
    } else {
      await this.#changed(record, kind === 'created', at);
    }
  }

  /** For an account that a list of broken accounts contains. @param at before the list was read */
  async foundBroken({ ownerId, account }: AccountRecord, at: Date): Promise<void> {
    if ((await this.#state.addBroken(account.id)) && ownerId !== null) {
      this.#publishAccount(ownerId, AccountChangeKind.BROKEN, account, at);
    }
  }

  /** For an account that a list of broken accounts no longer contains. */
  async missingFromBroken(accountId: string): Promise<void> {
    const at = new Date();
    const record = await this.#api.getAccount(accountId, createBackgroundContext());
    if (record === undefined) {
      await this.#state.removeBroken(accountId);
    } else {
      await this.#healthChange(record, at);
    }
  }

  async #changed(record: AccountRecord, isNew: boolean, at: Date): Promise<void> {
    const { ownerId, account } = record;
    const isFirst = isNew && (await this.#state.claim(`linked:${account.id}`, daySeconds));
    if (isFirst && ownerId !== null) {
      this.#publishAccount(ownerId, AccountChangeKind.LINKED, account, at);
    }
    const hasChangedHealth = await this.#healthChange(record, at);
    if (!isFirst && !hasChangedHealth && ownerId !== null) {
      this.#publishAccount(ownerId, AccountChangeKind.UPDATED, account, at);
    }
  }

  /** Publishes that an account broke or recovered, once for all instances. */
  async #healthChange({ ownerId, account }: AccountRecord, at: Date): Promise<boolean> {
    const hasChanged = account.needsRelink
      ? await this.#state.addBroken(account.id)
      : await this.#state.removeBroken(account.id);
    if (hasChanged && ownerId !== null) {
      this.#publishAccount(
        ownerId,
        account.needsRelink ? AccountChangeKind.BROKEN : AccountChangeKind.RECOVERED,
        account,
        at,
      );
    }
    return hasChanged;
  }

  async #removed(accountId: string, ownerId: string | null, at: Date): Promise<void> {
    await this.#state.removeBroken(accountId);
    if (ownerId !== null && (await this.#state.claim(`removed:${accountId}`, daySeconds))) {
      this.#publish({ ownerId, change: { kind: AccountChangeKind.REMOVED, accountId, account: null, at } });
    }
  }

  #publishAccount(ownerId: string, kind: AccountChangeKind, account: LinkedAccount, at: Date): void {
    this.#publish({ ownerId, change: { kind, accountId: account.id, account, at } });
  }
}
