#!/usr/bin/env node
import { join } from 'node:path';
import type { App } from './app.js';
import { startApp } from './app.js';
import { ConfigError, type DemoConfig, loadConfig } from './config.js';
import { createLogger, type Logger, type ProcessLogger } from './logger.js';
import { thisPackage } from './package.js';

/** For a load balancer, and for clients that keep connections, to notice that no more is wanted. */
const graceMs = 250;
const stopDeadlineMs = 10_000;

const documentation = join(thisPackage.folder, 'docs/configuration.md');
const help = `${thisPackage.name} ${thisPackage.version}
A GraphQL layer that a browser may call safely to mint StackOne connect sessions.

Usage: ${thisPackage.name} [--help] [--version]

Everything is set by environment variables. The least that a server needs:

  STACKONE_API_KEY   the key of your StackOne project, or STACKONE_API_KEY_FILE
  AUTH_JWKS_URL      where the keys of your access tokens are, or AUTH_PUBLIC_KEY, or AUTH_SECRET
  AUTH_ISSUER        the iss of your access tokens
  AUTH_AUDIENCE      the aud of your access tokens
  OWNER_ID_CLAIM     the claim with the customer's id (org_id)
  OWNER_NAME_CLAIM   the claim with the customer's name (org_name)
  CORS_ORIGINS       other origins whose pages may call (none)
  HOST, PORT         where to listen (127.0.0.1, 4000)
  NODE_ENV           production hides the schema, and refuses plain http and the demo

All of them: ${documentation}
`;

/** The only side effects: the environment, the arguments, the start, the signals, the exit code. */
async function main(args: readonly string[]): Promise<void> {
  const unknown = args.find((arg) => !['--help', '--version'].includes(arg));
  if (unknown !== undefined) {
    process.stderr.write(`There is no argument ${unknown}: try --help.\n`);
    process.exitCode = 2;
  } else if (args.includes('--help')) {
    process.stdout.write(help);
  } else if (args.includes('--version')) {
    process.stdout.write(`${thisPackage.version}\n`);
  } else {
    await start();
  }
}

async function start(): Promise<void> {
  const config = loadConfig(process.env);
  const logger = createLogger(config.logLevel);
  for (const event of ['unhandledRejection', 'uncaughtException'] as const) {
    process.on(event, (error: unknown) => die(logger, error));
  }
  const app = config.mode === 'demo' ? await startDemo(config, logger) : await startApp(config, { logger });
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => void stop(app));
  }
}

/** The demo is no part of a production build: it is loaded only here, and only in demo mode. */
async function startDemo(config: DemoConfig, logger: Logger): Promise<App> {
  const demo = await (await import('../demo/start-demo.js')).startDemo(config, { logger });
  process.stdout.write(`
  No STACKONE_API_KEY, so this is the demo: two tenants, an emulator of StackOne, the real Hub.

    The page         ${demo.url}/
    The playground   ${demo.url}/graphql
    The emulator     ${demo.emulator.url}   (what it was asked: /__emulator/history)

  Stop it with Ctrl+C.

`);
  return demo;
}

async function stop(app: App): Promise<void> {
  // What cannot finish in time is given up, and the exit code says so.
  setTimeout(() => process.exit(1), stopDeadlineMs).unref();
  await app.stop(graceMs);
}

/** A state that nobody foresaw is not gone on with: somebody starts the process again. */
function die(logger: ProcessLogger, error: unknown): void {
  const { name, stack } = error instanceof Error ? error : new Error('not an Error was thrown');
  logger.fatal({ name, stack }, 'an error that nobody handled');
  process.exit(1);
}

function explain(error: unknown): string {
  if (error instanceof ConfigError) {
    return error.message;
  }
  if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
    return `${error.message}: something else listens there. Stop it, or set PORT or EMULATOR_PORT.`;
  }
  if (error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND') {
    return [
      'There is no STACKONE_API_KEY, and the demo that starts without one is not installed here.',
      `  - For a server: set STACKONE_API_KEY and what --help lists. All variables: ${documentation}`,
      '  - For the demo: it is in the repository, not in the package: npm ci && npm start',
    ].join('\n');
  }
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${explain(error)}\n`);
  process.exitCode = 1;
});
