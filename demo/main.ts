import { startDemo } from './start-demo.js';

const { env } = process;
if (env['STACKONE_API_KEY'] !== undefined || env['STACKONE_API_KEY_FILE'] !== undefined) {
  await import('../src/main.js');
} else {
  await runDemo();
}

/** Two demo customers, an emulator of StackOne and the real Hub. Needs no StackOne key. */
async function runDemo(): Promise<void> {
  try {
    const demo = await startDemo(env);
    process.stdout.write(`
  STACKONE_API_KEY is not set, so this is the demo: two customers, an emulator of StackOne, the real Hub.

    The page         ${demo.url}/
    The playground   ${demo.url}/graphql
    The emulator     ${demo.emulator.url}   (requests it received: /__emulator/history)

  Press Ctrl+C to stop.

`);
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.once(signal, () => void demo.stop(250));
    }
  } catch (error) {
    process.stderr.write(`${describe(error)}\n`);
    process.exitCode = 1;
  }
}

function describe(error: unknown): string {
  if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
    return `${error.message}: another program listens on this port. Stop it, or set PORT or EMULATOR_PORT.`;
  }
  return error instanceof Error ? error.message : String(error);
}
