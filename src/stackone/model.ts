/** What StackOne knows, in this project's own words. `wire` turns StackOne's snake_case rows into these. */

export const accountIdPattern = /^[A-Za-z0-9_-]{1,128}$/;
export const providerKeyPattern = /^[a-z0-9][a-z0-9_-]{0,63}$/;

/** A kind of system. The values are StackOne's own identifiers. */
export const Category = {
  ATS: 'ats',
  HRIS: 'hris',
  HRIS_LEGACY: 'hris-legacy',
  CRM: 'crm',
  IAM: 'iam',
  MARKETING: 'marketing',
  LMS: 'lms',
  STACKONE: 'stackone',
  DOCUMENTS: 'documents',
  TICKETING: 'ticketing',
  SCREENING: 'screening',
  MESSAGING: 'messaging',
  ACCOUNTING: 'accounting',
  SCHEDULING: 'scheduling',
} as const;
export type Category = (typeof Category)[keyof typeof Category];

/** A linked account's state. StackOne's list is open: what is not known here reads as `UNKNOWN`. */
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

export const ConnectMode = { LINK: 'link', RELINK: 'relink' } as const;
export type ConnectMode = (typeof ConnectMode)[keyof typeof ConnectMode];

/** What to do when the owner already has an account of the provider. */
export const OnExistingAccount = {
  RELINK: 'relink',
  CREATE_ANOTHER: 'create-another',
  FAIL: 'fail',
} as const;
export type OnExistingAccount = (typeof OnExistingAccount)[keyof typeof OnExistingAccount];

export interface StatusReason {
  readonly code: string | null;
  readonly description: string | null;
  readonly at: Date;
}

/** An account of the owner that asked. There is no owner in it: nobody else's ever becomes one. */
export interface LinkedAccount {
  readonly id: string;
  readonly providerKey: string;
  readonly label: string | null;
  readonly status: LinkedAccountStatus;
  readonly statusReasons: readonly StatusReason[];
  readonly needsRelink: boolean;
  readonly linkedBy: string | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** A system that the StackOne project has enabled. */
export interface Provider {
  readonly key: string;
  readonly name: string;
  readonly categories: readonly Category[];
  readonly logoUrl: string | null;
}

export interface ConnectSession {
  /** A bearer secret: it goes to the browser that asked, and nowhere else. */
  readonly token: string;
  readonly expiresAt: Date;
  readonly mode: ConnectMode;
  /** The account being re-linked. */
  readonly account: LinkedAccount | null;
  readonly authLinkUrl: string | null;
}

export const UserErrorCode = {
  INVALID_INPUT: 'INVALID_INPUT',
  PROVIDER_NOT_ENABLED: 'PROVIDER_NOT_ENABLED',
  ACCOUNT_NOT_FOUND: 'ACCOUNT_NOT_FOUND',
  ACCOUNT_PROVIDER_MISMATCH: 'ACCOUNT_PROVIDER_MISMATCH',
  ACCOUNT_ALREADY_LINKED: 'ACCOUNT_ALREADY_LINKED',
  AMBIGUOUS_ACCOUNT: 'AMBIGUOUS_ACCOUNT',
} as const;
export type UserErrorCode = (typeof UserErrorCode)[keyof typeof UserErrorCode];

/** Something that the person at the screen, or the page's author, can mend. */
export interface UserError {
  readonly code: UserErrorCode;
  readonly message: string;
  /** The argument that it is about. */
  readonly field: string | null;
  /** The accounts that it is about, all of them the owner's. */
  readonly accounts: readonly LinkedAccount[];
}

/** What came of a request that can be refused for a reason that the caller can mend. */
export type Outcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly userErrors: readonly UserError[] };

export function refuse(
  code: UserErrorCode,
  field: string,
  message: string,
  accounts: readonly LinkedAccount[] = [],
): { readonly ok: false; readonly userErrors: readonly UserError[] } {
  return { ok: false, userErrors: [{ code, field, message, accounts }] };
}
