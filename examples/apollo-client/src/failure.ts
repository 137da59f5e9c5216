import { CombinedGraphQLErrors, type ErrorLike, ServerError } from '@apollo/client';
import { type ServerErrorCode, serverErrorCodes } from 'stackone-connect-client';
import { z } from 'zod';
import type { UserErrorCode } from './gql/graphql';

/** Failures without a code from the server: no response, an expired session, or an account that is not active. */
type PageCode = 'UNREACHABLE' | 'SESSION_EXPIRED' | 'NOT_LINKED';

/** Any failure. One type is enough, because the codes of `userErrors` and of GraphQL errors are disjoint. */
export interface Failure {
  readonly code: UserErrorCode | ServerErrorCode | PageCode;
  readonly message: string;
  readonly retryAfterSeconds?: number | undefined;
}

const errorResponseSchema = z.object({
  errors: z.tuple(
    [
      z.object({
        message: z.string(),
        extensions: z.object({
          code: z.enum(serverErrorCodes).catch('INTERNAL_SERVER_ERROR'),
          retryAfterSeconds: z.number().optional(),
        }),
      }),
    ],
    z.unknown(),
  ),
});

/** Converts an error of Apollo Client. */
export function toFailure(error: ErrorLike): Failure {
  const { success, data } = errorResponseSchema.safeParse(responseOf(error));
  if (!success) {
    return { code: 'UNREACHABLE', message: error.message };
  }
  const [{ message, extensions }] = data.errors;
  return { message, ...extensions };
}

function responseOf(error: ErrorLike): unknown {
  if (CombinedGraphQLErrors.is(error)) {
    return error;
  }
  if (!ServerError.is(error)) {
    return undefined;
  }
  try {
    // An overloaded server sends the same JSON with an HTTP error status. Apollo Client does not parse it.
    return JSON.parse(error.bodyText);
  } catch {
    return undefined;
  }
}

export interface FailureMessage {
  readonly title: string;
  readonly text: string;
}

/** The messages for all codes. A new code without a message is a compile error. */
export function messageFor({ code, message, retryAfterSeconds }: Failure): FailureMessage {
  const retryHint =
    retryAfterSeconds === undefined ? 'Try again in a moment.' : `Try again in ${retryAfterSeconds} seconds.`;
  switch (code) {
    // Problems that the user can fix.
    case 'ACCOUNT_ALREADY_LINKED':
      return { title: 'This tool is already linked', text: 'A colleague has linked it.' };
    case 'ACCOUNT_NOT_FOUND':
      return { title: 'This account no longer exists', text: 'A colleague may have removed it.' };
    case 'PROVIDER_NOT_ENABLED':
      return { title: 'This tool is no longer available', text: 'Choose another one.' };
    case 'PROVIDER_NOT_ALLOWED':
      return { title: 'Your plan does not include this tool', text: 'Choose another one, or change your plan.' };
    case 'ACCOUNT_LIMIT_REACHED':
      return { title: 'Your plan allows no further connection', text: 'Remove a connection, or change your plan.' };
    case 'AMBIGUOUS_ACCOUNT':
    case 'ACCOUNT_PROVIDER_MISMATCH':
    case 'INVALID_INPUT':
      return { title: 'The connection could not be started', text: message };

    // Temporary problems.
    case 'RATE_LIMITED':
    case 'UPSTREAM_RATE_LIMITED':
      return { title: 'Too many requests', text: retryHint };
    case 'OVERLOADED':
    case 'AUTH_UNAVAILABLE':
      return { title: 'The server is busy', text: retryHint };
    case 'UPSTREAM_UNAVAILABLE':
    case 'UPSTREAM_TIMEOUT':
      return { title: 'StackOne cannot be reached', text: retryHint };
    case 'UNREACHABLE':
      return { title: 'The server cannot be reached', text: 'Check your internet connection and try again.' };
    case 'SESSION_EXPIRED':
      return {
        title: 'The session has expired',
        text: 'For your security, a connection must be completed within a limited time. Please start again.',
      };
    case 'NOT_LINKED':
      return {
        title: 'The account is not connected',
        text: `${message} Check the details you entered and try again.`,
      };

    // Problems that the operator of the page must fix.
    case 'UNAUTHENTICATED':
      return { title: 'You are signed out', text: 'Reload this page to sign in.' };
    case 'FORBIDDEN':
      return { title: 'You may not change connections', text: 'Ask an administrator of your company.' };
    case 'UPSTREAM_REJECTED':
    case 'UPSTREAM_MISCONFIGURED':
      return { title: 'StackOne rejected the request', text: 'Please contact our support.' };
    case 'BAD_USER_INPUT':
    case 'UNTRUSTED_DOCUMENT':
    case 'GRAPHQL_PARSE_FAILED':
    case 'GRAPHQL_VALIDATION_FAILED':
      return { title: 'This page is out of date', text: 'Please reload it.' };
    case 'INTERNAL_SERVER_ERROR':
      return { title: 'Something went wrong on our side', text: 'Please contact our support.' };

    default:
      code satisfies never;
      // A code of a server that is newer than this page.
      return { title: 'Something went wrong', text: message };
  }
}
