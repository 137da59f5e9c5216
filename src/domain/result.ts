import type { LinkedAccount } from './linked-account.js';

export const UserErrorCode = {
  INVALID_INPUT: 'INVALID_INPUT',
  PROVIDER_NOT_ENABLED: 'PROVIDER_NOT_ENABLED',
  PROVIDER_NOT_ALLOWED: 'PROVIDER_NOT_ALLOWED',
  ACCOUNT_NOT_FOUND: 'ACCOUNT_NOT_FOUND',
  ACCOUNT_PROVIDER_MISMATCH: 'ACCOUNT_PROVIDER_MISMATCH',
  ACCOUNT_ALREADY_LINKED: 'ACCOUNT_ALREADY_LINKED',
  AMBIGUOUS_ACCOUNT: 'AMBIGUOUS_ACCOUNT',
  ACCOUNT_LIMIT_REACHED: 'ACCOUNT_LIMIT_REACHED',
} as const;
export type UserErrorCode = (typeof UserErrorCode)[keyof typeof UserErrorCode];

/** A problem that the user, or the developer of the page, can fix. */
export interface UserError {
  readonly code: UserErrorCode;
  readonly message: string;
  /** The argument that the error is about. */
  readonly field: string | null;
  /** The accounts that the error is about. All of them belong to the caller's owner. */
  readonly accounts: readonly LinkedAccount[];
}

export interface Failure {
  readonly ok: false;
  readonly userErrors: readonly UserError[];
}

/** The result of an operation that can fail for a reason that the user can fix. */
export type Result<T> = { readonly ok: true; readonly value: T } | Failure;

/** A failure with one user error. */
export function userError(
  code: UserErrorCode,
  field: string | null,
  message: string,
  accounts: readonly LinkedAccount[] = [],
): Failure {
  return { ok: false, userErrors: [{ code, field, message, accounts }] };
}
