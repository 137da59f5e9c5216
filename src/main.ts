import type { App } from './app.js';
import { startApp } from './app.js';
import { ConfigError, type DemoConfig, loadConfig } from './config.js';

/** The only side effects: the environment, the start, the signals, the exit code. */
async function main(): Promise<void> {
  const config = loadConfig(process.env);
  const app = config.mode === 'demo' ? await startDemo(config) : await startApp(config);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => void stop(app));
  }
}

/** The demo is no part of a production build: it is loaded only here, and only in demo mode. */
async function startDemo(config: DemoConfig): Promise<App> {
  const demo = await (await import('../demo/start-demo.js')).startDemo(config);
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
  // What cannot finish in ten seconds is given up, and the exit code says so.
  setTimeout(() => process.exit(1), 10_000).unref();
  await app.stop();
}

function explain(error: unknown): string {
  if (error instanceof ConfigError) {
    return error.message;
  }
  if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
    return `${error.message}: something else listens there. Stop it, or set PORT or EMULATOR_PORT.`;
  }
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

main().catch((error: unknown) => {
  process.stderr.write(`${explain(error)}\n`);
  process.exitCode = 1;
});
