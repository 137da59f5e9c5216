import { type ComponentPropsWithoutRef, forwardRef, useEffect, useId, useRef } from 'react';
import type { ConnectRequest } from '../connect-state.js';
import type { LinkedAccount } from '../failure.js';
import { ConnectDialog } from './connect-dialog.js';
import { useConnectSettings } from './connect-provider.js';
import type { DialogAppearance } from './dialog-parts.js';
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
  /**
   * Why the user cannot connect now, such as the text from `describeUnavailable`. The button then shows it and does
   * nothing. It keeps the focus, unlike with `disabled`, so that a screen reader announces the reason. Default: null.
   */
  readonly unavailableReason?: string | null | undefined;
  /** Title and accessible name of the dialog. Default: the accessible name or the text of the button. */
  readonly dialogTitle?: string | undefined;
  /** Replaces texts of the dialog. Default: English texts, see `defaultLabels`. */
  readonly labels?: Partial<ConnectLabels> | undefined;
}

/**
 * A button that opens the Hub in a modal dialog. Requires a `ConnectProvider`. If an account of `provider` is linked, the
 * dialog asks whether to update it or to connect another one, unless `onExisting` is set.
 */
export const ConnectButton = forwardRef<HTMLButtonElement, ConnectButtonProps>(function ConnectButton(
  { provider, category, accountId, label, onExisting, describe, classNames, ...props },
  ref,
) {
  const { onLinked, unavailableReason, dialogTitle, labels, onClick, children = 'Connect an account', ...rest } = props;
  const reasonId = useId();
  const isUnavailable = unavailableReason != null;
  const attributes = isUnavailable
    ? { ...rest, 'aria-disabled': true, 'aria-describedby': `${rest['aria-describedby'] ?? ''} ${reasonId}`.trim() }
    : rest;
  const settings = useConnectSettings();
  const opener = useRef<HTMLButtonElement | null>(null);
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
  const asks = provider != null && accountId == null && onExisting == null;
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
          if (isUnavailable) {
            event.preventDefault();
            return;
          }
          onClick?.(event);
          if (event.defaultPrevented) {
            return;
          }
          opener.current = event.currentTarget;
          const request = { provider, category, accountId, label, onExisting };
          connect.start(asks ? { ...request, onExisting: 'FAIL' } : request);
        }}
      >
        {children}
      </button>
      {isUnavailable && (
        <span id={reasonId} className="stackone-connect-reason">
          {unavailableReason}
        </span>
      )}
      {isOpen && (
        <ConnectDialog
          connect={connect}
          opener={opener.current}
          settings={settings}
          title={dialogTitle ?? nameOf(opener.current)}
          labels={allLabels}
          asks={asks}
          describe={describe}
          classNames={classNames}
        />
      )}
    </>
  );
});

function nameOf(button: HTMLButtonElement | null): string {
  return button?.getAttribute('aria-label') ?? button?.textContent ?? '';
}
