import type { ApolloServerOptionsWithSchema, ApolloServerPlugin } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import {
  type GraphQLSchema,
  NoSchemaIntrospectionCustomRule,
  specifiedRules,
  type ValidationRule,
  validate,
} from 'graphql';
import { LRUCache } from 'lru-cache';
import type { Authenticate } from './auth/authenticate.js';
import type { ConnectConfig } from './config/settings.js';
import type { OwnedChange } from './domain/account-change.js';
import { RedisClient } from './egress/redis.js';
import { startEvents } from './events/start-events.js';
import type { WebhookReceiver } from './events/webhooks/receiver.js';
import { type ConnectContext, type CreateContext, createContextFactory } from './graphql/context.js';
import { createFormatError, type FormatError } from './graphql/format-error.js';
import { createDocumentStore } from './graphql/operations/document-store.js';
import { readDocumentsFile } from './graphql/operations/documents-file.js';
import { LazyApollo } from './graphql/operations/lazy-apollo.js';
import { OperationRunner } from './graphql/operations/operation-runner.js';
import { RefusedMutations } from './graphql/operations/refused-mutations.js';
import { TrustedDocuments } from './graphql/operations/trusted-documents.js';
import { createDocumentsPlugin } from './graphql/plugins/documents.js';
import { createErrorsPlugin } from './graphql/plugins/errors.js';
import { createOperationsPlugin } from './graphql/plugins/operations.js';
import { createSubscriptionsPlugin } from './graphql/plugins/subscriptions.js';
import { queryLimitsRule } from './graphql/query-limits.js';
import { createSchema } from './graphql/schema.js';
import { Streams } from './graphql/streams.js';
import { noServiceRule } from './graphql/subgraph/subgraph-resolver.js';
import { tokenLimitRule } from './graphql/token-limit.js';
import { OwnerWork } from './linking/limits/owner-work.js';
import { createRateLimits } from './linking/limits/rate-limits.js';
import { ProviderCatalog } from './linking/provider-catalog.js';
import { Audit, type OnAudit } from './observability/audit.js';
import type { Logger } from './observability/logger.js';
import type { Observability } from './observability/observability.js';
import { StackOneApi } from './stackone/api.js';
import { StackOneHttpClient } from './stackone/http/client.js';

const maxDeletedAccounts = 10_000;

/** Options for `new ApolloServer(…)`. You can add plugins and validation rules; do not omit any, because they protect the schema. */
export interface ConnectApolloOptions
  extends Omit<ApolloServerOptionsWithSchema<ConnectContext>, 'fieldResolver' | 'plugins' | 'validationRules'> {
  readonly plugins: ApolloServerPlugin<ConnectContext>[];
  readonly validationRules: ValidationRule[];
  readonly formatError: FormatError;
}

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

/** The functions that receive account changes and audit events. */
interface Receivers {
  readonly deliver?: ((owned: OwnedChange) => void) | undefined;
  readonly onAudit?: OnAudit | undefined;
}

/** Creates every part below HTTP, once. The standalone server and an embedded one both start here. */
export async function compose<Credentials>(
  config: ConnectConfig,
  authenticate: Authenticate<Credentials>,
  observability: Observability,
  { deliver, onAudit }: Receivers,
): Promise<Composition<Credentials>> {
  const { logger, metrics } = observability;
  const schema = createSchema(config.subgraph);
  const trusted = createTrustedDocuments(config, schema);
  const redis =
    config.redisUrl && (await RedisClient.connect(config.redisUrl.reveal(), logger, metrics.setRedisFailing));
  const rateLimits = createRateLimits(config, redis);
  const client = new StackOneHttpClient(config, rateLimits, observability);
  const api = new StackOneApi(client, observability);
  const formatError = createFormatError(logger, config.production);
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

function createApolloOptions(
  config: ConnectConfig,
  operations: OperationRunner,
  formatError: FormatError,
  logger: Logger,
): ConnectApolloOptions {
  return {
    schema: operations.schema,
    introspection: config.introspection,
    hideSchemaDetailsFromClientErrors: config.production,
    includeStacktraceInErrorResponses: false,
    allowBatchedHttpRequests: false,
    persistedQueries: false,
    stopOnTerminationSignals: false,
    validationRules: validationRulesOf(config),
    documentStore: createDocumentStore(),
    formatError,
    logger: createApolloLogger(logger),
    plugins: [
      createErrorsPlugin(),
      createDocumentsPlugin(operations),
      createSubscriptionsPlugin(),
      createOperationsPlugin(operations),
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
    ],
  };
}

function validationRulesOf({ subgraph, introspection }: ConnectConfig): ValidationRule[] {
  return [tokenLimitRule, queryLimitsRule, ...(subgraph && !introspection ? [noServiceRule] : [])];
}

/** @throws ConfigError for a document that a request could not run */
function createTrustedDocuments(config: ConnectConfig, schema: GraphQLSchema): TrustedDocuments {
  const { trustedDocumentsFile: path, trustedDocumentsOnly, introspection } = config;
  const rules = [
    ...validationRulesOf(config),
    ...specifiedRules,
    ...(introspection ? [] : [NoSchemaIntrospectionCustomRule]),
  ];
  const documents = path === undefined ? [] : readDocumentsFile(path, (document) => validate(schema, document, rules));
  return new TrustedDocuments(documents, trustedDocumentsOnly);
}

/** Apollo Server logs free text, for example the failure of a plugin. The text can quote a request, so it is left out. */
function createApolloLogger(logger: Logger) {
  const log = (level: 'debug' | 'info' | 'warn' | 'error') => () => logger[level]({}, 'Apollo Server logged a message');
  return { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') };
}
