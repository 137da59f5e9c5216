/**
 * The Hub adds its lists, such as the options of a field, to `<body>`. In a modal dialog the user cannot reach them there.
 * While a Hub is mounted in a dialog, its lists are added to that dialog.
 */

const overlaySelector = '[data-malachite-overlay]';
const hubs = new Set<Element>();
let redirected: HTMLElement | undefined;

/** @returns a function to call when the Hub is removed */
export function keepOverlaysWith(hub: Element): () => void {
  redirectOverlays(document.body);
  hubs.add(hub);
  return () => void hubs.delete(hub);
}

/** Closes the open list in a dialog, as a press outside of the list does. @returns whether there was one */
export function closeOverlay(dialog: Element): boolean {
  const isOpen = dialog.querySelector(overlaySelector) !== null;
  if (isOpen) {
    dialog.dispatchEvent(new MouseEvent('mousedown', { bubbles: true }));
  }
  return isOpen;
}

/** Whether the event is needed outside of the Hub: React listens on `<body>` for a list, and a press outside closes it. */
export function isForOverlay(event: Event): boolean {
  return event.type === 'mousedown'
    ? document.querySelector(overlaySelector) !== null
    : event.composedPath().some(isOverlay);
}

function isOverlay(target: unknown): target is Element {
  return target instanceof Element && target.matches(overlaySelector);
}

/** React adds and removes a list with these methods of `<body>`, and fails when it has another parent. */
function redirectOverlays(body: HTMLElement): void {
  if (redirected === body) {
    return;
  }
  redirected = body;
  body.appendChild = function appendChild<T extends Node>(node: T): T {
    Node.prototype.appendChild.call(isOverlay(node) ? overlayParent() : body, node);
    return node;
  };
  body.removeChild = function removeChild<T extends Node>(node: T): T {
    Node.prototype.removeChild.call(isOverlay(node) ? (node.parentNode ?? body) : body, node);
    return node;
  };
}

function overlayParent(): Element {
  const dialogs = [...hubs].map((hub) => hub.closest('dialog, [role=dialog], [role=alertdialog], [aria-modal=true]'));
  return dialogs.findLast((dialog) => dialog?.contains(document.activeElement)) ?? document.body;
}
