import { type ComponentPropsWithoutRef, forwardRef, type ReactNode, useEffect, useRef } from 'react';
import type { ConnectRequest } from '../connect-flow.js';
import type { LinkedAccount } from '../failure.js';
import { ConnectDialog, type DialogLook } from './connect-dialog.js';
import { useConnect } from './use-connect.js';
import { type ConnectWords, defaultWords } from './words.js';

type ButtonAttributes = Omit<ComponentPropsWithoutRef<'button'>, keyof ConnectRequest | keyof DialogLook>;

/** What is to be linked, how it looks, and any attribute of a button. */
export interface ConnectButtonProps extends ButtonAttributes, ConnectRequest, DialogLook {
  /**
   * An account works, by the server's word. Called once the dialog has gone, so that it may take this button away;
   * also for an account that was found after the person had closed it.
   */
  readonly onLinked?: ((account: LinkedAccount) => void) | undefined;
  /** The dialog's title, and its name for screen readers. Default: what the button says. */
  readonly dialogTitle?: ReactNode;
  readonly words?: Partial<ConnectWords> | undefined;
}

/** The shortest way: a button, and a modal dialog with the Hub in it. */
export const ConnectButton = forwardRef<HTMLButtonElement, ConnectButtonProps>(function ConnectButton(
  { provider, category, accountId, label, onExisting, describe, classNames, ...props },
  ref,
) {
  const { onLinked, dialogTitle, words, onClick, children = 'Connect an account', ...attributes } = props;
  const linked = useRef<LinkedAccount | null>(null);
  const latest = useRef(onLinked);
  useEffect(() => {
    latest.current = onLinked;
  });
  const allWords = { ...defaultWords, ...words };
  const connect = useConnect({
    onLinked: (account) => {
      if (isOpen) linked.current = account;
      else onLinked?.(account);
    },
    // As high as its place in the dialog: a percentage would count from an element inside, which has no height.
    hubProps: { height: '100cqh', onCloseLabel: allWords.done },
  });
  const isOpen = connect.state.phase !== 'closed';
  useEffect(() => {
    if (!isOpen) return;
    // When the dialog closes, and also when something else takes it away.
    return () => {
      const account = linked.current;
      linked.current = null;
      if (account !== null) latest.current?.(account);
    };
  }, [isOpen]);
  return (
    <>
      <button
        ref={ref}
        type="button"
        aria-haspopup="dialog"
        {...attributes}
        onClick={(event) => {
          onClick?.(event);
          if (event.defaultPrevented) return;
          connect.start({ provider, category, accountId, label, onExisting });
        }}
      >
        {children}
      </button>
      {isOpen && (
        <ConnectDialog
          connect={connect}
          title={dialogTitle ?? children}
          words={allWords}
          describe={describe}
          classNames={classNames}
        />
      )}
    </>
  );
});
