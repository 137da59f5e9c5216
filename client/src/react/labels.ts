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
  close: 'Close',
  done: 'Done',
};
