import type { ReactElement } from 'react';
import type { ConnectFailure, LinkedAccount } from '../core/failure.js';
import { describeFailure } from '../labels/describe-failure.js';
import { AccountChoice } from './account-choice.js';
import { type DialogAppearance, partClassName } from './dialog-parts.js';
import type { ConnectLabels } from './labels.js';
import type { Connect } from './use-connect.js';

export interface DialogPlaceholderProps extends DialogAppearance {
  readonly connect: Connect;
  readonly labels: ConnectLabels;
  /** Whether to offer a choice if accounts are linked, instead of the failure. */
  readonly asks: boolean;
}

/** Shown instead of the Hub while there is no session: a spinner, a choice of accounts or a failure. */
export function DialogPlaceholder(props: DialogPlaceholderProps): ReactElement {
  const { connect, labels, asks, describe = describeFailure } = props;
  const { state, retry } = connect;
  const className = partClassName(props);
  if (state.phase !== 'failed') {
    return (
      <div className={className('placeholder')}>
        <span className="stackone-connect-spinner" />
      </div>
    );
  }
  const accounts = asks ? linkedAccounts(state.failure) : [];
  if (accounts.length > 0) {
    return <AccountChoice {...props} accounts={accounts} request={state.request} />;
  }
  const { title, text } = describe(state.failure, state.retry);
  return (
    <div className={className('placeholder')} role="alert">
      {/* biome-ignore lint/a11y/useSemanticElements: rules of the page for <h3> must not apply */}
      <div className="stackone-connect-heading" role="heading" aria-level={3}>
        {title}
      </div>
      <div className="stackone-connect-text">{text}</div>
      <button type="button" className={className('action')} onClick={retry}>
        {state.retry === 'start' ? labels.startAgain : labels.confirmAgain}
      </button>
    </div>
  );
}

/** The accounts that were linked before, if the server refused the session for them. */
function linkedAccounts(failure: ConnectFailure): readonly LinkedAccount[] {
  return failure.kind === 'refused'
    ? failure.userErrors.flatMap(({ code, accounts }) => (code === 'ACCOUNT_ALREADY_LINKED' ? accounts : []))
    : [];
}
