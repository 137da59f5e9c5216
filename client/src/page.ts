/** The two things that the flow needs of a browser's page, where there is one. */

declare const document: (EventTarget & { readonly visibilityState: string }) | undefined;
declare const window: EventTarget | undefined;

export function isPageVisible(): boolean {
  return typeof document === 'undefined' || document.visibilityState === 'visible';
}

/** Calls back whenever the person comes back to the page, until `signal` is aborted. */
export function onReturn(listener: () => void, signal: AbortSignal): void {
  const onVisible = () => {
    if (isPageVisible()) listener();
  };
  if (typeof window !== 'undefined') window.addEventListener('focus', onVisible, { signal });
  if (typeof document !== 'undefined') document.addEventListener('visibilitychange', onVisible, { signal });
}
