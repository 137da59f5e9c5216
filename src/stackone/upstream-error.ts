import errors from 'undici/lib/core/errors.js';
import { AppError, type ErrorCode } from '../errors.js';
import { ClientHasGone, TimeIsUp } from './deadline.js';

/** What may be done after an attempt that failed. */
export type Retry =
  | { readonly kind: 'never' }
  /** Soon. `sent` tells whether StackOne may have seen the request. */
  | { readonly kind: 'soon'; readonly sent: boolean }
  /** After the time that StackOne asked for. */
  | { readonly kind: 'after'; readonly seconds: number };

interface UpstreamErrorOptions {
  readonly retry?: Retry;
  /** Whether it says that StackOne is not well, which is what the circuit breaker counts. */
  readonly countsForBreaker?: boolean;
  readonly retryAfterSeconds?: number;
  /** The name of an alert: somebody has to mend this. */
  readonly alert?: string;
}

/** A failed attempt. No byte of an answer gets into it: only a status, and what this project says about it. */
export class UpstreamError extends AppError {
  readonly retry: Retry;
  readonly countsForBreaker: boolean;
  readonly alert: string | undefined;

  constructor(code: ErrorCode, message: string, options: UpstreamErrorOptions = {}) {
    const { retryAfterSeconds } = options;
    super(code, message, retryAfterSeconds === undefined ? {} : { retryAfterSeconds });
    this.retry = options.retry ?? { kind: 'never' };
    this.countsForBreaker = options.countsForBreaker ?? false;
    this.alert = options.alert;
  }
}

/** A `Retry-After` of at most this is waited for; a longer one is passed on. */
const maxPauseSeconds = 2;

/** An answer whose status says that it failed. */
export function fromStatus(status: number, endpoint: string, retryAfter: string | undefined): UpstreamError {
  const message = `${endpoint} answered ${status}`;
  switch (status) {
    case 401:
    case 403:
      return new UpstreamError('UPSTREAM_MISCONFIGURED', `${message}: check the StackOne API key`, {
        alert: 'upstream-misconfigured',
      });
    case 408:
      return new UpstreamError('UPSTREAM_TIMEOUT', message, {
        countsForBreaker: true,
        retry: afterShortPause(retryAfter),
      });
    case 429:
      return new UpstreamError('UPSTREAM_RATE_LIMITED', message, {
        retryAfterSeconds: parseRetryAfter(retryAfter),
        retry: afterShortPause(retryAfter),
      });
    case 500:
    case 502:
    case 503:
    case 504:
      return new UpstreamError('UPSTREAM_UNAVAILABLE', message, {
        countsForBreaker: true,
        retry: { kind: 'soon', sent: true },
      });
    default:
      return status >= 400 && status < 500
        ? new UpstreamError('UPSTREAM_REJECTED', message)
        : new UpstreamError('UPSTREAM_UNAVAILABLE', message, { countsForBreaker: true });
  }
}

/** An answer that arrived, and that must not be used. `reason` names what is wrong with it and quotes nothing. */
export function unusableAnswer(endpoint: string, reason: string): UpstreamError {
  const message = `${endpoint} gave an unusable answer: ${reason}`;
  return new UpstreamError('UPSTREAM_UNAVAILABLE', message, { countsForBreaker: true });
}

/**
 * Sockets, names, certificates, timeouts and the deadline.
 * @param isFreshSocket whether the attempt had a socket of its own, and not one that was used before
 */
export function fromFailure(error: unknown, endpoint: string, isFreshSocket = true): UpstreamError {
  if (error instanceof UpstreamError) {
    return error;
  }
  const name = textOf(error, 'name') || 'unknown';
  const code = textOf(error, 'code');
  // Names and codes alone: the messages of parsers and sockets may quote what they read.
  const message = `${endpoint} failed: ${name} ${code}`.trim();
  if (error instanceof ClientHasGone) {
    return new UpstreamError('UPSTREAM_UNAVAILABLE', `${endpoint} was given up: the client has gone`);
  }
  if (certificateCodes.test(code)) {
    return new UpstreamError('UPSTREAM_UNAVAILABLE', message, {
      countsForBreaker: true,
      alert: 'upstream-certificate',
    });
  }
  if (error instanceof errors.HTTPParserError || error instanceof errors.HeadersOverflowError) {
    return new UpstreamError('UPSTREAM_UNAVAILABLE', message, { countsForBreaker: true });
  }
  return new UpstreamError(isTimeout(error) ? 'UPSTREAM_TIMEOUT' : 'UPSTREAM_UNAVAILABLE', message, {
    // Peers close sockets that were idle: of one that may have been, a cut says nothing about their health.
    countsForBreaker: isFreshSocket || !cutCodes.has(code),
    retry: { kind: 'soon', sent: !notSentCodes.has(code) },
  });
}

/** Node's names for what can be wrong with a certificate (`tls` documentation, "X509 certificate error codes"). */
const certificateCodes = /CERT|SELF_SIGNED|UNABLE_TO_(VERIFY|GET)|ALTNAME/;

const cutCodes: ReadonlySet<string> = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE']);

const notSentCodes: ReadonlySet<string> = new Set([
  'UND_ERR_CONNECT_TIMEOUT',
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EPROTO',
  'ERR_SSL_WRONG_VERSION_NUMBER',
]);

/** By its properties alone: an `instanceof Error` misses errors that Node makes for code in another context. */
function textOf(error: unknown, property: 'name' | 'code'): string {
  const value: unknown =
    typeof error === 'object' && error !== null ? Reflect.get(error, property) : undefined;
  return typeof value === 'string' ? value : '';
}

function isTimeout(error: unknown): boolean {
  return (
    error instanceof errors.ConnectTimeoutError ||
    error instanceof errors.HeadersTimeoutError ||
    error instanceof errors.BodyTimeoutError ||
    error instanceof TimeIsUp
  );
}

function afterShortPause(header: string | undefined): Retry {
  const seconds = header === undefined ? Number.POSITIVE_INFINITY : parseRetryAfter(header);
  return seconds <= maxPauseSeconds ? { kind: 'after', seconds } : { kind: 'never' };
}

/**
 * Whole seconds from 1 to 3600, whatever the header held: seconds, a date (RFC 9110, 10.2.3), nothing or
 * nonsense. StackOne's own value is 60.
 */
export function parseRetryAfter(header: string | undefined): number {
  const text = header?.trim() ?? '';
  const untilDate = /[a-z]/i.test(text) ? Math.ceil((Date.parse(text) - Date.now()) / 1000) : Number.NaN;
  const seconds = /^\d+(\.\d+)?$/.test(text) ? Math.ceil(Number(text)) : untilDate;
  return Number.isNaN(seconds) ? 60 : Math.min(Math.max(seconds, 1), 3600);
}
