import type { ClientError } from 'graphql-request';
import type { LinkedAccountFieldsFragment, UserErrorFieldsFragment } from '../generated/operations.js';

export type LinkedAccount = LinkedAccountFieldsFragment;
export type UserError = UserErrorFieldsFragment;

/** All values of `extensions.code` in GraphQL errors of the server. `docs/errors.md` describes them. */
export const serverErrorCodes = [
  'UNAUTHENTICATED',
  'AUTH_UNAVAILABLE',
  'FORBIDDEN',
  'RATE_LIMITED',
  'OVERLOADED',
  'UPSTREAM_UNAVAILABLE',
  'UPSTREAM_TIMEOUT',
  'UPSTREAM_RATE_LIMITED',
  'UPSTREAM_REJECTED',
  'UPSTREAM_MISCONFIGURED',
  'BAD_USER_INPUT',
  'UNTRUSTED_DOCUMENT',
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'INTERNAL_SERVER_ERROR',
] as const;
export type ServerErrorCode = (typeof serverErrorCodes)[number];

/** Why an account was not linked. The union is closed: a `switch` over `kind` can cover all cases. */
export type ConnectFailure =
  /** A problem that the user or the developer of the page can fix: the `userErrors` of the payload, at least one. */
  | { readonly kind: 'refused'; readonly userErrors: readonly UserError[] }
  /** A GraphQL error. `message` can be shown to users. `retryAfterSeconds` is null if waiting does not help. */
  | {
      readonly kind: 'server';
      readonly code: ServerErrorCode;
      readonly message: string;
      readonly retryAfterSeconds: number | null;
    }
  /**
   * No response of this server: a network error, a proxy or a wrong URL. `status` is the HTTP status of a response that
   * another server has sent, such as 404 for a wrong URL. It is absent when there was no response.
   */
  | { readonly kind: 'unreachable'; readonly status?: number }
  /** The Hub, for example its script, could not be loaded: `prepare` failed. */
  | { readonly kind: 'hub-not-loaded' }
  /** The session expired before the user finished. */
  | { readonly kind: 'session-expired' }
  /** The Hub reported `success`, but according to the server the account is not active. */
  | { readonly kind: 'not-linked'; readonly account: LinkedAccount };

/** An error that carries a `ConnectFailure`. */
export class ConnectError extends Error {
  override readonly name = 'ConnectError';
  constructor(readonly failure: ConnectFailure) {
    super(failure.kind);
  }
}

/** Converts an error that the SDK has thrown. Unknown errors become `unreachable`. */
export function toFailure(error: unknown): ConnectFailure {
  if (error instanceof ConnectError) {
    return error.failure;
  }
  if (!isClientError(error)) {
    return { kind: 'unreachable' };
  }
  const { errors, status } = error.response;
  const first = errors?.[0];
  if (first === undefined) {
    return { kind: 'unreachable', status };
  }
  const { code, retryAfterSeconds } = first.extensions ?? {};
  return {
    kind: 'server',
    code: serverErrorCodes.find((known) => known === code) ?? 'INTERNAL_SERVER_ERROR',
    message: first.message,
    retryAfterSeconds: typeof retryAfterSeconds === 'number' ? retryAfterSeconds : null,
  };
}

/** By its form: `getSdk` takes a client of any copy of graphql-request, and each copy has its own class. */
function isClientError(error: unknown): error is ClientError {
  const response = typeof error === 'object' && error !== null && 'response' in error ? error.response : null;
  return typeof response === 'object' && response !== null && 'status' in response;
}
