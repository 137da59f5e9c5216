/**
 * Page visibility for the flow. Without a DOM the page counts as visible and never regains focus. React Native has a
 * `window` without events.
 */

declare const document: (Partial<EventTarget> & { readonly visibilityState?: string }) | undefined;
declare const window: Partial<EventTarget> | undefined;

export function isPageVisible(): boolean {
  return typeof document === 'undefined' || document.visibilityState !== 'hidden';
}

/** Calls `listener` each time the user returns to the page, or the network to the computer, until `signal` is aborted. */
export function onReturn(listener: () => void, signal: AbortSignal): void {
  const onVisible = () => {
    if (isPageVisible()) {
      listener();
    }
  };
  if (typeof window !== 'undefined') {
    window.addEventListener?.('focus', onVisible, { signal });
    window.addEventListener?.('online', onVisible, { signal });
  }
  if (typeof document !== 'undefined') {
    document.addEventListener?.('visibilitychange', onVisible, { signal });
  }
}

/** Calls `listener` each time the page is hidden, until `signal` is aborted. */
export function onHide(listener: () => void, signal: AbortSignal): void {
  const onHidden = () => {
    if (!isPageVisible()) {
      listener();
    }
  };
  if (typeof document !== 'undefined') {
    document.addEventListener?.('visibilitychange', onHidden, { signal });
  }
}
