import type { LinkedAccount } from '../core/failure.js';
import { defaultWaitingText } from '../hub/sign-in-window.js';
import { describeAccount } from '../labels/account-name.js';

/** The texts of the dialog of `ConnectButton`, except for failures. `describe` returns the texts of failures. */
export interface ConnectLabels {
  /** Status while the session is being created. */
  readonly opening: string;
  /** Status while the Hub is open. */
  readonly open: string;
  /** Status while the server checks the account. */
  readonly confirming: string;
  /** Status after the account is linked. */
  readonly linked: string;
  /** Button that starts the connection again. */
  readonly startAgain: string;
  /** Button that confirms the reported account again. */
  readonly confirmAgain: string;
  /** Heading when an account of the provider is linked. The user chooses to update it or to connect another one. */
  readonly alreadyLinked: string;
  /** Text that distinguishes a linked account from others of the same provider. */
  readonly describeAccount: (account: LinkedAccount) => string;
  /** Button that re-links an account. */
  readonly update: string;
  /** Label of the field for the name of another account. */
  readonly accountName: string;
  /** Button that connects another account. */
  readonly connectAnother: string;
  /** Button that opens the field for the name of the first account. */
  readonly nameAccount: string;
  /** Label of the field for the name of the first account. */
  readonly firstAccountName: string;
  /** Button that connects the first account with the name. */
  readonly continue: string;
  /** Shown in the sign-in window until the provider's page is known. */
  readonly signInWaiting: string;
  /** Shown when the browser has blocked the sign-in window. */
  readonly signInBlocked: string;
  /** Button that opens the blocked window. */
  readonly continueSignIn: string;
  /** Accessible name of the dialog's close button. */
  readonly close: string;
  /** Button that the Hub shows after a success. */
  readonly done: string;
}

/** The default texts, in English. */
export const defaultLabels: ConnectLabels = {
  opening: 'Preparing a secure connection…',
  open: 'Your sign-in details go directly to StackOne.',
  confirming: 'Checking the connection…',
  linked: 'Connected.',
  startAgain: 'Try again',
  confirmAgain: 'Check again',
  alreadyLinked: 'There is a connection already',
  describeAccount,
  update: 'Update this connection',
  accountName: 'Name of another account (optional)',
  connectAnother: 'Connect another',
  nameAccount: 'Name this account',
  firstAccountName: 'Name of this account (optional)',
  continue: 'Continue',
  signInWaiting: defaultWaitingText,
  signInBlocked: 'Your browser blocked the sign-in window.',
  continueSignIn: 'Continue to sign-in',
  close: 'Close',
  done: 'Done',
};
