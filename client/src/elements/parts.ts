import { html, nothing, type TemplateResult } from '../dialog/lit.js';
import type { Integrations } from '../integrations/create-integrations.js';
import type { IntegrationsState, Provider } from '../integrations/state.js';
import type { ConnectLabels } from '../labels/labels.js';

/** What the templates need. */
export interface View {
  readonly state: IntegrationsState;
  readonly integrations: Integrations;
  readonly labels: ConnectLabels;
  readonly requestIntegration: ((search: string) => void) | null;
  /** An id that is unique in the document. */
  readonly id: (name: string) => string;
}

type Content = TemplateResult | string | typeof nothing;

interface ButtonOptions {
  readonly kind?: 'primary' | 'subtle';
  /** The accessible name. It contains the text of the button. */
  readonly name?: string;
  readonly opensDialog?: boolean;
  /** The id of the text that says why the button is disabled. */
  readonly disabledBy?: string | undefined;
}

/** `form=""`: belongs to no form. Pages with Tailwind have rules for `[type=button]`, which change its colors in part. */
export function button(content: Content, onClick: () => void, options: ButtonOptions = {}): TemplateResult {
  const { kind, name = nothing, opensDialog = true, disabledBy } = options;
  return html`<button
    form=""
    class="stackone-connect-button ${kind === undefined ? '' : `stackone-connect-${kind}`}"
    aria-label=${name}
    aria-describedby=${disabledBy ?? nothing}
    aria-haspopup=${opensDialog ? 'dialog' : nothing}
    ?disabled=${disabledBy !== undefined}
    @click=${onClick}
  >
    ${content}
  </button>`;
}

/** A card of the catalog. */
export function card(
  logo: TemplateResult,
  name: string,
  text: Content,
  action: Content,
  isExtra = false,
): TemplateResult {
  return html`<li class="stackone-connect-card ${isExtra ? 'stackone-connect-extra' : ''}">
    ${logo}
    <div class="stackone-connect-details"><h3 class="stackone-connect-name">${name}</h3>${text}</div>
    ${action}
  </li>`;
}

/** A message in place of a list. */
export function message(symbol: Content, title: string, text = '', action: Content = nothing): TemplateResult {
  return html`<div class="stackone-connect-panel stackone-connect-message">
    ${symbol}
    <b class="stackone-connect-name">${title}</b>
    ${text === '' ? nothing : html`<p>${text}</p>`} ${action}
  </div>`;
}

export const muted = (text: string, id: string | typeof nothing = nothing): TemplateResult =>
  html`<span class="stackone-connect-muted" id=${id}>${text}</span>`;

export const heading = (id: string, text: string, rest: Content): TemplateResult =>
  html`<div class="stackone-connect-section">
    <h2 class="stackone-connect-subtitle" id=${id} tabindex="-1">${text}</h2>
    ${rest}
  </div>`;

/** Inline, so that no files are loaded. The icons are decorative and hidden from screen readers. */
const icon = (path: string): TemplateResult =>
  html`<svg class="stackone-connect-icon" viewBox="0 0 20 20" aria-hidden="true"><path d=${path} /></svg>`;

export const searchIcon = icon('M14.5 9a5.5 5.5 0 1 1-11 0 5.5 5.5 0 0 1 11 0zM13.2 13.2 17 17');
export const closeIcon = icon('m5 5 10 10M15 5 5 15');
const checkIcon = icon('m4.5 10.5 3.5 3.5 7.5-8');
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
    : html`<img class="stackone-connect-logo" src=${url} alt="" loading="lazy" @load=${showLoaded} @error=${showLoaded} />`;
}

/** Browsers show the symbol of a broken image for a file that cannot be loaded. */
function showLoaded({ type, target }: Event): void {
  if (target instanceof HTMLElement) {
    target.style.opacity = type === 'load' ? '' : '0';
  }
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
