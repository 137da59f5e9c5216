import { ClientError } from 'graphql-request';
import type { LinkedAccountFieldsFragment, UserErrorFieldsFragment } from './generated/operations.js';

export type LinkedAccount = LinkedAccountFieldsFragment;
export type UserError = UserErrorFieldsFragment;

/** The `extensions.code` of every GraphQL error that the server sends; `docs/errors.md` says what each means. */
export const serverErrorCodes = [
  'UNAUTHENTICATED',
  'AUTH_UNAVAILABLE',
  'RATE_LIMITED',
  'OVERLOADED',
  'UPSTREAM_UNAVAILABLE',
  'UPSTREAM_TIMEOUT',
  'UPSTREAM_RATE_LIMITED',
  'UPSTREAM_REJECTED',
  'UPSTREAM_MISCONFIGURED',
  'BAD_USER_INPUT',
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'INTERNAL_SERVER_ERROR',
] as const;
export type ServerErrorCode = (typeof serverErrorCodes)[number];

/** Everything that can keep an account from being linked. Closed: a `switch` over `kind` need not guess. */
export type ConnectFailure =
  /** What the person or the page's author can mend: the payload's `userErrors`, of which there is at least one. */
  | { readonly kind: 'refused'; readonly userErrors: readonly UserError[] }
  /** A GraphQL error. `message` is meant for people; `retryAfterSeconds` is there where waiting helps. */
  | {
      readonly kind: 'server';
      readonly code: ServerErrorCode;
      readonly message: string;
      readonly retryAfterSeconds: number | null;
    }
  /** No answer, or none of this server's: the network, a proxy, a wrong address. */
  | { readonly kind: 'unreachable' }
  /** What the Hub is loaded by, such as its script, failed: see `prepare`. */
  | { readonly kind: 'hub-not-loaded' }
  /** The session ended before the person had finished. */
  | { readonly kind: 'session-expired' }
  /** The Hub said `success`, and by the server's word the account does not work. */
  | { readonly kind: 'not-linked'; readonly account: LinkedAccount };

/** A failure on its way to somebody who shows it. */
export class ConnectError extends Error {
  override readonly name = 'ConnectError';
  constructor(readonly failure: ConnectFailure) {
    super(failure.kind);
  }
}

/** What a call of the SDK threw, as a failure. */
export function toFailure(error: unknown): ConnectFailure {
  if (error instanceof ConnectError) {
    return error.failure;
  }
  const first = error instanceof ClientError ? error.response.errors?.[0] : undefined;
  if (first === undefined) {
    return { kind: 'unreachable' };
  }
  const { code, retryAfterSeconds } = first.extensions ?? {};
  return {
    kind: 'server',
    code: serverErrorCodes.find((known) => known === code) ?? 'INTERNAL_SERVER_ERROR',
    message: first.message,
    retryAfterSeconds: typeof retryAfterSeconds === 'number' ? retryAfterSeconds : null,
  };
}
