import type { ConnectState } from '../core/connect-state.js';
import type { ConnectFailure, LinkedAccount, ServerErrorCode } from '../core/failure.js';

/** A message for the user, in plain English. */
export interface FailureMessage {
  readonly title: string;
  readonly text: string;
}

/** What `retry()` of a failed flow does: start again, or confirm the reported account again. */
export type Retry = Extract<ConnectState, { readonly phase: 'failed' }>['retry'];

/**
 * Describes a failure for the user, in plain English.
 * @param retry `retry` of the failed state. Default: `start`. With `confirm` the message says that the account may be
 *   connected although the server could not confirm it.
 */
export function describeFailure(failure: ConnectFailure, retry: Retry = 'start'): FailureMessage {
  const { title, text } = describe(failure);
  if (retry === 'start') {
    return { title, text };
  }
  return {
    title: 'The connection could not be confirmed',
    text: `${text} The account may be connected anyway.`,
  };
}

function describe(failure: ConnectFailure): FailureMessage {
  switch (failure.kind) {
    case 'refused':
      return {
        title: 'The connection could not be started',
        text: failure.userErrors.map(({ message }) => message).join(' '),
      };
    case 'server': {
      const { title, text } = serverMessages[failure.code] ?? {
        title: unexpectedError,
        text: failure.message,
      };
      return { title, text: text + retryHint(failure.retryAfterSeconds) };
    }
    case 'unreachable':
      return {
        title: 'The server cannot be reached',
        text: failure.status === undefined ? checkInternet : 'This is a problem on our side. Try again later.',
      };
    case 'hub-not-loaded':
      return { title: 'The connection window could not be loaded', text: checkInternet };
    case 'session-expired':
      return {
        title: 'The session has expired',
        text: 'For your security, a connection must be completed within a limited time. Please start again.',
      };
    case 'not-linked':
      return { title: 'The account is not connected', text: describeStatus(failure.account) };
  }
}

const unexpectedError = 'Something went wrong on our side';
const checkInternet = 'Check your internet connection, then try again.';
const temporary = 'This problem is usually temporary.';
const tooManyRequests = 'There were too many requests in a short time.';

/** The codes with a message for users. For other codes the public message of the server is shown. */
const serverMessages: Partial<Record<ServerErrorCode, FailureMessage>> = {
  UNAUTHENTICATED: { title: 'You are signed out', text: 'Sign in again, then try again.' },
  AUTH_UNAVAILABLE: { title: 'Your sign-in could not be checked', text: temporary },
  FORBIDDEN: {
    title: 'You do not have permission',
    text: 'Ask an administrator of your organization to manage connections.',
  },
  RATE_LIMITED: { title: 'Too many requests', text: tooManyRequests },
  OVERLOADED: { title: 'The server is busy', text: temporary },
  UPSTREAM_UNAVAILABLE: {
    title: 'StackOne cannot be reached',
    text: 'StackOne, the service for these connections, is not available. Nothing has changed.',
  },
  UPSTREAM_TIMEOUT: {
    title: 'StackOne is not responding',
    text: 'StackOne, the service for these connections, did not respond in time.',
  },
  UPSTREAM_RATE_LIMITED: { title: 'StackOne is busy', text: tooManyRequests },
  UPSTREAM_REJECTED: {
    title: 'StackOne rejected the request',
    text: 'If this happens again, contact our support.',
  },
  UPSTREAM_MISCONFIGURED: {
    title: 'Connections are not set up correctly',
    text: 'You cannot fix this problem yourself. Our team has been notified.',
  },
};

function retryHint(seconds: number | null): string {
  return seconds === null ? '' : ` Try again in ${seconds} ${seconds === 1 ? 'second' : 'seconds'}.`;
}

const statusTexts: Record<LinkedAccount['status'], string> = {
  ACTIVE: 'The account is active.',
  EXPIRED: 'The sign-in for this account has expired.',
  ERROR: 'The account does not work.',
  INACTIVE: 'The account is inactive.',
  SUSPENDED: 'The account is paused.',
  ARCHIVED: 'The account is archived.',
  UNKNOWN: 'The status of the account is unknown.',
};

/** The Hub reports `success` after some failures as well, so the status from the server decides. */
function describeStatus({ status, statusReasons }: LinkedAccount): string {
  const reasons = statusReasons.flatMap(({ description }) => description ?? []);
  return [statusTexts[status], ...reasons, 'Check the details you entered, then try again.'].join(' ');
}
