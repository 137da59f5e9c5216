import { render } from 'lit-html';
import type { Actions } from './actions.js';
import { createApi } from './api.js';
import { createConnectDialog } from './connect-dialog.js';
import { accountName } from './labels.js';
import {
  type Account,
  initialState,
  isTenantKey,
  type Removal,
  type State,
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

let latestLoad = 0;
let lastLoadedAt = 0;

async function load(): Promise<void> {
  latestLoad += 1;
  const thisLoad = latestLoad;
  if (state.loadState.kind === 'failed') {
    update({ ...state, loadState: { kind: 'loading' } });
  }
  const result = await api.loadIntegrations();
  // The response of an older request must not restore a removed account.
  if (thisLoad !== latestLoad) {
    return;
  }
  lastLoadedAt = Date.now();
  update(withLoadResult(state, result));
}

const minReloadIntervalMs = 5_000;
let reloadTimer: ReturnType<typeof setTimeout> | undefined;

/**
 * Reloads when the user returns to the page: accounts may have changed in an OAuth window, in another tab or by a
 * colleague. Loads at most once in five seconds. A return within this time is not dropped, but delayed.
 */
function reloadSoon(): void {
  if (document.visibilityState !== 'visible') {
    return;
  }
  clearTimeout(reloadTimer);
  reloadTimer = setTimeout(() => void load(), Math.max(0, lastLoadedAt + minReloadIntervalMs - Date.now()));
}

let toastTimer: ReturnType<typeof setTimeout> | undefined;
const toastMs = 10_000;

function showToast(toast: string): void {
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
  showToast(linked.text);
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
    showToast(`${name} is disconnected.`);
    void load();
  } else if (state.removal.phase === 'removing') {
    showRemoval({ phase: 'confirming', account, problem: result.problem });
  } else {
    // The user has closed the dialog meanwhile. The failure must still be shown.
    showToast(`${name} was not disconnected. ${result.problem.title}.`);
  }
}

/** After a failed removal, reload the list: the account may have been removed already. */
function closeRemoval(): void {
  const hasFailed = state.removal.phase === 'confirming' && state.removal.problem !== null;
  showRemoval({ phase: 'closed' });
  if (hasFailed) {
    void load();
  }
}

const actions: Actions = {
  search: (search) => update({ ...state, search }),
  selectCategory: (category) => update({ ...state, category }),
  clearFilters: () => update({ ...state, search: '', category: null }),
  reload: () => void load(),
  connect: (target) => connectDialog.open(target),
  openNaming: () => connectDialog.openNaming(),
  nameAccount: (label) => connectDialog.name(label),
  retryConnect: () => connectDialog.retry(),
  closeConnect: () => connectDialog.close(),
  openRemoval: (account) => showRemoval({ phase: 'confirming', account, problem: null }),
  remove: () => void remove(),
  closeRemoval,
  closeToast: () => update({ ...state, toast: null }),
};

addEventListener('focus', reloadSoon);
document.addEventListener('visibilitychange', reloadSoon);
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
    void load();
  },
});
void load();
