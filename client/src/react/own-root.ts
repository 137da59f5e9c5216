import { type ReactNode, useLayoutEffect, useRef } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { keepEventsInside } from '../hub/own-events.js';

/**
 * Renders `content` in a React root of its own, at the end of the element that `parent` returns. Events of the content,
 * such as what the user types in the Hub, do not reach React ancestors or other listeners of the page: a portal would
 * pass all React events to the ancestors of this component. Contexts of the page do not reach the content either.
 */
export function useOwnRoot(parent: () => Element | null | undefined, content: ReactNode): void {
  const current = useRef<Root | null>(null);
  const findParent = useRef(parent);
  useLayoutEffect(() => {
    const element = document.createElement('div');
    element.style.display = 'contents';
    keepEventsInside(element);
    findParent.current()?.append(element);
    const root = createRoot(element);
    current.current = root;
    return () => {
      current.current = null;
      element.remove();
      // React cannot unmount a root while it commits another one.
      queueMicrotask(() => root.unmount());
    };
  }, []);
  useLayoutEffect(() => current.current?.render(content));
}
