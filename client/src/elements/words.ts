import type { LinkedAccount } from '../core/failure.js';
import type { IntegrationsDialog, IntegrationsState, Notice } from '../integrations/state.js';
import { describeAccount } from '../labels/account-name.js';
import { describeFailure } from '../labels/describe-failure.js';
import { formatPlural } from '../labels/format.js';
import type { ConnectLabels } from '../labels/labels.js';

/** The name of the provider; its key when it is no longer enabled. */
export function providerName({ providers }: IntegrationsState, key: string): string {
  return providers.find((provider) => provider.key === key)?.name ?? key;
}

/** The provider and what distinguishes the account from others of it: `Greenhouse “Recruiting”`. */
export function accountName(state: IntegrationsState, account: LinkedAccount, labels: ConnectLabels): string {
  const name = providerName(state, account.providerKey);
  const accounts = accountsOf(state, account.providerKey);
  if (account.label !== null) {
    return `${name} “${describeAccount(account, labels, accounts)}”`;
  }
  const isOnly = accounts.every(({ id }) => id === account.id);
  return isOnly ? name : `${name} – ${describeAccount(account, labels)}`;
}

/** For each list of accounts: it can have 2,500 accounts of 1,000 providers. */
const accountsByProvider = new WeakMap<readonly LinkedAccount[], ReadonlyMap<string, readonly LinkedAccount[]>>();

/** The linked accounts of a provider. */
export function accountsOf({ accounts }: IntegrationsState, providerKey: string): readonly LinkedAccount[] {
  const groups = accountsByProvider.get(accounts) ?? groupByProvider(accounts);
  accountsByProvider.set(accounts, groups);
  return groups.get(providerKey) ?? [];
}

function groupByProvider(accounts: readonly LinkedAccount[]): ReadonlyMap<string, readonly LinkedAccount[]> {
  const groups = new Map<string, LinkedAccount[]>();
  for (const account of accounts) {
    const group = groups.get(account.providerKey);
    if (group === undefined) {
      groups.set(account.providerKey, [account]);
    } else {
      group.push(account);
    }
  }
  return groups;
}

/** The title of the open dialog. */
export function dialogTitle(state: IntegrationsState, labels: ConnectLabels): string {
  const { dialog } = state;
  switch (dialog?.kind) {
    case undefined:
      return '';
    case 'connect':
      return connectTitle(state, dialog, labels);
    case 'remove':
      return labels.disconnectTitle(accountName(state, dialog.account, labels));
  }
}

type ConnectDialog = Extract<IntegrationsDialog, { readonly kind: 'connect' }>;

function connectTitle(state: IntegrationsState, { target, connection }: ConnectDialog, labels: ConnectLabels): string {
  switch (target.kind) {
    case 'provider': {
      const { name } = target.provider;
      return isAnother(connection) ? labels.connectAnotherTitle(name) : labels.connectTitle(name);
    }
    case 'account':
      return labels.reconnectTitle(accountName(state, target.account, labels));
    case 'browse':
      return labels.catalog;
  }
}

/** Not whether an account is linked now: the list already has the new account while the dialog says so. */
function isAnother(connection: ConnectDialog['connection']): boolean {
  return connection.phase === 'question'
    ? connection.accounts.length > 0
    : connection.request.onExisting === 'CREATE_ANOTHER';
}

export function noticeText(state: IntegrationsState, notice: Notice, labels: ConnectLabels): string {
  if (notice.kind === 'several') {
    return formatPlural(labels, labels.severalChanged, notice.count);
  }
  const name = accountName(state, notice.account, labels);
  switch (notice.kind) {
    case 'linked':
      return labels.nowConnected(name);
    case 'removed':
      return labels.nowDisconnected(name);
    case 'not-removed':
      return `${labels.notDisconnected(name)} ${describeFailure(notice.failure, 'start', labels).title}.`;
    case 'was-linked':
      return labels.wasConnected(name);
    case 'was-removed':
      return labels.wasDisconnected(name);
    case 'broken':
      return labels.stoppedWorking(name);
    case 'repaired':
      return labels.worksAgain(name);
  }
}

export function isWarning(notice: Notice): boolean {
  return notice.kind === 'several' ? notice.isBroken : notice.kind === 'broken' || notice.kind === 'not-removed';
}
