import type { LinkedAccount } from '../core/failure.js';
import { html, nothing, type TemplateResult } from '../dialog/lit.js';
import { describeAccount, endOfId } from '../labels/account-name.js';
import { formatDay, formatMoment, formatNumber, formatPlural } from '../labels/format.js';
import {
  button,
  heading,
  iconOf,
  message,
  muted,
  plugIcon,
  providerLogo,
  symbol,
  type Tone,
  type View,
} from './parts.js';
import { accountName, accountsOf, providerName } from './words.js';

/** The linked accounts, with their status and what the user can do with them. */
export function connections(view: View): TemplateResult {
  const { state, labels } = view;
  const { accounts, viewer, providers } = state;
  const canConnect = viewer?.canManage === true && providers.some(({ availability }) => availability === 'AVAILABLE');
  const broken = accounts.filter(({ needsRelink }) => needsRelink).length;
  const limit = viewer?.maxLinkedAccounts ?? null;
  const badge =
    broken > 0
      ? html`<span class="stackone-connect-badge">${formatPlural(labels, labels.needAttention, broken)}</span>`
      : nothing;
  const used =
    limit === null
      ? nothing
      : html`<span class="stackone-connect-count">
          ${labels.limit(formatNumber(labels, accounts.length), formatNumber(labels, limit))}
        </span>`;
  return html`<section aria-labelledby=${view.id('connections')}>
    ${heading(view.id('connections'), labels.connections, html`${badge} ${used}`)}
    ${
      accounts.length === 0
        ? message(symbol(plugIcon), labels.noConnections, canConnect ? labels.noConnectionsText : '')
        : html`<ul class="stackone-connect-panel stackone-connect-accounts">
            ${accounts.map((account) => accountRow(view, account))}
          </ul>`
    }
  </section>`;
}

function accountRow(view: View, account: LinkedAccount): TemplateResult {
  const { state, labels } = view;
  const { label, createdAt, linkedBy, providerKey } = account;
  const name = accountName(state, account, labels);
  const provider = state.providers.find(({ key }) => key === providerKey);
  const canManage = state.viewer?.canManage === true;
  // Such an account can be removed only.
  const isAllowed = provider?.availability !== 'NOT_ALLOWED';
  const ofProvider = accountsOf(state, providerKey);
  const details = labels.linkedDetails(linkedBy, createdAt === null ? null : formatDay(labels, createdAt));
  // With the space in the same text: Chromium omits a text of white space only from the accessible name.
  const title = `${providerName(state, providerKey)} `;
  return html`<li class="stackone-connect-account" id=${view.id(account.id)} tabindex="-1" aria-label=${name}>
    ${providerLogo(provider)}
    <div class="stackone-connect-details">
      <h3 class="stackone-connect-name">
        ${title}${
          label === null
            ? nothing
            : html`<bdi class="stackone-connect-label">${describeAccount(account, labels, ofProvider)}</bdi>`
        }
      </h3>
      ${status(view, account)} ${reasons(account)}
      <p class="stackone-connect-muted" title=${createdAt === null ? nothing : formatMoment(labels, createdAt)}>
        ${label === null && ofProvider.length > 1 ? `${details} ${endOfId(account.id)}` : details}
      </p>
      ${
        canManage && account.needsRelink && !isAllowed
          ? muted(labels.unavailable.NOT_ALLOWED, view.id(`reason-${account.id}`))
          : nothing
      }
    </div>
    ${canManage ? actions(view, account, name, isAllowed) : nothing}
  </li>`;
}

/** An account that works can be reconnected too, for example with new sign-in details. */
function actions({ integrations, labels, id }: View, account: LinkedAccount, name: string, isAllowed: boolean) {
  const reconnect = () => integrations.reconnect(account);
  const remove = () => integrations.askRemoval(account);
  const kind = account.needsRelink ? 'primary' : 'subtle';
  const disabledBy = isAllowed ? undefined : id(`reason-${account.id}`);
  return html`<div class="stackone-connect-actions">
    ${
      account.needsRelink || isAllowed
        ? button(labels.reconnect, reconnect, { kind, name: labels.reconnectTitle(name), disabledBy })
        : nothing
    }
    ${button(labels.disconnect, remove, { kind: 'subtle', name: `${labels.disconnect}: ${name}` })}
  </div>`;
}

/** "Verified" is shown only if the server confirmed this account after the Hub reported a success. */
function status({ state, labels }: View, account: LinkedAccount): TemplateResult {
  const isConfirmed = account.status === 'ACTIVE' && state.confirmed.has(account.id);
  return accountState(account, `${labels.status[account.status]}${isConfirmed ? ` · ${labels.verified}` : ''}`);
}

/** A text in the color of the state of an account, with its icon. */
export function accountState(account: LinkedAccount, text: string): TemplateResult {
  const tone = toneOf(account);
  return html`<p class="stackone-connect-state stackone-connect-${tone}">${iconOf(tone)} <span>${text}</span></p>`;
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
