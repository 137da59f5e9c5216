import { type FormEvent, type ReactElement, useId, useState } from 'react';
import type { ConnectRequest } from '../core/connect-state.js';
import type { LinkedAccount } from '../core/failure.js';
import { partClassName } from './dialog-parts.js';
import type { DialogPlaceholderProps } from './dialog-placeholder.js';

interface AccountChoiceProps extends DialogPlaceholderProps {
  /** The linked accounts. Empty: the user names the first account of the provider. */
  readonly accounts: readonly LinkedAccount[];
  readonly request: ConnectRequest;
}

/** Asks whether to update a linked account or to connect another one, which can get a name. */
export function AccountChoice({ connect, labels, accounts, request, ...appearance }: AccountChoiceProps): ReactElement {
  const [label, setLabel] = useState(request.label ?? '');
  const inputId = useId();
  const className = partClassName(appearance);
  const isFirst = accounts.length === 0;
  const connectNamed = (event: FormEvent) => {
    event.preventDefault();
    const name = label.trim();
    const onExisting = isFirst ? request.onExisting : 'CREATE_ANOTHER';
    connect.start({ ...request, onExisting, label: name === '' ? undefined : name });
  };
  return (
    <div className={className('placeholder')}>
      {!isFirst && (
        // biome-ignore lint/a11y/useSemanticElements: rules of the page for <h3> must not apply
        <div className="stackone-connect-heading" role="heading" aria-level={3}>
          {labels.alreadyLinked}
        </div>
      )}
      {accounts.map((account) => (
        <div key={account.id} className="stackone-connect-account">
          <div id={`${inputId}-${account.id}`} className="stackone-connect-text">
            {labels.describeAccount(account)}
          </div>
          <button
            type="button"
            className={className('action')}
            aria-describedby={`${inputId}-${account.id}`}
            onClick={() => connect.start({ accountId: account.id })}
          >
            {labels.update}
          </button>
        </div>
      ))}
      <form className="stackone-connect-account" onSubmit={connectNamed}>
        <label className="stackone-connect-text" htmlFor={inputId}>
          {isFirst ? labels.firstAccountName : labels.accountName}
        </label>
        <input
          id={inputId}
          className="stackone-connect-input"
          maxLength={200}
          autoComplete="off"
          value={label}
          onChange={({ target }) => setLabel(target.value)}
        />
        <button type="submit" className={className('action')}>
          {isFirst ? labels.continue : labels.connectAnother}
        </button>
      </form>
    </div>
  );
}
