import { html, type TemplateResult } from 'lit-html';
import type { Provider } from './state.js';

/** Inline SVG, so that the page loads no files from other hosts. All icons are decorative and hidden from screen readers. */
export const logo = html`<svg class="logo" viewBox="0 0 32 32" aria-hidden="true">
  <rect width="32" height="32" rx="9" fill="#17694a" />
  <circle cx="16" cy="18.5" r="7.5" fill="#fff" />
  <path d="M16 11c0-4 2.5-6 6-6 0 4-2.5 6-6 6z" fill="#a9e3c4" />
</svg>`;

export const searchIcon = html`<svg class="icon" viewBox="0 0 20 20" aria-hidden="true">
  <circle cx="9" cy="9" r="5.5" /><path d="m13.2 13.2 3.8 3.8" />
</svg>`;
export const closeIcon = html`<svg class="icon" viewBox="0 0 20 20" aria-hidden="true"><path d="m5 5 10 10M15 5 5 15" /></svg>`;
export const checkIcon = html`<svg class="icon" viewBox="0 0 20 20" aria-hidden="true"><path d="m4.5 10.5 3.5 3.5 7.5-8" /></svg>`;
export const warningIcon = html`<svg class="icon" viewBox="0 0 20 20" aria-hidden="true"><path d="M10 3.5 17.5 16.5H2.5zM10 8.5v3.5M10 14.2v.1" /></svg>`;
export const plugIcon = html`<svg class="icon" viewBox="0 0 20 20" aria-hidden="true"><path d="M7 2.5v4M13 2.5v4M4.5 6.5h11v2.5a5.5 5.5 0 0 1-11 0zM10 14.5v3" /></svg>`;
export const lockIcon = html`<svg class="icon" viewBox="0 0 20 20" aria-hidden="true"><rect x="4.5" y="9" width="11" height="8" rx="2" /><path d="M7 9V6.5a3 3 0 0 1 6 0V9" /></svg>`;
export const gridIcon = html`<svg class="icon" viewBox="0 0 20 20" aria-hidden="true"><rect x="3" y="3" width="5.5" height="5.5" rx="1.5" /><rect x="11.5" y="3" width="5.5" height="5.5" rx="1.5" /><rect x="3" y="11.5" width="5.5" height="5.5" rx="1.5" /><path d="M14.25 11.5v5.5M11.5 14.25h5.5" /></svg>`;

export function providerLogo(provider: Provider | undefined): TemplateResult {
  const url = provider?.logoUrl ?? null;
  return url === null
    ? html`<span class="provider-logo placeholder" aria-hidden="true">${plugIcon}</span>`
    : html`<img class="provider-logo" src=${url} alt="" width="40" height="40" />`;
}
