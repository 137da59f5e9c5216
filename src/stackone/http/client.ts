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
import type { Observability } from '../../observability/observability.js';
import { ClientDisconnectedError, type RequestContext } from '../../observability/request-context.js';
import { DeadlineExceededError, fromFailure, UpstreamError } from './errors.js';
import { RetryBudget } from './retry-budget.js';
import { type StackOneRequest, Transport } from './transport.js';

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
    const call = new AbortController();
    const { signal } = request.context;
    const timer = setTimeout(() => call.abort(new DeadlineExceededError()), callTimeoutMs);
    // Whatever reason a host app gives: a request that is cancelled says nothing about StackOne's health.
    const onAbort = () => call.abort(new ClientDisconnectedError());
    signal.addEventListener('abort', onAbort);
    if (signal.aborted) {
      onAbort();
    }
    try {
      const isQueued = this.#bulkhead.executionSlots === 0;
      const work = this.#bulkhead.execute(() => this.#callWithRetry(request, endpoint, call.signal));
      // A call that is not queued listens to the signal itself.
      return await (isQueued ? raceAbort(work, call.signal) : work);
    } catch (error) {
      throw toAppError(error, endpoint);
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
    }
  }

  async close(): Promise<void> {
    await this.#transport.close();
  }

  async #callWithRetry<T>(request: StackOneRequest<T>, endpoint: string, signal: AbortSignal): Promise<T | undefined> {
    for (let attempt = 1; ; attempt++) {
      signal.throwIfAborted();
      this.#refuseWhilePaused(endpoint);
      try {
        const response = await this.#breaker.execute(() => this.#attempt(request, endpoint, signal, attempt > 1));
        this.#retryBudget.earn(attempt > 1);
        return response;
      } catch (error) {
        const pauseMs = attempt < maxAttempts ? this.#pauseBeforeRetry(error, request.method) : undefined;
        if (pauseMs === undefined) {
          this.#startPause(error);
          throw error;
        }
        await sleep(pauseMs, undefined, { signal }).catch(() => signal.throwIfAborted());
      }
    }
  }

  async #attempt<T>(
    request: StackOneRequest<T>,
    endpoint: string,
    signal: AbortSignal,
    isFresh: boolean,
  ): Promise<T | undefined> {
    await this.#quota.takeRequest();
    signal.throwIfAborted();
    const startedAt = performance.now();
    let outcome: 'ok' | UpstreamError = 'ok';
    try {
      return await this.#transport.send(request, endpoint, signal, isFresh);
    } catch (error) {
      outcome = fromFailure(error, endpoint, isFresh);
      throw outcome;
    } finally {
      this.#report(request.context, endpoint, outcome, performance.now() - startedAt);
    }
  }

  /** A log line and a metric for each attempt: names and numbers, nothing that was sent or received. */
  #report(context: RequestContext, endpoint: string, outcome: 'ok' | UpstreamError, milliseconds: number): void {
    const { logger, metrics } = this.#observability;
    const code = outcome === 'ok' ? outcome : outcome.code;
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

/** Rejects when the signal is aborted, also while the work waits in a queue. */
function raceAbort<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    work.then(resolve, reject);
    signal.addEventListener('abort', () => reject(signal.reason));
    if (signal.aborted) {
      reject(signal.reason);
    }
  });
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
