import { errors } from 'undici';
import { AppError } from '../errors.js';

/**
 * From everything that can go wrong between us and StackOne to one of our codes. No byte of an answer gets
 * into an error: only its status, and what this project says about it.
 */
export function fromStatus(status: number, endpoint: string, retryAfter: string | undefined): AppError {
  const message = `${endpoint} answered ${status}`;
  switch (status) {
    case 401:
    case 403:
      return new AppError('UPSTREAM_MISCONFIGURED', `${message}: check the StackOne API key`);
    case 408:
      return new AppError('UPSTREAM_TIMEOUT', message);
    case 429:
      return new AppError('UPSTREAM_RATE_LIMITED', message, {
        retryAfterSeconds: parseRetryAfter(retryAfter),
      });
    default:
      return new AppError(
        status >= 400 && status < 500 ? 'UPSTREAM_REJECTED' : 'UPSTREAM_UNAVAILABLE',
        message,
      );
  }
}

/** An answer that arrived, and that must not be used. `reason` names what is wrong with it and quotes nothing. */
export function unusableAnswer(endpoint: string, reason: string): AppError {
  return new AppError('UPSTREAM_UNAVAILABLE', `${endpoint} gave an unusable answer: ${reason}`);
}

/** Sockets, timeouts and the deadline. */
export function fromFailure(error: unknown, endpoint: string): AppError {
  if (error instanceof AppError) {
    return error;
  }
  const code = isTimeout(error) ? 'UPSTREAM_TIMEOUT' : 'UPSTREAM_UNAVAILABLE';
  return new AppError(code, `${endpoint} failed: ${describe(error)}`);
}

function isTimeout(error: unknown): boolean {
  return (
    error instanceof errors.ConnectTimeoutError ||
    error instanceof errors.HeadersTimeoutError ||
    error instanceof errors.BodyTimeoutError ||
    (error instanceof DOMException && error.name === 'TimeoutError')
  );
}

/** A name and a code: the messages of parsers and sockets may quote what they read. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) {
    return 'unknown';
  }
  return 'code' in error && typeof error.code === 'string' ? `${error.name} ${error.code}` : error.name;
}

/** Whole seconds from 1 to 3600, whatever the header held; StackOne's own value is 60. */
function parseRetryAfter(header: string | undefined): number {
  const seconds = /^\d{1,9}$/.test(header ?? '') ? Number(header) : 60;
  return Math.min(Math.max(seconds, 1), 3600);
}
