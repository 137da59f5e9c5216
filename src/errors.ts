/**
 * Every error that can leave this server, in one closed table. `docs/errors.md` has a row for each code,
 * and a test holds the two together.
 *
 * What the person at the screen can mend is not here: that is data, the `userErrors` of a payload.
 */
interface ErrorKind {
  /** What the client reads, unless the thrower gives a message of its own. Never holds a value from outside. */
  readonly message: string;
  /** The status of the whole HTTP answer. Without it the answer is 200, with the error beside its field. */
  readonly httpStatus?: number;
}

const errorKinds = {
  UNAUTHENTICATED: { httpStatus: 401, message: 'Sign in again: this request carries no valid access token.' },
  AUTH_UNAVAILABLE: {
    httpStatus: 503,
    message: 'Access tokens cannot be checked at the moment. Try again shortly.',
  },
  RATE_LIMITED: { httpStatus: 429, message: 'Too many requests. Wait before the next one.' },
  OVERLOADED: { httpStatus: 503, message: 'The server is busy. Try again shortly.' },
  UPSTREAM_UNAVAILABLE: { message: 'StackOne cannot be reached at the moment. Try again shortly.' },
  UPSTREAM_TIMEOUT: { message: 'StackOne did not answer in time. Try again shortly.' },
  UPSTREAM_RATE_LIMITED: { message: 'StackOne asks for a pause. Wait before the next request.' },
  UPSTREAM_REJECTED: { message: 'StackOne did not accept this request.' },
  UPSTREAM_MISCONFIGURED: {
    message: 'This server is not set up correctly for StackOne. Its operator has been told.',
  },
  BAD_USER_INPUT: { message: 'The request is not valid.' },
  GRAPHQL_PARSE_FAILED: { message: 'The query is not valid GraphQL.' },
  GRAPHQL_VALIDATION_FAILED: { message: 'The query does not fit the schema.' },
  INTERNAL_SERVER_ERROR: { message: 'Something went wrong on our side.' },
} as const satisfies Record<string, ErrorKind>;

export type ErrorCode = keyof typeof errorKinds;

export function isErrorCode(value: unknown): value is ErrorCode {
  return typeof value === 'string' && Object.hasOwn(errorKinds, value);
}

/** All codes, for the test that compares them with their document. */
export const errorCodes = Object.keys(errorKinds).filter(isErrorCode);

export function publicMessage(code: ErrorCode): string {
  return errorKinds[code].message;
}

/** The status of the whole HTTP answer, for the codes that have one of their own. */
export function httpStatus(code: ErrorCode): number | undefined {
  const kind: ErrorKind = errorKinds[code];
  return kind.httpStatus;
}

interface ErrorHead {
  readonly status?: number;
  readonly headers: ReadonlyMap<string, string>;
}

export interface AppErrorOptions {
  readonly cause?: unknown;
  /** Whole seconds after which trying again makes sense. */
  readonly retryAfterSeconds?: number;
  /** Replaces the code's own message towards the client. Must not hold a value from outside. */
  readonly publicMessage?: string;
}

/**
 * An error with two messages: `message` is for our log, `publicMessage` for the client. Only
 * `graphql/format-error` turns it into an answer.
 */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: ErrorCode;
  readonly publicMessage: string;
  readonly retryAfterSeconds: number | undefined;

  constructor(code: ErrorCode, message: string, options: AppErrorOptions = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.code = code;
    this.publicMessage = options.publicMessage ?? publicMessage(code);
    this.retryAfterSeconds = options.retryAfterSeconds;
  }

  /** graphql-js copies this from an original error, and Apollo takes the status and headers of the answer from it. */
  get extensions(): { readonly code: ErrorCode; readonly http: ErrorHead } {
    const status = httpStatus(this.code);
    const headers = new Map<string, string>();
    if (this.code === 'UNAUTHENTICATED') {
      headers.set('www-authenticate', 'Bearer');
    }
    if (this.retryAfterSeconds !== undefined && status !== undefined) {
      headers.set('retry-after', String(this.retryAfterSeconds));
    }
    return { code: this.code, http: { ...(status !== undefined && { status }), headers } };
  }
}
