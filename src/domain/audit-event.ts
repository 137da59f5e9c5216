import type { ErrorCode } from './error-codes.js';
import type { UserErrorCode } from './result.js';

export const auditActions = ['createConnectSession', 'confirmLinkedAccount', 'deleteLinkedAccount'] as const;
export type AuditAction = (typeof auditActions)[number];

/** Why a linked account is not what the caller's grants allow. */
export type AuditFlag = 'PROVIDER_NOT_ALLOWED' | 'ACCOUNT_LIMIT_EXCEEDED' | 'LIMIT_NOT_CHECKED';

/** One attempt to change something. Contains no token, no label and no key. */
export interface AuditEvent {
  readonly time: Date;
  /** The same as in the request log and in the response header `x-request-id`. */
  readonly requestId: string;
  /** Null when the caller could not be authenticated, so that the owner is unknown. */
  readonly ownerId: string | null;
  readonly username: string | null;
  readonly action: AuditAction;
  /** Key of the provider, where it is known. */
  readonly provider: string | null;
  /** The account that the request named or that the session re-links. Null for a new one, and for a malformed id. */
  readonly accountId: string | null;
  /** `OK`, or the code of the error or of the first user error. */
  readonly outcome: 'OK' | ErrorCode | UserErrorCode;
  /** With `confirmLinkedAccount`: the account exists although the grants do not allow it. */
  readonly flag: AuditFlag | null;
}
