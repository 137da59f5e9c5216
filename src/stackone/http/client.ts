import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '../../domain/app-error.js';
import { type Health, upstreamAfter } from '../../observability/health.js';
import type { Observability } from '../../observability/observability.js';
import type { RequestContext } from '../../observability/request-context.js';
import { type TraceSpan, traceIdsOf } from '../../observability/tracing.js';
import { Bulkhead, BulkheadFullError } from './bulkhead.js';
import { CircuitBreaker, CircuitOpenError, probeAfterMs } from './circuit-breaker.js';
import { throwIfOver, within } from './deadline.js';
import { DeadlineExceededError, deadlinePassed, fromFailure, UpstreamError } from './errors.js';
import { parseResponse } from './response.js';
import { RetryBudget } from './retry-budget.js';
import type { CallOrigin } from './shares.js';
import { type StackOneRequest, Transport, type TransportConfig } from './transport.js';

const attemptTimeoutMs = 5_000;

/** A timeout of an attempt that had less time than this shows nothing about StackOne. */
const fairTimeoutMs = 3_000;
/** Attempts end at the deadline themselves. This covers a wait, for example for the probe of a circuit breaker. */
const deadlineMarginMs = 100;

const maxAttempts = 2;
const maxInFlight = 32;
const maxQueued = 64;

/** Each kind of call has its own circuit breaker and budget of retries, so that a failure of one does not stop the others. */
type CallKind = 'sessions' | 'lookups' | 'catalog';

type Outcome = 'ok' | UpstreamError;

interface Protection {
  readonly breaker: CircuitBreaker;
  readonly retryBudget: RetryBudget;
}

/** A request with what holds for all its attempts. */
interface Call<T> {
  readonly request: StackOneRequest<T>;
  /** For the log and the metrics: `GET /accounts/…`. */
  readonly endpoint: string;
  readonly origin: CallOrigin;
  readonly protection: Protection;
}

/** Implemented by `linking/limits/rate-limits`. */
export interface RequestQuota {
  /** Counts one request to StackOne. @throws AppError `RATE_LIMITED` */
  takeRequest(origin: CallOrigin): Promise<void>;
}

/** HTTP to StackOne for the whole process: when to send, when to retry and when to leave StackOne alone. */
export class StackOneHttpClient {
  readonly #transport: Transport;
  readonly #quota: RequestQuota;
  readonly #observability: Observability;
  readonly #bulkhead = new Bulkhead(maxInFlight, maxQueued);
  readonly #protections: Readonly<Record<CallKind, Protection>>;
  readonly #openBreakers = new Set<CallKind>();
  /** What the attempts showed about StackOne, whatever the breakers do. */
  #upstream: Health['upstream'] = 'unknown';
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
   * @throws AppError `UPSTREAM_…`, or `RATE_LIMITED` when the total rate limit or a share of the owner is used up
   */
  async request<T>(request: StackOneRequest<T>): Promise<T | undefined> {
    const { context, path } = request;
    const { ownerId } = context;
    const kind = kindOf(path);
    const urgent = kind === 'sessions' ? kind : 'lookups';
    const origin: CallOrigin = { priority: ownerId === undefined ? 'background' : urgent, ownerId };
    const endpoint = toEndpoint(request);
    const call = { request, endpoint, origin, protection: this.#protections[kind] };
    try {
      const work = this.#bulkhead.run(origin, context, () => this.#callWithRetry(call));
      return await within(context.deadline + deadlineMarginMs - performance.now(), endpoint, work);
    } catch (error) {
      throw toAppError(error, endpoint, context.deadline);
    }
  }

  close(): Promise<void> {
    return this.#transport.close();
  }

  async #callWithRetry<T>(call: Call<T>): Promise<T | undefined> {
    const { request, endpoint, origin, protection } = call;
    const { context, method } = request;
    const { breaker, retryBudget } = protection;
    for (let attempt = 1; ; attempt++) {
      throwIfOver(context);
      this.#refuseWhilePaused(endpoint);
      try {
        if (origin.priority === 'background') {
          // Outside of the breaker: if a probe waited there, other calls would wait for it.
          await this.#waitForQuota(origin, context);
        }
        const response = await breaker.execute(origin.ownerId, () => this.#attempt(call, attempt > 1));
        retryBudget.earn(attempt > 1);
        return response;
      } catch (error) {
        const pauseMs = attempt < maxAttempts ? retryBudget.pauseBeforeRetry(error, method) : undefined;
        if (pauseMs === undefined) {
          this.#startPause(error);
          throw error;
        }
        await sleep(pauseMs, undefined, { signal: context.signal }).catch(() => throwIfOver(context));
      }
    }
  }

  /** Work of no owner waits for the next window of the rate limit instead of failing. */
  async #waitForQuota(origin: CallOrigin, { deadline }: RequestContext): Promise<void> {
    for (;;) {
      try {
        return await this.#quota.takeRequest(origin);
      } catch (error) {
        const waitMs = error instanceof AppError ? (error.retryAfterSeconds ?? 0) * 1000 : 0;
        if (waitMs === 0 || performance.now() + waitMs >= deadline) {
          throw error;
        }
        await sleep(waitMs, undefined, { ref: false });
      }
    }
  }

  async #attempt<T>({ request, endpoint, origin }: Call<T>, isFresh: boolean): Promise<T | undefined> {
    if (origin.priority !== 'background') {
      await this.#quota.takeRequest(origin);
    }
    const span = this.#transport.startSpan(request, endpoint, isFresh);
    const startedAt = performance.now();
    const timeoutMs = Math.min(attemptTimeoutMs, request.context.deadline - startedAt);
    let outcome: Outcome = 'ok';
    try {
      const response = await this.#transport.send(request, { endpoint, timeoutMs, isFresh, span });
      span.setAttributes({ 'http.response.status_code': response.status });
      return parseResponse(response, request, endpoint);
    } catch (error) {
      const isCut = error instanceof DeadlineExceededError && timeoutMs < fairTimeoutMs;
      outcome = isCut ? deadlinePassed(endpoint) : fromFailure(error, endpoint, isFresh);
      throw outcome;
    } finally {
      this.#report(request.context, span, endpoint, outcome, performance.now() - startedAt);
    }
  }

  /** A log line and a metric for each attempt: names and numbers, nothing that was sent or received. */
  #report(context: RequestContext, span: TraceSpan, endpoint: string, outcome: Outcome, milliseconds: number): void {
    const { logger, metrics } = this.#observability;
    const code = outcome === 'ok' ? outcome : outcome.code;
    this.#upstream = upstreamAfter(this.#upstream, code);
    this.#updateHealth();
    context.telemetry.addAttempt(milliseconds);
    metrics.observeAttempt(endpoint, code, milliseconds / 1000);
    span.end(code);
    const { trace_id, span_id } = traceIdsOf(span.context);
    const fields = { requestId: context.id, trace_id, span_id, endpoint, milliseconds: Math.round(milliseconds), code };
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
    const { logger, metrics } = this.#observability;
    this.#openBreakers[isOpen ? 'add' : 'delete'](breaker);
    this.#updateHealth();
    metrics.setBreakerOpen(breaker, isOpen);
    if (isOpen) {
      logger.error({ alert: 'upstream-breaker', breaker }, 'The circuit breaker for StackOne is open');
    } else {
      logger.info({ breaker }, 'The circuit breaker for StackOne is closed');
    }
  }

  #updateHealth(): void {
    this.#observability.health.upstream = this.#openBreakers.size > 0 ? 'failing' : this.#upstream;
  }
}

function toAppError(error: unknown, endpoint: string, deadline: number): AppError {
  if (error instanceof BulkheadFullError) {
    const message = `${endpoint} was not sent: ${error.message}`;
    return error.share.of === 'owner'
      ? new AppError('RATE_LIMITED', message, { retryAfterSeconds: 1 })
      : new UpstreamError('UPSTREAM_UNAVAILABLE', message);
  }
  if (error instanceof CircuitOpenError) {
    const message = `${endpoint} was not sent: the circuit breaker is open`;
    return new UpstreamError('UPSTREAM_UNAVAILABLE', message, { retryAfterSeconds: probeAfterMs / 1000 });
  }
  const known = error instanceof AppError ? error : fromFailure(error, endpoint);
  return known.code === 'UPSTREAM_TIMEOUT' && performance.now() >= deadline ? deadlinePassed(endpoint) : known;
}

function kindOf(path: string): CallKind {
  if (path === '/connect_sessions') {
    return 'sessions';
  }
  return /^\/accounts(\/|$)/.test(path) ? 'lookups' : 'catalog';
}

function toEndpoint({ method, path }: Pick<StackOneRequest<unknown>, 'method' | 'path'>): string {
  const end = path.indexOf('/', 1);
  return `${method} ${end < 0 ? path : `${path.slice(0, end)}/…`}`;
}
