import { html, nothing, type TemplateResult } from '../dialog/lit.js';
import type { Provider } from '../integrations/state.js';

/** Inline, so that no files are loaded. The icons are decorative and hidden from screen readers. */
const icon = (path: string): TemplateResult =>
  html`<svg class="stackone-connect-icon" viewBox="0 0 20 20" aria-hidden="true"><path d=${path} /></svg>`;

export const searchIcon = icon('M14.5 9a5.5 5.5 0 1 1-11 0 5.5 5.5 0 0 1 11 0zM13.2 13.2 17 17');
export const closeIcon = icon('m5 5 10 10M15 5 5 15');
export const checkIcon = icon('m4.5 10.5 3.5 3.5 7.5-8');
export const warningIcon = icon('M10 3.5 17.5 16.5H2.5zM10 8.5v3.5M10 14.2v.1');
export const plugIcon = icon('M7 2.5v4M13 2.5v4M4.5 6.5h11v2.5a5.5 5.5 0 0 1-11 0zM10 14.5v3');
export const plusIcon = icon('M10 4v12M4 10h12');
export const gridIcon = icon('M3.5 3.5h5v5h-5zM11.5 3.5h5v5h-5zM3.5 11.5h5v5h-5zM14 11.5v5M11.5 14h5');

export const logo = (content: TemplateResult): TemplateResult =>
  html`<span class="stackone-connect-logo">${content}</span>`;

export const symbol = (content: TemplateResult, tone: Tone = 'neutral'): TemplateResult =>
  html`<span class="stackone-connect-symbol stackone-connect-${tone}">${content}</span>`;

export function providerLogo(provider: Provider | undefined): TemplateResult {
  const url = provider?.logoUrl ?? null;
  return url === null
    ? logo(plugIcon)
    : html`<img class="stackone-connect-logo" src=${url} alt="" width="40" height="40" loading="lazy" decoding="async" />`;
}

export const iconOf = (tone: Tone): TemplateResult | typeof nothing => {
  switch (tone) {
    case 'success':
      return checkIcon;
    case 'warning':
      return warningIcon;
    case 'neutral':
      return nothing;
  }
};

export type Tone = 'success' | 'warning' | 'neutral';
