import type { Category, LinkedAccountStatus } from '../../client/index.js';
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
  /** After "the account". */
  readonly clause: string;
}

const statusWords: Record<LinkedAccountStatus, StatusWords> = {
  ACTIVE: { tone: 'good', text: 'Connected', clause: 'is connected' },
  EXPIRED: { tone: 'attention', text: 'Sign-in has expired', clause: 'has a sign-in that has expired' },
  ERROR: { tone: 'attention', text: 'Has stopped working', clause: 'does not work' },
  INACTIVE: { tone: 'quiet', text: 'Switched off', clause: 'is switched off' },
  SUSPENDED: { tone: 'quiet', text: 'Paused', clause: 'is paused' },
  ARCHIVED: { tone: 'quiet', text: 'Archived', clause: 'is archived' },
  UNKNOWN: { tone: 'quiet', text: 'State not known', clause: 'is in a state that we do not know' },
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

/** The server's codes that this page has words of its own for. Any other shows the server's public message. */
const problems: ReadonlyMap<string, Problem> = new Map(
  Object.entries({
    UNAUTHENTICATED: { title: 'You are signed out', text: 'Reload this page to sign in again.' },
    AUTH_UNAVAILABLE: { title: 'We cannot check your sign-in', text: 'This usually passes in a moment.' },
    RATE_LIMITED: { title: 'That was a little fast', text: 'Too many requests came in a short time.' },
    OVERLOADED: { title: 'We are very busy', text: 'This usually passes in a moment.' },
    UPSTREAM_UNAVAILABLE: {
      title: 'StackOne cannot be reached',
      text: 'StackOne, the service behind these connections, does not answer. Nothing has changed.',
    },
    UPSTREAM_TIMEOUT: {
      title: 'StackOne is taking too long',
      text: 'StackOne, the service behind these connections, did not answer in time.',
    },
    UPSTREAM_RATE_LIMITED: {
      title: 'StackOne asks for a pause',
      text: 'Too many requests came in a short time.',
    },
    UPSTREAM_REJECTED: {
      title: 'StackOne did not accept this',
      text: 'If it happens again, please tell our support.',
    },
    UPSTREAM_MISCONFIGURED: {
      title: 'Connections are not set up correctly',
      text: 'You can do nothing about it. Our team has been told.',
    },
  }),
);

export const serverUnreachable: Problem = {
  title: `${product} cannot be reached`,
  text: 'Check your connection to the internet, then try again.',
};

export function problemOf(code: string, message: string, retryAfterSeconds: number | undefined): Problem {
  const { title, text } = problems.get(code) ?? { title: 'Something went wrong on our side', text: message };
  return retryAfterSeconds === undefined
    ? { title, text }
    : { title, text: `${text} Try again in ${count(retryAfterSeconds, 'second', 'seconds')}.` };
}
