import { describe, expect, it } from '@jest/globals';
import { ClientDisconnectedError, RequestCancellation, toAbortSignal } from '../../src/observability/cancellation.js';

describe('the cancellation of a request', () => {
  it('calls each listener once, also when it is aborted twice', () => {
    const cancellation = new RequestCancellation();
    const calls: string[] = [];
    cancellation.addEventListener('abort', () => calls.push('first'));
    cancellation.addEventListener('abort', () => calls.push('second'));
    expect(cancellation.aborted).toBe(false);
    cancellation.abort();
    cancellation.abort();
    expect(cancellation.aborted).toBe(true);
    expect(calls).toEqual(['first', 'second']);
  });

  it('calls no listener that was removed, also one that removes itself', () => {
    const cancellation = new RequestCancellation();
    const calls: string[] = [];
    const removed = () => calls.push('removed');
    const removesItself = () => {
      cancellation.removeEventListener('abort', removesItself);
      calls.push('removes itself');
    };
    cancellation.addEventListener('abort', removed);
    cancellation.addEventListener('abort', removesItself);
    cancellation.addEventListener('abort', () => calls.push('last'));
    cancellation.removeEventListener('abort', removed);
    cancellation.abort();
    expect(calls).toEqual(['removes itself', 'last']);
  });
});

describe('its AbortSignal', () => {
  it('is aborted with the cancellation, and says why', () => {
    const cancellation = new RequestCancellation();
    const signal = toAbortSignal(cancellation);
    expect(signal.aborted).toBe(false);
    cancellation.abort();
    expect(signal.reason).toBeInstanceOf(ClientDisconnectedError);
  });

  it('is already aborted when the cancellation was', () => {
    const cancellation = new RequestCancellation();
    cancellation.abort();
    expect(toAbortSignal(cancellation).aborted).toBe(true);
  });

  it('is the same object where the cancellation is an AbortSignal', () => {
    const { signal } = new AbortController();
    expect(toAbortSignal(signal)).toBe(signal);
  });
});
