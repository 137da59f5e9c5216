#!/usr/bin/env node
import { startEmulator } from './start-emulator.js';

const defaultPort = 4010;

function parsePort(text: string | undefined): number | undefined {
  if (text === undefined || text === '') {
    return defaultPort;
  }
  const port = Number(text);
  return /^\d+$/.test(text) && port >= 1 && port <= 65535 ? port : undefined;
}

function fail(message: string): void {
  process.stderr.write(`${message}\n`);
  process.exitCode = 1;
}

const port = parsePort(process.env['EMULATOR_PORT']);
if (process.argv.length > 2) {
  fail('The emulator has no arguments. Set its port with the variable EMULATOR_PORT.');
} else if (port === undefined) {
  fail('EMULATOR_PORT must be an integer from 1 to 65535.');
} else {
  try {
    const emulator = await startEmulator({ port });
    process.stdout.write(`StackOne emulator at ${emulator.url}, API key "${emulator.apiKey}". Press Ctrl+C to stop.\n`);
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => void emulator.stop());
    }
  } catch (error) {
    const isPortInUse = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
    fail(
      isPortInUse
        ? `Port ${port} is already in use. Set EMULATOR_PORT to another port.`
        : `The emulator did not start: ${error}`,
    );
  }
}
