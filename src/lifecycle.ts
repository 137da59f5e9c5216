import { ConfigError } from './config/config-error.js';
import type { Environment } from './config/from-environment.js';
import { summarizeConfig } from './config/setting-list.js';
import type { Config } from './config/settings.js';
import { findUnknownVariables } from './config/unknown-variables.js';
import { textOf } from './domain/values.js';
import type { ProcessLogger } from './observability/logger.js';
import { describeUnexpectedError } from './observability/unexpected-error.js';
import type { Server } from './server.js';

type LifecycleSettings = Pick<Config, 'production' | 'shutdownGraceSeconds' | 'shutdownTimeoutSeconds'>;

/** Logs a line with the values of all settings, and one for each variable that is probably misspelt. */
export function logConfiguration(
  logger: ProcessLogger,
  config: Config,
  env: Environment,
  furtherVariables: readonly string[] = [],
): void {
  for (const { name, suggestion } of findUnknownVariables(env, furtherVariables)) {
    logger.warn({ variable: name, suggestion }, 'unknown variable: is it misspelt?');
  }
  logger.info(summarizeConfig(config), 'configuration');
}

/** Runs a server until SIGTERM, SIGINT or SIGHUP, and ends the process after an unhandled error. */
export async function runServer(
  logger: ProcessLogger,
  settings: LifecycleSettings,
  start: () => Promise<Server>,
): Promise<void> {
  for (const event of ['unhandledRejection', 'uncaughtException'] as const) {
    process.on(event, (error: unknown) => exitAfter(error, logger, settings.production));
  }
  let server: Server | undefined;
  let isStopping = false;
  const stopOnce = (signal: NodeJS.Signals) => {
    if (server === undefined) {
      logger.info({}, 'stopped during the start');
      process.exit(0);
    }
    if (!isStopping) {
      isStopping = true;
      // Ctrl+C: no load balancer has to notice the shutdown.
      const graceSeconds = signal === 'SIGTERM' ? settings.shutdownGraceSeconds : 0;
      void stop(server, logger, graceSeconds, settings.shutdownTimeoutSeconds);
    }
  };
  // Before the start: as process 1 of a container, a process ignores signals without a listener. Not `once`: without a
  // listener, a second signal would end the process and its requests.
  process.on('SIGTERM', stopOnce);
  process.on('SIGINT', stopOnce);
  const starting = start();
  // A rotation of the audit log during the start must not end the process. A start that fails is reported below.
  process.on('SIGHUP', (signal) => {
    starting.then(
      ({ reopenAuditLog }) => (reopenAuditLog === undefined ? stopOnce(signal) : reopenAuditLog()),
      () => undefined,
    );
  });
  server = await starting;
}

async function stop(server: Server, logger: ProcessLogger, graceSeconds: number, timeoutSeconds: number) {
  const deadlineMs = (graceSeconds + timeoutSeconds) * 1000;
  setTimeout(() => {
    logger.error({}, 'stopped before all requests were complete');
    process.exit(1);
  }, deadlineMs).unref();
  await server.stop(graceSeconds * 1000);
  process.exit(0);
}

/** After an unexpected error the state of the process is unknown, so the process ends. */
function exitAfter(error: unknown, logger: ProcessLogger, production: boolean): void {
  logger.fatal(describeUnexpectedError(error, production), 'unhandled error');
  process.exit(1);
}

/** What to print when the start fails. @param portVariables the variables that set the ports */
export function describeStartError(error: unknown, portVariables: string): string {
  const message = textOf(error, 'message');
  if (textOf(error, 'code') === 'EADDRINUSE') {
    return `${message}: another program listens on this port. Stop it, or set ${portVariables}.`;
  }
  if (message.startsWith('listen ')) {
    return `${message}: the server cannot listen there. Correct HOST, or set ${portVariables}.`;
  }
  if (message.startsWith('getaddrinfo ')) {
    return `${message}: the server cannot listen there. Set HOST to an address of this machine, such as 0.0.0.0 or ::.`;
  }
  if (error instanceof ConfigError) {
    return message;
  }
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
