import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { type Emulator, startEmulator } from '../../emulator/src/index.js';
import { Secret } from '../../src/config/secret.js';
import { AppError } from '../../src/domain/app-error.js';
import { ChangeDetector } from '../../src/events/change-detector.js';
import { MemoryState } from '../../src/events/state/memory-state.js';
import { WebhookQueue } from '../../src/events/webhooks/queue.js';
import { WebhookReceiver } from '../../src/events/webhooks/receiver.js';
import { webhookHeaders } from '../../src/http/routes/webhooks.js';
import { createLogger } from '../../src/observability/logger.js';
import { createObservability } from '../../src/observability/observability.js';
import { StackOneApi } from '../../src/stackone/api.js';
import { StackOneHttpClient } from '../../src/stackone/http/client.js';
import { acme, ownerFields } from '../support/test-env.js';
import { waitUntil } from '../support/wait.js';

const createClient = (emulator: Emulator, takeRequest: () => Promise<void>) => {
  const config = { apiKey: new Secret(emulator.apiKey), baseUrl: emulator.url, noProxy: [] };
  const observability = createObservability(createLogger('silent'), config.apiKey);
  const client = new StackOneHttpClient(config, { takeRequest }, observability);
  return { client, api: new StackOneApi(client, observability) };
};

it('A webhook that waits for our own rate limit is not an attempt: it is read as soon as there is a place, and one second after its first failure', async () => {
  const emulator = await startEmulator();
  const { id: accountId } = emulator.addAccount({ provider: 'bamboohr', ...ownerFields(acme) });
  emulator.failNext({ status: 400 });
  let refusals = 0;
  const takeRequest = async () => {
    if (refusals < 3) {
      refusals += 1;
      throw new AppError('RATE_LIMITED', 'the share of background work is used up');
    }
  };
  const { client, api } = createClient(emulator, takeRequest);
  const published: string[] = [];
  const detector = new ChangeDetector(api, new MemoryState(), ({ change }) => {
    published.push(change.kind);
  });
  const queue = new WebhookQueue(detector, createLogger('silent'));
  queue.add({ kind: 'created', accountId, ownerId: null, sentAt: new Date(), changeId: '' }, async () => {});
  // An attempt would wait for 1 second, 5 seconds, 30 seconds and 60 seconds.
  await waitUntil(() => published.length > 0, 'the account', { timeoutMs: 15_000 });
  expect([refusals, emulator.history.map(({ status }) => status), published]).toEqual([3, [400, 200], ['LINKED']]);
  await queue.close();
  await client.close();
  await emulator.stop();
});

it('Each accepted webhook that cannot be read before a stop has one alert, and may come again. Four are read at a time', async () => {
  const emulator = await startEmulator();
  const accountIds = Array.from(
    { length: 6 },
    () => emulator.addAccount({ provider: 'bamboohr', ...ownerFields(acme) }).id,
  );
  const stopping = new AbortController();
  // No place in the rate limit until the server has stopped.
  let started = 0;
  const { client, api } = createClient(emulator, async () => {
    started += 1;
    await once(stopping.signal, 'abort');
    throw new AppError('RATE_LIMITED', 'the share of background work is used up');
  });
  const lines: string[] = [];
  const logger = createLogger('error', { write: (line) => lines.push(line) });
  const queue = new WebhookQueue(new ChangeDetector(api, new MemoryState(), () => {}), logger);
  const released: string[] = [];
  for (const accountId of accountIds) {
    const release = async () => void released.push(accountId);
    expect(queue.add({ kind: 'updated', accountId, ownerId: null, sentAt: new Date(), changeId: '' }, release)).toBe(
      true,
    );
  }
  await queue.close();
  const lost = () => lines.filter((line) => line.includes('"alert":"webhook-lost","reason":"the server stops"')).length;
  expect([started, lost(), released.sort()]).toEqual([4, 6, accountIds.sort()]);
  stopping.abort();
  await client.close();
  await setImmediate();
  expect([lost(), released.length, emulator.history]).toEqual([6, 6, []]);
  await emulator.stop();
});

it('A webhook that waits when the server stops is tried once more, and no other one is accepted', async () => {
  const emulator = await startEmulator();
  let attempts = 0;
  const { client, api } = createClient(emulator, async () => {
    attempts += 1;
    throw new AppError('UPSTREAM_REJECTED', 'StackOne rejects the request');
  });
  const queue = new WebhookQueue(new ChangeDetector(api, new MemoryState(), () => {}), createLogger('silent'));
  const webhook = { kind: 'updated', accountId: 'a', ownerId: null, sentAt: new Date(), changeId: '' } as const;
  let released = 0;
  const add = () =>
    queue.add(webhook, async () => {
      released += 1;
    });
  expect(add()).toBe(true);
  await waitUntil(() => attempts === 1, 'the first attempt');
  // It has failed, and waits for a second.
  await setImmediate();
  const closed = queue.close();
  expect(add()).toBe(false);
  await closed;
  expect([attempts, released, emulator.history]).toEqual([2, 1, []]);
  await client.close();
  await emulator.stop();
});

it('A webhook that finds the queue full gets 503 with Retry-After, and is accepted when it comes again', async () => {
  const emulator = await startEmulator();
  const { id: accountId } = emulator.addAccount({ provider: 'bamboohr', ...ownerFields(acme) });
  // No place in the rate limit until the queue is full.
  const full = new AbortController();
  const { client, api } = createClient(emulator, async () => {
    if (!full.signal.aborted) {
      await once(full.signal, 'abort');
    }
  });
  const state = new MemoryState();
  const secret = new Secret('whsec_of_a_full_queue');
  const observability = createObservability(createLogger('silent'), secret);
  const queue = new WebhookQueue(new ChangeDetector(api, state, () => {}), observability.logger);
  const webhook = { kind: 'deleted', accountId: 'unknown', ownerId: null, sentAt: new Date(), changeId: '' } as const;
  let waiting = 0;
  while (queue.add(webhook, async () => {})) {
    waiting += 1;
  }
  expect(waiting).toBe(1_000);
  const receiver = new WebhookReceiver({ secrets: [secret], state, queue, observability });
  const body = Buffer.from(
    JSON.stringify({ event: 'account.updated', account_id: accountId, sent_at: new Date().toISOString() }),
  );
  const signature = createHmac('sha256', secret.reveal()).update(body).digest('base64url');
  const refused = await receiver.receive({ signature, body });
  expect([refused, webhookHeaders(refused)]).toEqual([503, { 'retry-after': '5' }]);
  full.abort();
  await waitUntil(async () => (await receiver.receive({ signature, body })) === 200, 'a place', { intervalMs: 50 });
  await waitUntil(() => emulator.history.at(-1)?.path === `/accounts/${accountId}`, 'the account is read');
  await queue.close();
  await client.close();
  await emulator.stop();
});
