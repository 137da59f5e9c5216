import { errors } from 'undici';
import { AppError } from '../../domain/app-error.js';
import type { ErrorCode } from '../../domain/error-codes.js';
import { textOf } from '../../domain/values.js';
import { parseRetryAfter } from '../../egress/retry-after.js';
import { ClientDisconnectedError } from '../../observability/cancellation.js';

/** A request or an attempt took longer than its limit. */
export class DeadlineExceededError extends Error {
  override readonly name = 'DeadlineExceededError';
}

/** Whether and when a failed attempt can be repeated. */
export type Retry =
  | { readonly kind: 'never' }
  /** After a short pause. `sent`: whether StackOne can have received the request. */
  | { readonly kind: 'soon'; readonly sent: boolean }
  /** After the time that StackOne requested. */
  | { readonly kind: 'after'; readonly seconds: number };

/**
 * What an attempt shows about StackOne. The circuit breakers count `down`. `up`: StackOne responded, and the problem is
 * the request, the key or one customer's data. Undefined: nothing, for example because the client disconnected.
 */
export type ShownHealth = 'up' | 'down' | undefined;

interface UpstreamErrorOptions {
  readonly retry?: Retry | undefined;
  readonly health?: ShownHealth | undefined;
  readonly retryAfterSeconds?: number;
  /** Name of an alert: the operator has to act. */
  readonly alert?: string | undefined;
  readonly status?: number;
}

/** A failed call to StackOne. It contains a status and this project's own words, and no byte of a response. */
export class UpstreamError extends AppError {
  readonly retry: Retry;
  readonly health: ShownHealth;
  readonly alert: string | undefined;
  /** The HTTP status of a response that was no success. */
  readonly status: number | undefined;

  constructor(code: ErrorCode, message: string, options: UpstreamErrorOptions = {}) {
    super(code, message, { retryAfterSeconds: options.retryAfterSeconds });
    this.retry = options.retry ?? { kind: 'never' };
    this.health = options.health;
    this.alert = options.alert;
    this.status = options.status;
  }
}

/** A `Retry-After` of at most this is waited for. A longer one is passed on to the client. */
const maxPauseSeconds = 2;

const soon: Retry = { kind: 'soon', sent: true };

/** For a response whose status is no success. */
export function fromStatus(status: number, endpoint: string, retryAfter: string | undefined): UpstreamError {
  const message = `${endpoint} returned ${status}`;
  switch (status) {
    case 401:
    case 403:
      return new UpstreamError('UPSTREAM_MISCONFIGURED', `${message}: check the StackOne API key`, {
        health: 'up',
        alert: 'upstream-misconfigured',
        status,
      });
    case 408:
      return new UpstreamError('UPSTREAM_TIMEOUT', message, {
        health: 'down',
        retry: afterShortPause(retryAfter),
        status,
      });
    case 429:
      return new UpstreamError('UPSTREAM_RATE_LIMITED', message, {
        health: 'up',
        retryAfterSeconds: parseRetryAfter(retryAfter),
        retry: afterShortPause(retryAfter),
        status,
      });
    case 503:
      return new UpstreamError('UPSTREAM_UNAVAILABLE', message, {
        health: 'down',
        ...(retryAfter === undefined
          ? { retry: soon }
          : { retryAfterSeconds: parseRetryAfter(retryAfter), retry: afterShortPause(retryAfter) }),
        status,
      });
    default: {
      const retry = [500, 502, 504].includes(status) ? soon : undefined;
      return status >= 400 && status < 500
        ? new UpstreamError('UPSTREAM_REJECTED', message, { health: 'up', status })
        : new UpstreamError('UPSTREAM_UNAVAILABLE', message, { health: 'down', retry, status });
    }
  }
}

/**
 * For a response that arrived and must not be used.
 * @param reason names the problem and quotes nothing
 * @param health `up` for a size or a shape, which can depend on one customer or account
 */
export function unusableResponse(
  endpoint: string,
  reason: string,
  { health = 'down', alert }: Pick<UpstreamErrorOptions, 'health' | 'alert'> = {},
): UpstreamError {
  const message = `${endpoint} returned an unusable response: ${reason}`;
  return new UpstreamError('UPSTREAM_UNAVAILABLE', message, { health, alert });
}

/** The calls of one request took too long together. StackOne can be faster, so the client may try again at once. */
export function deadlinePassed(what: string): UpstreamError {
  const message = `${what} ended: the deadline of the request has passed`;
  return new UpstreamError('UPSTREAM_TIMEOUT', message, { retryAfterSeconds: 1 });
}

/**
 * For failures of sockets, host names, certificates, timeouts and deadlines.
 * @param isFreshSocket whether the attempt had a socket of its own rather than a reused one
 */
export function fromFailure(error: unknown, endpoint: string, isFreshSocket = true): UpstreamError {
  if (error instanceof UpstreamError) {
    return error;
  }
  const name = textOf(error, 'name') || 'unknown';
  const code = textOf(error, 'code');
  // Names and codes only: messages of parsers and sockets can quote what they read.
  const message = `${endpoint} failed: ${name} ${code}`.trim();
  if (error instanceof ClientDisconnectedError) {
    return new UpstreamError('UPSTREAM_UNAVAILABLE', `${endpoint} was cancelled: the client disconnected`);
  }
  if (ownCodes.has(code)) {
    return new UpstreamError('UPSTREAM_UNAVAILABLE', message);
  }
  if (certificateCodes.test(code)) {
    return new UpstreamError('UPSTREAM_UNAVAILABLE', message, {
      health: 'down',
      alert: 'upstream-certificate',
    });
  }
  if (isBrokenHttp(error)) {
    return new UpstreamError('UPSTREAM_UNAVAILABLE', message, { health: 'down' });
  }
  return new UpstreamError(isTimeout(error) ? 'UPSTREAM_TIMEOUT' : 'UPSTREAM_UNAVAILABLE', message, {
    // Servers close idle sockets. When a reused socket is closed, that says nothing about StackOne's health.
    health: isFreshSocket || !closedSocketCodes.has(code) ? 'down' : undefined,
    retry: { kind: 'soon', sent: !notSentCodes.has(code) },
  });
}

/** Node's names for problems of a certificate (documentation of `tls`, "X509 certificate error codes"). */
export const certificateCodes = /CERT|SELF_SIGNED|UNABLE_TO_(VERIFY|GET)|ALTNAME/;

/** Failures of this process, which show nothing about StackOne: it stops, or has no file descriptor or port left. */
const ownCodes: ReadonlySet<string> = new Set(['UND_ERR_CLOSED', 'EMFILE', 'ENFILE', 'EADDRNOTAVAIL']);

const closedSocketCodes: ReadonlySet<string> = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE']);

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

/** A response that violates HTTP would do so again, so it is not requested twice. */
function isBrokenHttp(error: unknown): boolean {
  return (
    error instanceof errors.HTTPParserError ||
    error instanceof errors.HeadersOverflowError ||
    error instanceof errors.ResponseContentLengthMismatchError ||
    // undici's own words for a 100 and a 101 that were not requested. A lost connection has other ones.
    (error instanceof errors.SocketError && /^bad (response|upgrade)$/.test(error.message))
  );
}

function isTimeout(error: unknown): boolean {
  return (
    error instanceof errors.ConnectTimeoutError ||
    error instanceof errors.HeadersTimeoutError ||
    error instanceof errors.BodyTimeoutError ||
    error instanceof DeadlineExceededError
  );
}

function afterShortPause(header: string | undefined): Retry {
  const seconds = header === undefined ? Number.POSITIVE_INFINITY : parseRetryAfter(header);
  return seconds <= maxPauseSeconds ? { kind: 'after', seconds } : { kind: 'never' };
}
