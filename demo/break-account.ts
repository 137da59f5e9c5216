import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { Emulator } from '../emulator/src/index.js';
import { isTenantKey, tenants } from './tenants.js';

// A page of another site can send a form or text without asking this server, but no JSON.
const bodySchema = z.strictObject({ tenant: z.string().refine(isTenantKey) });

/** Adds `POST /demo/break-account`: an account of the customer stops working, as if its password had changed. */
export function addBreakRoute(server: FastifyInstance, emulator: Emulator): void {
  server.post('/demo/break-account', async (request, reply) => {
    const { data } = bodySchema.safeParse(request.body);
    if (data === undefined) {
      return reply.code(400).send({ errors: [{ message: 'The body must be JSON with a tenant.' }] });
    }
    const { ownerId } = tenants[data.tenant];
    const working = emulator
      .accounts()
      .find(({ origin_owner_id, status }) => origin_owner_id === ownerId && status === 'active');
    if (working !== undefined) {
      const description = 'The provider rejected the stored password.';
      const reason = { code: 'invalid_credentials', description, timestamp: new Date().toISOString() };
      emulator.updateAccount(working.id, { status: 'error', status_reasons: [reason] });
    }
    return { accountId: working?.id ?? null };
  });
}
