import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import type { ApolloServerOptionsWithSchema, ApolloServerPlugin } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import type { GraphQLFormattedError } from 'graphql';
import type { Registry } from 'prom-client';
import { createLoginIdentify, type GetOwner, type Identify } from './auth/identify.js';
import type { ConnectConfig } from './config.js';
import { type ConnectSettings, loadConnectConfig } from './connect-settings.js';
import { createAcceptPlugin } from './graphql/accept.js';
import { type CreateContext, createContextFactory, type GraphQLContext } from './graphql/context.js';
import { createErrorLimitPlugin, createFormatError } from './graphql/format-error.js';
import { createRecordPlugin } from './graphql/observe.js';
import { queryLimits, queryLimitsRule } from './graphql/query-limits.js';
import { createConnectSchema } from './graphql/schema.js';
import { createRecord, createRequestLog } from './http/request-log.js';
import { createLogger, type Logger } from './logger.js';
import { createMetrics, type Metrics } from './metrics.js';
import { DeletedAccounts } from './stackone/deleted-accounts.js';
import { ProviderCatalogue } from './stackone/provider-catalogue.js';
import { startQuota } from './stackone/quota.js';
import { type AttemptReport, StackOneClient } from './stackone/stackone-client.js';

/** For `new ApolloServer(...)`. Add to `plugins`, and leave out none: these options are the guards of the schema. */
export interface ConnectApolloOptions extends ApolloServerOptionsWithSchema<GraphQLContext> {
  readonly plugins: ApolloServerPlugin<GraphQLContext>[];
  readonly formatError: (formatted: GraphQLFormattedError, error: unknown) => GraphQLFormattedError;
}

export interface ConnectOptions<Request> extends ConnectSettings {
  /** Your own login: who has sent this request? */
  readonly getOwner: GetOwner<Request>;
  /** Where lines are logged; by default as JSON on standard output. */
  readonly logger?: Logger | undefined;
}

/** The schema, mounted in a product's own Apollo Server, behind its own login. */
export interface Connect<Request> {
  readonly apolloOptions: ConnectApolloOptions;
  /**
   * What Apollo Server asks for at each request. The context's `stackone` also serves the product's own routes.
   * @param response Node's: when it closes the request is logged, and when it closes early StackOne is not waited for
   */
  readonly createContext: (request: Request, response: ServerResponse) => Promise<GraphQLContext>;
  /** The metrics of docs/operations.md that begin with `connect_`. */
  readonly metrics: Registry;
  /** Closes the connections to StackOne and to Redis. Stop Apollo Server first. */
  readonly stop: () => Promise<void>;
}

/**
 * For a product with an Apollo Server and a login of its own.
 * @throws ConfigError that lists every problem of the options
 */
export async function startConnect<Request extends { readonly headers: IncomingHttpHeaders }>(
  options: ConnectOptions<Request>,
): Promise<Connect<Request>> {
  const config = loadConnectConfig(options);
  const logger = options.logger ?? createLogger(config.logLevel);
  const core = await startCore(config, createLoginIdentify(options.getOwner), logger);
  const log = createRequestLog(logger, core.metrics);
  return {
    apolloOptions: core.apolloOptions,
    createContext: async (request, response) => {
      const record = createRecord(request.headers, response);
      log(record, response);
      response.setHeader('x-request-id', record.scope.requestId);
      // Whatever the answer is: it may carry a token.
      response.setHeader('cache-control', 'no-store');
      return core.createContext(request, record);
    },
    metrics: core.metrics.registry,
    stop: core.stop,
  };
}

/** What serves the schema, whatever server it is mounted in and whatever tells the owner of a request. */
export interface Core<Credentials> {
  readonly apolloOptions: ConnectApolloOptions;
  readonly createContext: CreateContext<Credentials>;
  readonly metrics: Metrics;
  readonly isUpstreamOk: () => boolean;
  readonly stop: () => Promise<void>;
}

/** Every part that is not HTTP is made here, once, and nowhere else. */
export async function startCore<Credentials>(
  config: ConnectConfig,
  identify: Identify<Credentials>,
  logger: Logger,
): Promise<Core<Credentials>> {
  const metrics = createMetrics(() => !client.isBreakerClosed);
  const quota = await startQuota(config.quota, logger);
  const report = createReport(logger, metrics);
  const client: StackOneClient = new StackOneClient({ config: config.stackone, quota, logger, report });
  return {
    apolloOptions: createApolloOptions(config, logger),
    createContext: createContextFactory(identify, {
      client,
      catalogue: new ProviderCatalogue(client, logger),
      quota,
      deletedAccounts: new DeletedAccounts(),
      session: config.session,
      logger,
    }),
    metrics,
    isUpstreamOk: () => client.isBreakerClosed,
    stop: async () => {
      await client.close();
      await quota.close();
    },
  };
}

function createApolloOptions(config: ConnectConfig, logger: Logger): ConnectApolloOptions {
  return {
    schema: createConnectSchema(),
    introspection: config.introspection,
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
      createAcceptPlugin(),
      createErrorLimitPlugin(),
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
    ],
  };
}

/** Apollo logs free text, such as a plugin's failure: that it happened is enough, its words may quote a request. */
function apolloLogger(logger: Logger) {
  const say = (level: 'debug' | 'info' | 'warn' | 'error') => () =>
    logger[level]({}, 'a message of Apollo Server');
  return { debug: say('debug'), info: say('info'), warn: say('warn'), error: say('error') };
}

/** Each attempt to call StackOne: a line of the log, a number, and an alert where somebody has to act. */
function createReport(logger: Logger, metrics: Metrics) {
  return ({ endpoint, outcome, milliseconds, requestId }: AttemptReport) => {
    const code = outcome === 'ok' ? outcome : outcome.code;
    metrics.countAttempt(endpoint, code, milliseconds / 1000);
    const line = { requestId, endpoint, milliseconds: Math.round(milliseconds), code };
    if (outcome === 'ok') {
      logger.debug(line, 'upstream');
    } else {
      const { message: reason, alert } = outcome;
      logger[alert === undefined ? 'warn' : 'error']({ ...line, reason, alert }, 'upstream');
    }
  };
}
