interface ErrorCodeInfo {
  /** The message for the client, unless the error has its own. Contains no value from outside. */
  readonly message: string;
  /** HTTP status of the whole response. Default: 200, with the error beside its field. */
  readonly httpStatus?: number;
  /** Log level of a request that fails with this code: `warn` when the cause is this server or StackOne. */
  readonly severity: 'info' | 'warn';
}

/**
 * All codes of GraphQL errors. `docs/errors.md` has a row for each code, and a test compares the two.
 * Problems that the user can fix are data instead: the `userErrors` of a payload.
 */
const errorCodeTable = {
  UNAUTHENTICATED: {
    severity: 'info',
    httpStatus: 401,
    message: 'Sign in again: the request has no valid access token.',
  },
  AUTH_UNAVAILABLE: {
    severity: 'warn',
    httpStatus: 503,
    message: 'Access tokens cannot be verified at the moment. Try again later.',
  },
  FORBIDDEN: {
    severity: 'info',
    httpStatus: 403,
    message: 'You do not have permission to manage connections.',
  },
  RATE_LIMITED: {
    severity: 'info',
    httpStatus: 429,
    message: 'Too many requests. Wait before you send the next one.',
  },
  OVERLOADED: { severity: 'warn', httpStatus: 503, message: 'The server is overloaded. Try again later.' },
  UPSTREAM_UNAVAILABLE: {
    severity: 'warn',
    message: 'StackOne is not available at the moment. Try again later.',
  },
  UPSTREAM_TIMEOUT: { severity: 'warn', message: 'StackOne did not respond in time. Try again later.' },
  UPSTREAM_RATE_LIMITED: {
    severity: 'warn',
    message: 'The rate limit of StackOne is reached. Wait before you send the next request.',
  },
  UPSTREAM_REJECTED: { severity: 'warn', message: 'StackOne rejected the request.' },
  UPSTREAM_MISCONFIGURED: {
    severity: 'warn',
    message: 'The connection to StackOne is not configured correctly. The operator has been alerted.',
  },
  BAD_USER_INPUT: { severity: 'info', message: 'The request is not valid.' },
  UNTRUSTED_DOCUMENT: { severity: 'info', httpStatus: 400, message: 'The server accepts trusted documents only.' },
  GRAPHQL_PARSE_FAILED: { severity: 'info', message: 'The query is not valid GraphQL.' },
  GRAPHQL_VALIDATION_FAILED: { severity: 'info', message: 'The query does not match the schema.' },
  INTERNAL_SERVER_ERROR: { severity: 'warn', message: 'An internal error occurred. Try again later.' },
} as const satisfies Record<string, ErrorCodeInfo>;

export type ErrorCode = keyof typeof errorCodeTable;

export function isErrorCode(value: unknown): value is ErrorCode {
  return typeof value === 'string' && Object.hasOwn(errorCodeTable, value);
}

/** All error codes, in the order of the table. */
export const errorCodes = Object.keys(errorCodeTable).filter(isErrorCode);

export function errorCodeInfo(code: ErrorCode): ErrorCodeInfo {
  return errorCodeTable[code];
}
