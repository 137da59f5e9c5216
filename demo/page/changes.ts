import { accountName, count } from './labels.js';
import type { Account, Integrations, Toast } from './state.js';

/** What has changed from `before` to `after`, for users who do not see the list. Null without a change to announce. */
export function describeChanges(before: Integrations, after: Integrations): Toast | null {
  const known = new Map(before.accounts.map((account) => [account.id, account]));
  const left = new Set(after.accounts.map(({ id }) => id));
  const toasts = [
    ...after.accounts.flatMap((account) => describeChange(known.get(account.id), account, after) ?? []),
    ...before.accounts
      .filter(({ id }) => !left.has(id))
      .map((account): Toast => ({ tone: 'success', text: `${accountName(account, before)} was disconnected.` })),
  ];
  const [first] = toasts;
  if (first === undefined || toasts.length === 1) {
    return first ?? null;
  }
  const tone = toasts.some((toast) => toast.tone === 'warning') ? 'warning' : 'success';
  return { tone, text: `${count(toasts.length, 'connection has', 'connections have')} changed.` };
}

function describeChange(before: Account | undefined, account: Account, integrations: Integrations): Toast | null {
  const name = accountName(account, integrations);
  if (before === undefined) {
    return { tone: 'success', text: `${name} was connected.` };
  }
  if (before.needsRelink === account.needsRelink) {
    return null;
  }
  return account.needsRelink
    ? { tone: 'warning', text: `${name} has stopped working. Reconnect it.` }
    : { tone: 'success', text: `${name} works again.` };
}
