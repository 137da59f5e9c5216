import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { errors } from 'undici';
import { parseRetryAfter } from '../../src/egress/retry-after.js';
import { ClientDisconnectedError } from '../../src/observability/cancellation.js';
import { DeadlineExceededError, fromFailure, fromStatus, unusableResponse } from '../../src/stackone/http/errors.js';
import { RetryBudget } from '../../src/stackone/http/retry-budget.js';

const now = Date.parse('2026-01-05T09:00:00Z');
beforeEach(() => void jest.useFakeTimers({ now }));
afterEach(() => void jest.useRealTimers());

const never = { kind: 'never' };
const soon = { kind: 'soon', sent: true };

describe('fromStatus', () => {
  it.each([
    [301, 'UPSTREAM_UNAVAILABLE', never, 'down'],
    [400, 'UPSTREAM_REJECTED', never, 'up'],
    [401, 'UPSTREAM_MISCONFIGURED', never, 'up'],
    [403, 'UPSTREAM_MISCONFIGURED', never, 'up'],
    [408, 'UPSTREAM_TIMEOUT', never, 'down'],
    [409, 'UPSTREAM_REJECTED', never, 'up'],
    [413, 'UPSTREAM_REJECTED', never, 'up'],
    [422, 'UPSTREAM_REJECTED', never, 'up'],
    [429, 'UPSTREAM_RATE_LIMITED', never, 'up'],
    [500, 'UPSTREAM_UNAVAILABLE', soon, 'down'],
    [501, 'UPSTREAM_UNAVAILABLE', never, 'down'],
    [502, 'UPSTREAM_UNAVAILABLE', soon, 'down'],
    [503, 'UPSTREAM_UNAVAILABLE', soon, 'down'],
    [504, 'UPSTREAM_UNAVAILABLE', soon, 'down'],
  ])('maps %i to %s with the retry %j; shows that StackOne is %s', (status, code, retry, health) => {
    const error = fromStatus(status, 'GET /accounts', undefined);
    expect([error.code, error.retry, error.health]).toEqual([code, retry, health]);
    expect(error.alert).toBe(code === 'UPSTREAM_MISCONFIGURED' ? 'upstream-misconfigured' : undefined);
  });

  it.each([
    [408, '1', { kind: 'after', seconds: 1 }],
    [429, '2', { kind: 'after', seconds: 2 }],
    [429, '3', never],
    [429, 'nonsense', never],
    [502, '1', soon],
    [503, '1', { kind: 'after', seconds: 1 }],
    [503, '3', never],
  ])('after %i with Retry-After %j the retry is %j', (status, retryAfter, retry) => {
    expect(fromStatus(status, 'GET /accounts', retryAfter).retry).toEqual(retry);
  });

  it.each([
    [429, '17', 17],
    [429, undefined, 60],
    [503, '17', 17],
    [503, undefined, undefined],
  ])('after %i with Retry-After %j the client is told to wait for %j seconds', (status, retryAfter, seconds) => {
    expect(fromStatus(status, 'GET /accounts', retryAfter).retryAfterSeconds).toBe(seconds);
  });
});

describe('parseRetryAfter', () => {
  it.each<[string | undefined, number]>([
    [undefined, 60],
    ['', 60],
    ['nonsense', 60],
    ['-5', 60],
    ['1e3', 60],
    ['0', 1],
    ['1', 1],
    [' 30 ', 30],
    ['1.2', 2],
    ['3600', 3600],
    ['3601', 3600],
    ['99999999999999999999', 3600],
    ['Mon, 05 Jan 2026 09:01:40 GMT', 100],
    ['Mon, 05 Jan 2026 08:00:00 GMT', 1],
    ['Mon, 05 Jan 2099 09:00:00 GMT', 3600],
  ])('reads %j as %i seconds', (header, seconds) => {
    expect(parseRetryAfter(header)).toBe(seconds);
  });
});

describe('fromFailure', () => {
  const failure = (code: string, name = 'Error') => Object.assign(new Error('canary'), { code, name });

  it.each([
    ['ECONNREFUSED', 'UPSTREAM_UNAVAILABLE', { kind: 'soon', sent: false }, 'down', undefined],
    ['ENOTFOUND', 'UPSTREAM_UNAVAILABLE', { kind: 'soon', sent: false }, 'down', undefined],
    ['EAI_AGAIN', 'UPSTREAM_UNAVAILABLE', { kind: 'soon', sent: false }, 'down', undefined],
    ['EHOSTUNREACH', 'UPSTREAM_UNAVAILABLE', { kind: 'soon', sent: false }, 'down', undefined],
    ['ENETUNREACH', 'UPSTREAM_UNAVAILABLE', { kind: 'soon', sent: false }, 'down', undefined],
    ['EPROTO', 'UPSTREAM_UNAVAILABLE', { kind: 'soon', sent: false }, 'down', undefined],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'UPSTREAM_UNAVAILABLE', { kind: 'soon', sent: false }, 'down', undefined],
    ['UND_ERR_CONNECT_TIMEOUT', 'UPSTREAM_UNAVAILABLE', { kind: 'soon', sent: false }, 'down', undefined],
    ['ECONNRESET', 'UPSTREAM_UNAVAILABLE', soon, 'down', undefined],
    ['UND_ERR_SOCKET', 'UPSTREAM_UNAVAILABLE', soon, 'down', undefined],
    ['CERT_HAS_EXPIRED', 'UPSTREAM_UNAVAILABLE', never, 'down', 'upstream-certificate'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'UPSTREAM_UNAVAILABLE', never, 'down', 'upstream-certificate'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'UPSTREAM_UNAVAILABLE', never, 'down', 'upstream-certificate'],
    ['UND_ERR_CLOSED', 'UPSTREAM_UNAVAILABLE', never, undefined, undefined],
    ['EMFILE', 'UPSTREAM_UNAVAILABLE', never, undefined, undefined],
    ['ENFILE', 'UPSTREAM_UNAVAILABLE', never, undefined, undefined],
    ['EADDRNOTAVAIL', 'UPSTREAM_UNAVAILABLE', never, undefined, undefined],
  ])('maps %s to %s', (code, expected, retry, health, alert) => {
    const error = fromFailure(failure(code), 'GET /accounts');
    expect([error.code, error.retry, error.health, error.alert]).toEqual([expected, retry, health, alert]);
    expect(error.message).not.toContain('canary');
  });

  it.each(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'])(
    '%s on a reused socket says nothing about StackOne’s health',
    (code) => {
      expect(fromFailure(failure(code), 'GET /accounts', false).health).toBeUndefined();
    },
  );

  it.each([
    ['an exceeded deadline', new DeadlineExceededError(), soon],
    ['headers that do not come', new errors.HeadersTimeoutError(), soon],
    ['a body that does not come', new errors.BodyTimeoutError(), soon],
    ['no connection in time', new errors.ConnectTimeoutError(), { kind: 'soon', sent: false }],
  ])('maps %s to UPSTREAM_TIMEOUT with a retry', (_what, thrown, expected) => {
    const { code, retry } = fromFailure(thrown, 'GET /accounts');
    expect([code, retry]).toEqual(['UPSTREAM_TIMEOUT', expected]);
  });

  it('neither retries nor judges StackOne after the client disconnected', () => {
    const { retry, health } = fromFailure(new ClientDisconnectedError(), 'GET /accounts');
    expect([retry, health]).toEqual([never, undefined]);
  });

  it.each([
    ['two content lengths', new errors.ResponseContentLengthMismatchError()],
    ['no HTTP', new errors.HTTPParserError('canary')],
    ['headers that are too large', new errors.HeadersOverflowError()],
    ['a flood of 100 Continue', new errors.SocketError('bad response')],
    ['101 Switching Protocols', new errors.SocketError('bad upgrade')],
  ])('does not retry a response that violates HTTP by %s, also on a reused socket', (_what, thrown) => {
    const { code, retry, health } = fromFailure(thrown, 'GET /accounts', false);
    expect([code, retry, health]).toEqual(['UPSTREAM_UNAVAILABLE', never, 'down']);
  });

  it('retries after a lost connection', () => {
    expect(fromFailure(new errors.SocketError('other side closed'), 'GET /accounts').retry).toEqual(soon);
  });

  it('keeps an error that is mapped already', () => {
    const error = unusableResponse('GET /accounts', 'too large');
    expect(fromFailure(error, 'GET /accounts')).toBe(error);
  });

  it.each([['a string'], [undefined], [null], [7]])('maps the thrown value %j too', (thrown) => {
    expect(fromFailure(thrown, 'GET /accounts').code).toBe('UPSTREAM_UNAVAILABLE');
  });
});

describe('RetryBudget', () => {
  const failed = fromStatus(503, 'GET /accounts', undefined);
  const take = (budget: RetryBudget) => budget.pauseBeforeRetry(failed, 'GET') !== undefined;

  it('allows ten retries without a success, and no more', () => {
    const budget = new RetryBudget();
    expect(Array.from({ length: 11 }, () => take(budget))).toEqual([...Array(10).fill(true), false]);
  });

  it('earns one retry with ten successes', () => {
    const budget = new RetryBudget();
    for (let index = 0; index < 10; index += 1) {
      take(budget);
    }
    for (let index = 0; index < 9; index += 1) {
      budget.earn(false);
    }
    expect(take(budget)).toBe(false);
    // Ten times 0.1 is slightly less than 1.
    budget.earn(false);
    budget.earn(false);
    expect([take(budget), take(budget)]).toEqual([true, false]);
  });

  it('returns the token of a retry that succeeds, and never holds more than ten', () => {
    const budget = new RetryBudget();
    for (let index = 0; index < 50; index += 1) {
      expect(take(budget)).toBe(true);
      budget.earn(true);
    }
    expect(Array.from({ length: 11 }, () => take(budget)).filter(Boolean)).toHaveLength(10);
  });
});
