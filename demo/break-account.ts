import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { Emulator } from '../emulator/src/index.js';
import { breakAccount, isTenantKey } from './tenants.js';

// A page of another site can send a form or text without asking this server, but no JSON.
const bodySchema = z.strictObject({ tenant: z.string().refine(isTenantKey) });

/** Adds `POST /demo/break-account`. */
export function addBreakRoute(server: FastifyInstance, emulator: Emulator): void {
  server.post('/demo/break-account', async (request, reply) => {
    const { data } = bodySchema.safeParse(request.body);
    if (data === undefined) {
      return reply.code(400).send({ errors: [{ message: 'The body must be JSON with a tenant.' }] });
    }
    return { accountId: breakAccount(emulator, data.tenant) };
  });
}
