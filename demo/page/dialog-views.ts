import { html, nothing, type TemplateResult } from 'lit-html';
import type { BlockedSignIn, ConnectState } from '../../client/src/index.js';
import type { Actions } from './actions.js';
import { checkIcon, closeIcon, lockIcon, warningIcon } from './icons.js';
import { accountName, describeConnectProblem, dialogTitle, product, retryLabel } from './labels.js';
import type { Account, Connect, ProviderTarget, Removal, State } from './state.js';

/**
 * The dialogs are always in the page. `main.ts` opens them with `showModal()`, so that the browser keeps the focus
 * inside and restores it on close. The Hub is mounted in `.hub`, which the templates leave empty.
 */
export function connectDialog({ connect }: State, actions: Actions): TemplateResult {
  const showsHub = connect.phase === 'connecting' && connect.flow.session !== null;
  return html`<dialog
    class="dialog connect"
    id="connect-dialog"
    aria-labelledby="connect-title"
    @close=${actions.closeConnect}
  >
    <header class="dialog-header">
      <h2 id="connect-title" tabindex="-1" ?autofocus=${connect.phase !== 'naming'}>
        ${connect.phase === 'closed' ? nothing : dialogTitle(connect.target)}
      </h2>
      <button class="icon-button" aria-label="Close" @click=${actions.closeConnect}>${closeIcon}</button>
    </header>
    <div class="dialog-body">
      <div class="hub" ?hidden=${!showsHub}></div>
      ${connectContent(connect, actions)}
    </div>
    <footer class="dialog-footer">
      <div role="status">${connectStatus(connect)}</div>
      ${footerAction(connect, actions)}
    </footer>
  </dialog>`;
}

function connectContent(connect: Connect, actions: Actions): TemplateResult | typeof nothing {
  switch (connect.phase) {
    case 'closed':
      return nothing;
    case 'naming':
      return naming(connect.target, actions);
    case 'connecting':
      return flowContent(connect.flow, actions);
  }
}

function flowContent(flow: ConnectState, actions: Actions): TemplateResult | typeof nothing {
  switch (flow.phase) {
    case 'opening':
      return progress('Preparing a secure connection…');
    case 'failed': {
      const { title, text } = describeConnectProblem(flow);
      return html`<div class="message" role="alert">
        <span class="message-icon warning">${warningIcon}</span>
        <h3>${title}</h3>
        <p>${text}</p>
        <button class="button primary" @click=${actions.retryConnect}>${retryLabel(flow)}</button>
      </div>`;
    }
    case 'confirming':
      return flow.session === null ? progress('Checking again…') : nothing;
    case 'linked':
      return flow.session === null ? progress('Connected.') : nothing;
    case 'closed':
    case 'open':
      return nothing;
  }
}

function progress(text: string): TemplateResult {
  return html`<div class="message">
    <span class="spinner"></span>
    <p>${text}</p>
  </div>`;
}

/** The first account of a provider needs no name, but can get one. */
function canName(connect: Connect): boolean {
  return (
    connect.phase === 'connecting' &&
    connect.flow.phase === 'open' &&
    connect.target.kind === 'provider' &&
    connect.target.accounts.length === 0
  );
}

function naming({ provider, accounts }: ProviderTarget, actions: Actions): TemplateResult {
  const choices = accounts.map((account) => {
    const name = accountName(account, { providers: [provider], accounts });
    return html`<div class="linked-account">
      <p>${name}</p>
      <button
        class="button"
        aria-label="Update this connection: ${name}"
        @click=${() => actions.connect({ kind: 'account', account, name })}
      >
        Update this connection
      </button>
    </div>`;
  });
  return html`${choices} ${namingForm(accounts.length > 0, actions)}`;
}

function namingForm(another: boolean, actions: Actions): TemplateResult {
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (event.target instanceof HTMLFormElement) {
      const label = new FormData(event.target).get('label');
      actions.nameAccount(typeof label === 'string' ? label : '');
    }
  };
  return html`<form class="label-form" @submit=${submit}>
    <label for="label">${another ? 'Or connect another: name' : 'Name'} this account <span class="muted">(optional)</span></label>
    <input id="label" name="label" autofocus maxlength="200" autocomplete="off" aria-describedby="label-hint" />
    <p id="label-hint">A name such as “Berlin office” helps you recognize it.</p>
    <button class="button primary">${another ? 'Connect another' : 'Continue'}</button>
  </form>`;
}

function footerAction(connect: Connect, actions: Actions): TemplateResult | typeof nothing {
  const signIn = blockedSignIn(connect);
  if (signIn !== null) {
    return html`<button class="button primary" @click=${signIn.continue}>Continue to sign-in</button>`;
  }
  return canName(connect)
    ? html`<button class="link" @click=${actions.openNaming}>Name this account</button>`
    : nothing;
}

/** Set while the browser blocks the sign-in window of the Hub. */
function blockedSignIn(connect: Connect): BlockedSignIn | null {
  return connect.phase === 'connecting' && connect.flow.phase === 'open' ? connect.flow.signIn : null;
}

function connectStatus(connect: Connect): TemplateResult {
  const phase = connect.phase === 'connecting' ? connect.flow.phase : connect.phase;
  if (blockedSignIn(connect) !== null) {
    return html`${warningIcon}<p>Your browser blocked the sign-in window.</p>`;
  }
  switch (phase) {
    case 'confirming':
      return html`<span class="spinner small"></span>
        <p>Checking the connection…</p>`;
    case 'linked':
      return html`<span class="success">${checkIcon}</span>
        <p>Connected.</p>`;
    case 'naming':
      return html`<p>Next, you sign in through StackOne.</p>`;
    case 'closed':
    case 'opening':
    case 'open':
    case 'failed':
      return html`${lockIcon}
        <p>Your sign-in details go directly to StackOne. ${product} never sees them. ${updateNotice(connect)}</p>`;
  }
}

/** In the Hub the user can choose a provider that is linked. StackOne then updates its account. */
function updateNotice(connect: Connect): string {
  return connect.phase === 'connecting' && connect.target.kind === 'browse'
    ? 'Choosing a connected tool updates its connection.'
    : '';
}

export function removalDialog(state: State, actions: Actions): TemplateResult {
  const { removal } = state;
  return html`<dialog
    class="dialog confirmation"
    id="removal-dialog"
    role="alertdialog"
    aria-labelledby="removal-title"
    aria-describedby="removal-text"
    @close=${actions.closeRemoval}
  >
    ${removal.phase === 'closed' ? nothing : removalContent(removal, nameOf(removal.account, state), actions)}
  </dialog>`;
}

function nameOf(account: Account, { loadState }: State): string {
  return accountName(account, loadState.kind === 'ready' ? loadState.integrations : { providers: [], accounts: [] });
}

function removalContent(
  removal: Exclude<Removal, { readonly phase: 'closed' }>,
  name: string,
  actions: Actions,
): TemplateResult {
  const isRemoving = removal.phase === 'removing';
  const problem = removal.phase === 'confirming' ? removal.problem : null;
  return html`<h2 id="removal-title" tabindex="-1">Disconnect ${name}?</h2>
    <p id="removal-text">
      ${product} stops reading data from this account, and StackOne deletes the stored sign-in details. Existing data
      in ${product} is kept. You can connect the account again at any time.
    </p>
    ${
      problem === null
        ? nothing
        : html`<div class="notice" role="alert">${warningIcon}<p><b>${problem.title}.</b> ${problem.text}</p></div>`
    }
    <div class="dialog-actions">
      <button class="button" autofocus @click=${actions.closeRemoval}>Cancel</button>
      <button class="button danger" aria-disabled=${isRemoving} @click=${isRemoving ? nothing : actions.remove}>
        ${isRemoving ? html`<span class="spinner small"></span> Disconnecting…` : 'Disconnect'}
      </button>
    </div>`;
}
