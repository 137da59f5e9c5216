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
import type { Connect } from './use-connect.js';
import type { ConnectWords } from './words.js';

export type DialogPart = 'dialog' | 'head' | 'title' | 'close' | 'body' | 'blank' | 'action' | 'status';

export interface DialogLook {
  /** A failure in one's own words. */
  readonly describe?: typeof describeFailure | undefined;
  /** Class names that are added to those of a part, which are `stackone-connect` and `stackone-connect-<part>`. */
  readonly classNames?: Partial<Record<DialogPart, string>> | undefined;
}

interface ConnectDialogProps extends DialogLook {
  readonly connect: Connect;
  readonly title: ReactNode;
  readonly words: ConnectWords;
}

/** What the Hub shows after a success is worth a look, before the dialog goes away by itself. */
const lookMs = 1_000;

/**
 * A modal dialog that is there as long as its connection. The browser keeps the focus inside, and gives it back.
 * It stands at the end of the page, since a button may stand where no dialog may: in a paragraph, or in a form.
 */
export function ConnectDialog({ connect, title, words, ...look }: ConnectDialogProps): ReactElement {
  const { theme = 'light' } = useConnectSettings();
  const { state, close } = connect;
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const titleId = useId();
  const className = (part: DialogPart) => classNameOf(part, look);

  useLayoutEffect(() => {
    const element = dialog.current;
    element?.showModal();
    // Closed before it is taken out of the page: only then the browser gives the focus back.
    return () => element?.close();
  }, []);
  // A step may take away the button that led to it, and with it the focus.
  // biome-ignore lint/correctness/useExhaustiveDependencies: whatever the state is, it may be another step
  useEffect(() => {
    const { activeElement } = document;
    const isInside = dialog.current?.contains(activeElement) === true && activeElement !== dialog.current;
    if (!isInside) heading.current?.focus();
  }, [state]);
  useEffect(() => {
    if (state.phase !== 'linked') return;
    const timer = setTimeout(close, lookMs);
    return () => clearTimeout(timer);
  }, [state.phase, close]);

  return createPortal(
    // biome-ignore lint/a11y/useKeyWithClickEvents: nothing is clicked here
    <dialog
      ref={dialog}
      className={className('dialog')}
      style={{ colorScheme: theme }}
      aria-labelledby={titleId}
      onClose={({ currentTarget }) => {
        // StrictMode closes and opens it once more, and the event comes late.
        if (!currentTarget.open) close();
      }}
      onClick={stop}
      onSubmit={stop}
    >
      <style>{dialogStyle}</style>
      <div className={className('head')}>
        <h2 ref={heading} id={titleId} className={className('title')} tabIndex={-1}>
          {title}
        </h2>
        <button type="button" className={className('close')} aria-label={words.close} onClick={close}>
          <svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true">
            <path d="M3 3l10 10M13 3L3 13" stroke="currentColor" strokeWidth="1.75" strokeLinecap="round" />
          </svg>
        </button>
      </div>
      <div className={className('body')}>
        {connect.hub ?? <Blank connect={connect} words={words} {...look} />}
      </div>
      <p className={className('status')} role="status">
        {statusWords(state, words)}
      </p>
    </dialog>,
    document.body,
  );
}

/** React's events climb out of a portal: a form or a row around the button would take them for its own. */
const stop = (event: SyntheticEvent) => event.stopPropagation();

type BlankProps = Omit<ConnectDialogProps, 'title'>;

/** What stands in the Hub's place while there is none. */
function Blank({ connect, words, describe = describeFailure, ...look }: BlankProps): ReactElement {
  const { state, retry } = connect;
  const className = (part: DialogPart) => classNameOf(part, look);
  if (state.phase !== 'failed') {
    return (
      <div className={className('blank')}>
        <span className="stackone-connect-spinner" />
      </div>
    );
  }
  const { title, text } = describe(state.failure, state.retry);
  return (
    <div className={className('blank')} role="alert">
      <h3>{title}</h3>
      <p>{text}</p>
      <button type="button" className={className('action')} onClick={retry}>
        {state.retry === 'start' ? words.startAgain : words.confirmAgain}
      </button>
    </div>
  );
}

function statusWords({ phase }: ConnectState, words: ConnectWords): string {
  switch (phase) {
    case 'opening':
    case 'open':
    case 'confirming':
    case 'linked':
      return words[phase];
    case 'closed':
    case 'failed':
      return '';
  }
}

function classNameOf(part: DialogPart, { classNames }: DialogLook): string {
  const own = part === 'dialog' ? 'stackone-connect' : `stackone-connect-${part}`;
  const added = classNames?.[part];
  return added === undefined ? own : `${own} ${added}`;
}
