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
import { createFormatError } from './graphql/format-error.js';
import { createConnectSchema } from './graphql/schema.js';
import { createServer, type ServerExtension } from './http/server.js';
import { createLogger, type Logger } from './logger.js';
import { DeletedAccounts } from './stackone/deleted-accounts.js';
import { ProviderCatalogue } from './stackone/provider-catalogue.js';
import { StackOneClient } from './stackone/stackone-client.js';

export interface App {
  /** Where it listens, such as `http://127.0.0.1:4000`. */
  readonly url: string;
  /** Not ready → no new requests → what is in flight finishes → everything closed. */
  readonly stop: () => Promise<void>;
}

export interface AppOptions {
  readonly logger?: Logger;
  readonly extension?: ServerExtension;
}

/** The composition root: every part is made here, once, and nowhere else. Tests call this same function. */
export async function startApp(config: Config, options: AppOptions = {}): Promise<App> {
  const logger = options.logger ?? createLogger(config.logLevel);
  const client = new StackOneClient(config.stackone);
  const catalogue = new ProviderCatalogue(client, logger);
  const apollo = createApollo(config, logger);
  await apollo.start();
  let stopping = false;
  const server = await createServer({
    config: config.http,
    apollo,
    createContext: createContextFactory(createAuthenticate(config.auth), {
      client,
      catalogue,
      deletedAccounts: new DeletedAccounts(),
      session: config.session,
      logger,
    }),
    logger,
    isStopping: () => stopping,
    extension: options.extension,
  });
  const url = await server.listen({ host: config.http.host, port: config.http.port });
  logger.info({ url }, 'listening');
  return {
    url,
    stop: async () => {
      stopping = true;
      await server.close();
      await apollo.stop();
      await client.close();
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
    formatError: createFormatError(logger),
    logger: apolloLogger(logger),
    plugins: [
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
