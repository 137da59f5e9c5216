import { setTimeout as sleep } from 'node:timers/promises';
import { ApolloServer } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import { createAuthenticate } from './auth/authenticate.js';
import type { Config } from './config.js';
import { createContextFactory, type GraphQLContext } from './graphql/context.js';
import { createErrorLimitPlugin, createFormatError } from './graphql/format-error.js';
import { createRecordPlugin } from './graphql/observe.js';
import { queryLimits, queryLimitsRule } from './graphql/query-limits.js';
import { createConnectSchema } from './graphql/schema.js';
import { startMetricsServer } from './http/metrics-server.js';
import { createServer, type ServerExtension } from './http/server.js';
import { createLogger, type Logger } from './logger.js';
import { createMetrics, type Metrics } from './metrics.js';
import { DeletedAccounts } from './stackone/deleted-accounts.js';
import { ProviderCatalogue } from './stackone/provider-catalogue.js';
import { startQuota } from './stackone/quota.js';
import { type AttemptReport, StackOneClient } from './stackone/stackone-client.js';

export interface App {
  /** Where it listens, such as `http://127.0.0.1:4000`. */
  readonly url: string;
  /** Where Prometheus reads, when a port is configured. */
  readonly metricsUrl: string | undefined;
  /**
   * Not ready → after `graceMs` no new connections → what is in flight finishes → everything closed. During the
   * grace every answer closes its connection, so that none is idle, and about to be used again, at the end.
   */
  readonly stop: (graceMs?: number) => Promise<void>;
}

export interface AppOptions {
  readonly logger?: Logger;
  readonly extension?: ServerExtension;
}

/** The composition root: every part is made here, once, and nowhere else. Tests call this same function. */
export async function startApp(config: Config, options: AppOptions = {}): Promise<App> {
  const logger = options.logger ?? createLogger(config.logLevel);
  const metrics = createMetrics(() => !client.isBreakerClosed);
  const quota = await startQuota(config.quota, logger);
  const report = createReport(logger, metrics);
  const client: StackOneClient = new StackOneClient({ config: config.stackone, quota, logger, report });
  const catalogue = new ProviderCatalogue(client, logger);
  const deletedAccounts = new DeletedAccounts();
  const apollo = createApollo(config, logger);
  await apollo.start();
  let stopping = false;
  const server = await createServer({
    config: config.http,
    apollo,
    createContext: createContextFactory(createAuthenticate(config.auth), {
      client,
      catalogue,
      quota,
      deletedAccounts,
      session: config.session,
      logger,
    }),
    logger,
    metrics,
    health: () => ({ stopping, upstream: client.isBreakerClosed ? 'ok' : 'failing' }),
    extension: options.extension,
  });
  const { host, port, metricsPort } = config.http;
  const url = await server.listen({ host, port });
  const metricsServer =
    metricsPort === undefined ? undefined : await startMetricsServer(host, metricsPort, metrics);
  logger.info({ url, metricsUrl: metricsServer?.url }, 'listening');
  return {
    url,
    metricsUrl: metricsServer?.url,
    stop: async (graceMs = 0) => {
      stopping = true;
      await sleep(graceMs);
      await server.close();
      await apollo.stop();
      await client.close();
      await quota.close();
      await metricsServer?.stop();
      logger.info('stopped');
    },
  };
}

function createApollo(config: Config, logger: Logger): ApolloServer<GraphQLContext> {
  return new ApolloServer<GraphQLContext>({
    schema: createConnectSchema(),
    introspection: config.http.introspection,
    hideSchemaDetailsFromClientErrors: config.production,
    includeStacktraceInErrorResponses: false,
    allowBatchedHttpRequests: false,
    persistedQueries: false,
    stopOnTerminationSignals: false,
    parseOptions: { maxTokens: queryLimits.tokens },
    validationRules: [queryLimitsRule],
    // graphql-js adds one more, which says that it has stopped.
    validationOptions: { maxErrors: 2 },
    formatError: createFormatError(logger),
    logger: apolloLogger(logger),
    plugins: [
      createRecordPlugin(),
      createErrorLimitPlugin(),
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
    ],
  });
}

/** Apollo logs free text, such as a plugin's failure: that it happened is enough, its words may quote a request. */
function apolloLogger(logger: Logger) {
  const say = (level: 'debug' | 'info' | 'warn' | 'error') => () =>
    logger[level]('a message of Apollo Server');
  return { debug: say('debug'), info: say('info'), warn: say('warn'), error: say('error') };
}

/** Each attempt to call StackOne: a line of the log, a number, and an alert where somebody has to act. */
function createReport(logger: Logger, metrics: Metrics) {
  return ({ endpoint, outcome, milliseconds, requestId }: AttemptReport) => {
    const isOk = outcome === 'ok';
    metrics.countAttempt(endpoint, isOk ? 'ok' : outcome.code, milliseconds / 1000);
    const line = { requestId, endpoint, milliseconds: Math.round(milliseconds) };
    if (isOk) {
      logger.debug({ ...line, code: 'ok' }, 'upstream');
    } else if (outcome.alert === undefined) {
      logger.warn({ ...line, code: outcome.code, reason: outcome.message }, 'upstream');
    } else {
      logger.error(
        { ...line, alert: outcome.alert, code: outcome.code, reason: outcome.message },
        'upstream',
      );
    }
  };
}
