/** All that the dialog of `ConnectButton` says, but for failures, which `describe` puts into words. */
export interface ConnectWords {
  readonly opening: string;
  readonly open: string;
  readonly confirming: string;
  readonly linked: string;
  readonly startAgain: string;
  /** Asks the server once more about an account that the Hub has reported. */
  readonly confirmAgain: string;
  /** The name of the dialog's own button. */
  readonly close: string;
  /** On the button that the Hub shows after a success. */
  readonly done: string;
}

export const defaultWords: ConnectWords = {
  opening: 'Preparing a safe connection…',
  open: 'What you enter goes straight to StackOne.',
  confirming: 'One moment: this is being checked with the server…',
  linked: 'Connected.',
  startAgain: 'Try again',
  confirmAgain: 'Check again',
  close: 'Close',
  done: 'Done',
};
