import type { DialogSettings } from './dialog-parts.js';

/** The CSS custom properties of the design, without their prefix. */
const tokens = [
  ...['accent', 'on-accent', 'background', 'surface', 'text', 'muted', 'border'],
  ...['success', 'warning', 'danger', 'on-danger', 'radius', 'font', 'density'],
];

/** A dialog is not a descendant of its opener, so it gets the design of the opener: custom properties and color scheme. */
export function copyTokens({ opener, theme = 'auto' }: DialogSettings, dialog: HTMLElement): void {
  const style = opener === null ? undefined : getComputedStyle(opener);
  for (const token of tokens) {
    const name = `--stackone-connect-${token}`;
    const value = style?.getPropertyValue(name) ?? '';
    if (value !== '') {
      dialog.style.setProperty(name, value);
    }
  }
  const colorScheme = theme === 'auto' ? (style?.colorScheme ?? '') : theme;
  // Empty: the opener is no longer in the page.
  if (colorScheme !== '') {
    dialog.style.colorScheme = colorScheme === 'normal' ? '' : colorScheme;
  }
}
