import { lazy, Suspense } from 'react';

// The Hub is large: it is loaded when it is first shown.
const StackOneHub = lazy(async () => ({ default: (await import('@stackone/hub')).StackOneHub }));

const dark = matchMedia('(prefers-color-scheme: dark)');

interface HubDialogProps {
  readonly token: string;
  readonly onSuccess: (accountId: string) => void;
  readonly onClose: () => void;
}

/** The Hub has no button to leave it before it has succeeded, so the dialog brings one. */
export function HubDialog({ token, onSuccess, onClose }: HubDialogProps) {
  return (
    <dialog ref={showModal} aria-labelledby="hub-title" onCancel={onClose}>
      <header>
        <h2 id="hub-title">Link an account</h2>
        <button type="button" className="link" onClick={onClose}>
          Not now
        </button>
      </header>
      <Suspense fallback={<p role="status">One moment…</p>}>
        <div className="hub">
          {/* Another token always means another Hub: one that is mounted ignores it. */}
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

/** @returns how to close it, which gives the focus back */
function showModal(dialog: HTMLDialogElement): () => void {
  dialog.showModal();
  return () => dialog.close();
}
