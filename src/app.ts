import { setTimeout as sleep } from 'node:timers/promises';
import { ApolloServer } from '@apollo/server';
import { createAuthenticate } from './auth/authenticate.js';
import type { Config } from './config.js';
import { startCore } from './connect.js';
import { KnownOperations } from './graphql/known-operations.js';
import { startMetricsServer } from './http/metrics-server.js';
import { createServer, type ServerExtension } from './http/server.js';
import { createLogger, type Logger } from './logger.js';

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

/** This project's own server around `startCore`: HTTP, health, metrics. Tests call this same function. */
export async function startApp(config: Config, options: AppOptions = {}): Promise<App> {
  const logger = options.logger ?? createLogger(config.logLevel);
  const core = await startCore(config, createAuthenticate(config.auth), logger);
  const apollo = new ApolloServer(core.apolloOptions);
  await apollo.start();
  let stopping = false;
  const server = await createServer({
    config: config.http,
    apollo,
    knownOperations: new KnownOperations(core.apolloOptions.schema, core.apolloOptions.formatError),
    createContext: core.createContext,
    logger,
    metrics: core.metrics,
    health: () => ({ stopping, upstream: core.isUpstreamOk() ? 'ok' : 'failing' }),
    extension: options.extension,
  });
  const { host, port, metricsPort } = config.http;
  const url = await server.listen({ host, port });
  const metricsServer =
    metricsPort === undefined ? undefined : await startMetricsServer(host, metricsPort, core.metrics);
  logger.info({ url, metricsUrl: metricsServer?.url }, 'listening');
  return {
    url,
    metricsUrl: metricsServer?.url,
    stop: async (graceMs = 0) => {
      stopping = true;
      await sleep(graceMs);
      await server.close();
      await apollo.stop();
      await core.stop();
      await metricsServer?.stop();
      logger.info({}, 'stopped');
    },
  };
}
