import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';

const Match = z
  .strictObject({
    method: z.string(),
    /** The path, or its beginning. */
    path: z.string().startsWith('/'),
  })
  .exactPartial();

/** A status; without `body`, in StackOne's own shape. */
const Status = z.strictObject({
  kind: z.literal('status').exactOptional(),
  status: z.int().min(200).max(599),
  body: z.unknown().exactOptional(),
  headers: z.record(z.string(), z.string()).exactOptional(),
  match: Match.exactOptional(),
});

/**
 * `reset` cuts the connection, `hang` never answers, `html` is a proxy's 502 page, `truncate` is a 200 whose
 * body breaks off, `delay` answers as usual but late (1000 ms without `delayMs`).
 */
const Broken = z.strictObject({
  kind: z.enum(['reset', 'hang', 'html', 'truncate', 'delay']),
  delayMs: z.int().min(0).max(600_000).exactOptional(),
  match: Match.exactOptional(),
});

/** How the next request fails, instead of being answered. */
export const Fault = z.union([Status, Broken]);
export type Fault = z.infer<typeof Fault>;

const API_PATHS = /^\/(connect_sessions|accounts|connectors|auth_configs)(\/|$)/;

/** Faults wait in a queue, and each is spent on the first request that it matches. */
export class Faults {
  readonly #queue: { fault: Fault; times: number }[] = [];

  add(fault: Fault, times: number): void {
    this.#queue.push({ fault: Fault.parse(fault), times });
  }

  clear(): void {
    this.#queue.length = 0;
  }

  take(method: string, path: string): Fault | undefined {
    const index = this.#queue.findIndex(({ fault }) => matches(fault, method, path));
    const entry = this.#queue[index];
    if (!entry) return undefined;
    entry.times -= 1;
    if (entry.times <= 0) this.#queue.splice(index, 1);
    return entry.fault;
  }
}

/** Without a path only the API fails: a Hub that is open at the same time would use the fault up. */
function matches({ match }: Fault, method: string, path: string): boolean {
  if (match?.method !== undefined && match.method.toUpperCase() !== method) return false;
  return match?.path === undefined ? API_PATHS.test(path) : path.startsWith(match.path);
}

/** Lets `faults` come before authentication and every route, as a proxy in front of StackOne would. */
export function injectFaults(app: FastifyInstance, faults: Faults, now: () => Date): void {
  app.addHook('preHandler', async (request, reply) => {
    const { pathname } = new URL(request.url, 'http://emulator');
    if (pathname.startsWith('/__emulator') || request.method === 'OPTIONS') return;
    const fault = faults.take(request.method, pathname);
    if (fault) await commit(fault, request, reply, now);
  });
}

async function commit(
  fault: Fault,
  request: FastifyRequest,
  reply: FastifyReply,
  now: () => Date,
): Promise<void> {
  if ('status' in fault) {
    const message = 'A fault that was asked for';
    const body = fault.body ?? { statusCode: fault.status, message, timestamp: now().toISOString() };
    await reply
      .status(fault.status)
      .headers(fault.headers ?? {})
      .send(body);
    return;
  }
  switch (fault.kind) {
    case 'reset':
      reply.hijack();
      request.socket.resetAndDestroy();
      return;
    case 'hang':
      reply.hijack();
      return;
    case 'html':
      await reply.status(502).type('text/html').send('<html><h1>502 Bad Gateway</h1></html>');
      return;
    case 'truncate':
      reply.hijack();
      reply.raw.writeHead(200, { 'content-type': 'application/json', 'content-length': '4096' });
      reply.raw.write('{"id": 1, "token": "cut', () => request.socket.destroy());
      return;
    case 'delay':
      // Not awaited by anybody once the emulator stops, so it must not keep the process alive.
      await sleep(fault.delayMs ?? 1000, undefined, { ref: false });
  }
}
