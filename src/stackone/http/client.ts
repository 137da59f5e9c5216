import { setTimeout as sleep } from 'node:timers/promises';
import { BulkheadRejectedError, bulkhead } from 'cockatiel';
import { AppError } from '../../domain/app-error.js';
import { type Cancellation, ClientDisconnectedError } from '../../observability/cancellation.js';
import { upstreamAfter } from '../../observability/health.js';
import type { Observability } from '../../observability/observability.js';
import type { RequestContext } from '../../observability/request-context.js';
import { CircuitBreaker, CircuitOpenError, probeAfterMs } from './circuit-breaker.js';
import { DeadlineExceededError, fromFailure, UpstreamError } from './errors.js';
import { RetryBudget } from './retry-budget.js';
import { type StackOneRequest, Transport, type TransportConfig } from './transport.js';

const attemptTimeoutMs = 5_000;
const callTimeoutMs = 8_000;

const maxAttempts = 2;
const backoffMs = 100;
const maxInFlight = 32;
const maxQueued = 64;

/** Calls that are protected apart, so that a failure of one kind does not stop the others. */
type CallKind = 'sessions' | 'lookups' | 'catalog';

interface Protection {
  readonly breaker: CircuitBreaker;
  readonly retryBudget: RetryBudget;
}

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
  readonly #bulkhead = bulkhead(maxInFlight, maxQueued);
  readonly #protections: Readonly<Record<CallKind, Protection>>;
  readonly #openBreakers = new Set<CallKind>();
  /** StackOne requested a pause until this time. */
  #pausedUntil = Number.NEGATIVE_INFINITY;

  constructor(config: TransportConfig, quota: RequestQuota, observability: Observability) {
    this.#transport = new Transport(config, maxInFlight);
    this.#quota = quota;
    this.#observability = observability;
    const protect = (kind: CallKind): Protection => {
      observability.metrics.setBreakerOpen(kind, false);
      const breaker = new CircuitBreaker((isOpen) => this.#setBreakerOpen(kind, isOpen));
      return { breaker, retryBudget: new RetryBudget() };
    };
    this.#protections = { sessions: protect('sessions'), lookups: protect('lookups'), catalog: protect('catalog') };
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
    const { breaker, retryBudget } = this.#protections[kindOf(request)];
    for (let attempt = 1; ; attempt++) {
      throwIfOver(context.cancellation, deadline);
      this.#refuseWhilePaused(endpoint);
      try {
        const response = await breaker.execute(context.ownerId, () =>
          this.#attempt(request, endpoint, deadline, attempt > 1),
        );
        retryBudget.earn(attempt > 1);
        return response;
      } catch (error) {
        const pauseMs = attempt < maxAttempts ? pauseBeforeRetry(error, request.method, retryBudget) : undefined;
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
    health.upstream = this.#openBreakers.size > 0 ? 'failing' : upstreamAfter(health.upstream, code);
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

  #setBreakerOpen(breaker: CallKind, isOpen: boolean): void {
    const { logger, metrics, health } = this.#observability;
    this.#openBreakers[isOpen ? 'add' : 'delete'](breaker);
    health.upstream = this.#openBreakers.size > 0 ? 'failing' : 'ok';
    metrics.setBreakerOpen(breaker, isOpen);
    if (isOpen) {
      logger.error({ alert: 'upstream-breaker', breaker }, 'The circuit breaker for StackOne is open');
    } else {
      logger.info({ breaker }, 'The circuit breaker for StackOne is closed');
    }
  }
}

/** @returns undefined for no retry. DELETE is repeated only when StackOne cannot have received it. */
function pauseBeforeRetry(
  error: unknown,
  method: StackOneRequest<unknown>['method'],
  retryBudget: RetryBudget,
): number | undefined {
  const retry = error instanceof UpstreamError ? error.retry : { kind: 'never' as const };
  if (retry.kind === 'never' || (method === 'DELETE' && !(retry.kind === 'soon' && !retry.sent))) {
    return undefined;
  }
  if (!retryBudget.take()) {
    return undefined;
  }
  // Full jitter, so that calls that failed together are not repeated together.
  return retry.kind === 'after' ? retry.seconds * 1000 : Math.random() * backoffMs;
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
  if (error instanceof CircuitOpenError) {
    const message = `${endpoint} was not sent: the circuit breaker is open`;
    return new UpstreamError('UPSTREAM_UNAVAILABLE', message, { retryAfterSeconds: probeAfterMs / 1000 });
  }
  return error instanceof AppError ? error : fromFailure(error, endpoint);
}

function kindOf({ path }: Pick<StackOneRequest<unknown>, 'path'>): CallKind {
  if (path === '/connect_sessions') {
    return 'sessions';
  }
  return /^\/accounts(\/|$)/.test(path) ? 'lookups' : 'catalog';
}

/** For the log and the metrics: `GET /accounts/…`. */
function toEndpoint({ method, path }: Pick<StackOneRequest<unknown>, 'method' | 'path'>): string {
  const end = path.indexOf('/', 1);
  return `${method} ${end < 0 ? path : `${path.slice(0, end)}/…`}`;
}
