import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { parentPort } from 'node:worker_threads';
import { z } from 'zod';

/**
 * The StackOne of `scripts/abuse.ts`, in a thread of its own. The emulator is not fast enough for it: a list of 1,000
 * accounts takes 40 calls, and other customers would wait in the emulator instead of the server. Here a page is made
 * once, and each call takes 20 ms, as in `npm run bench`.
 */
const latencyMs = 20;
const pageSize = 25;
const providers = ['bamboohr', ...Array.from({ length: 19 }, (_, number) => `provider-${number}`)];

/** How StackOne fails for all paths that begin with `path`. */
export interface Fault {
  readonly path: string;
  readonly status?: number;
  readonly delayMs?: number;
}

/** What StackOne has for one phase. */
export interface Seed {
  readonly owners: readonly { readonly id: string; readonly accounts: number }[];
  readonly faults: readonly Fault[];
}

let accountCounts = new Map<string, number>();
let faults: readonly Fault[] = [];
let sessions = 0;
const pages = new Map<string, string>();
const sessionSchema = z.object({ origin_owner_id: z.string() });

const catalog = JSON.stringify({
  page: 1,
  page_size: 100,
  total: providers.length,
  data: providers.map((key) => ({
    id: key,
    connector_key: key,
    connector_label: key,
    categories: ['hris'],
    active: true,
  })),
});

function listAccounts(query: URLSearchParams): string {
  const owner = query.get('origin_owner_id') ?? '';
  const page = Number(query.get('page') ?? 1);
  const total = accountCounts.get(owner) ?? 0;
  const first = (page - 1) * pageSize;
  const rows = Array.from({ length: Math.max(0, Math.min(pageSize, total - first)) }, (_, index) => ({
    id: `${owner}-${first + index}`,
    provider: 'bamboohr',
    origin_owner_id: owner,
    origin_owner_name: owner,
    origin_username: null,
    label: null,
    status: 'active',
    status_reasons: [],
    created_at: '2026-01-05T09:00:00.000Z',
    updated_at: '2026-01-06T09:00:00.000Z',
  }));
  return JSON.stringify({ page, page_size: pageSize, total, data: rows });
}

function pageOf(query: URLSearchParams): string {
  const key = query.toString();
  const page = pages.get(key) ?? listAccounts(query);
  pages.set(key, page);
  return page;
}

async function respond(method: string | undefined, url: URL, body: string): Promise<readonly [number, string]> {
  const fault = faults.find(({ path }) => url.pathname.startsWith(path));
  await sleep(fault?.delayMs ?? latencyMs);
  if (fault?.status !== undefined) {
    return [fault.status, '{}'];
  }
  if (method === 'POST' && url.pathname === '/connect_sessions') {
    const { origin_owner_id } = sessionSchema.parse(JSON.parse(body));
    sessions += 1;
    return [201, JSON.stringify({ token: `token-${sessions}`, origin_owner_id, project_id: 'abuse' })];
  }
  if (url.pathname === '/accounts') {
    return [200, pageOf(url.searchParams)];
  }
  return url.pathname === '/connector_profiles' ? [200, catalog] : [404, '{}'];
}

const server = createServer(async (request, response) => {
  const body = await text(request);
  const [status, json] = await respond(request.method, new URL(request.url ?? '/', 'http://stackone'), body);
  response
    .writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(json) })
    .end(json);
});
server.keepAliveTimeout = 600_000;
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  parentPort?.postMessage({ url: `http://127.0.0.1:${port}`, apiKey: 'abuse-key' });
});

parentPort?.on('message', (seed: Seed) => {
  accountCounts = new Map(seed.owners.map(({ id, accounts }) => [id, accounts]));
  faults = seed.faults;
  pages.clear();
  parentPort?.postMessage('seeded');
});
