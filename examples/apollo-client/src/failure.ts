import { CombinedGraphQLErrors, type ErrorLike, ServerError } from '@apollo/client';
import { type ServerErrorCode, serverErrorCodes } from 'stackone-connect-graphql/client';
import { z } from 'zod';
import type { UserErrorCode } from './gql/graphql';

/** What no server tells: it gave no answer, the session ended, or the account does not work after all. */
type PageCode = 'UNREACHABLE' | 'SESSION_ENDED' | 'NOT_LINKED';

/** Whatever went wrong, as one kind of value: the codes of `userErrors` and of GraphQL errors share no name. */
export interface Failure {
  readonly code: UserErrorCode | ServerErrorCode | PageCode;
  readonly message: string;
  readonly retryAfterSeconds?: number | undefined;
}

const answerSchema = z.object({
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

/** What Apollo Client reports, as a failure. */
export function toFailure(error: ErrorLike): Failure {
  const { success, data } = answerSchema.safeParse(answerOf(error));
  if (!success) {
    return { code: 'UNREACHABLE', message: error.message };
  }
  const [{ message, extensions }] = data.errors;
  return { message, ...extensions };
}

function answerOf(error: ErrorLike): unknown {
  if (CombinedGraphQLErrors.is(error)) {
    return error;
  }
  if (!ServerError.is(error)) {
    return undefined;
  }
  try {
    // A server that is too busy for GraphQL answers in the same form, which Apollo Client leaves as text.
    return JSON.parse(error.bodyText);
  } catch {
    return undefined;
  }
}

export interface Words {
  readonly title: string;
  readonly text: string;
}

/** The one place that knows every code. Without words for a new one it does not compile. */
export function wordsFor({ code, message, retryAfterSeconds }: Failure): Words {
  const again =
    retryAfterSeconds === undefined ? 'Try again in a moment.' : `Try again in ${retryAfterSeconds} seconds.`;
  switch (code) {
    // What the person can mend.
    case 'ACCOUNT_ALREADY_LINKED':
      return { title: 'This is linked already', text: 'Somebody of your team was faster.' };
    case 'ACCOUNT_NOT_FOUND':
      return { title: 'This account is gone', text: 'Somebody of your team may have removed it.' };
    case 'PROVIDER_NOT_ENABLED':
      return { title: 'This tool is not offered any more', text: 'Please choose another one.' };
    case 'AMBIGUOUS_ACCOUNT':
    case 'ACCOUNT_PROVIDER_MISMATCH':
    case 'INVALID_INPUT':
      return { title: 'This could not be started', text: message };

    // What passes.
    case 'RATE_LIMITED':
    case 'UPSTREAM_RATE_LIMITED':
      return { title: 'That was a little fast', text: again };
    case 'OVERLOADED':
    case 'AUTH_UNAVAILABLE':
      return { title: 'We are very busy', text: again };
    case 'UPSTREAM_UNAVAILABLE':
    case 'UPSTREAM_TIMEOUT':
      return { title: 'StackOne does not answer', text: again };
    case 'UNREACHABLE':
      return { title: 'We cannot be reached', text: 'Check your connection to the internet, and try again.' };
    case 'SESSION_ENDED':
      return {
        title: 'This took too long',
        text: 'For your safety the window closes after a while. Begin again.',
      };
    case 'NOT_LINKED':
      return { title: 'This does not work yet', text: `${message} Check what you entered, and try again.` };

    // What others must mend.
    case 'UNAUTHENTICATED':
      return { title: 'You are signed out', text: 'Load this page again to sign in.' };
    case 'UPSTREAM_REJECTED':
    case 'UPSTREAM_MISCONFIGURED':
      return { title: 'StackOne did not accept this', text: 'Please tell our support.' };
    case 'BAD_USER_INPUT':
    case 'GRAPHQL_PARSE_FAILED':
    case 'GRAPHQL_VALIDATION_FAILED':
      return { title: 'This page is out of date', text: 'Please load it again.' };
    case 'INTERNAL_SERVER_ERROR':
      return { title: 'Something went wrong on our side', text: 'Please tell our support.' };

    default:
      code satisfies never;
      // A server that is newer than this page.
      return { title: 'Something went wrong', text: message };
  }
}
