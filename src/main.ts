#!/usr/bin/env node
import { ConfigError } from './config/config-error.js';
import { loadConfig } from './config/from-environment.js';
import { packageName, packageVersion } from './config/package-info.js';
import { listSettings } from './config/settings.js';
import { createLogger, type ProcessLogger } from './observability/logger.js';
import { type Server, startServer } from './server.js';

/** Time for load balancers, and for clients that keep connections open, to notice the shutdown. */
const graceMs = 250;
const stopDeadlineMs = 10_000;

/** The only side effects: environment, arguments, start, signals and exit code. */
async function main(args: readonly string[]): Promise<void> {
  const unknown = args.find((arg) => !['--help', '--version'].includes(arg));
  if (unknown !== undefined) {
    process.stderr.write(`Unknown option: ${unknown}. See --help.\n`);
    process.exitCode = 2;
  } else if (args.includes('--help')) {
    process.stdout.write(formatHelp());
  } else if (args.includes('--version')) {
    process.stdout.write(`${packageVersion}\n`);
  } else {
    await serve();
  }
}

async function serve(): Promise<void> {
  const config = loadConfig(process.env);
  const logger = createLogger(config.logLevel);
  for (const event of ['unhandledRejection', 'uncaughtException'] as const) {
    process.on(event, (error: unknown) => exitAfter(error, logger));
  }
  const server = await startServer(config, { logger });
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
function exitAfter(error: unknown, logger: ProcessLogger): void {
  const { name, stack } = error instanceof Error ? error : new Error('the thrown value is no Error');
  logger.fatal({ name, stack }, 'unhandled error');
  process.exit(1);
}

function formatHelp(): string {
  const rows = listSettings().map(({ variable, fileVariable, description, defaultText }) => {
    const name = fileVariable === undefined ? variable : `${variable}, ${fileVariable}`;
    const suffix = defaultText === '' ? '' : ` Default: ${defaultText}.`;
    return `  ${name}\n      ${`${description}${suffix}`.replaceAll('`', '')}\n`;
  });
  return `${packageName} ${packageVersion}
GraphQL API that lets your customers connect their accounts through StackOne's Hub.

Usage: ${packageName} [--help] [--version]

Settings are environment variables. STACKONE_API_KEY, AUTH_ISSUER, AUTH_AUDIENCE and one of AUTH_JWKS_URL,
AUTH_PUBLIC_KEY and AUTH_SECRET are required. A variable that ends with _FILE names a file with the value.

${rows.join('')}`;
}

function describe(error: unknown): string {
  if (error instanceof ConfigError) {
    return `${error.message}\nAll settings: ${packageName} --help`;
  }
  if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
    return `${error.message}: another program listens on this port. Stop it, or set PORT.`;
  }
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${describe(error)}\n`);
  process.exitCode = 1;
});
