import { expect, it } from '@jest/globals';
import { startEmulator } from '../../emulator/src/index.js';
import { Secret } from '../../src/config/secret.js';
import { AppError } from '../../src/domain/app-error.js';
import { ChangeDetector } from '../../src/events/change-detector.js';
import { MemoryState } from '../../src/events/state/memory-state.js';
import { WebhookQueue } from '../../src/events/webhooks/queue.js';
import { createLogger } from '../../src/observability/logger.js';
import { createObservability } from '../../src/observability/observability.js';
import { StackOneApi } from '../../src/stackone/api.js';
import { StackOneHttpClient } from '../../src/stackone/http/client.js';
import { acme, ownerFields } from '../support/test-app.js';
import { waitUntil } from '../support/wait.js';

it('A webhook that waits for our own rate limit is not an attempt: it is read as soon as there is a place', async () => {
  const emulator = await startEmulator();
  const { id: accountId } = emulator.addAccount({ provider: 'bamboohr', ...ownerFields(acme) });
  const logger = createLogger('silent');
  const config = { apiKey: new Secret(emulator.apiKey), baseUrl: emulator.url, noProxy: [] };
  const observability = createObservability(logger, config.apiKey);
  let refusals = 0;
  const takeRequest = async () => {
    if (refusals < 3) {
      refusals += 1;
      throw new AppError('RATE_LIMITED', 'the share of background work is used up');
    }
  };
  const client = new StackOneHttpClient(config, { takeRequest }, observability);
  const published: string[] = [];
  const detector = new ChangeDetector(new StackOneApi(client, observability), new MemoryState(), ({ change }) => {
    published.push(change.kind);
  });
  const queue = new WebhookQueue(detector, logger);
  queue.add({ kind: 'created', accountId, ownerId: null, sentAt: new Date(), changeId: '' }, async () => {});
  // An attempt would wait for 1 second, 5 seconds and 30 seconds.
  await waitUntil(() => published.length > 0, 'the account', { timeoutMs: 15_000 });
  expect([refusals, published]).toEqual([3, ['LINKED']]);
  await queue.close();
  await client.close();
  await emulator.stop();
});
