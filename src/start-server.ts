import type { Config } from './config/settings.js';
import type { Server, ServerOptions } from './server.js';

/**
 * Starts the standalone server: HTTP, health checks and metrics around the schema. Fastify and jose are loaded at the first
 * call, because a host app with `startConnect` does not need them.
 * @param config what `loadConfig` returns
 */
export async function startServer(config: Config, options?: ServerOptions): Promise<Server> {
  const server = await import('./server.js');
  return server.startServer(config, options);
}
