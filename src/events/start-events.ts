import type { ConnectConfig } from '../config/settings.js';
import type { OwnedChange } from '../domain/account-change.js';
import type { RedisClient } from '../egress/redis.js';
import type { Observability } from '../observability/observability.js';
import type { StackOneApi } from '../stackone/api.js';
import { AccountChanges } from './account-changes.js';
import { ChangeDetector } from './change-detector.js';
import { FlapFilter } from './flap-filter.js';
import { RedisFanout } from './redis-fanout.js';
import { MemoryState } from './state/memory-state.js';
import { RedisState } from './state/redis-state.js';
import { Sweep } from './sweep.js';
import { WebhookQueue } from './webhooks/queue.js';
import { WebhookReceiver } from './webhooks/receiver.js';

type EventSettings = Pick<
  ConnectConfig,
  'webhookSecret' | 'webhookSecretPrevious' | 'sweepIntervalSeconds' | 'rateLimitTotalPerMinute'
>;

/** How account changes are detected, published and delivered. */
export interface Events {
  readonly changes: AccountChanges;
  /** Undefined while no secret is set. */
  readonly receiver: WebhookReceiver | undefined;
  /** Accepts no more webhooks, and finishes those that were accepted. */
  readonly finishWebhooks: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** @param deliver takes a change to the product, where there is a place for it */
export async function startEvents(
  config: EventSettings,
  api: StackOneApi,
  redis: RedisClient | undefined,
  observability: Observability,
  deliver: ((owned: OwnedChange) => void) | undefined,
): Promise<Events> {
  const { logger, metrics } = observability;
  const fanout = redis && new RedisFanout(redis);
  const changes = new AccountChanges(fanout && ((message) => fanout.send(message)));
  fanout?.start(changes);
  const ownState = new MemoryState();
  const state = redis === undefined ? ownState : new RedisState(redis, ownState);
  const delivery = deliver && new FlapFilter(deliver);
  if (delivery !== undefined) {
    changes.follow((owned, isOwn) => delivery.handle(owned, isOwn));
  }
  const detector = new ChangeDetector(api, state, (owned) => {
    metrics.countAccountChange(owned.change.kind);
    changes.publish(owned);
  });
  const queue = new WebhookQueue(detector, logger);
  const secrets = [config.webhookSecret, config.webhookSecretPrevious].filter((secret) => secret !== undefined);
  const { sweepIntervalSeconds: intervalSeconds, rateLimitTotalPerMinute } = config;
  // Half of what background work may send.
  const callsPerMinute = Math.max(1, rateLimitTotalPerMinute / 20);
  const sweep = new Sweep({ api, detector, state, logger, intervalSeconds, callsPerMinute });
  sweep.start();
  return {
    changes,
    receiver: config.webhookSecret && new WebhookReceiver({ secrets, state, queue, observability }),
    finishWebhooks: () => queue.close(),
    close: async () => {
      sweep.stop();
      await queue.close();
      fanout?.close();
      delivery?.close();
    },
  };
}
