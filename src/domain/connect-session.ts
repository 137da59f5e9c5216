import type { LinkedAccount } from './linked-account.js';

/** What the Hub does with a connect session. */
export const ConnectMode = { LINK: 'link', RELINK: 'relink' } as const;
export type ConnectMode = (typeof ConnectMode)[keyof typeof ConnectMode];

/** What to do when the owner already has an account of the provider. */
export const OnExistingAccount = {
  RELINK: 'relink',
  CREATE_ANOTHER: 'create-another',
  FAIL: 'fail',
} as const;
export type OnExistingAccount = (typeof OnExistingAccount)[keyof typeof OnExistingAccount];

export interface ConnectSession {
  /** A bearer secret: only the browser that requested the session receives it. */
  readonly token: string;
  readonly expiresAt: Date;
  readonly mode: ConnectMode;
  /** The account to re-link; null for a new one. */
  readonly account: LinkedAccount | null;
  /** A bearer secret; null unless the operator allows it. */
  readonly authLinkUrl: string | null;
}
