import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import { type Emulator, startEmulator } from '../emulator/index.js';
import { type App, startApp } from '../src/app.js';
import { type Config, type DemoConfig, Secret } from '../src/config.js';
import type { Logger } from '../src/logger.js';
import { thisPackage } from '../src/package.js';
import { addIdentityRoutes, createDemoIdentity } from './identity.js';
import { seedAccounts } from './tenants.js';

export interface Demo extends App {
  readonly emulator: Emulator;
}

const apiKey = 'demo-key';
const pageFolder = join(thisPackage.folder, 'dist/demo/page');

/** Starts the real server with the StackOne emulator and the demo's identity provider. Requires no StackOne account. */
export async function startDemo(
  config: DemoConfig,
  options: { readonly logger?: Logger } = {},
): Promise<Demo> {
  const identity = createDemoIdentity();
  const emulator = await startEmulator({ host: config.http.host, port: config.emulatorPort, apiKey });
  seedAccounts(emulator);
  const liveConfig: Config = {
    ...config,
    mode: 'live',
    stackone: { apiKey: new Secret(apiKey), baseUrl: emulator.url },
    auth: {
      keys: { kind: 'publicKey', key: identity.publicKey },
      issuer: identity.issuer,
      audience: identity.audience,
      claims: { ownerId: 'org_id', ownerName: 'org_name', username: 'email' },
    },
  };
  try {
    const app = await startApp(liveConfig, {
      ...options,
      extension: {
        playgroundTokenPath: '/demo/token?tenant=acme',
        addRoutes: async (server) => {
          addIdentityRoutes(server, identity);
          await addPage(server, emulator.url);
        },
      },
    });
    const stop = async (graceMs?: number) => {
      await app.stop(graceMs);
      await emulator.stop();
    };
    return { ...app, stop, emulator };
  } catch (error) {
    await emulator.stop();
    throw error;
  }
}

/** Serves the demo page at `/`. Its content security policy allows requests of the Hub to `hubBaseUrl` only. */
async function addPage(server: FastifyInstance, hubBaseUrl: string): Promise<void> {
  const template = await readFile(join(pageFolder, 'index.html'), 'utf8');
  const page = template.replace('{{hubBaseUrl}}', hubBaseUrl);
  const contentSecurityPolicy = [
    "default-src 'none'",
    "script-src 'self'",
    // The Hub uses inline styles and fonts in data: URLs.
    "style-src 'self' 'unsafe-inline'",
    'font-src data:',
    `img-src 'self' data: ${hubBaseUrl}`,
    `connect-src 'self' ${hubBaseUrl}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
  server.get('/', async (_request, reply) =>
    reply
      .type('text/html; charset=utf-8')
      .header('content-security-policy', contentSecurityPolicy)
      .send(page),
  );
  await server.register(fastifyStatic, { root: pageFolder, prefix: '/demo/', index: false });
}
