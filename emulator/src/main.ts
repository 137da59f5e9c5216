#!/usr/bin/env node
import { startEmulator } from './start-emulator.js';

const defaultPort = 4010;

const help = `Usage: stackone-emulator [--help]

Starts StackOne in memory on 127.0.0.1, with its API, its Hub API and its OAuth pages, and prints its URL and API key.
EMULATOR_PORT is its port, 0-65535. 0 takes any free port. Default: ${defaultPort}.

The guide: https://github.com/stackone-connect/stackone-connect-graphql/blob/main/docs/testing.md
`;

function parsePort(text: string | undefined): number | undefined {
  if (text === undefined || text === '') {
    return defaultPort;
  }
  const port = Number(text);
  return /^\d+$/.test(text) && port <= 65535 ? port : undefined;
}

function fail(message: string, exitCode = 1): void {
  process.stderr.write(`${message}\n`);
  process.exitCode = exitCode;
}

const [argument] = process.argv.slice(2);
const port = parsePort(process.env['EMULATOR_PORT']);
if (argument === '--help') {
  process.stdout.write(help);
} else if (argument !== undefined) {
  fail(`Unknown option: ${argument}. See --help.`, 2);
} else if (port === undefined) {
  fail('EMULATOR_PORT must be an integer from 0 to 65535.');
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
