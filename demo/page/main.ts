import { render } from 'lit-html';
import type { Actions } from './actions.js';
import { createApi } from './api.js';
import { createConnectDialog } from './connect-dialog.js';
import {
  type Account,
  afterReading,
  initialState,
  isTenantKey,
  type Removal,
  type State,
  withConfirmed,
  withoutAccount,
} from './state.js';
import { pageView } from './views.js';
import { accountName, providerName } from './words.js';

const wanted = new URLSearchParams(location.search).get('tenant');
const tenant = isTenantKey(wanted) ? wanted : 'acme';
const api = createApi(tenant);
let state = initialState(tenant);

function update(next: State): void {
  state = next;
  render(pageView(state, actions), find('#page', HTMLElement));
  keepOpen('#connect-dialog', state.connect.phase !== 'closed');
  keepOpen('#removal-dialog', state.removal.phase !== 'closed');
}

/** `showModal` rather than an attribute: it keeps the focus inside, closes on Escape, and gives the focus back. */
function keepOpen(selector: string, isOpen: boolean): void {
  const dialog = find(selector, HTMLDialogElement);
  if (isOpen && !dialog.open) {
    dialog.showModal();
  }
  if (!isOpen && dialog.open) {
    dialog.close();
  }
  // A step of the dialog may take away the button that led to it.
  if (isOpen && !dialog.contains(document.activeElement)) {
    find(`${selector} h2`, HTMLElement).focus();
  }
}

function find<T extends Element>(selector: string, kind: new () => T): T {
  const element = document.querySelector(selector);
  if (element instanceof kind) {
    return element;
  }
  throw new Error(`The page has no ${selector}`);
}

let latestRead = 0;
let lastReadAt = 0;

async function read(): Promise<void> {
  latestRead += 1;
  const thisRead = latestRead;
  if (state.reading.kind === 'failed') {
    update({ ...state, reading: { kind: 'loading' } });
  }
  const result = await api.integrations();
  // One that began before the last change must not bring back what was removed.
  if (thisRead !== latestRead) {
    return;
  }
  lastReadAt = Date.now();
  update(afterReading(state, result));
}

const restMs = 5_000;
let nextRead: ReturnType<typeof setTimeout> | undefined;

/**
 * Something may have happened elsewhere: an OAuth window, another tab, a colleague. Somebody who goes back and
 * forth costs one reading in five seconds, and still sees what the last return would have shown.
 */
function readAgain(): void {
  if (document.visibilityState !== 'visible') {
    return;
  }
  clearTimeout(nextRead);
  nextRead = setTimeout(() => void read(), Math.max(0, lastReadAt + restMs - Date.now()));
}

let toastTimer: ReturnType<typeof setTimeout> | undefined;
const toastMs = 10_000;

function showToast(toast: string): void {
  clearTimeout(toastTimer);
  update({ ...state, toast });
  toastTimer = setTimeout(() => update({ ...state, toast: null }), toastMs);
}

function nameOf(account: Account): string {
  const providers = state.reading.kind === 'ready' ? state.reading.integrations.providers : [];
  return accountName(account, providerName(providers, account.providerKey));
}

/** The button that opened a dialog may be gone with what it did. Then the focus goes to what is left of it. */
function rescueFocus(selector: string): void {
  const { activeElement } = document;
  // The browser takes the focus out of a dialog that has closed a little later.
  const isLost = activeElement === document.body || activeElement?.closest('dialog:not([open])');
  if (activeElement === null || isLost) {
    document.querySelector<HTMLElement>(selector)?.focus();
  }
}

/** What to say once the connect dialog has closed: under an open dialog nobody hears it. */
let linked: { readonly id: string; readonly words: string } | null = null;

function tellLinked(): void {
  if (linked === null) {
    return;
  }
  rescueFocus(`#account-${CSS.escape(linked.id)}`);
  showToast(linked.words);
  linked = null;
}

function showRemoval(removal: Removal): void {
  update({ ...state, removal });
}

async function remove(): Promise<void> {
  const { removal } = state;
  if (removal.phase !== 'asking') {
    return;
  }
  const { account } = removal;
  const name = nameOf(account);
  showRemoval({ phase: 'removing', account });
  const result = await api.remove(account.id);
  if (result.ok) {
    update({ ...withoutAccount(state, account.id), removal: { phase: 'closed' } });
    rescueFocus('#connections');
    showToast(`${name} is disconnected.`);
    void read();
  } else if (state.removal.phase === 'removing') {
    showRemoval({ phase: 'asking', account, problem: result.problem });
  } else {
    // The person has closed the question meanwhile, and still has to hear of it.
    showToast(`${name} was not disconnected. ${result.problem.title}.`);
  }
}

/** After a refusal the list may be what is wrong: the account may be gone already. */
function closeRemoval(): void {
  const wasRefused = state.removal.phase === 'asking' && state.removal.problem !== null;
  showRemoval({ phase: 'closed' });
  if (wasRefused) {
    void read();
  }
}

const actions: Actions = {
  search: (search) => update({ ...state, search }),
  choose: (category) => update({ ...state, category }),
  clearFilters: () => update({ ...state, search: '', category: null }),
  read: () => void read(),
  connect: (target) => connectDialog.open(target),
  nameAccount: (label) => connectDialog.name(label),
  retryConnect: () => connectDialog.retry(),
  closeConnect: () => connectDialog.close(),
  askToRemove: (account) => showRemoval({ phase: 'asking', account, problem: null }),
  remove: () => void remove(),
  closeRemoval,
  closeToast: () => update({ ...state, toast: null }),
};

addEventListener('focus', readAgain);
document.addEventListener('visibilitychange', readAgain);
// Renders the dialogs, which stand in the page from here on.
update(state);
const connectDialog = createConnectDialog({
  client: api.client,
  hubBaseUrl: find('meta[name=hub-base-url]', HTMLMetaElement).content,
  slot: find('#connect-dialog .hub', HTMLElement),
  show: (connect) => update({ ...state, connect }),
  onLinked: (account, target) => {
    const name = target.kind === 'account' ? target.name : nameOf(account);
    linked = { id: account.id, words: `${name} is connected, confirmed by the server.` };
    update(withConfirmed(state, account));
    if (state.connect.phase === 'closed') {
      tellLinked();
    }
  },
  onClosed: () => {
    tellLinked();
    void read();
  },
});
void read();
