import type { ConnectState } from '../core/connect-state.js';
import type { ConnectFailure, LinkedAccount, ServerErrorCode, UserError } from '../core/failure.js';
import { defaultLabels } from './en.js';
import { formatPlural } from './format.js';
import type { ConnectLabels, DescribedCode, FailureMessage } from './labels.js';

/** What `retry()` of a failed flow does: start again, or confirm the reported account again. */
export type Retry = Extract<ConnectState, { readonly phase: 'failed' }>['retry'];

/**
 * Describes a failure for the user.
 * @param retry `retry` of the failed state. Default: `start`. With `confirm` the message says that the account may be
 *   connected although the server could not confirm it.
 * @param labels Default: in English
 */
export function describeFailure(
  failure: ConnectFailure,
  retry: Retry = 'start',
  labels: ConnectLabels = defaultLabels,
): FailureMessage {
  const message = describe(failure, labels);
  return retry === 'start'
    ? message
    : { title: labels.unconfirmedTitle, text: `${message.text} ${labels.unconfirmedText}` };
}

function describe(failure: ConnectFailure, labels: ConnectLabels): FailureMessage {
  switch (failure.kind) {
    case 'refused':
      return { title: labels.refusedTitle, text: describeUserErrors(failure.userErrors, labels) };
    case 'server': {
      const { title, text } = isDescribed(failure.code, labels)
        ? labels.serverErrors[failure.code]
        : { title: labels.unexpectedTitle, text: labels.unexpectedText ?? failure.message };
      const seconds = failure.retryAfterSeconds;
      return { title, text: seconds === null ? text : `${text} ${formatPlural(labels, labels.tryAgainIn, seconds)}` };
    }
    case 'unreachable':
      return failure.status === undefined
        ? labels.unreachable
        : { title: labels.unreachable.title, text: labels.wrongServer };
    case 'hub-not-loaded':
      return labels.hubNotLoaded;
    case 'session-expired':
      return labels.sessionExpired;
    case 'not-linked':
      return { title: labels.notLinkedTitle, text: describeStatus(failure.account, labels) };
  }
}

function describeUserErrors(userErrors: readonly UserError[], labels: ConnectLabels): string {
  return userErrors.map(({ code, message }) => labels.userErrors?.[code] ?? message).join(' ');
}

function isDescribed(code: ServerErrorCode, { serverErrors }: ConnectLabels): code is DescribedCode {
  return Object.hasOwn(serverErrors, code);
}

/** The Hub reports `success` after some failures as well, so the status from the server decides. */
function describeStatus({ status, statusReasons }: LinkedAccount, labels: ConnectLabels): string {
  const reasons = statusReasons.flatMap(({ description }) => description ?? []);
  return [labels.notLinked[status], ...reasons, labels.checkDetails].join(' ');
}
