import type { ConnectState } from '../core/connect-state.js';
import type { ConnectQuestion, GuidedFlow } from '../integrations/guided-flow.js';
import { describeAccount } from '../labels/account-name.js';
import { describeFailure } from '../labels/describe-failure.js';
import { type DialogSettings, partClassName } from './dialog-parts.js';
import { html, nothing, type TemplateResult } from './lit.js';

type Failed = Extract<ConnectState, { readonly phase: 'failed' }>;

export function failure(state: Failed, { retry }: GuidedFlow, settings: DialogSettings): TemplateResult {
  const { labels, describe = describeFailure } = settings;
  const className = partClassName(settings);
  const { title, text } = describe(state.failure, state.retry, labels);
  return html`<div class=${className('placeholder')} role="alert">
    <div class="stackone-connect-heading" role="heading" aria-level="3">${title}</div>
    <div class="stackone-connect-text">${text}</div>
    <button form="" class=${className('action')} @click=${retry}>
      ${state.retry === 'start' ? labels.startAgain : labels.confirmAgain}
    </button>
  </div>`;
}

/** Asks whether to update a linked account or to connect another one, which can get a name. */
export function choice(
  { accounts, request, userErrors }: ConnectQuestion,
  { update, connectNamed }: GuidedFlow,
  settings: DialogSettings,
): TemplateResult {
  const { labels, describe = describeFailure } = settings;
  const className = partClassName(settings);
  const isFirst = accounts.length === 0;
  const isRefused = userErrors.length > 0;
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const label = event.target instanceof HTMLFormElement ? new FormData(event.target).get('label') : null;
    connectNamed(typeof label === 'string' ? label : '');
  };
  return html`<div class=${className('placeholder')}>
    ${
      isFirst
        ? nothing
        : html`<div class="stackone-connect-heading" role="heading" aria-level="3">${labels.alreadyLinked}</div>`
    }
    ${accounts.map((account) => {
      const name = describeAccount(account, labels, accounts);
      return html`<div class="stackone-connect-choice">
        <div class="stackone-connect-text">${name}</div>
        <button
          form=""
          class="${className('action')} stackone-connect-secondary"
          aria-label="${labels.update}: ${name}"
          @click=${() => update(account)}
        >
          ${labels.update}
        </button>
      </div>`;
    })}
    <form class="stackone-connect-choice" @submit=${submit}>
      <label class="stackone-connect-text" for="stackone-connect-label">
        ${isFirst ? labels.firstAccountName : labels.accountName}
      </label>
      <input
        id="stackone-connect-label"
        name="label"
        class="stackone-connect-input"
        maxlength="200"
        autocomplete="off"
        aria-describedby="stackone-connect-hint"
        aria-invalid=${isRefused}
        .value=${request.label ?? ''}
      />
      <div class="stackone-connect-${isRefused ? 'notice' : 'text'}" id="stackone-connect-hint">
        ${isRefused ? describe({ kind: 'refused', userErrors }, 'start', labels).text : labels.nameHint}
      </div>
      <button class=${className('action')}>
        ${isFirst ? labels.continue : labels.connectAnother}
      </button>
    </form>
  </div>`;
}
