import { ConfigError } from './config/config-error.js';
import type { ProcessLogger } from './observability/logger.js';
import { describeUnexpectedError } from './observability/unexpected-error.js';
import type { Server } from './server.js';

/** Time for load balancers, and for clients that keep connections open, to notice the shutdown. */
const graceMs = 250;
const stopDeadlineMs = 10_000;

/** Runs a server until SIGTERM or SIGINT, and ends the process after an unhandled error. */
export async function runServer(
  logger: ProcessLogger,
  production: boolean,
  start: () => Promise<Server>,
): Promise<void> {
  for (const event of ['unhandledRejection', 'uncaughtException'] as const) {
    process.on(event, (error: unknown) => exitAfter(error, logger, production));
  }
  const server = await start();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => void stop(server));
  }
}

async function stop(server: Server): Promise<void> {
  // Requests that cannot finish in time are cancelled, and the exit code is 1.
  setTimeout(() => process.exit(1), stopDeadlineMs).unref();
  await server.stop(graceMs);
}

/** After an unexpected error the state of the process is unknown, so the process ends. */
function exitAfter(error: unknown, logger: ProcessLogger, production: boolean): void {
  logger.fatal(describeUnexpectedError(error, production), 'unhandled error');
  process.exit(1);
}

/** What to print when the start fails. @param portVariables the variables that set the ports */
export function describeStartError(error: unknown, portVariables: string): string {
  if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
    return `${error.message}: another program listens on this port. Stop it, or set ${portVariables}.`;
  }
  if (error instanceof ConfigError) {
    return error.message;
  }
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
