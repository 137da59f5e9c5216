import type { ConnectState } from './connect-flow.js';
import type { ConnectFailure, LinkedAccount, ServerErrorCode } from './failure.js';

/** What to say to the person at the screen. */
export interface FailureWords {
  readonly title: string;
  readonly text: string;
}

/** What `retry()` of a failed flow does. */
export type Retry = Extract<ConnectState, { readonly phase: 'failed' }>['retry'];

/**
 * A failure in plain English.
 * @param retry `confirm` when the Hub has reported an account that the server could not be asked about
 */
export function describeFailure(failure: ConnectFailure, retry: Retry = 'start'): FailureWords {
  const { title, text } = describe(failure);
  if (retry === 'start') return { title, text };
  return { title: 'This could not be confirmed', text: `${text} The account may be connected all the same.` };
}

function describe(failure: ConnectFailure): FailureWords {
  switch (failure.kind) {
    case 'refused':
      return {
        title: 'This could not be started',
        text: failure.userErrors.map(({ message }) => message).join(' '),
      };
    case 'server': {
      const { title, text } = serverWords[failure.code] ?? { title: unforeseen, text: failure.message };
      return { title, text: text + wait(failure.retryAfterSeconds) };
    }
    case 'unreachable':
      return { title: 'The server cannot be reached', text: checkInternet };
    case 'hub-not-loaded':
      return { title: 'The connection window could not be loaded', text: checkInternet };
    case 'session-expired':
      return {
        title: 'This took too long',
        text: 'To keep your accounts safe, this window ends by itself after a while. Please start again.',
      };
    case 'not-linked':
      return { title: 'This is not connected yet', text: whyNotLinked(failure.account) };
  }
}

const unforeseen = 'Something went wrong on our side';
const checkInternet = 'Check your connection to the internet, then try again.';
const passes = 'This usually passes in a moment.';
const tooMany = 'Too many requests came in a short time.';

/** The codes with words of their own. For any other the server's public message is shown. */
const serverWords: Partial<Record<ServerErrorCode, FailureWords>> = {
  UNAUTHENTICATED: { title: 'You are signed out', text: 'Sign in again, then try once more.' },
  AUTH_UNAVAILABLE: { title: 'Your sign-in cannot be checked', text: passes },
  RATE_LIMITED: { title: 'That was a little fast', text: tooMany },
  OVERLOADED: { title: 'The server is very busy', text: passes },
  UPSTREAM_UNAVAILABLE: {
    title: 'StackOne cannot be reached',
    text: 'StackOne, the service behind these connections, does not answer. Nothing has changed.',
  },
  UPSTREAM_TIMEOUT: {
    title: 'StackOne is taking too long',
    text: 'StackOne, the service behind these connections, did not answer in time.',
  },
  UPSTREAM_RATE_LIMITED: { title: 'StackOne asks for a pause', text: tooMany },
  UPSTREAM_REJECTED: {
    title: 'StackOne did not accept this',
    text: 'If it happens again, please tell our support.',
  },
  UPSTREAM_MISCONFIGURED: {
    title: 'Connections are not set up correctly',
    text: 'You can do nothing about it. Our team has been told.',
  },
};

function wait(seconds: number | null): string {
  return seconds === null ? '' : ` Try again in ${seconds} ${seconds === 1 ? 'second' : 'seconds'}.`;
}

const statusWords: Record<LinkedAccount['status'], string> = {
  ACTIVE: 'works',
  EXPIRED: 'has a sign-in that has expired',
  ERROR: 'does not work',
  INACTIVE: 'is switched off',
  SUSPENDED: 'is paused',
  ARCHIVED: 'is archived',
  UNKNOWN: 'is in a state that we do not know',
};

/** The Hub has said `success`, and the account is not what that means: the server's word counts. */
function whyNotLinked({ status, statusReasons }: LinkedAccount): string {
  const reasons = statusReasons.flatMap(({ description }) => description ?? []);
  return [
    `StackOne tells us that the account ${statusWords[status]}.`,
    ...reasons,
    'Check what you entered, then try again.',
  ].join(' ');
}
