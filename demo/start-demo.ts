import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import { type Emulator, type Settings, startEmulator } from '../emulator/src/index.js';
import { ConfigError } from '../src/config/config-error.js';
import { type Environment, loadConfig } from '../src/config/from-environment.js';
import { listSettings } from '../src/config/setting-list.js';
import type { Config } from '../src/config/settings.js';
import type { Logger } from '../src/observability/logger.js';
import { type Server, startServer } from '../src/server.js';
import { addBreakRoute } from './break-account.js';
import { addIdentityRoutes, createDemoIdentity } from './identity.js';
import { managePermission, seedAccounts } from './tenants.js';

export interface Demo extends Server {
  readonly emulator: Emulator;
}

interface DemoConfig {
  readonly config: Config;
  readonly emulatorPort: number;
}

/** The variables that only the demo reads. */
export const demoVariables: readonly string[] = ['EMULATOR_PORT', 'DEMO_ALLOW_NETWORK'];

const apiKey = 'demo-key';
const defaultEmulatorPort = 4010;
const webhookSecret = `whsec_${randomBytes(24).toString('base64url')}`;
const identity = createDemoIdentity();

/**
 * The configuration of the server, with the emulator and the demo identity provider in place of StackOne and yours.
 * @param env the environment variables of the server, and `demoVariables`
 * @param emulatorUrl of the emulator that runs, which can have any free port
 * @throws ConfigError that lists all problems
 */
export function loadDemoConfig(env: Environment, emulatorUrl?: string): DemoConfig {
  const problems = demoProblems(env);
  if (problems.length > 0) {
    throw new ConfigError(problems);
  }
  const emulatorPort = Number(env['EMULATOR_PORT'] ?? defaultEmulatorPort);
  const config = loadConfig({
    // No load balancer has to notice the end of a demo.
    SHUTDOWN_GRACE_SECONDS: '0',
    // The page, its browser and the emulator share one machine.
    MAX_EVENT_LOOP_DELAY_MS: '2000',
    // The emulator has no limit, and few customers would each have a quarter of the default.
    RATE_LIMIT_TOTAL_PER_MINUTE: '10000',
    ...env,
    STACKONE_API_KEY: apiKey,
    STACKONE_BASE_URL: emulatorUrl ?? `http://127.0.0.1:${emulatorPort}`,
    AUTH_PUBLIC_KEY: identity.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    AUTH_ISSUER: identity.issuer,
    AUTH_AUDIENCE: identity.audience,
    STACKONE_WEBHOOK_SECRET: webhookSecret,
    MANAGE_PERMISSION: managePermission,
    PROVIDERS_CLAIM: 'providers',
    MAX_ACCOUNTS_CLAIM: 'max_accounts',
  });
  if (env['DEMO_ALLOW_NETWORK'] !== 'true' && !isLoopback(config.host)) {
    throw new ConfigError([networkProblem]);
  }
  return { config, emulatorPort };
}

const networkProblem =
  'HOST opens the demo to the network, where everyone gets an access token and can read the credentials that are typed into the Hub: unset HOST, or set DEMO_ALLOW_NETWORK=true too';

/** @param host of a setting or of a URL */
function isLoopback(host: string): boolean {
  return /^(localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|::1|\[::1\])$/.test(host);
}

/** Settings that the demo fills in. Set without a StackOne key, they are a mistake. */
const serverOnly = listSettings()
  .flatMap(({ variable, fileVariable }) => (fileVariable === undefined ? [variable] : [variable, fileVariable]))
  .filter((name) => /^(STACKONE_BASE_URL|STACKONE_WEBHOOK_.*|AUTH_.*|.*_CLAIM|MANAGE_PERMISSION)$/.test(name));

function demoProblems(env: Environment): string[] {
  const problems = serverOnly
    .filter((name) => env[name] !== undefined)
    .map((name) => `${name} is set but STACKONE_API_KEY is not: set the key too, or unset ${name} for the demo`);
  if (env['NODE_ENV'] === 'production') {
    problems.push('STACKONE_API_KEY is missing: the demo does not run in production, set your StackOne API key');
  }
  const allowNetwork = env['DEMO_ALLOW_NETWORK'] ?? 'false';
  if (allowNetwork !== 'true' && allowNetwork !== 'false') {
    problems.push('DEMO_ALLOW_NETWORK is not valid: it must be true or false');
  }
  const port = env['EMULATOR_PORT'];
  if (port !== undefined && !(/^\d{1,5}$/.test(port) && Number(port) <= 65_535)) {
    problems.push('EMULATOR_PORT is not valid: it must be a port number from 0 to 65535');
  }
  return problems;
}

/**
 * Starts the real server in front of an emulator of StackOne and a demo identity provider.
 * @throws ConfigError that lists all problems
 */
export async function startDemo(env: Environment, options: { readonly logger?: Logger } = {}): Promise<Demo> {
  const { config: local, emulatorPort } = loadDemoConfig(env);
  const settings: Partial<Settings> = { webhookSecret };
  const emulator = await startEmulator({ host: local.host, port: emulatorPort, apiKey, settings });
  seedAccounts(emulator);
  try {
    const { config } = loadDemoConfig(env, emulator.url);
    const server = await startServer(config, {
      ...options,
      extension: {
        playgroundTokenPath: 'demo/token?tenant=acme',
        addRoutes: async (server) => {
          if (env['DEMO_ALLOW_NETWORK'] !== 'true') {
            refuseOtherHosts(server);
          }
          addIdentityRoutes(server, identity);
          addBreakRoute(server, emulator);
          await addPage(server, new URL(emulator.url).port);
        },
      },
    });
    // The emulator starts first, so it learns the URL of the server now. A reset of the emulator keeps it.
    settings.webhookUrl = `${server.url}/webhooks/stackone`;
    emulator.settings.webhookUrl = settings.webhookUrl;
    const stop = async (graceMs?: number) => {
      await server.stop(graceMs);
      await emulator.stop();
    };
    return { ...server, stop, emulator };
  } catch (error) {
    await emulator.stop();
    throw error;
  }
}

/**
 * A page of another site whose name resolves to this machine (DNS rebinding) is of the same origin, but has its own name
 * here. With an access token, it could read the credentials that were typed into the Hub.
 */
function refuseOtherHosts(server: FastifyInstance): void {
  const message = 'Open the demo at localhost or 127.0.0.1, or set DEMO_ALLOW_NETWORK=true.';
  server.addHook('onRequest', async ({ hostname }, reply) =>
    isLoopback(hostname)
      ? undefined
      : reply.code(403).send({ errors: [{ message, extensions: { code: 'BAD_USER_INPUT' } }] }),
  );
}

const pageFolder = findPage();

/** `npm run build` puts the page there, seen from the built file and from the source file in tests. */
function findPage(): string {
  const candidates = ['page/', '../dist/demo/page/'].map((path) => fileURLToPath(new URL(path, import.meta.url)));
  return candidates.find((folder) => existsSync(join(folder, 'main.js'))) ?? candidates[0] ?? '';
}

/** Serves the demo page at `/`. Its content security policy allows requests of the Hub to the emulator only. */
async function addPage(server: FastifyInstance, emulatorPort: string): Promise<void> {
  const template = await readFile(join(pageFolder, 'index.html'), 'utf8');
  server.get('/', async (request, reply) => {
    const hubBaseUrl = `http://${hostForBrowser(request.hostname)}:${emulatorPort}`;
    return reply
      .type('text/html; charset=utf-8')
      .header('content-security-policy', contentSecurityPolicy(hubBaseUrl))
      .send(template.replace('{{hubBaseUrl}}', hubBaseUrl));
  });
  await server.register(fastifyStatic, { root: pageFolder, prefix: '/demo/', index: false });
}

/**
 * The emulator has the host of the page: the browser can be on another machine. The text goes into HTML and into a
 * policy, which cannot name an IPv6 address.
 */
function hostForBrowser(hostname: string): string {
  return /^[a-z0-9.-]+$/i.test(hostname) ? hostname : 'localhost';
}

function contentSecurityPolicy(hubBaseUrl: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    // The Hub styles itself inline, and carries its fonts as data: URLs.
    "style-src 'self' 'unsafe-inline'",
    'font-src data:',
    `img-src 'self' data: ${hubBaseUrl}`,
    `connect-src 'self' ${hubBaseUrl}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}
