import { validateHeaderName, validateHeaderValue } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { parseInput, StackOneError } from './errors.js';
import { requestUrl } from './request-url.js';

function areHeaders(headers: Readonly<Record<string, string>>): boolean {
  try {
    for (const [name, value] of Object.entries(headers)) {
      validateHeaderName(name);
      validateHeaderValue(name, value);
    }
    return true;
  } catch {
    return false;
  }
}

const matchSchema = z
  .strictObject({
    method: z.string(),
    /** Prefix of the request path. */
    path: z.string().startsWith('/'),
  })
  .partial();

/** A response with this status. Default body: an error in StackOne's format. */
const statusFaultSchema = z.strictObject({
  kind: z.literal('status').exactOptional(),
  status: z.int().min(200).max(599),
  body: z.unknown().exactOptional(),
  headers: z.record(z.string(), z.string()).refine(areHeaders, 'a name or value is not valid in HTTP').exactOptional(),
  match: matchSchema.exactOptional(),
});

/**
 * `reset` resets the connection, `hang` never sends a response, `html` sends the 502 page of a proxy, `truncate`
 * sends a 200 with an incomplete body, `delay` handles the request normally after `delayMs` (default 1000).
 */
const connectionFaultSchema = z.strictObject({
  kind: z.enum(['reset', 'hang', 'html', 'truncate', 'delay']),
  delayMs: z.int().min(0).max(600_000).exactOptional(),
  match: matchSchema.exactOptional(),
});

/** How a matching request fails. */
export const faultSchema = z.union([statusFaultSchema, connectionFaultSchema]);
export type Fault = z.infer<typeof faultSchema>;

const apiPaths = /^\/(connect_sessions|accounts|connectors|auth_configs|connector_profiles)(\/|$)/;

/** A queue of faults. Each fault applies to the first requests that match it, `times` times. */
export class Faults {
  readonly #queue: { fault: Fault; times: number }[] = [];

  /** @throws StackOneError 400 */
  add(fault: Fault, times: number): void {
    if (times !== Number.POSITIVE_INFINITY && !(Number.isInteger(times) && times >= 1)) {
      throw new StackOneError(400, 'times: must be an integer of at least 1, or Infinity');
    }
    this.#queue.push({ fault: parseInput(faultSchema, fault), times });
  }

  clear(): void {
    this.#queue.length = 0;
  }

  take(method: string, path: string): Fault | undefined {
    const index = this.#queue.findIndex(({ fault }) => matches(fault, method, path));
    const entry = this.#queue[index];
    if (!entry) {
      return undefined;
    }
    entry.times -= 1;
    if (entry.times <= 0) {
      this.#queue.splice(index, 1);
    }
    return entry.fault;
  }
}

/** Without a path, a fault matches only API requests: a Hub that is open at the same time must not consume it. */
function matches({ match }: Fault, method: string, path: string): boolean {
  if (match?.method !== undefined && match.method.toUpperCase() !== method) {
    return false;
  }
  return match?.path === undefined ? apiPaths.test(path) : path.startsWith(match.path);
}

/** Applies `faults` before authentication and all routes, like a proxy in front of StackOne. */
export function injectFaults(app: FastifyInstance, faults: Faults, now: () => Date): void {
  app.addHook('preHandler', async (request, reply) => {
    const { pathname } = requestUrl(request);
    if (pathname.startsWith('/__emulator') || request.method === 'OPTIONS') {
      return;
    }
    const fault = faults.take(request.method, pathname);
    if (fault) {
      await applyFault(fault, request, reply, now);
    }
  });
}

async function applyFault(fault: Fault, request: FastifyRequest, reply: FastifyReply, now: () => Date): Promise<void> {
  if ('status' in fault) {
    const message = 'Injected fault';
    const { status, headers = {}, body = { statusCode: status, message, timestamp: now().toISOString() } } = fault;
    await reply.status(status).headers(headers).send(body);
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
      // After the emulator stops, this timer must not keep the process alive.
      await sleep(fault.delayMs ?? 1000, undefined, { ref: false });
  }
}
