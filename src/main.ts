#!/usr/bin/env node
import module from 'node:module';
import { fileURLToPath } from 'node:url';
import { loadApiKey, loadConfig } from './config/from-environment.js';
import { packageName, packageVersion } from './config/package-info.js';
import { listSettings } from './config/setting-list.js';
import { describeStartError, logConfiguration, runServer } from './lifecycle.js';
import { createLogger } from './observability/logger.js';
import { createOwnerHash } from './observability/owner-hash.js';

const commands = {
  doctor: {
    usage: 'doctor [--token - | --token-file <path> | --token <JWT> | --embedded] [--mint] [--json]',
    help: `doctor checks the configuration and says what to change. It checks the settings, the connection to StackOne, the API
key, the provider catalog, the keys for access tokens, Redis, CORS, files and the clock. The exit code is 1 after an error.
  --token -            Also checks an access token from standard input, and prints the owner that the server reads from it.
  --token-file <path>  Also checks the access token in a file.
  --token <JWT>        Also checks this access token. Other users of the machine can see it in the list of processes.
  --embedded           Checks only what startConnect uses, for the schema in your own Apollo Server.
  --mint               Creates a connect session of 60 seconds, which shows the StackOne project of the API key.
  --json               Prints the findings as JSON.`,
  },
  'owner-hash': {
    usage: 'owner-hash <owner id>',
    help: 'owner-hash prints the hash that log lines contain instead of an owner id. It needs only STACKONE_API_KEY.',
  },
} as const;

/** The only side effects: environment, arguments, start and exit code. */
async function main(args: readonly string[]): Promise<void> {
  const [command, ownerId, ...rest] = args;
  const unknown = args.find((arg) => !['doctor', 'owner-hash', '--help', '--version'].includes(arg));
  if ((command === 'doctor' || command === 'owner-hash') && args.includes('--help')) {
    const { usage, help } = commands[command];
    process.stdout.write(`Usage: ${packageName} ${usage}\n\n${help}\n`);
  } else if (command === 'doctor') {
    const { runDoctor } = await import('./doctor/command.js');
    const { text, exitCode } = await runDoctor(args.slice(1), process.env, process.stdin);
    const output = exitCode === 2 ? process.stderr : process.stdout;
    // Ends the process too: a connection of a check that did not finish must not keep it.
    output.write(text, () => process.exit(exitCode));
  } else if (command === 'owner-hash' && ownerId !== undefined && rest.length === 0) {
    process.stdout.write(`${createOwnerHash(loadApiKey(process.env))(ownerId)}\n`);
  } else if (command === 'owner-hash') {
    process.stderr.write('owner-hash takes one owner id. See owner-hash --help.\n');
    process.exitCode = 2;
  } else if (unknown !== undefined) {
    process.stderr.write(`Unknown option: ${unknown}. See --help.\n`);
    process.exitCode = 2;
  } else if (args.includes('--help')) {
    process.stdout.write(formatHelp());
  } else if (args.includes('--version')) {
    process.stdout.write(`${packageVersion}\n`);
  } else {
    const config = loadConfig(process.env);
    const logger = createLogger(config.logLevel);
    logConfiguration(logger, config, process.env);
    enableCompileCache();
    await runServer(logger, config, async () => {
      const { startServer } = await import('./server.js');
      return startServer(config, { logger });
    });
  }
}

/**
 * Keeps the compiled code of the modules that are imported later for the next start, where Node.js can (22.8 and later).
 * It is next to the code itself: who can write there can change the code anyway, which is not true of the temporary
 * folder that Node.js uses by default. A folder that is read-only, or not there, changes nothing.
 */
function enableCompileCache(): void {
  if ('enableCompileCache' in module && typeof module.enableCompileCache === 'function') {
    module.enableCompileCache(fileURLToPath(new URL('../.compile-cache', import.meta.url)));
  }
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
       ${packageName} ${commands.doctor.usage}
       ${packageName} ${commands['owner-hash'].usage}

Without a command, it starts the server.

${commands.doctor.help}

${commands['owner-hash'].help}

Settings are environment variables. STACKONE_API_KEY, AUTH_ISSUER, AUTH_AUDIENCE and exactly one of AUTH_JWKS_URL,
AUTH_PUBLIC_KEY and AUTH_SECRET are required. A variable that ends with _FILE names a file with the value.

${rows.join('')}`;
}

main(process.argv.slice(2)).catch((error: unknown) => {
  // Ends the process too: what is open by then would keep it.
  process.stderr.write(`${describeStartError(error, 'PORT or METRICS_PORT')}\n`, () => process.exit(1));
});
