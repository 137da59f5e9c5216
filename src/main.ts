import type { App } from './app.js';
import { startApp } from './app.js';
import { ConfigError, type DemoConfig, loadConfig } from './config.js';
import { createLogger, type Logger } from './logger.js';

/** For a load balancer, and for clients that keep connections, to notice that no more is wanted. */
const graceMs = 250;
const stopDeadlineMs = 10_000;

/** The only side effects: the environment, the start, the signals, the exit code. */
async function main(): Promise<void> {
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
function die(logger: Logger, error: unknown): void {
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
    return `${error.message}\nThe demo needs the development packages: run npm ci, or set STACKONE_API_KEY to start without it.`;
  }
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

main().catch((error: unknown) => {
  process.stderr.write(`${explain(error)}\n`);
  process.exitCode = 1;
});
