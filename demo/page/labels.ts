import {
  type Category,
  type ConnectFailure,
  type ConnectState,
  describeAccount,
  describeFailure,
  type LinkedAccountStatus,
} from '../../client/src/index.js';
import type { Account, Integrations, Problem, Provider, Target } from './state.js';

export const product = 'Orchard';

interface CategoryLabels {
  /** Label of a filter or card. */
  readonly name: string;
  /** Text in a sentence, such as "Browse …". */
  readonly tools: string;
}

const categoryLabels: Record<Category, CategoryLabels> = {
  ACCOUNTING: { name: 'Accounting', tools: 'accounting tools' },
  ATS: { name: 'Recruiting', tools: 'recruiting tools' },
  CRM: { name: 'CRM', tools: 'CRM tools' },
  DOCUMENTS: { name: 'Documents', tools: 'document tools' },
  HRIS: { name: 'HR', tools: 'HR tools' },
  HRIS_LEGACY: { name: 'HR (legacy)', tools: 'legacy HR tools' },
  IAM: { name: 'Identity', tools: 'identity tools' },
  LMS: { name: 'Learning', tools: 'learning tools' },
  MARKETING: { name: 'Marketing', tools: 'marketing tools' },
  MESSAGING: { name: 'Messaging', tools: 'messaging tools' },
  SCHEDULING: { name: 'Scheduling', tools: 'scheduling tools' },
  SCREENING: { name: 'Screening', tools: 'screening tools' },
  STACKONE: { name: 'StackOne', tools: 'StackOne tools' },
  TICKETING: { name: 'Ticketing', tools: 'ticketing tools' },
};

export function categoryName(category: Category): string {
  return categoryLabels[category].name;
}

export function categoryTools(category: Category | null): string {
  return category === null ? 'all tools' : `all ${categoryLabels[category].tools}`;
}

export type Tone = 'success' | 'warning' | 'neutral';

interface StatusLabel {
  readonly tone: Tone;
  readonly text: string;
}

const statusLabels: Record<LinkedAccountStatus, StatusLabel> = {
  ACTIVE: { tone: 'success', text: 'Connected' },
  EXPIRED: { tone: 'warning', text: 'Sign-in expired' },
  ERROR: { tone: 'warning', text: 'Not working' },
  INACTIVE: { tone: 'neutral', text: 'Inactive' },
  SUSPENDED: { tone: 'neutral', text: 'Paused' },
  ARCHIVED: { tone: 'neutral', text: 'Archived' },
  UNKNOWN: { tone: 'neutral', text: 'Status unknown' },
};

export function statusLabel({ status }: Account): StatusLabel {
  return statusLabels[status];
}

/**
 * The name of the provider and what distinguishes the account from others of it, such as "Greenhouse “Recruiting”" or
 * "Greenhouse – Linked on …".
 */
export function accountName(
  account: Account,
  { providers, accounts }: Pick<Integrations, 'providers' | 'accounts'>,
): string {
  const name = providerName(providers, account.providerKey);
  if (account.label !== null) {
    return `${name} “${account.label}”`;
  }
  const isOnly = accounts.every(({ id, providerKey }) => id === account.id || providerKey !== account.providerKey);
  return isOnly ? name : `${name} – ${describeAccount(account)}`;
}

/** The provider's name. For a provider that is no longer enabled, its key. */
export function providerName(providers: readonly Provider[], key: string): string {
  return providers.find((provider) => provider.key === key)?.name ?? key;
}

export function dialogTitle(target: Target): string {
  switch (target.kind) {
    case 'provider':
      return `Connect ${target.accounts.length > 0 ? 'another ' : ''}${target.provider.name}`;
    case 'account':
      return `${target.account.needsRelink ? 'Reconnect' : 'Update'} ${target.name}`;
    case 'browse':
      return `Browse ${categoryTools(target.category)}`;
  }
}

const day = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' });
const moment = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'short' });

/** Formats an ISO 8601 time in the language and time zone of the browser. */
export function formatDay(instant: string): string {
  return day.format(new Date(instant));
}
export function formatMoment(instant: string): string {
  return moment.format(new Date(instant));
}

export function count(number: number, one: string, many: string): string {
  return `${number.toLocaleString()} ${number === 1 ? one : many}`;
}

/** The client's message for a failure, with the product's name where it fits. */
export function describeProblem(failure: ConnectFailure): Problem {
  const { title, text } = describeFailure(failure);
  switch (failure.kind) {
    case 'refused':
      return { title: 'The request was rejected', text };
    case 'unreachable':
      return { title: `${product} cannot be reached`, text };
    case 'server':
    case 'hub-not-loaded':
    case 'session-expired':
    case 'not-linked':
      return { title, text };
  }
}

type Failed = Extract<ConnectState, { readonly phase: 'failed' }>;

export function describeConnectProblem({ failure, retry }: Failed): Problem {
  return retry === 'start' && failure.kind !== 'refused' ? describeProblem(failure) : describeFailure(failure, retry);
}

export function retryLabel({ failure, retry }: Failed): string {
  if (retry === 'confirm') {
    return 'Check again';
  }
  return failure.kind === 'session-expired' ? 'Start again' : 'Try again';
}
