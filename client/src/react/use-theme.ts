import { type RefObject, useSyncExternalStore } from 'react';

export type Theme = 'auto' | 'light' | 'dark';

/** The theme for the Hub. With `auto` it follows the page around `element`, which has the style `themeProbe`. */
export function useHubTheme(theme: Theme, element: RefObject<HTMLElement | null>): 'light' | 'dark' {
  return useSyncExternalStore(onColorSchemeChange, () => {
    if (theme !== 'auto') {
      return theme;
    }
    return isDark(element.current) ? 'dark' : 'light';
  });
}

function onColorSchemeChange(listener: () => void): () => void {
  if (typeof matchMedia !== 'function') {
    return () => {};
  }
  const dark = matchMedia('(prefers-color-scheme: dark)');
  dark.addEventListener('change', listener);
  return () => dark.removeEventListener('change', listener);
}

/** For `isDark`: `color-scheme` can come from a style sheet or a `<meta>`, and can depend on the system. */
export const themeProbe = { outlineColor: 'CanvasText' } as const;

function isDark(element: HTMLElement | null): boolean {
  const [red] = (element !== null && getComputedStyle(element).outlineColor.match(/\d+/)) || ['0'];
  return Number(red) > 127;
}
