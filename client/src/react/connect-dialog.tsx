import {
  type ReactElement,
  type ReactNode,
  type SyntheticEvent,
  useEffect,
  useId,
  useLayoutEffect,
  useRef,
} from 'react';
import { createPortal } from 'react-dom';
import type { ConnectState } from '../connect-flow.js';
import { describeFailure } from '../describe-failure.js';
import { useConnectSettings } from './connect-provider.js';
import { dialogStyle } from './dialog-style.js';
import type { ConnectLabels } from './labels.js';
import type { Connect } from './use-connect.js';

export type DialogPart = 'dialog' | 'header' | 'title' | 'close' | 'body' | 'placeholder' | 'action' | 'status';

export interface DialogAppearance {
  /** Returns the texts of a failure. Default: `describeFailure`. */
  readonly describe?: typeof describeFailure | undefined;
  /** Additional class names by part. The default classes are `stackone-connect` and `stackone-connect-<part>`. */
  readonly classNames?: Partial<Record<DialogPart, string>> | undefined;
}

interface ConnectDialogProps extends DialogAppearance {
  readonly connect: Connect;
  readonly title: ReactNode;
  readonly labels: ConnectLabels;
}

/** How long the Hub's success message is visible before the dialog closes automatically. */
const successDisplayMs = 1_000;

/**
 * A modal dialog, mounted while the connection is open. The browser keeps the focus inside and restores it on close.
 * It is rendered at the end of `<body>`, because a button can be where a dialog is not allowed, such as in a paragraph.
 */
export function ConnectDialog({ connect, title, labels, ...appearance }: ConnectDialogProps): ReactElement {
  const { theme = 'light' } = useConnectSettings();
  const { state, close } = connect;
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const titleId = useId();
  const className = (part: DialogPart) => partClassName(part, appearance);

  useLayoutEffect(() => {
    const element = dialog.current;
    element?.showModal();
    // Close before the element is removed: otherwise the browser does not restore the focus.
    return () => element?.close();
  }, []);
  // A new state can remove the focused button.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the effect must run after each change of the state
  useEffect(() => {
    const { activeElement } = document;
    const isInside = dialog.current?.contains(activeElement) === true && activeElement !== dialog.current;
    if (!isInside) {
      heading.current?.focus();
    }
  }, [state]);
  useEffect(() => {
    if (state.phase !== 'linked') {
      return;
    }
    const timer = setTimeout(close, successDisplayMs);
    return () => clearTimeout(timer);
  }, [state.phase, close]);

  return createPortal(
    // biome-ignore lint/a11y/useKeyWithClickEvents: onClick only stops the propagation of events
    <dialog
      ref={dialog}
      className={className('dialog')}
      style={{ colorScheme: theme }}
      aria-labelledby={titleId}
      onClose={({ currentTarget }) => {
        // StrictMode closes and reopens the dialog, and the event is dispatched after that.
        if (!currentTarget.open) {
          close();
        }
      }}
      onClick={stopPropagation}
      onSubmit={stopPropagation}
    >
      <style>{dialogStyle}</style>
      <div className={className('header')}>
        <h2 ref={heading} id={titleId} className={className('title')} tabIndex={-1}>
          {title}
        </h2>
        <button type="button" className={className('close')} aria-label={labels.close} onClick={close}>
          <svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true">
            <path d="M3 3l10 10M13 3L3 13" stroke="currentColor" strokeWidth="1.75" strokeLinecap="round" />
          </svg>
        </button>
      </div>
      <div className={className('body')}>
        {connect.hub ?? <Placeholder connect={connect} labels={labels} {...appearance} />}
      </div>
      <p className={className('status')} role="status">
        {statusLabel(state, labels)}
      </p>
    </dialog>,
    document.body,
  );
}

/** React events bubble through portals: a form or row around the button would handle events of the dialog. */
const stopPropagation = (event: SyntheticEvent) => event.stopPropagation();

type PlaceholderProps = Omit<ConnectDialogProps, 'title'>;

/** Shown instead of the Hub while there is no session: a spinner or a failure. */
function Placeholder({ connect, labels, describe = describeFailure, ...appearance }: PlaceholderProps): ReactElement {
  const { state, retry } = connect;
  const className = (part: DialogPart) => partClassName(part, appearance);
  if (state.phase !== 'failed') {
    return (
      <div className={className('placeholder')}>
        <span className="stackone-connect-spinner" />
      </div>
    );
  }
  const { title, text } = describe(state.failure, state.retry);
  return (
    <div className={className('placeholder')} role="alert">
      <h3>{title}</h3>
      <p>{text}</p>
      <button type="button" className={className('action')} onClick={retry}>
        {state.retry === 'start' ? labels.startAgain : labels.confirmAgain}
      </button>
    </div>
  );
}

function statusLabel({ phase }: ConnectState, labels: ConnectLabels): string {
  switch (phase) {
    case 'opening':
    case 'open':
    case 'confirming':
    case 'linked':
      return labels[phase];
    case 'closed':
    case 'failed':
      return '';
  }
}

function partClassName(part: DialogPart, { classNames }: DialogAppearance): string {
  const base = part === 'dialog' ? 'stackone-connect' : `stackone-connect-${part}`;
  const added = classNames?.[part];
  return added === undefined ? base : `${base} ${added}`;
}
