import { html, nothing, type TemplateResult } from '../dialog/lit.js';

type Content = TemplateResult | string | typeof nothing;

interface ButtonOptions {
  readonly kind?: 'primary' | 'subtle';
  /** The accessible name. It contains the text of the button. */
  readonly name?: string;
  readonly opensDialog?: boolean;
  /** The id of the text that says why the button is disabled. */
  readonly disabledBy?: string | undefined;
}

export function button(text: string, onClick: () => void, options: ButtonOptions = {}): TemplateResult {
  const { kind, name = nothing, opensDialog = true, disabledBy } = options;
  return html`<button
    type="button"
    class="stackone-connect-button ${kind === undefined ? '' : `stackone-connect-${kind}`}"
    aria-label=${name}
    aria-describedby=${disabledBy ?? nothing}
    aria-haspopup=${opensDialog ? 'dialog' : nothing}
    ?disabled=${disabledBy !== undefined}
    @click=${onClick}
  >
    ${text}
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
export function message(symbol: Content, title: string, text: string, action: Content = nothing): TemplateResult {
  return html`<div class="stackone-connect-panel stackone-connect-message">
    ${symbol}
    <h3 class="stackone-connect-name">${title}</h3>
    <p>${text}</p>
    ${action}
  </div>`;
}

export const muted = (text: string, id: string | typeof nothing = nothing): TemplateResult =>
  html`<span class="stackone-connect-muted" id=${id}>${text}</span>`;

export const heading = (id: string, text: string, rest: Content): TemplateResult =>
  html`<div class="stackone-connect-section">
    <h2 class="stackone-connect-subtitle" id=${id} tabindex="-1">${text}</h2>
    ${rest}
  </div>`;
