import type { FastifyInstance, FastifyRequest } from 'fastify';
import { isRecord } from './is-record.js';
import { requestUrl } from './request-url.js';

/** One received request. Secrets are replaced by `[redacted]`, because tests print the history. */
export interface RequestRecord {
  method: string;
  /** Without the query string. */
  path: string;
  query: Record<string, string | string[]>;
  headers: Record<string, string>;
  body: unknown;
  /** HTTP status. 0 when no complete response was sent: the request hangs or its connection was reset. */
  status: number;
  /** ISO 8601, in the time of the emulator's clock. */
  at: string;
}

const redacted = '[redacted]';
const secretHeaders = ['authorization', 'x-hub-session-token', 'cookie'];

function redactHeaders(request: FastifyRequest): Record<string, string> {
  return Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [
      name,
      secretHeaders.includes(name) ? redacted : String(value),
    ]),
  );
}

/**
 * Redacts `token`: the URLs of the OAuth popup and of the hosted Hub contain the session token. The other parameters of
 * the popup are credentials, except these.
 */
function redactQuery({ pathname, searchParams }: URL): Record<string, string | string[]> {
  const isPopup = pathname.startsWith('/connect/oauth2/');
  const isSecret = (key: string) =>
    key === 'token' || (isPopup && !['redirect_uri', 'connection_attempt_id'].includes(key));
  return Object.fromEntries(
    [...new Set(searchParams.keys())].map((key) => {
      const [first = '', ...more] = searchParams.getAll(key);
      return [key, isSecret(key) ? redacted : more.length > 0 ? [first, ...more] : first];
    }),
  );
}

/** Redacts session tokens and credential values. The credential keys stay, so that a test can check them. */
function redactBody(body: unknown): unknown {
  if (!isRecord(body)) {
    return body;
  }
  return Object.fromEntries(
    Object.entries(body).map(([key, value]) => {
      if (key === 'token') {
        return [key, redacted];
      }
      if (!['credentials', 'setup_information', 'secrets'].includes(key) || !isRecord(value)) {
        return [key, value];
      }
      return [key, Object.fromEntries(Object.keys(value).map((name) => [name, redacted]))];
    }),
  );
}

/** Records every request except control routes (`/__emulator/...`) and CORS preflights. */
export function recordHistory(app: FastifyInstance, history: RequestRecord[], now: () => Date): void {
  const records = new WeakMap<FastifyRequest, RequestRecord>();

  // Recorded on arrival, not on response: requests that hang or are cut off must be in the history too.
  app.addHook('onRequest', async (request) => {
    const url = requestUrl(request);
    if (url.pathname.startsWith('/__emulator') || request.method === 'OPTIONS') {
      return;
    }
    const record: RequestRecord = {
      method: request.method,
      path: url.pathname,
      query: redactQuery(url),
      headers: redactHeaders(request),
      body: undefined,
      status: 0,
      at: now().toISOString(),
    };
    records.set(request, record);
    history.push(record);
  });
  app.addHook('preHandler', async (request) => {
    const record = records.get(request);
    if (record) {
      record.body = redactBody(request.body);
    }
  });
  // Set before the response is sent: a client that has the response can read its status here.
  app.addHook('onSend', async (request, reply) => {
    const record = records.get(request);
    if (record) {
      record.status = reply.statusCode;
    }
  });
}
