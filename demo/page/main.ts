import { render } from 'lit-html';
import { type LinkedAccountsState, type LinkedAccountsWatch, watchLinkedAccounts } from '../../client/src/index.js';
import type { Actions } from './actions.js';
import { createApi } from './api.js';
import { describeChanges } from './changes.js';
import { createConnectDialog } from './connect-dialog.js';
import { accountName, describeProblem } from './labels.js';
import {
  type Account,
  initialState,
  isTenantKey,
  type Removal,
  type State,
  type Toast,
  withAccounts,
  withConfirmed,
  withLoadResult,
  withoutAccount,
} from './state.js';
import { pageView } from './views.js';

const tenantParameter = new URLSearchParams(location.search).get('tenant');
const tenant = isTenantKey(tenantParameter) ? tenantParameter : 'acme';
const api = createApi(tenant);
let state = initialState(tenant);

function update(next: State): void {
  state = next;
  render(pageView(state, actions), find('#page', HTMLElement));
  setDialogOpen('#connect-dialog', state.connect.phase !== 'closed');
  setDialogOpen('#removal-dialog', state.removal.phase !== 'closed');
}

/** Uses `showModal()` instead of the attribute `open`: it keeps the focus inside, closes on Escape and restores the focus. */
function setDialogOpen(selector: string, isOpen: boolean): void {
  const dialog = find(selector, HTMLDialogElement);
  if (isOpen && !dialog.open) {
    dialog.showModal();
  }
  if (!isOpen && dialog.open) {
    dialog.close();
  }
  // A new state of the dialog can remove the focused button.
  if (isOpen && !dialog.contains(document.activeElement)) {
    find(`${selector} h2`, HTMLElement).focus();
  }
}

function find<T extends Element>(selector: string, kind: new () => T): T {
  const element = document.querySelector(selector);
  if (element instanceof kind) {
    return element;
  }
  throw new Error(`No element matches ${selector}`);
}

let watch: LinkedAccountsWatch | undefined;

async function load(): Promise<void> {
  update({ ...state, loadState: { kind: 'loading' } });
  const result = await api.loadIntegrations();
  update(withLoadResult(state, result));
  if (result.ok) {
    watch = watchLinkedAccounts(api.client);
    const { getState, subscribe } = watch;
    subscribe(() => showAccounts(getState()));
  }
}

/** The accounts of the watch that are shown. A change of its other state must not undo a change of this page. */
let watched: readonly Account[] | null = null;

/** Shows the accounts of the watch. They change when a colleague links an account, and when an account stops working. */
function showAccounts({ accounts, failure }: LinkedAccountsState): void {
  if (state.loadState.kind !== 'ready') {
    return;
  }
  const isFirst = watched === null;
  const isNew = accounts !== watched;
  watched = accounts;
  const before = state.loadState.integrations;
  const hadFocus = document.activeElement !== document.body;
  update(withAccounts(state, isNew ? accounts : null, failure === null ? null : describeProblem(failure)));
  if (hadFocus) {
    restoreFocus('#connections');
  }
  const toast = isFirst || accounts === null ? null : describeChanges(before, { ...before, accounts });
  // Behind a dialog it would not be announced, and the dialog can be about this change.
  if (isNew && toast !== null && state.connect.phase === 'closed' && state.removal.phase === 'closed') {
    showToast(toast);
  }
}

let toastTimer: ReturnType<typeof setTimeout> | undefined;
const toastMs = 10_000;

function showToast(toast: Toast): void {
  clearTimeout(toastTimer);
  update({ ...state, toast });
  toastTimer = setTimeout(() => update({ ...state, toast: null }), toastMs);
}

function nameOf(account: Account): string {
  const { loadState } = state;
  return accountName(account, loadState.kind === 'ready' ? loadState.integrations : { providers: [], accounts: [] });
}

/** Moves the focus to `selector` if the focused element was removed, such as the button that opened a dialog. */
function restoreFocus(selector: string): void {
  const { activeElement } = document;
  // The browser moves the focus out of a closed dialog with a delay.
  const isLost = activeElement === document.body || activeElement?.closest('dialog:not([open])');
  if (activeElement === null || isLost) {
    document.querySelector<HTMLElement>(selector)?.focus();
  }
}

/** The announcement for after the connect dialog is closed: a toast behind an open dialog is not announced. */
let linked: { readonly id: string; readonly text: string } | null = null;

function announceLinked(): void {
  if (linked === null) {
    return;
  }
  restoreFocus(`#account-${CSS.escape(linked.id)}`);
  showToast({ tone: 'success', text: linked.text });
  linked = null;
}

function showRemoval(removal: Removal): void {
  update({ ...state, removal });
}

async function remove(): Promise<void> {
  const { removal } = state;
  if (removal.phase !== 'confirming') {
    return;
  }
  const { account } = removal;
  const name = nameOf(account);
  showRemoval({ phase: 'removing', account });
  const result = await api.remove(account.id);
  if (result.ok) {
    update({ ...withoutAccount(state, account.id), removal: { phase: 'closed' } });
    restoreFocus('#connections');
    showToast({ tone: 'success', text: `${name} is disconnected.` });
    watch?.refresh();
  } else if (state.removal.phase === 'removing') {
    showRemoval({ phase: 'confirming', account, problem: result.problem });
  } else {
    // The user has closed the dialog meanwhile. The failure must still be shown.
    showToast({ tone: 'warning', text: `${name} was not disconnected. ${result.problem.title}.` });
  }
}

/** After a failed removal, read the accounts again: the account may have been removed already. */
function closeRemoval(): void {
  const hasFailed = state.removal.phase === 'confirming' && state.removal.problem !== null;
  showRemoval({ phase: 'closed' });
  if (hasFailed) {
    watch?.refresh();
  }
}

async function breakAccount(): Promise<void> {
  if (!(await api.breakAccount())) {
    showToast({ tone: 'warning', text: 'No account works, so none can break. Connect one first.' });
  }
}

const actions: Actions = {
  search: (search) => update({ ...state, search }),
  selectCategory: (category) => update({ ...state, category }),
  clearFilters: () => update({ ...state, search: '', category: null }),
  reload: () => (watch === undefined ? void load() : watch.refresh()),
  connect: (target) => connectDialog.open(target),
  openNaming: () => connectDialog.openNaming(),
  nameAccount: (label) => connectDialog.name(label),
  retryConnect: () => connectDialog.retry(),
  closeConnect: () => connectDialog.close(),
  openRemoval: (account) => showRemoval({ phase: 'confirming', account, problem: null }),
  remove: () => void remove(),
  closeRemoval,
  closeToast: () => update({ ...state, toast: null }),
  breakAccount: () => void breakAccount(),
};

// The first render adds the dialogs to the page.
update(state);
const connectDialog = createConnectDialog({
  client: api.client,
  hubBaseUrl: find('meta[name=hub-base-url]', HTMLMetaElement).content,
  slot: find('#connect-dialog .hub', HTMLElement),
  show: (connect) => update({ ...state, connect }),
  onLinked: (account, target) => {
    update(withConfirmed(state, account));
    linked = { id: account.id, text: `${target.kind === 'account' ? target.name : nameOf(account)} is connected.` };
    if (state.connect.phase === 'closed') {
      announceLinked();
    }
  },
  onClosed: () => {
    announceLinked();
    watch?.refresh();
  },
});
void load();
