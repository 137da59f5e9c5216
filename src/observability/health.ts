import type { ErrorCode } from '../domain/error-codes.js';

/** The state that `GET /readyz` reports. Only `stopping` makes the server unready: a restart would not fix the others. */
export interface Health {
  /** Shutdown has begun: the load balancer must send no new requests. */
  stopping: boolean;
  /**
   * StackOne. `unknown` until a call shows something, `failing` until one reaches it or while a circuit breaker is open,
   * `misconfigured` after it has rejected the API key.
   */
  upstream: 'unknown' | 'ok' | 'failing' | 'misconfigured';
  /** The source of the keys that verify access tokens. `unknown` until it is asked; `failing` while it cannot be had. */
  auth: 'unknown' | 'ok' | 'failing';
}

/**
 * The state of StackOne after an attempt to call it. Later failures count for the circuit breaker, which reports
 * `failing` itself. Other codes depend on one request and say nothing about StackOne.
 */
export function upstreamAfter(before: Health['upstream'], code: ErrorCode | 'ok'): Health['upstream'] {
  if (code === 'ok') {
    return 'ok';
  }
  if (code === 'UPSTREAM_MISCONFIGURED') {
    return 'misconfigured';
  }
  const isUnreachable = code === 'UPSTREAM_UNAVAILABLE' || code === 'UPSTREAM_TIMEOUT';
  return before === 'unknown' && isUnreachable ? 'failing' : before;
}
