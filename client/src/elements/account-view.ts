import type { LinkedAccount } from '../core/failure.js';
import { html, nothing, type TemplateResult } from '../dialog/lit.js';
import { formatDay, formatMoment, formatNumber, formatPlural } from '../labels/format.js';
import { iconOf, plugIcon, providerLogo, type Tone } from './icons.js';
import { repeat } from './lit-element.js';
import type { View } from './view.js';
import { accountName, providerName } from './words.js';

/** The linked accounts, with their status and what the user can do with them. */
export function connections(view: View): TemplateResult {
  const { state, labels } = view;
  const { accounts } = state;
  const broken = accounts.filter(({ needsRelink }) => needsRelink).length;
  const limit = state.viewer?.maxLinkedAccounts ?? null;
  return html`<section aria-labelledby=${view.id('connections')}>
    <div class="stackone-connect-section">
      <h2 class="stackone-connect-subtitle" id=${view.id('connections')} tabindex="-1">${labels.connections}</h2>
      ${
        broken > 0
          ? html`<span class="stackone-connect-badge">${formatPlural(labels, labels.needAttention, broken)}</span>`
          : nothing
      }
      ${
        limit === null
          ? nothing
          : html`<span class="stackone-connect-count">
              ${labels.limit(formatNumber(labels, accounts.length), formatNumber(labels, limit))}
            </span>`
      }
    </div>
    ${
      accounts.length === 0
        ? html`<div class="stackone-connect-panel stackone-connect-message">
            <span class="stackone-connect-symbol">${plugIcon}</span>
            <h3 class="stackone-connect-name">${labels.noConnections}</h3>
            <p>${labels.noConnectionsText}</p>
          </div>`
        : html`<ul class="stackone-connect-panel stackone-connect-accounts">
            ${repeat(
              accounts,
              ({ id }) => id,
              (account) => accountRow(view, account),
            )}
          </ul>`
    }
  </section>`;
}

function accountRow(view: View, account: LinkedAccount): TemplateResult {
  const { state, labels } = view;
  const provider = state.providers.find(({ key }) => key === account.providerKey);
  const name = accountName(state, account, labels);
  const day = account.createdAt === null ? null : formatDay(labels, account.createdAt);
  return html`<li class="stackone-connect-account" id=${view.id(account.id)} tabindex="-1" aria-label=${name}>
    ${providerLogo(provider)}
    <div class="stackone-connect-details">
      <h3 class="stackone-connect-name">
        ${providerName(state, account.providerKey)}
        ${account.label === null ? nothing : html`<span class="stackone-connect-label">${account.label}</span>`}
      </h3>
      ${status(view, account)} ${reasons(account)}
      <p class="stackone-connect-muted" title=${account.createdAt === null ? nothing : formatMoment(labels, account.createdAt)}>
        ${labels.linkedDetails(account.linkedBy, day)}
      </p>
    </div>
    ${state.viewer?.canManage === true ? actions(view, account, name) : nothing}
  </li>`;
}

function actions({ integrations, labels }: View, account: LinkedAccount, name: string): TemplateResult {
  return html`<div class="stackone-connect-actions">
    ${
      account.needsRelink
        ? html`<button
            type="button"
            class="stackone-connect-button stackone-connect-primary"
            aria-label=${labels.reconnectTitle(name)}
            aria-haspopup="dialog"
            @click=${() => integrations.reconnect(account)}
          >
            ${labels.reconnect}
          </button>`
        : nothing
    }
    <button
      type="button"
      class="stackone-connect-button stackone-connect-subtle"
      aria-label="${labels.disconnect}: ${name}"
      aria-haspopup="dialog"
      @click=${() => integrations.askRemoval(account)}
    >
      ${labels.disconnect}
    </button>
  </div>`;
}

/** "Verified" is shown only if the server confirmed this account after the Hub reported a success. */
function status({ state, labels }: View, account: LinkedAccount): TemplateResult {
  const tone = toneOf(account);
  const isConfirmed = account.status === 'ACTIVE' && state.confirmed.has(account.id);
  return html`<p class="stackone-connect-state stackone-connect-${tone}">
    ${iconOf(tone)} <span>${labels.status[account.status]}${isConfirmed ? ` · ${labels.verified}` : nothing}</span>
  </p>`;
}

function toneOf({ status }: LinkedAccount): Tone {
  switch (status) {
    case 'ACTIVE':
      return 'success';
    case 'EXPIRED':
    case 'ERROR':
      return 'warning';
    case 'INACTIVE':
    case 'SUSPENDED':
    case 'ARCHIVED':
    case 'UNKNOWN':
      return 'neutral';
  }
}

function reasons({ status, statusReasons }: LinkedAccount): TemplateResult | typeof nothing {
  const texts = statusReasons.flatMap(({ description }) => description ?? []);
  return status === 'ACTIVE' || texts.length === 0 ? nothing : html`<p>${texts.join(' ')}</p>`;
}
