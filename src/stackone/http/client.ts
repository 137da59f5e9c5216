import { setTimeout as sleep } from 'node:timers/promises';
import {
  BrokenCircuitError,
  BulkheadRejectedError,
  bulkhead,
  ConsecutiveBreaker,
  circuitBreaker,
  handleWhen,
} from 'cockatiel';
import type { ConnectConfig } from '../../config/settings.js';
import { AppError } from '../../domain/app-error.js';
import { type Cancellation, ClientDisconnectedError } from '../../observability/cancellation.js';
import { upstreamAfter } from '../../observability/health.js';
import type { Observability } from '../../observability/observability.js';
import type { RequestContext } from '../../observability/request-context.js';
import { DeadlineExceededError, fromFailure, UpstreamError } from './errors.js';
import { RetryBudget } from './retry-budget.js';
import { type StackOneRequest, Transport } from './transport.js';

const attemptTimeoutMs = 5_000;
const callTimeoutMs = 8_000;

const maxAttempts = 2;
const backoffMs = 100;
/** Consecutive failures that open the circuit breaker. After `probeAfterMs` one probe decides whether it closes. */
const failuresToOpen = 5;
const probeAfterMs = 10_000;
const maxInFlight = 32;
const maxQueued = 64;

/** Counts the requests to StackOne. `linking/rate-limits` implements it. */
export interface RequestQuota {
  /** @throws AppError `RATE_LIMITED` */
  takeRequest(): Promise<void>;
}

/** HTTP to StackOne for the whole process: when to send, when to retry and when to leave StackOne alone. */
export class StackOneHttpClient {
  readonly #transport: Transport;
  readonly #quota: RequestQuota;
  readonly #observability: Observability;
  readonly #retryBudget = new RetryBudget();
  readonly #bulkhead = bulkhead(maxInFlight, maxQueued);
  readonly #breaker = circuitBreaker(
    handleWhen((error) => error instanceof UpstreamError && error.countsForBreaker),
    { halfOpenAfter: probeAfterMs, breaker: new ConsecutiveBreaker(failuresToOpen) },
  );
  /** StackOne requested a pause until this time. */
  #pausedUntil = Number.NEGATIVE_INFINITY;

  constructor(config: Pick<ConnectConfig, 'apiKey' | 'baseUrl'>, quota: RequestQuota, observability: Observability) {
    this.#transport = new Transport(config, maxInFlight);
    this.#quota = quota;
    this.#observability = observability;
    this.#breaker.onBreak(() => this.#setBreakerOpen(true));
    this.#breaker.onReset(() => this.#setBreakerOpen(false));
  }

  /**
   * @returns the parsed response, or undefined after 404
   * @throws AppError `UPSTREAM_…`, or `RATE_LIMITED` when the total rate limit is reached
   */
  async request<T>(request: StackOneRequest<T>): Promise<T | undefined> {
    const endpoint = toEndpoint(request);
    const deadline = performance.now() + callTimeoutMs;
    const isQueued = this.#bulkhead.executionSlots === 0;
    try {
      const work = this.#bulkhead.execute(() => this.#callWithRetry(request, endpoint, deadline));
      // A call that does not wait in the queue observes the deadline and the cancellation itself.
      return await (isQueued ? raceQueue(work, request.context.cancellation) : work);
    } catch (error) {
      throw toAppError(error, endpoint);
    }
  }

  async close(): Promise<void> {
    await this.#transport.close();
  }

  async #callWithRetry<T>(request: StackOneRequest<T>, endpoint: string, deadline: number): Promise<T | undefined> {
    const { context } = request;
    for (let attempt = 1; ; attempt++) {
      throwIfOver(context.cancellation, deadline);
      this.#refuseWhilePaused(endpoint);
      try {
        const response = await this.#breaker.execute(() => this.#attempt(request, endpoint, deadline, attempt > 1));
        this.#retryBudget.earn(attempt > 1);
        return response;
      } catch (error) {
        const pauseMs = attempt < maxAttempts ? this.#pauseBeforeRetry(error, request.method) : undefined;
        if (pauseMs === undefined) {
          this.#startPause(error);
          throw error;
        }
        await sleep(pauseMs, undefined, { signal: context.signal }).catch(() =>
          throwIfOver(context.cancellation, deadline),
        );
      }
    }
  }

  async #attempt<T>(
    request: StackOneRequest<T>,
    endpoint: string,
    deadline: number,
    isFresh: boolean,
  ): Promise<T | undefined> {
    await this.#quota.takeRequest();
    const startedAt = performance.now();
    const timeoutMs = Math.min(attemptTimeoutMs, deadline - startedAt);
    let outcome: 'ok' | UpstreamError = 'ok';
    try {
      return await this.#transport.send(request, { endpoint, timeoutMs, isFresh });
    } catch (error) {
      outcome = fromFailure(error, endpoint, isFresh);
      throw outcome;
    } finally {
      this.#report(request.context, endpoint, outcome, performance.now() - startedAt);
    }
  }

  /** A log line and a metric for each attempt: names and numbers, nothing that was sent or received. */
  #report(context: RequestContext, endpoint: string, outcome: 'ok' | UpstreamError, milliseconds: number): void {
    const { logger, metrics, health } = this.#observability;
    const code = outcome === 'ok' ? outcome : outcome.code;
    health.upstream = upstreamAfter(health.upstream, code);
    context.telemetry.addAttempt(milliseconds);
    metrics.observeAttempt(endpoint, code, milliseconds / 1000);
    const fields = { requestId: context.id, endpoint, milliseconds: Math.round(milliseconds), code };
    if (outcome === 'ok') {
      logger.debug(fields, 'upstream');
    } else {
      const { message: reason, alert } = outcome;
      logger[alert === undefined ? 'warn' : 'error']({ ...fields, reason, alert }, 'upstream');
    }
  }

  /** @returns undefined for no retry. DELETE is repeated only when StackOne cannot have received it. */
  #pauseBeforeRetry(error: unknown, method: StackOneRequest<unknown>['method']): number | undefined {
    const retry = error instanceof UpstreamError ? error.retry : { kind: 'never' as const };
    if (retry.kind === 'never' || (method === 'DELETE' && !(retry.kind === 'soon' && !retry.sent))) {
      return undefined;
    }
    if (!this.#retryBudget.take()) {
      return undefined;
    }
    // Full jitter, so that calls that failed together are not repeated together.
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
      const message = `${endpoint} was not sent: StackOne requested a pause`;
      throw new UpstreamError('UPSTREAM_RATE_LIMITED', message, { retryAfterSeconds: seconds });
    }
  }

  #setBreakerOpen(isOpen: boolean): void {
    const { logger, metrics, health } = this.#observability;
    health.upstream = isOpen ? 'failing' : 'ok';
    metrics.setBreakerOpen(isOpen);
    if (isOpen) {
      logger.error({ alert: 'upstream-breaker' }, 'The circuit breaker for StackOne is open');
    } else {
      logger.info({}, 'The circuit breaker for StackOne is closed');
    }
  }
}

/** Rejects when the client disconnects or the deadline passes, although the work still waits in the queue. */
function raceQueue<T>(work: Promise<T>, disconnected: Cancellation): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new DeadlineExceededError()), callTimeoutMs);
    const onAbort = () => reject(new ClientDisconnectedError());
    disconnected.addEventListener('abort', onAbort);
    work.then(resolve, reject).finally(() => {
      clearTimeout(timer);
      disconnected.removeEventListener('abort', onAbort);
    });
  });
}

function throwIfOver(disconnected: Cancellation, deadline: number): void {
  if (disconnected.aborted) {
    throw new ClientDisconnectedError();
  }
  if (performance.now() >= deadline) {
    throw new DeadlineExceededError();
  }
}

function toAppError(error: unknown, endpoint: string): AppError {
  if (error instanceof BulkheadRejectedError) {
    return new UpstreamError('UPSTREAM_UNAVAILABLE', `${endpoint} was not sent: too many calls are waiting`);
  }
  if (error instanceof BrokenCircuitError) {
    const message = `${endpoint} was not sent: the circuit breaker is open`;
    return new UpstreamError('UPSTREAM_UNAVAILABLE', message, { retryAfterSeconds: probeAfterMs / 1000 });
  }
  return error instanceof AppError ? error : fromFailure(error, endpoint);
}

/** For the log and the metrics: `GET /accounts/…`. */
function toEndpoint({ method, path }: Pick<StackOneRequest<unknown>, 'method' | 'path'>): string {
  const end = path.indexOf('/', 1);
  return `${method} ${end < 0 ? path : `${path.slice(0, end)}/…`}`;
}
