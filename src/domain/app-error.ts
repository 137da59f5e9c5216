import { type ErrorCode, errorCodeInfo } from './error-codes.js';

interface AppErrorOptions {
  /** Whole seconds after which a retry makes sense. */
  readonly retryAfterSeconds?: number | undefined;
  /** Replaces the code's message for the client. Must not contain a value from outside. */
  readonly publicMessage?: string;
}

/**
 * An error with two messages: `message` is for the log, `publicMessage` is for the client. Only
 * `graphql/format-error` turns it into a response.
 */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: ErrorCode;
  readonly publicMessage: string;
  readonly retryAfterSeconds: number | undefined;

  constructor(code: ErrorCode, message: string, options: AppErrorOptions = {}) {
    super(message);
    this.code = code;
    this.publicMessage = options.publicMessage ?? errorCodeInfo(code).message;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}

/** For an argument that is not valid, where there are no `userErrors`. @param message also for the client; contains no value */
export function badUserInput(message: string): AppError {
  return new AppError('BAD_USER_INPUT', message, { publicMessage: message });
}

/** The code of anything that was thrown. */
export function codeOf(error: unknown): ErrorCode {
  return error instanceof AppError ? error.code : 'INTERNAL_SERVER_ERROR';
}

/** What the log can say about anything that was thrown: only the message of an AppError quotes nothing from outside. */
export function reasonOf(error: unknown): string | undefined {
  return error instanceof AppError ? error.message : undefined;
}
