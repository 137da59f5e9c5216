import { closeOverlay } from '../hub/hub-overlays.js';

interface ModalElements {
  readonly dialog: HTMLDialogElement;
  /** Gets the focus. */
  readonly title: HTMLElement;
  /** The element whose place on the page the dialog belongs to. */
  readonly opener: Element | null;
}

/**
 * The element that the dialog is added to: `<body>`, where no ancestor of the opener can observe the dialog. In a dialog
 * of the page it is next to the opener, because such a dialog often blocks everything outside of it.
 */
export function dialogParent(opener: Element | null): Element {
  return (opener?.closest(overlays) && opener.parentElement) || document.body;
}

const overlays = 'dialog, [role=dialog], [role=alertdialog], [role=menu], [aria-modal=true], [popover]';

/**
 * Opens a modal dialog, which the browser shows above all other dialogs. Keys that close or leave a dialog of the page
 * have no effect on that dialog.
 * @param close called for Escape
 * @returns a function that closes the dialog, so that the browser restores the focus
 */
export function openModal({ dialog, title, opener }: ModalElements, close: () => void): () => void {
  // Safari focuses an ancestor of a button that is clicked. The browser restores the focus to what has it now.
  if (opener instanceof HTMLElement && document.activeElement?.contains(opener)) {
    opener.focus();
  }
  const previous = document.activeElement;
  const closed = new AbortController();
  let hasFocus = false;
  dialog.addEventListener('focusin', () => {
    hasFocus = true;
  });
  handleKeys(dialog, close, closed.signal);
  show(dialog);
  title.focus();
  // The page has intercepted the focus: a focus trap without the role of a dialog. It usually intercepts clicks as well.
  if (!hasFocus && document.hasFocus() && dialog.parentElement !== null) {
    hide(dialog, previous);
    opener?.parentElement?.append(dialog.parentElement);
    show(dialog);
    title.focus();
  }
  return () => {
    if (!closed.signal.aborted) {
      closed.abort();
      hide(dialog, previous);
    }
  };
}

function show(dialog: HTMLDialogElement): void {
  if (typeof dialog.showModal === 'function') {
    dialog.showModal();
  } else {
    // Test environments and old browsers.
    dialog.setAttribute('open', '');
  }
}

function hide(dialog: HTMLDialogElement, previous: Element | null): void {
  if (typeof dialog.close === 'function') {
    dialog.close();
    return;
  }
  dialog.removeAttribute('open');
  if (previous instanceof HTMLElement) {
    previous.focus();
  }
}

/**
 * Handles Escape, and hides Escape and Tab from all other listeners: dialogs of the page listen for these keys on the
 * document, before the key reaches this dialog. The browser still moves the focus on Tab. Escape closes an open list of
 * the Hub first: what the user has typed must not be lost with it.
 */
function handleKeys(dialog: HTMLDialogElement, close: () => void, signal: AbortSignal): void {
  const handleKey = (event: KeyboardEvent) => {
    const { key, target, isComposing } = event;
    // The focus is on `body` when the element with the focus is removed, and in some browsers after a click on a text.
    const isOurs = event.composedPath().includes(dialog) || target === document.body;
    if (!isOurs || isComposing || (key !== 'Escape' && key !== 'Tab')) {
      return;
    }
    event.stopImmediatePropagation();
    if (key === 'Escape') {
      event.preventDefault();
      window.addEventListener('keyup', stopEscape, { capture: true, once: true });
      if (!closeOverlay(dialog)) {
        close();
      }
    }
  };
  window.addEventListener('keydown', handleKey, { capture: true, signal });
}

/** The dialog is closed when the key is released. */
function stopEscape(event: KeyboardEvent): void {
  if (event.key === 'Escape') {
    event.stopImmediatePropagation();
  }
}
