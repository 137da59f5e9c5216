import { randomUUID } from 'node:crypto';
import { EventEmitter } from 'node:events';
import {
  BrokenCircuitError,
  BulkheadRejectedError,
  bulkhead,
  CircuitState,
  ConsecutiveBreaker,
  circuitBreaker,
  handleWhen,
} from 'cockatiel';
import Pool from 'undici/lib/dispatcher/pool.js';
import type { StackOneConfig } from '../config.js';
import { AppError } from '../errors.js';
import type { Logger } from '../logger.js';
import { thisPackage } from '../package.js';
import { type Caller, Deadline } from './deadline.js';
import { exchange } from './exchange.js';
import type { Quota } from './quota.js';
import { type Expected, readAnswer } from './read-answer.js';
import { RetryBudget } from './retry-budget.js';
import { fromFailure, UpstreamError } from './upstream-error.js';

const connectTimeoutMs = 2_000;
const headersTimeoutMs = 4_000;
const bodyTimeoutMs = 4_000;
const attemptDeadlineMs = 5_000;
const callDeadlineMs = 8_000;

const maxAttempts = 2;
const backoffMs = 100;
/** One after the other; then StackOne is let alone for a while, and one probe tells whether it is back. */
const failuresToOpen = 5;
const probeAfterMs = 10_000;
const maxInFlight = 32;
const maxWaiting = 64;
const defaultMaxBytes = 64 * 1024;

/** One request of ours, as far as its calls to StackOne are concerned. */
export interface CallScope {
  /** When it closes before its calls have come back, they are given up. */
  readonly caller: Caller;
  readonly requestId: string;
  /** W3C trace context, passed on as it came. */
  readonly traceparent: string | undefined;
  /** Counted here for the log of the request. */
  readonly upstream: { attempts: number; milliseconds: number };
}

/** For calls that no request waits for alone, such as the catalogue's: nobody's going away ends them. */
export function backgroundScope(): CallScope {
  return {
    caller: Object.assign(new EventEmitter(), { closed: false, writableFinished: false }),
    requestId: randomUUID(),
    traceparent: undefined,
    upstream: { attempts: 0, milliseconds: 0 },
  };
}

export interface StackOneRequest<T> extends Expected<T> {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Begins with a slash. Ids in it are checked by the caller. */
  readonly path: string;
  readonly query?: readonly (readonly [name: string, value: string])[];
  readonly body?: object;
  readonly maxBytes?: number;
  readonly scope: CallScope;
}

/** What is told of each attempt: names and figures, nothing that was sent or received. */
export interface AttemptReport {
  readonly endpoint: string;
  readonly outcome: 'ok' | UpstreamError;
  readonly milliseconds: number;
  readonly requestId: string;
}

export interface ClientDependencies {
  readonly config: StackOneConfig;
  readonly quota: Quota;
  readonly logger: Logger;
  readonly report: (attempt: AttemptReport) => void;
}

/**
 * Calls to StackOne's API: one instance for the process, over one pool of sockets. It knows the key, the
 * deadlines, when to try again and when to leave StackOne alone, and nothing of owners.
 */
export class StackOneClient {
  readonly #pool: Pool;
  /** For second attempts: without keep-alive, so that they cannot meet a socket that is just being closed. */
  readonly #freshPool: Pool;
  readonly #basePath: string;
  /** Names and values in turn, as undici takes them fastest. */
  readonly #headers: readonly string[];
  readonly #quota: Quota;
  readonly #report: (attempt: AttemptReport) => void;
  readonly #retryBudget = new RetryBudget();
  readonly #bulkhead = bulkhead(maxInFlight, maxWaiting);
  readonly #breaker = circuitBreaker(
    handleWhen((error) => error instanceof UpstreamError && error.countsForBreaker),
    { halfOpenAfter: probeAfterMs, breaker: new ConsecutiveBreaker(failuresToOpen) },
  );
  /** Until when StackOne asked not to be called. */
  #pausedUntil = Number.NEGATIVE_INFINITY;

  constructor({ config, quota, logger, report }: ClientDependencies) {
    const url = new URL(config.baseUrl);
    this.#quota = quota;
    this.#report = report;
    this.#basePath = url.pathname.replace(/\/+$/, '');
    // The key is the user name and the password is empty; without the colon StackOne answers 401.
    const credentials = Buffer.from(`${config.apiKey.reveal()}:`).toString('base64');
    this.#headers = [
      ['authorization', `Basic ${credentials}`],
      ['accept', 'application/json'],
      ['accept-encoding', 'identity'],
      ['user-agent', `${thisPackage.name}/${thisPackage.version}`],
    ].flat();
    // undici never follows a redirect by itself, so the key cannot travel.
    const options = {
      connections: maxInFlight,
      connect: { timeout: connectTimeoutMs },
      headersTimeout: headersTimeoutMs,
      bodyTimeout: bodyTimeoutMs,
    };
    // One after the other on a socket, so that an answer cannot be taken for another's; 0 is without keep-alive.
    this.#pool = new Pool(url.origin, { ...options, pipelining: 1 });
    this.#freshPool = new Pool(url.origin, { ...options, pipelining: 0 });
    this.#breaker.onBreak(() =>
      logger.error({ alert: 'upstream-breaker' }, 'StackOne is left alone for a while'),
    );
    this.#breaker.onReset(() => logger.info({}, 'StackOne is called again'));
  }

  /** For the health check and the metrics. */
  get isBreakerClosed(): boolean {
    return this.#breaker.state === CircuitState.Closed;
  }

  /**
   * @returns the parsed answer, or `undefined` when StackOne answers 404.
   * @throws AppError `UPSTREAM_…`, or `RATE_LIMITED` when this process' share of StackOne's limit is used up
   */
  async request<T>(request: StackOneRequest<T>): Promise<T | undefined> {
    const endpoint = toEndpoint(request);
    const deadline = new Deadline(callDeadlineMs, request.scope.caller);
    try {
      const work = this.#bulkhead.execute(() => this.#callWithRetry(request, endpoint, deadline));
      return await deadline.race(work);
    } catch (error) {
      throw toAppError(error, endpoint);
    } finally {
      deadline.clear();
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.#pool.close(), this.#freshPool.close()]);
  }

  async #callWithRetry<T>(
    request: StackOneRequest<T>,
    endpoint: string,
    deadline: Deadline,
  ): Promise<T | undefined> {
    for (let attempt = 1; ; attempt++) {
      deadline.throwIfOver();
      this.#refuseWhilePaused(endpoint);
      try {
        const answer = await this.#breaker.execute(() =>
          this.#attempt(request, endpoint, deadline, attempt > 1),
        );
        this.#retryBudget.earn(attempt > 1);
        return answer;
      } catch (error) {
        const pauseMs = attempt < maxAttempts ? this.#pauseBeforeRetry(error, request.method) : undefined;
        if (pauseMs === undefined) {
          this.#startPause(error);
          throw error;
        }
        await deadline.sleep(pauseMs);
      }
    }
  }

  async #attempt<T>(
    request: StackOneRequest<T>,
    endpoint: string,
    deadline: Deadline,
    isFresh: boolean,
  ): Promise<T | undefined> {
    const { scope, body, maxBytes = defaultMaxBytes } = request;
    await this.#quota.takeCall();
    const startedAt = performance.now();
    let outcome: AttemptReport['outcome'] = 'ok';
    try {
      const received = await exchange(
        isFresh ? this.#freshPool : this.#pool,
        {
          method: request.method,
          path: this.#basePath + request.path + toQuery(request.query ?? []),
          headers: this.#headersFor(scope, body !== undefined),
          body: body === undefined ? null : JSON.stringify(body),
        },
        { maxBytes, milliseconds: attemptDeadlineMs, deadline, endpoint },
      );
      return readAnswer(received, request, endpoint);
    } catch (error) {
      outcome = fromFailure(error, endpoint, isFresh);
      throw outcome;
    } finally {
      const milliseconds = performance.now() - startedAt;
      scope.upstream.attempts += 1;
      scope.upstream.milliseconds += milliseconds;
      this.#report({ endpoint, outcome, milliseconds, requestId: scope.requestId });
    }
  }

  #headersFor({ requestId, traceparent }: CallScope, hasBody: boolean): string[] {
    const headers = [...this.#headers, 'x-request-id', requestId];
    if (traceparent !== undefined) headers.push('traceparent', traceparent);
    if (hasBody) headers.push('content-type', 'application/json');
    return headers;
  }

  /** `undefined`: do not. DELETE is sent again only when StackOne cannot have seen it. */
  #pauseBeforeRetry(error: unknown, method: StackOneRequest<unknown>['method']): number | undefined {
    const retry = error instanceof UpstreamError ? error.retry : { kind: 'never' as const };
    if (retry.kind === 'never' || (method === 'DELETE' && !(retry.kind === 'soon' && !retry.sent))) {
      return undefined;
    }
    if (!this.#retryBudget.take()) {
      return undefined;
    }
    // Full jitter, so that many that failed together do not come back together.
    return retry.kind === 'after' ? retry.seconds * 1000 : Math.random() * backoffMs;
  }

  #startPause(error: unknown): void {
    if (error instanceof UpstreamError && error.code === 'UPSTREAM_RATE_LIMITED') {
      const pauseMs = (error.retryAfterSeconds ?? 0) * 1000;
      this.#pausedUntil = Math.max(this.#pausedUntil, performance.now() + pauseMs);
    }
  }

  #refuseWhilePaused(endpoint: string): void {
    const seconds = Math.ceil((this.#pausedUntil - performance.now()) / 1000);
    if (seconds > 0) {
      const message = `${endpoint} was not sent: StackOne asked for a pause`;
      throw new UpstreamError('UPSTREAM_RATE_LIMITED', message, { retryAfterSeconds: seconds });
    }
  }
}

function toAppError(error: unknown, endpoint: string): AppError {
  if (error instanceof BulkheadRejectedError) {
    return new UpstreamError('UPSTREAM_UNAVAILABLE', `${endpoint} was not sent: too many calls are waiting`);
  }
  if (error instanceof BrokenCircuitError) {
    return new UpstreamError(
      'UPSTREAM_UNAVAILABLE',
      `${endpoint} was not sent: StackOne is left alone for a while`,
      { retryAfterSeconds: probeAfterMs / 1000 },
    );
  }
  return error instanceof AppError ? error : fromFailure(error, endpoint);
}

/** For the log and the metrics: `GET /accounts/…`. */
function toEndpoint({ method, path }: Pick<StackOneRequest<unknown>, 'method' | 'path'>): string {
  const end = path.indexOf('/', 1);
  return `${method} ${end < 0 ? path : `${path.slice(0, end)}/…`}`;
}

function toQuery(parameters: readonly (readonly [name: string, value: string])[]): string {
  if (parameters.length === 0) return '';
  const query = new URLSearchParams();
  for (const [name, value] of parameters) {
    query.append(name, value);
  }
  return `?${query}`;
}
