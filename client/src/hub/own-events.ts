import { isForOverlay } from './hub-overlays.js';

/** Events without a handler attribute `on…`, or with one in some browsers and on some devices only. */
const otherEvents = [
  ...['focusin', 'focusout', 'compositionstart', 'compositionupdate', 'compositionend', 'textInput', 'DOMActivate'],
  ...['touchstart', 'touchmove', 'touchend', 'touchcancel', 'beforeinput', 'dragexit'],
];

/**
 * Stops all events at the element, so that the page does not receive what the user types in it. Listeners of the element
 * itself and of elements in it are called. Passive: scrolling does not wait for the listeners.
 */
export function keepEventsInside(element: HTMLElement): void {
  const types = new Set(otherEvents);
  for (const name in element) {
    if (name.startsWith('on')) {
      types.add(name.slice(2));
    }
  }
  for (const type of types) {
    element.addEventListener(type, stopPropagation, { passive: true });
  }
}

function stopPropagation(event: Event): void {
  if (!isForOverlay(event)) {
    event.stopPropagation();
  }
}
