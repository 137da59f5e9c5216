export type Theme = 'auto' | 'light' | 'dark';

/** The theme for a Hub in `element`. With `auto` it follows the page around the element. */
export function hubTheme(theme: Theme, element: Element): 'light' | 'dark' {
  if (theme !== 'auto') {
    return theme;
  }
  return isDark(element) ? 'dark' : 'light';
}

/** Calls `listener` when the system changes between light and dark. @returns ends the subscription */
export function onColorSchemeChange(listener: () => void): () => void {
  if (typeof matchMedia !== 'function') {
    return () => {};
  }
  const dark = matchMedia('(prefers-color-scheme: dark)');
  dark.addEventListener('change', listener);
  return () => dark.removeEventListener('change', listener);
}

/** `color-scheme` can come from a style sheet or a `<meta>`, and can depend on the system: a system color shows it. */
function isDark(element: Element): boolean {
  const probe = document.createElement('i');
  probe.style.cssText = 'display: none; outline-color: CanvasText';
  element.append(probe);
  const [red] = getComputedStyle(probe).outlineColor.match(/\d+/) ?? ['0'];
  probe.remove();
  return Number(red) > 127;
}
