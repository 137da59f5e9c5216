export const rowSelector = '.stackone-connect-account';

/** What has the focused element, and elements with ids: the document, or the shadow root around the page. */
export function scopeOf(element: Element): Document | ShadowRoot {
  const root = element.getRootNode();
  return root instanceof ShadowRoot ? root : document;
}

/**
 * Keeps the focus on the same account while an update changes the list: Lit uses the elements of a removed row for the
 * next one. An account that is no longer in the list, and a button that is no longer there, must not lose the focus.
 * The heading of their section gets it then.
 * @param fallback the id of the element that gets it without a section; without that element, the first one in `root`
 */
export function keepFocus(root: Element, update: () => void, fallback: string): void {
  const scope = scopeOf(root);
  const before = scope.activeElement;
  const rowId = before?.closest(rowSelector)?.id;
  const heading = before?.closest('section')?.querySelector('h2');
  const wasInside = root.contains(before);
  update();
  if (before === null || !wasInside) {
    return;
  }
  const now = scope.activeElement;
  const isLost = now === null || now === document.body;
  if (!isLost && now.closest(rowSelector)?.id === rowId) {
    return;
  }
  const row = rowId === undefined ? null : scope.getElementById(rowId);
  const target = row?.querySelector<HTMLElement>(`[class="${before.className}"]`) ?? row;
  const other = heading?.isConnected ? heading : (scope.getElementById(fallback) ?? root.querySelector('div'));
  (target ?? other)?.focus();
}
