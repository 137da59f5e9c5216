export const accountIdPattern = /^[A-Za-z0-9_-]{1,128}$/;

/** The state of a linked account. StackOne's list is open: a state that is not listed here reads as `UNKNOWN`. */
export const LinkedAccountStatus = {
  ACTIVE: 'active',
  INACTIVE: 'inactive',
  SUSPENDED: 'suspended',
  ARCHIVED: 'archived',
  EXPIRED: 'expired',
  ERROR: 'error',
  UNKNOWN: 'unknown',
} as const;
export type LinkedAccountStatus = (typeof LinkedAccountStatus)[keyof typeof LinkedAccountStatus];

export interface StatusReason {
  readonly code: string | null;
  readonly description: string | null;
  readonly at: Date | null;
}

/** An account of the caller's owner in another system. */
export interface LinkedAccount {
  readonly id: string;
  /** The owner's name when the account was linked. StackOne identifies an account by owner id, owner name and provider. */
  readonly ownerName: string | null;
  readonly providerKey: string;
  readonly label: string | null;
  readonly status: LinkedAccountStatus;
  readonly statusReasons: readonly StatusReason[];
  readonly needsRelink: boolean;
  readonly linkedBy: string | null;
  /** StackOne does not always state times. */
  readonly createdAt: Date | null;
  readonly updatedAt: Date | null;
}
