import type { LinkedAccount } from './linked-account.js';

/** What happened to a linked account. */
export const AccountChangeKind = {
  LINKED: 'LINKED',
  UPDATED: 'UPDATED',
  BROKEN: 'BROKEN',
  RECOVERED: 'RECOVERED',
  REMOVED: 'REMOVED',
} as const;
export type AccountChangeKind = (typeof AccountChangeKind)[keyof typeof AccountChangeKind];

/** A change of one linked account, read from StackOne after the change was reported. */
export interface AccountChange {
  readonly kind: AccountChangeKind;
  readonly accountId: string;
  /** The account as StackOne returned it; null after a removal. */
  readonly account: LinkedAccount | null;
  /**
   * Just before the account was read. Of a removal: when StackOne had responded that it has no such account. Of two
   * changes of an account, the one with the later time is newer.
   */
  readonly at: Date;
}

/** A change and the customer that it belongs to. Only this customer may see it. */
export interface OwnedChange {
  readonly ownerId: string;
  readonly change: AccountChange;
}
