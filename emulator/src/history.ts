import type { FastifyInstance, FastifyRequest } from 'fastify';

/** One request as it came in. Secrets are replaced by `[redacted]`: a history gets printed. */
export type RequestRecord = {
  method: string;
  /** Without the query. */
  path: string;
  query: Record<string, string | string[]>;
  headers: Record<string, string>;
  body: unknown;
  /** 0 when there was no whole answer: the request hangs, or its connection was cut. */
  status: number;
  /** ISO 8601, by the emulator's clock. */
  at: string;
};

const REDACTED = '[redacted]';
const SECRET_HEADERS = ['authorization', 'x-hub-session-token', 'cookie'];

function headersOf(request: FastifyRequest): Record<string, string> {
  return Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [
      name,
      SECRET_HEADERS.includes(name) ? REDACTED : String(value),
    ]),
  );
}

/** The addresses of the OAuth popup and of the hosted Hub carry the session token. */
function queryOf(url: URL): Record<string, string | string[]> {
  return Object.fromEntries(
    [...new Set(url.searchParams.keys())].map((key) => {
      const [first = '', ...more] = url.searchParams.getAll(key);
      return [key, key === 'token' ? REDACTED : more.length > 0 ? [first, ...more] : first];
    }),
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Session tokens, and the values of credentials; their keys stay, so that a test can tell what was sent. */
function redactBody(body: unknown): unknown {
  if (!isRecord(body)) return body;
  return Object.fromEntries(
    Object.entries(body).map(([key, value]) => {
      if (key === 'token') return [key, REDACTED];
      if (key !== 'credentials' || !isRecord(value)) return [key, value];
      return [key, Object.fromEntries(Object.keys(value).map((name) => [name, REDACTED]))];
    }),
  );
}

/** Records every request but the control routes' and preflights. */
export function recordHistory(app: FastifyInstance, history: RequestRecord[], now: () => Date): void {
  const records = new WeakMap<FastifyRequest, RequestRecord>();

  // Recorded on arrival, not when answered: what hangs or is cut off counts too.
  app.addHook('onRequest', async (request) => {
    const url = new URL(request.url, 'http://emulator');
    if (url.pathname.startsWith('/__emulator') || request.method === 'OPTIONS') return;
    const record: RequestRecord = {
      method: request.method,
      path: url.pathname,
      query: queryOf(url),
      headers: headersOf(request),
      body: undefined,
      status: 0,
      at: now().toISOString(),
    };
    records.set(request, record);
    history.push(record);
  });
  app.addHook('preHandler', async (request) => {
    const record = records.get(request);
    if (record) record.body = redactBody(request.body);
  });
  // Before the answer leaves, so that whoever has it finds its status here.
  app.addHook('onSend', async (request, reply) => {
    const record = records.get(request);
    if (record) record.status = reply.statusCode;
  });
}
