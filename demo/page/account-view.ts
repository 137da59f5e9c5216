import { html, nothing, type TemplateResult } from 'lit-html';
import type { Actions } from './actions.js';
import { checkIcon, providerLogo, warningIcon } from './icons.js';
import { accountName, formatDay, formatMoment, providerName, statusLabel } from './labels.js';
import type { Account, Integrations, State } from './state.js';

/** The row of one linked account: name, status, status reasons and actions. */
export function accountRow(
  account: Account,
  { providers }: Integrations,
  state: State,
  actions: Actions,
): TemplateResult {
  const provider = providers.find(({ key }) => key === account.providerKey);
  const name = providerName(providers, account.providerKey);
  const fullName = accountName(account, name);
  return html`<li class="account" id="account-${account.id}" tabindex="-1" aria-label=${fullName}>
    ${providerLogo(provider)}
    <div class="account-text">
      <h3>${name}${account.label === null ? nothing : html` <span class="label">${account.label}</span>`}</h3>
      ${status(account, state)} ${reasons(account)}
      <p class="details">
        Linked${account.linkedBy === null ? nothing : html` by ${account.linkedBy}`}${linkedOn(account.createdAt)}
      </p>
    </div>
    <div class="account-actions">
      ${
        account.needsRelink
          ? html`<button
              class="button primary"
              aria-label="Reconnect ${fullName}"
              @click=${() => actions.connect({ kind: 'account', account, name })}
            >
              Reconnect
            </button>`
          : nothing
      }
      <button
        class="button subtle"
        aria-label="Disconnect ${fullName}"
        @click=${() => actions.openRemoval(account)}
      >
        Disconnect
      </button>
    </div>
  </li>`;
}

function linkedOn(createdAt: string | null): TemplateResult | typeof nothing {
  return createdAt === null
    ? nothing
    : html` on <time datetime=${createdAt} title=${formatMoment(createdAt)}>${formatDay(createdAt)}</time>`;
}

/** "Verified" is shown only if the server confirmed this account after the Hub reported a success. */
function status(account: Account, { confirmed }: State): TemplateResult {
  const { tone, text } = statusLabel(account);
  const isConfirmed = account.status === 'ACTIVE' && confirmed.has(account.id);
  return html`<p class="status ${tone}">
    ${tone === 'success' ? checkIcon : tone === 'warning' ? warningIcon : nothing}
    ${text}${isConfirmed ? ' · verified' : nothing}
  </p>`;
}

function reasons({ status, statusReasons }: Account): TemplateResult | typeof nothing {
  const texts = statusReasons.flatMap(({ description }) => description ?? []);
  return status === 'ACTIVE' || texts.length === 0 ? nothing : html`<p class="reason">${texts.join(' ')}</p>`;
}
