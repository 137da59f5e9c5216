import { html, nothing, type TemplateResult } from 'lit-html';
import type { ConnectState } from '../../client/index.js';
import type { Actions } from './actions.js';
import { checkIcon, closeIcon, lockIcon, warningIcon } from './icons.js';
import type { Account, Connect, Removal, State } from './state.js';
import { accountName, problemOfConnecting, product, providerName, retryWords, titleOf } from './words.js';

/**
 * The dialogs stand in the page from the start and are opened by `main.ts`, so that the browser keeps the
 * focus inside and gives it back. The Hub lives in `.hub`, which no template fills.
 */
export function connectDialog({ connect }: State, actions: Actions): TemplateResult {
  const showsHub = connect.phase === 'connecting' && connect.flow.session !== null;
  return html`<dialog
    class="dialog connect"
    id="connect-dialog"
    aria-labelledby="connect-title"
    @close=${({ target, currentTarget }: Event) => {
      // The Hub's own `close` bubbles up to here.
      if (target === currentTarget) {
        actions.closeConnect();
      }
    }}
  >
    <header class="dialog-head">
      <h2 id="connect-title" tabindex="-1" ?autofocus=${connect.phase !== 'naming'}>
        ${connect.phase === 'closed' ? nothing : titleOf(connect.target)}
      </h2>
      <button class="icon-button" aria-label="Close" @click=${actions.closeConnect}>${closeIcon}</button>
    </header>
    <div class="dialog-body">
      <div class="hub" ?hidden=${!showsHub}></div>
      ${connectBody(connect, actions)}
    </div>
    <footer class="dialog-foot" role="status">${connectStatus(connect)}</footer>
  </dialog>`;
}

function connectBody(connect: Connect, actions: Actions): TemplateResult | typeof nothing {
  switch (connect.phase) {
    case 'closed':
      return nothing;
    case 'naming':
      return namingForm(actions);
    case 'connecting':
      return flowBody(connect.flow, actions);
  }
}

function flowBody(flow: ConnectState, actions: Actions): TemplateResult | typeof nothing {
  switch (flow.phase) {
    case 'opening':
      return blank('Preparing a safe connection…');
    case 'failed': {
      const { title, text } = problemOfConnecting(flow);
      return html`<div class="blank" role="alert">
        <span class="blank-icon attention">${warningIcon}</span>
        <h3>${title}</h3>
        <p>${text}</p>
        <button class="button primary" @click=${actions.retryConnect}>${retryWords(flow)}</button>
      </div>`;
    }
    case 'confirming':
      return flow.session === null ? blank('Asking the server again…') : nothing;
    case 'linked':
      return flow.session === null ? blank('Connected.') : nothing;
    case 'closed':
    case 'open':
      return nothing;
  }
}

function blank(text: string): TemplateResult {
  return html`<div class="blank">
    <span class="spinner"></span>
    <p>${text}</p>
  </div>`;
}

function namingForm(actions: Actions): TemplateResult {
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (event.target instanceof HTMLFormElement) {
      const label = new FormData(event.target).get('label');
      actions.nameAccount(typeof label === 'string' ? label : '');
    }
  };
  return html`<form class="naming" @submit=${submit}>
    <label for="label">Name this account <span class="quiet">(optional)</span></label>
    <input id="label" name="label" autofocus maxlength="200" autocomplete="off" aria-describedby="label-hint" />
    <p id="label-hint">You have one already. A name such as “Berlin office” tells them apart.</p>
    <button class="button primary">Continue</button>
  </form>`;
}

function connectStatus(connect: Connect): TemplateResult {
  const phase = connect.phase === 'connecting' ? connect.flow.phase : connect.phase;
  switch (phase) {
    case 'confirming':
      return html`<span class="spinner small"></span>
        <p>One moment: we are checking this with the server…</p>`;
    case 'linked':
      return html`<span class="good">${checkIcon}</span>
        <p>Confirmed by the server.</p>`;
    case 'naming':
      return html`<p>Next, you sign in through StackOne.</p>`;
    case 'closed':
    case 'opening':
    case 'open':
    case 'failed':
      return html`${lockIcon}
        <p>What you enter goes straight to StackOne. ${product} never sees it.</p>`;
  }
}

export function removalDialog(state: State, actions: Actions): TemplateResult {
  const { removal } = state;
  return html`<dialog
    class="dialog question"
    id="removal-dialog"
    role="alertdialog"
    aria-labelledby="removal-title"
    aria-describedby="removal-text"
    @close=${actions.closeRemoval}
  >
    ${removal.phase === 'closed' ? nothing : removalBody(removal, nameOf(removal.account, state), actions)}
  </dialog>`;
}

function nameOf(account: Account, { reading }: State): string {
  const providers = reading.kind === 'ready' ? reading.integrations.providers : [];
  return accountName(account, providerName(providers, account.providerKey));
}

function removalBody(
  removal: Exclude<Removal, { readonly phase: 'closed' }>,
  name: string,
  actions: Actions,
): TemplateResult {
  const isBusy = removal.phase === 'removing';
  const problem = removal.phase === 'asking' ? removal.problem : null;
  return html`<h2 id="removal-title" tabindex="-1">Disconnect ${name}?</h2>
    <p id="removal-text">
      ${product} stops reading from it, and StackOne deletes the stored sign-in. Data that is here already
      stays. You can connect it again at any time.
    </p>
    ${
      problem === null
        ? nothing
        : html`<div class="note" role="alert">${warningIcon}<p><b>${problem.title}.</b> ${problem.text}</p></div>`
    }
    <div class="dialog-actions">
      <button class="button" autofocus @click=${actions.closeRemoval}>Keep it</button>
      <button class="button danger" aria-disabled=${isBusy} @click=${isBusy ? nothing : actions.remove}>
        ${isBusy ? html`<span class="spinner small"></span> Disconnecting…` : 'Disconnect'}
      </button>
    </div>`;
}
