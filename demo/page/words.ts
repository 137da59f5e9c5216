import {
  type Category,
  type ConnectFailure,
  type ConnectState,
  describeFailure,
  type LinkedAccountStatus,
} from '../../client/index.js';
import type { Account, Problem, Provider, Target } from './state.js';

export const product = 'Orchard';

interface CategoryWords {
  /** On a filter or a card. */
  readonly name: string;
  /** In a sentence: "Browse …". */
  readonly tools: string;
}

const categoryWords: Record<Category, CategoryWords> = {
  ACCOUNTING: { name: 'Accounting', tools: 'accounting tools' },
  ATS: { name: 'Recruiting', tools: 'recruiting tools' },
  CRM: { name: 'CRM', tools: 'CRM tools' },
  DOCUMENTS: { name: 'Documents', tools: 'document tools' },
  HRIS: { name: 'HR', tools: 'HR tools' },
  HRIS_LEGACY: { name: 'HR (earlier)', tools: 'earlier HR tools' },
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
  return categoryWords[category].name;
}

export function toolsOf(category: Category | null): string {
  return category === null ? 'all tools' : `all ${categoryWords[category].tools}`;
}

export type Tone = 'good' | 'attention' | 'quiet';

interface StatusWords {
  readonly tone: Tone;
  readonly text: string;
}

const statusWords: Record<LinkedAccountStatus, StatusWords> = {
  ACTIVE: { tone: 'good', text: 'Connected' },
  EXPIRED: { tone: 'attention', text: 'Sign-in has expired' },
  ERROR: { tone: 'attention', text: 'Has stopped working' },
  INACTIVE: { tone: 'quiet', text: 'Switched off' },
  SUSPENDED: { tone: 'quiet', text: 'Paused' },
  ARCHIVED: { tone: 'quiet', text: 'Archived' },
  UNKNOWN: { tone: 'quiet', text: 'State not known' },
};

export function statusOf({ status }: Account): StatusWords {
  return statusWords[status];
}

/** "Greenhouse “Recruiting”": enough to tell two accounts of a provider apart. */
export function accountName(account: Account, name: string): string {
  return account.label === null ? name : `${name} “${account.label}”`;
}

/** A provider that is not enabled any more has no row, but its account still has a key. */
export function providerName(providers: readonly Provider[], key: string): string {
  return providers.find((provider) => provider.key === key)?.name ?? key;
}

export function titleOf(target: Target): string {
  switch (target.kind) {
    case 'provider':
      return target.another ? `Connect another ${target.provider.name}` : `Connect ${target.provider.name}`;
    case 'account':
      return `Reconnect ${accountName(target.account, target.name)}`;
    case 'browse':
      return `Browse ${toolsOf(target.category)}`;
  }
}

const day = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' });
const moment = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'short' });

/** In the reader's language and time zone. */
export function formatDay(instant: string): string {
  return day.format(new Date(instant));
}
export function formatMoment(instant: string): string {
  return moment.format(new Date(instant));
}

export function count(number: number, one: string, many: string): string {
  return `${number.toLocaleString()} ${number === 1 ? one : many}`;
}

/** The client's own words, but for the product's name. */
export function problemOf(failure: ConnectFailure): Problem {
  const { title, text } = describeFailure(failure);
  switch (failure.kind) {
    case 'refused':
      return { title: 'Our server refused this', text };
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

export function problemOfConnecting({ failure, retry }: Failed): Problem {
  return retry === 'start' && failure.kind !== 'refused'
    ? problemOf(failure)
    : describeFailure(failure, retry);
}

export function retryWords({ failure, retry }: Failed): string {
  if (retry === 'confirm') {
    return 'Check again';
  }
  return failure.kind === 'session-expired' ? 'Start again' : 'Try again';
}
