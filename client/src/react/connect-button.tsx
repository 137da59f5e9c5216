import { type ComponentPropsWithoutRef, forwardRef, useEffect, useId, useMemo, useRef } from 'react';
import type { ConnectRequest } from '../core/connect-state.js';
import type { LinkedAccount } from '../core/failure.js';
import { attachDialog, type ConnectDialogSettings } from '../dialog/connect-dialog.js';
import type { DialogSettings } from '../dialog/dialog-parts.js';
import { createGuidedFlow } from '../integrations/guided-flow.js';
import type { LabelChanges } from '../labels/labels.js';
import { useConnectSettings } from './connect-provider.js';
import { mountReactHub } from './react-hub.js';
import { useLabels } from './use-labels.js';

type ButtonAttributes = Omit<ComponentPropsWithoutRef<'button'>, keyof ConnectRequest | keyof DialogSettings>;

/** The arguments of `createConnectSession`, the appearance of the dialog, and all attributes of `<button>`. */
export interface ConnectButtonProps
  extends ButtonAttributes,
    ConnectRequest,
    Pick<DialogSettings, 'describe' | 'classNames'> {
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
  /** Replaces texts of the dialog. */
  readonly labels?: LabelChanges | undefined;
}

/**
 * A button that opens the Hub in a modal dialog. Requires a `ConnectProvider`. If an account of `provider` is linked, the
 * dialog asks whether to update it or to connect another one, unless `onExisting` is set.
 */
export const ConnectButton = forwardRef<HTMLButtonElement, ConnectButtonProps>(function ConnectButton(
  { provider, category, accountId, label, onExisting, describe, classNames, ...props },
  ref,
) {
  const {
    onLinked,
    unavailableReason,
    dialogTitle,
    labels: labelChanges,
    onClick,
    children = 'Connect an account',
    ...rest
  } = props;
  const reasonId = useId();
  const isUnavailable = unavailableReason != null;
  const attributes = isUnavailable
    ? { ...rest, 'aria-disabled': true, 'aria-describedby': `${rest['aria-describedby'] ?? ''} ${reasonId}`.trim() }
    : rest;
  const settings = useConnectSettings();
  const { client } = settings;
  const labels = useLabels(labelChanges);
  const opener = useRef<HTMLButtonElement | null>(null);
  const latest = { onLinked, dialogTitle, describe, classNames, settings, labels };
  const current = useRef(latest);
  const dialog = useRef<ReturnType<typeof attachDialog> | null>(null);
  useEffect(() => {
    current.current = latest;
    dialog.current?.update();
  });
  const connection = useMemo(
    () =>
      createGuidedFlow(client, {
        prepare: async () => current.current.settings.prepare?.(),
        onLinked: (account) => current.current.onLinked?.(account),
      }),
    [client],
  );
  useEffect(() => {
    const attached = attachDialog(connection, (): ConnectDialogSettings => {
      const { settings, dialogTitle, ...appearance } = current.current;
      const { done, signInWaiting } = appearance.labels;
      return {
        ...appearance,
        theme: settings.theme,
        nonce: settings.nonce,
        opener: opener.current,
        title: dialogTitle ?? nameOf(opener.current),
        mountHub: (slot, session) => {
          // The height of the dialog body. A percentage would refer to an inner element without a height.
          const hubProps = { height: '100cqh', onCloseLabel: done };
          const hubSettings = { ...settings, hubProps, waitingText: signInWaiting };
          const { update, unmount } = mountReactHub(slot, connection.flow, session, hubSettings);
          return { update: () => update({ ...hubSettings, ...current.current.settings }), unmount };
        },
      };
    });
    dialog.current = attached;
    return () => {
      connection.dispose();
      attached.detach();
    };
  }, [connection]);
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
          if (!event.defaultPrevented) {
            opener.current = event.currentTarget;
            connection.open({ provider, category, accountId, label, onExisting });
          }
        }}
      >
        {children}
      </button>
      {isUnavailable && (
        <span id={reasonId} className="stackone-connect-reason">
          {unavailableReason}
        </span>
      )}
    </>
  );
});

function nameOf(button: HTMLButtonElement | null): string {
  return button?.getAttribute('aria-label') ?? button?.textContent ?? '';
}
