import { LRUCache } from 'lru-cache';
import type { Authenticate } from './auth/authenticate.js';
import type { ConnectConfig } from './config/settings.js';
import type { OwnedChange } from './domain/account-change.js';
import { RedisClient } from './egress/redis.js';
import { startEvents } from './events/start-events.js';
import type { WebhookReceiver } from './events/webhooks/receiver.js';
import { type ConnectApolloOptions, createApolloOptions, createTrustedDocuments } from './graphql/apollo-options.js';
import { type CreateContext, createContextFactory } from './graphql/context.js';
import { createFormatError, type FormatError } from './graphql/format-error.js';
import { LazyApollo } from './graphql/operations/lazy-apollo.js';
import { OperationRunner } from './graphql/operations/operation-runner.js';
import { RefusedMutations } from './graphql/operations/refused-mutations.js';
import { createSchema } from './graphql/schema.js';
import { Streams } from './graphql/streams.js';
import { OwnerWork } from './linking/limits/owner-work.js';
import { createRateLimits } from './linking/limits/rate-limits.js';
import { ProviderCatalog } from './linking/provider-catalog.js';
import { Audit, type OnAudit } from './observability/audit.js';
import type { Observability } from './observability/observability.js';
import { StackOneApi } from './stackone/api.js';
import { StackOneHttpClient } from './stackone/http/client.js';

const maxDeletedAccounts = 10_000;

/** The parts that serve the schema, whatever server it runs in and whatever authenticates its callers. */
interface Composition<Credentials> {
  readonly apolloOptions: ConnectApolloOptions;
  /** Apollo Server with these options. A host app has its own, and uses this one for streams only. */
  readonly apollo: LazyApollo;
  readonly operations: OperationRunner;
  readonly createContext: CreateContext<Credentials>;
  readonly refusedMutations: RefusedMutations;
  readonly streams: Streams;
  /** Undefined while no webhook secret is set. */
  readonly webhooks: WebhookReceiver | undefined;
  /** Accepts no more webhooks, and finishes those that were accepted. */
  readonly finishWebhooks: () => Promise<void>;
  /** A second call waits for the first. */
  readonly close: () => Promise<void>;
}

/** The functions that receive account changes, audit events and the errors of responses. */
interface Receivers {
  readonly deliver?: ((owned: OwnedChange) => void) | undefined;
  readonly onAudit?: OnAudit | undefined;
  readonly formatError?: FormatError | undefined;
}

/** Creates every part below HTTP, once. The standalone server and an embedded one both start here. */
export async function compose<Credentials>(
  config: ConnectConfig,
  authenticate: Authenticate<Credentials>,
  observability: Observability,
  { deliver, onAudit, formatError: hostFormat }: Receivers,
): Promise<Composition<Credentials>> {
  const { logger, metrics } = observability;
  const schema = createSchema(config.subgraph);
  const trusted = createTrustedDocuments(config, schema);
  const redis =
    config.redisUrl && (await RedisClient.connect(config.redisUrl.reveal(), logger, metrics.setRedisFailing));
  const rateLimits = createRateLimits(config, redis);
  const client = new StackOneHttpClient(config, rateLimits, observability);
  const api = new StackOneApi(client, observability);
  const formatError = createFormatError(logger, config.production, hostFormat);
  const operations = new OperationRunner(schema, trusted, formatError);
  const apolloOptions = createApolloOptions(config, operations, formatError, logger);
  const apollo = new LazyApollo(apolloOptions);
  const streams = new Streams(schema, apollo, formatError, observability);
  const audit = new Audit(onAudit, logger);
  const events = await startEvents(config, api, redis, observability, deliver);
  let closing: Promise<void> | undefined;
  const close = async () => {
    streams.completeAll();
    await apollo.stop();
    await events.close();
    await client.close();
    redis?.close();
  };
  return {
    apolloOptions,
    apollo,
    operations,
    refusedMutations: new RefusedMutations(schema, trusted, audit),
    streams,
    webhooks: events.receiver,
    finishWebhooks: events.finishWebhooks,
    createContext: createContextFactory(
      authenticate,
      {
        api,
        catalog: new ProviderCatalog(api, logger),
        rateLimits,
        work: new OwnerWork(config.rateLimitPerOwnerPerMinute),
        deletedAccounts: new LRUCache({ max: maxDeletedAccounts }),
        config,
        logger,
        audit,
      },
      events.changes,
    ),
    close: () => {
      closing ??= close();
      return closing;
    },
  };
}
