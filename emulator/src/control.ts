import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { StackOneError } from './errors.js';
import { Fault } from './faults.js';
import { Settings } from './settings.js';
import type { Emulator } from './start-emulator.js';

const Text = z.string().min(1);
const Timestamp = z.iso.datetime({ offset: true });

const Patch = z
  .strictObject({
    provider: Text,
    status: Text,
    status_reasons: z.array(
      z.strictObject({
        code: z.string().exactOptional(),
        description: z.string().exactOptional(),
        timestamp: Timestamp,
      }),
    ),
    origin_owner_id: Text,
    origin_owner_name: Text,
    origin_username: z.string().nullable(),
    label: z.string().nullable(),
    type: z.string().nullable(),
    credentials: z.record(z.string(), z.string()),
    created_at: Timestamp,
    updated_at: Timestamp,
  })
  .exactPartial();
const Seed = Patch.extend({
  id: Text.exactOptional(),
  provider: Text,
  origin_owner_id: Text,
  origin_owner_name: Text,
});
const FaultAndTimes = z.looseObject({ times: z.int().min(1).default(1) });
const Clock = z.strictObject({ seconds: z.number() });
const Params = z.object({ id: z.string() });

/** The same handles as `Emulator` has, for a test or a person in another process. Needs no key. */
export function addControlRoutes(app: FastifyInstance, emulator: Emulator): void {
  app.get('/__emulator/history', () => emulator.history);

  app.post('/__emulator/faults', (request, reply) => {
    const { times, ...fault } = FaultAndTimes.parse(request.body);
    emulator.failNext(Fault.parse(fault), times);
    return reply.status(204).send();
  });

  app.post('/__emulator/reset', (_request, reply) => {
    emulator.reset();
    return reply.status(204).send();
  });

  app.patch('/__emulator/settings', (request) =>
    Object.assign(emulator.settings, Settings.exactPartial().parse(request.body)),
  );

  app.post('/__emulator/clock', (request, reply) => {
    emulator.advance(Clock.parse(request.body).seconds);
    return reply.status(204).send();
  });

  app.get('/__emulator/accounts', () => emulator.accounts());

  app.post('/__emulator/accounts', (request, reply) =>
    reply.status(201).send(emulator.addAccount(Seed.parse(request.body))),
  );

  app.patch('/__emulator/accounts/:id', (request) => {
    const { id } = Params.parse(request.params);
    const patch = Patch.parse(request.body);
    // `updateAccount` throws what only a programming error can cause; over HTTP it is a plain 404.
    if (!emulator.accounts().some((account) => account.id === id)) {
      throw new StackOneError(404, `Account ${id} not found`);
    }
    return emulator.updateAccount(id, patch);
  });
}
