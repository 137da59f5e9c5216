import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { accountPatchSchema, accountSeedSchema } from './account-input.js';
import { StackOneError } from './errors.js';
import { faultSchema } from './faults.js';
import { settingsSchema } from './settings.js';
import type { Emulator } from './start-emulator.js';

const faultRequestSchema = z.looseObject({ times: z.int().min(1).default(1) });
const clockSchema = z.strictObject({ seconds: z.number() });
// For thousands of `rawRows`.
const bodyLimitBytes = 16 * 1024 * 1024;
const paramsSchema = z.object({ id: z.string() });

/**
 * The methods of `Emulator` over HTTP, for tests in another process. These routes require no API key, so they refuse what
 * a web page in a browser on the same machine can send.
 * @param hosts further values of the `Host` header that are accepted
 */
export async function addControlRoutes(
  app: FastifyInstance,
  { emulator, hosts }: { readonly emulator: Emulator; readonly hosts: readonly string[] },
): Promise<void> {
  app.addHook('onRoute', (route) => {
    route.bodyLimit = bodyLimitBytes;
  });
  app.addHook('onRequest', async (request) => refuseWebPages(request, hosts));

  app.get('/__emulator/history', () => emulator.history);

  app.post('/__emulator/faults', (request, reply) => {
    const { times, ...fault } = faultRequestSchema.parse(request.body);
    emulator.failNext(faultSchema.parse(fault), times);
    return reply.status(204).send();
  });

  app.post('/__emulator/reset', (_request, reply) => {
    emulator.reset();
    return reply.status(204).send();
  });

  app.patch('/__emulator/settings', (request) =>
    Object.assign(emulator.settings, settingsSchema.exactPartial().parse(request.body)),
  );

  app.post('/__emulator/clock', (request, reply) => {
    emulator.advance(clockSchema.parse(request.body).seconds);
    return reply.status(204).send();
  });

  app.get('/__emulator/accounts', () => emulator.accounts());

  app.post('/__emulator/accounts', (request, reply) =>
    reply.status(201).send(emulator.addAccount(accountSeedSchema.parse(request.body))),
  );

  app.patch('/__emulator/accounts/:id', (request) => {
    const { id } = paramsSchema.parse(request.params);
    return emulator.updateAccount(id, accountPatchSchema.parse(request.body));
  });
}

const localHosts = ['localhost', '127.0.0.1', '[::1]'];

/** @throws StackOneError 403 or 415 */
function refuseWebPages({ headers, socket }: FastifyRequest, hosts: readonly string[]): void {
  // A page whose name resolves to this machine (DNS rebinding) is of the same origin, but has its own name here.
  const accepted = [...localHosts.map((host) => `${host}:${socket.localPort}`), ...hosts];
  const { host, origin } = headers;
  if (host === undefined || !accepted.includes(host)) {
    throw new StackOneError(403, 'Forbidden: this Host header is not in the option controlHosts');
  }
  const site = headers['sec-fetch-site'] ?? 'none';
  if ((origin !== undefined && origin !== `http://${host}`) || (site !== 'none' && site !== 'same-origin')) {
    throw new StackOneError(403, 'Forbidden: the request comes from a page of another origin');
  }
  // A page can send other types without asking the server.
  const hasBody = headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
  if (hasBody && !/^application\/json\s*(;|$)/i.test(headers['content-type'] ?? '')) {
    throw new StackOneError(415, 'Send the body as application/json');
  }
}
