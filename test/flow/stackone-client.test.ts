import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { z } from 'zod';
import { type Emulator, startEmulator } from '../../emulator/src/index.js';
import { Secret } from '../../src/config/secret.js';
import { AppError } from '../../src/domain/app-error.js';
import { createRateLimits } from '../../src/linking/limits/rate-limits.js';
import { createLogger } from '../../src/observability/logger.js';
import { createObservability, type Observability } from '../../src/observability/observability.js';
import { createBackgroundContext } from '../../src/observability/request-context.js';
import { StackOneApi } from '../../src/stackone/api.js';
import { type RequestQuota, StackOneHttpClient } from '../../src/stackone/http/client.js';
import { ListReader } from '../../src/stackone/list-reader.js';
import { waitUntil } from '../support/wait.js';

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator();
});
beforeEach(() => emulator.reset());
afterAll(() => emulator.stop());

let clients: StackOneHttpClient[];
beforeEach(() => {
  clients = [];
});
afterEach(() => Promise.all(clients.map((client) => client.close())));

function connectClient(quota: RequestQuota): readonly [StackOneHttpClient, Observability] {
  const config = { apiKey: new Secret(emulator.apiKey), baseUrl: emulator.url, noProxy: [] };
  const observability = createObservability(createLogger('silent'), config.apiKey);
  const client = new StackOneHttpClient(config, quota, observability);
  clients.push(client);
  return [client, observability];
}

const connect = (quota: RequestQuota) => new StackOneApi(...connectClient(quota));

const contextOf = (ownerId: string, milliseconds = 8_000) => ({
  ...createBackgroundContext(),
  ownerId,
  deadline: performance.now() + milliseconds,
});
const unlimited: RequestQuota = { takeRequest: async () => undefined };
const codeOf = (error: unknown) => (error instanceof AppError ? error.code : 'no AppError');

describe('Work of no owner', () => {
  it('sends a tenth of the total rate limit, waits for the next window, and leaves the rest to the owners', async () => {
    // 40 requests in each window of five seconds.
    const api = connect(
      createRateLimits({ rateLimitPerOwnerPerMinute: 1_000, rateLimitTotalPerMinute: 480 }, undefined),
    );
    const background = Array.from({ length: 6 }, () => api.getAccount('unknown', createBackgroundContext()));
    await waitUntil(() => emulator.history.length >= 4, 'four calls are sent');
    for (const owner of ['a', 'b', 'c']) {
      await api.getAccount('unknown', contextOf(owner));
    }
    expect(emulator.history).toHaveLength(7);
    expect(await Promise.all(background)).toEqual(Array(6).fill(undefined));
    expect(emulator.history).toHaveLength(9);
  });
});

describe('The deadline of a request', () => {
  it('ends a call whatever it waits for, before anything is sent', async () => {
    const api = connect({ takeRequest: () => new Promise(() => undefined) });
    const error = await api.getAccount('unknown', contextOf('a', 50)).catch((thrown: unknown) => thrown);
    expect(codeOf(error)).toBe('UPSTREAM_TIMEOUT');
    expect(emulator.history).toHaveLength(0);
  });

  it('ends the attempt that is under way, and not only the wait for it', async () => {
    const api = connect(unlimited);
    emulator.failNext({ kind: 'delay', delayMs: 2_000 });
    const context = contextOf('a', 100);
    const ended = jest.spyOn(context.telemetry, 'addAttempt');
    expect(await api.getAccount('unknown', context).catch(codeOf)).toBe('UPSTREAM_TIMEOUT');
    expect(ended).toHaveBeenCalledTimes(1);
  });

  it('does not open the circuit breaker when little time was left for the call', async () => {
    const api = connect(unlimited);
    emulator.failNext({ kind: 'delay', delayMs: 1_000 }, 8);
    const calls = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map((owner) =>
      api.getAccount('unknown', contextOf(owner, 100)).catch(codeOf),
    );
    expect(await Promise.all(calls)).toEqual(Array(8).fill('UPSTREAM_TIMEOUT'));
    expect(await api.getAccount('unknown', contextOf('z'))).toBeUndefined();
  });
});

describe('The pause that StackOne requests', () => {
  it('is not shortened by another response with a shorter one', async () => {
    const api = connect(unlimited);
    for (const seconds of ['60', '7']) {
      emulator.failNext({ status: 429, headers: { 'retry-after': seconds } });
    }
    await Promise.allSettled(['a', 'b'].map((owner) => api.getAccount('unknown', contextOf(owner))));
    const error = await api.getAccount('unknown', contextOf('c')).catch((reason: unknown) => reason);
    expect(codeOf(error)).toBe('UPSTREAM_RATE_LIMITED');
    expect(error instanceof AppError && error.retryAfterSeconds).toBeGreaterThan(7);
    expect(emulator.history).toHaveLength(2);
  });
});

describe('A long list', () => {
  it('is read a hundred rows at a time, so that other work of the process continues', async () => {
    const length = 1_000;
    const catalog = Array.from({ length }, () => ({}));
    Object.assign(emulator.settings, { catalogEndpoint: 'connectors-meta', rawRows: { accounts: [], catalog } });
    let turn = 0;
    const countTurns = () => {
      turn += 1;
      next = setImmediate(countTurns);
    };
    let next = setImmediate(countTurns);
    // Each row becomes the turn of the event loop in which it is read.
    const page = await new ListReader(...connectClient(unlimited)).read({
      path: '/connectors/meta',
      query: [],
      row: z.unknown().transform(() => turn),
      maxBytes: 64 * 1024,
      context: createBackgroundContext(),
    });
    clearImmediate(next);
    const rows = page?.rows.slice(0, length) ?? [];
    const rowsOfTurn = [...new Set(rows)].map((read) => rows.filter((row) => row === read).length);
    expect(rowsOfTurn).toEqual(Array(10).fill(100));
  });
});
