import { lazy, Suspense, useEffect, useState } from 'react';
import { type BlockedSignIn, prepareSignInWindow } from 'stackone-connect-client';

// The Hub is large, so it is loaded when it is first shown.
const StackOneHub = lazy(async () => ({ default: (await import('@stackone/hub')).StackOneHub }));

const dark = matchMedia('(prefers-color-scheme: dark)');

interface HubDialogProps {
  readonly token: string;
  readonly onSuccess: (accountId: string) => void;
  readonly onClose: () => void;
}

/** A dialog with the Hub. The Hub has no close button before a success, so the dialog has its own. */
export function HubDialog({ token, onSuccess, onClose }: HubDialogProps) {
  const [signIn, setSignIn] = useState<BlockedSignIn | null>(null);
  // Browsers block the window that the Hub opens for OAuth, Safari always.
  useEffect(() => prepareSignInWindow({ baseUrl: import.meta.env.HUB_URL, token, onBlocked: setSignIn }), [token]);
  return (
    <dialog ref={showModal} aria-labelledby="hub-title" onCancel={onClose}>
      <header>
        <h2 id="hub-title">Link an account</h2>
        <button type="button" className="link" onClick={onClose}>
          Cancel
        </button>
      </header>
      {signIn !== null && (
        <p role="alert">
          Your browser blocked the sign-in window.{' '}
          <button type="button" onClick={signIn.continue}>
            Continue to sign-in
          </button>
        </p>
      )}
      <Suspense fallback={<p role="status">Loading…</p>}>
        <div className="hub">
          {/* A new Hub for each token: a mounted Hub ignores a changed token. */}
          <StackOneHub
            key={token}
            mode="integration-picker"
            token={token}
            baseUrl={import.meta.env.HUB_URL}
            theme={dark.matches ? 'dark' : 'light'}
            height="30rem"
            onSuccess={({ id }) => onSuccess(id)}
            onClose={onClose}
          />
        </div>
      </Suspense>
    </dialog>
  );
}

/** @returns a function that closes the dialog, so that the browser restores the focus */
export function showModal(dialog: HTMLDialogElement): () => void {
  dialog.showModal();
  return () => dialog.close();
}
