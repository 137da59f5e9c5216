import { describeStartError, logConfiguration, runServer } from '../src/lifecycle.js';
import { createLogger } from '../src/observability/logger.js';
import { demoVariables, loadDemoConfig, startDemo } from './start-demo.js';

const { env } = process;

/** Three demo customers, an emulator of StackOne and the real Hub. Needs no StackOne key. */
async function runDemo(): Promise<void> {
  const { config } = loadDemoConfig(env);
  const logger = createLogger(config.logLevel);
  logConfiguration(logger, config, env, demoVariables);
  await runServer(logger, config, async () => {
    const demo = await startDemo(env, { logger });
    process.stdout.write(`
  STACKONE_API_KEY is not set, so this is the demo: three customers, an emulator of StackOne, the real Hub.

    The page         ${demo.url}/
    The playground   ${demo.url}/graphql
    The emulator     ${demo.emulator.url}   (requests it received: /__emulator/history)

  Press Ctrl+C to stop.

`);
    return demo;
  });
}

if (env['STACKONE_API_KEY'] !== undefined || env['STACKONE_API_KEY_FILE'] !== undefined) {
  await import('../src/main.js');
} else {
  await runDemo().catch((error: unknown) => {
    process.stderr.write(`${describeStartError(error, 'PORT or EMULATOR_PORT')}\n`, () => process.exit(1));
  });
}
