import { type ReactElement, useEffect, useId, useLayoutEffect, useRef, useState } from 'react';
import type { ConnectState } from '../core/connect-state.js';
import { addDialogStyle, canAdoptStyle, dialogStyle } from '../dialog/dialog-style.js';
import { dialogParent, openModal } from '../dialog/modal.js';
import { AccountChoice } from './account-choice.js';
import type { ConnectSettings } from './connect-provider.js';
import { partClassName } from './dialog-parts.js';
import { DialogPlaceholder, type DialogPlaceholderProps } from './dialog-placeholder.js';
import type { ConnectLabels } from './labels.js';
import { useOwnRoot } from './own-root.js';

export interface ConnectDialogProps extends DialogPlaceholderProps {
  /** The button that opened the dialog. */
  readonly opener: Element | null;
  readonly title: string;
  readonly settings: Pick<ConnectSettings, 'theme' | 'nonce'>;
}

/** How long the Hub's success message is visible before the dialog closes automatically. */
const successDisplayMs = 1_000;

/** A modal dialog, mounted while the connection is open, in a React root of its own. */
export function ConnectDialog(props: ConnectDialogProps): null {
  const closeModal = useRef(() => {});
  // Runs before the root is removed, because the browser restores the focus only on `close`.
  useLayoutEffect(() => () => closeModal.current(), []);
  useOwnRoot(
    () => dialogParent(props.opener),
    <Dialog
      {...props}
      onOpen={(close) => {
        closeModal.current = close;
      }}
    />,
  );
  return null;
}

interface DialogProps extends ConnectDialogProps {
  /** Gets the function that closes the dialog. */
  readonly onOpen: (close: () => void) => void;
}

function Dialog({ opener, title, settings, onOpen, ...placeholder }: DialogProps): ReactElement {
  const { connect, labels } = placeholder;
  const { theme = 'auto', nonce } = settings;
  const { state, close } = connect;
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useRef<HTMLDivElement>(null);
  const titleId = useId();
  const className = partClassName(placeholder);
  // A new session gets a new Hub, so the name is asked for the current session only.
  const [namedToken, setNamedToken] = useState('');
  const signIn = state.phase === 'open' ? state.signIn : null;
  const isNaming = state.phase === 'open' && state.session.token === namedToken;

  // biome-ignore lint/correctness/useExhaustiveDependencies: the dialog opens once
  useLayoutEffect(() => {
    // StrictMode removes the first root before it is rendered.
    if (dialog.current?.isConnected !== true || heading.current === null) {
      return;
    }
    const closeModal = openModal({ dialog: dialog.current, title: heading.current, opener }, close);
    addDialogStyle(dialog.current.getRootNode());
    onOpen(closeModal);
    return closeModal;
  }, []);
  // A new state can remove the focused button.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the effect must run after each change of the state
  useEffect(() => {
    const { activeElement } = document;
    const isInside = dialog.current?.contains(activeElement) === true && activeElement !== dialog.current;
    if (!isInside) {
      heading.current?.focus();
    }
  }, [state, isNaming]);
  useEffect(() => {
    if (state.phase !== 'linked') {
      return;
    }
    const timer = setTimeout(close, successDisplayMs);
    return () => clearTimeout(timer);
  }, [state.phase, close]);

  return (
    <dialog
      ref={dialog}
      className={className('dialog')}
      style={theme === 'auto' ? undefined : { colorScheme: theme }}
      aria-labelledby={titleId}
      aria-modal
      onClose={({ currentTarget }) => {
        // `openModal` can close and reopen the dialog, and the event is dispatched after that.
        if (!currentTarget.open) {
          close();
        }
      }}
    >
      {!canAdoptStyle() && <style nonce={nonce}>{dialogStyle}</style>}
      <div className={className('header')}>
        {/* Not <h2>, <h3> and <p>: rules of the page for them must not apply. */}
        {/* biome-ignore lint/a11y/useSemanticElements: see above */}
        <div ref={heading} id={titleId} role="heading" aria-level={2} className={className('title')} tabIndex={-1}>
          {title}
        </div>
        <button type="button" className={className('close')} aria-label={labels.close} onClick={close}>
          <svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true">
            <path d="M3 3l10 10M13 3L3 13" stroke="currentColor" strokeWidth="1.75" strokeLinecap="round" />
          </svg>
        </button>
      </div>
      <div className={className('body')}>
        {isNaming ? (
          <AccountChoice {...placeholder} accounts={[]} request={state.request} />
        ) : (
          (connect.hub ?? <DialogPlaceholder {...placeholder} />)
        )}
      </div>
      <div className={className('status')}>
        <span role="status">{statusLabel(state, labels)}</span>
        {signIn !== null && (
          <button type="button" className={className('action')} onClick={signIn.continue}>
            {labels.continueSignIn}
          </button>
        )}
        {signIn === null && canName(placeholder) && !isNaming && (
          <button
            type="button"
            className="stackone-connect-link"
            onClick={() => setNamedToken(state.session?.token ?? '')}
          >
            {labels.nameAccount}
          </button>
        )}
      </div>
    </dialog>
  );
}

/** The first account of a provider can get a name. With other accounts, the user was asked for it before. */
function canName({ connect: { state }, asks }: DialogPlaceholderProps): boolean {
  return state.phase === 'open' && asks && state.request.accountId == null && state.request.onExisting === 'FAIL';
}

function statusLabel(state: ConnectState, labels: ConnectLabels): string {
  const { phase } = state;
  switch (phase) {
    case 'open':
      return state.signIn === null ? labels.open : labels.signInBlocked;
    case 'opening':
    case 'confirming':
    case 'linked':
      return labels[phase];
    case 'closed':
    case 'failed':
      return '';
  }
}
