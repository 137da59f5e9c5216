import { setTimeout as sleep } from 'node:timers/promises';
import { createBearerAuthentication } from './auth/authenticate.js';
import { compose } from './composition.js';
import type { Config } from './config/settings.js';
import { isRecord } from './domain/values.js';
import { WebhookDelivery } from './events/delivery.js';
import { createMetricsServer } from './http/routes/metrics.js';
import { createHttpServer, type HttpServer, type ServerExtension } from './http/server.js';
import { openAuditLog } from './observability/audit-log.js';
import { createLogger, type Logger } from './observability/logger.js';
import { createObservability } from './observability/observability.js';
import { UsageError } from './observability/unexpected-error.js';

/** Time for a request that a client has sent on an open connection shortly before the end of the grace period. */
const maxLingerMs = 1_000;
/** After the first requests of most starts. */
const loadApolloAfterMs = 1_000;

export interface Server {
  /** Where it listens, such as `http://127.0.0.1:4000`. */
  readonly url: string;
  /** Where Prometheus reads metrics; undefined without `metricsPort`. */
  readonly metricsUrl: string | undefined;
  /** Opens the file of the audit log again, after a rotation. Undefined when it is no file. */
  readonly reopenAuditLog: (() => void) | undefined;
  /**
   * Becomes unready, waits for the grace period, accepts no new connections, finishes the requests in flight and closes.
   * During the grace period every response closes its connection, so that load balancers open new ones elsewhere. A second
   * call waits for the first.
   * @param graceMs default: 0
   */
  readonly stop: (graceMs?: number) => Promise<void>;
}

export interface ServerOptions {
  /** Default: JSON lines on standard output. */
  readonly logger?: Logger;
  readonly extension?: ServerExtension;
}

/**
 * Starts the standalone server: HTTP, health checks and metrics around the schema.
 * @param config what `loadConfig` returns
 */
export async function startServer(config: Config, options: ServerOptions = {}): Promise<Server> {
  // From JavaScript, it can be the environment itself. No `instanceof`: a program can have two copies of this package.
  if (!isRecord(config) || !isRecord(config.apiKey)) {
    throw new UsageError('startServer needs a configuration: pass what loadConfig returns.');
  }
  const logger = options.logger ?? createLogger(config.logLevel);
  const observability = createObservability(logger, config.apiKey);
  const authenticate = createBearerAuthentication(config, observability);
  const { eventsUrl, eventsSecret } = config;
  const delivery = eventsUrl && eventsSecret && new WebhookDelivery(eventsUrl, eventsSecret, observability);
  const auditLog = openAuditLog(config.auditLog, logger);
  const composition = await compose(config, authenticate, observability, {
    deliver: delivery && ((change) => delivery.send(change)),
    onAudit: auditLog?.onAudit,
  });
  const { apollo, streams, webhooks, finishWebhooks, close } = composition;
  const { host, port, metricsPort } = config;
  const metricsServer =
    metricsPort === undefined ? undefined : createMetricsServer(observability.metrics, { host, port: metricsPort });
  let http: HttpServer | undefined;
  const closeAll = async (lingerMs: number) => {
    // At the same time, because a shutdown must fit into its timeout although StackOne is slow.
    await Promise.all([http?.close(lingerMs), sleep(lingerMs).then(finishWebhooks)]);
    await close();
    await delivery?.close();
    await metricsServer?.close();
    auditLog?.close();
  };
  const listen = async () => {
    http = await createHttpServer({ ...composition, config, observability, extension: options.extension });
    const url = toReachable(await http.listen({ host, port }));
    const metricsUrl = await metricsServer?.listen();
    return { url, metricsUrl: metricsUrl && toReachable(metricsUrl) };
  };
  const { url, metricsUrl } = await listen().catch(async (error: unknown) => {
    // A port can be in use. A program that catches the error must not keep the rest.
    await closeAll(0);
    throw error;
  });
  logger.info({ url, metricsUrl }, 'listening');
  // A failure, such as one for lack of file descriptors, ends the process: Node.js can keep it, and then only a new
  // process can load Apollo Server.
  const loading = setTimeout(() => void apollo.load(), loadApolloAfterMs).unref();
  if (webhooks === undefined) {
    logger.info({}, 'STACKONE_WEBHOOK_SECRET is not set: webhooks are off');
  }
  let stopping: Promise<void> | undefined;
  const stop = async (graceMs: number) => {
    observability.health.stopping = true;
    clearTimeout(loading);
    await sleep(graceMs);
    // Before the requests in flight finish, so that pages connect to another instance at once.
    streams.completeAll();
    await closeAll(Math.min(graceMs, maxLingerMs));
    logger.info({}, 'stopped');
  };
  return {
    url,
    metricsUrl,
    reopenAuditLog: auditLog?.reopen,
    stop: (graceMs = 0) => {
      stopping ??= stop(graceMs);
      return stopping;
    },
  };
}

/** `::` is no address to connect to. */
function toReachable(url: string): string {
  return url.replace('[::]', '[::1]');
}
