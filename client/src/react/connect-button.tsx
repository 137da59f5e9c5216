import { type ComponentPropsWithoutRef, forwardRef, type ReactNode, useEffect, useRef } from 'react';
import type { ConnectRequest } from '../connect-flow.js';
import type { LinkedAccount } from '../failure.js';
import { ConnectDialog, type DialogAppearance } from './connect-dialog.js';
import { type ConnectLabels, defaultLabels } from './labels.js';
import { useConnect } from './use-connect.js';

type ButtonAttributes = Omit<ComponentPropsWithoutRef<'button'>, keyof ConnectRequest | keyof DialogAppearance>;

/** The arguments of `createConnectSession`, the appearance of the dialog, and all attributes of `<button>`. */
export interface ConnectButtonProps extends ButtonAttributes, ConnectRequest, DialogAppearance {
  /**
   * Called for each linked account, after the server has confirmed it. The dialog is closed at that time, so the
   * callback may unmount this button. Also called for an account that is found after the user closed the dialog.
   */
  readonly onLinked?: ((account: LinkedAccount) => void) | undefined;
  /** Title and accessible name of the dialog. Default: the children of the button. */
  readonly dialogTitle?: ReactNode;
  /** Replaces texts of the dialog. Default: English texts, see `defaultLabels`. */
  readonly labels?: Partial<ConnectLabels> | undefined;
}

/** A button that opens the Hub in a modal dialog. Requires a `ConnectProvider`. */
export const ConnectButton = forwardRef<HTMLButtonElement, ConnectButtonProps>(function ConnectButton(
  { provider, category, accountId, label, onExisting, describe, classNames, ...props },
  ref,
) {
  const { onLinked, dialogTitle, labels, onClick, children = 'Connect an account', ...attributes } = props;
  const linked = useRef<LinkedAccount | null>(null);
  const latest = useRef(onLinked);
  useEffect(() => {
    latest.current = onLinked;
  });
  const allLabels = { ...defaultLabels, ...labels };
  const connect = useConnect({
    onLinked: (account) => {
      if (isOpen) {
        linked.current = account;
      } else {
        onLinked?.(account);
      }
    },
    // The height of the dialog body. A percentage would refer to an inner element without a height.
    hubProps: { height: '100cqh', onCloseLabel: allLabels.done },
  });
  const isOpen = connect.state.phase !== 'closed';
  useEffect(() => {
    if (!isOpen) {
      return;
    }
    // Runs when the dialog closes, and also when this component is unmounted.
    return () => {
      const account = linked.current;
      linked.current = null;
      if (account !== null) {
        latest.current?.(account);
      }
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
          if (event.defaultPrevented) {
            return;
          }
          connect.start({ provider, category, accountId, label, onExisting });
        }}
      >
        {children}
      </button>
      {isOpen && (
        <ConnectDialog
          connect={connect}
          title={dialogTitle ?? children}
          labels={allLabels}
          describe={describe}
          classNames={classNames}
        />
      )}
    </>
  );
});
