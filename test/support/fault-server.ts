import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { createSecureContext, TLSSocket } from 'node:tls';
import type { Certificate } from './tls-certificates.js';

/** A request as it arrived, and the means to answer it in any way that a socket allows. */
export interface Exchange {
  readonly request: ReceivedRequest;
  /** 1 for the first request on its socket. */
  readonly nth: number;
  readonly socket: Socket;
  /** What a StackOne in good order would send, headers included. */
  readonly good: string;
}

export interface ReceivedRequest {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly body: string;
  /** Aborted when its socket is closed. */
  readonly gone: AbortSignal;
}

/** What happens instead of an answer, or, `onConnection`, instead of anything. */
export type Fault =
  | { readonly onConnection: (socket: Socket) => void }
  | { readonly onRequest: (exchange: Exchange) => void | Promise<void> };

/**
 * An upstream over raw sockets, so that it can break every rule of HTTP. Left alone it answers like StackOne,
 * as far as this project's calls go. It has no state: an account has whatever id is asked for.
 */
export interface FaultServer {
  readonly url: string;
  readonly requests: readonly ReceivedRequest[];
  /** Requests that arrived on a socket whose last one had not been answered. */
  readonly pipelined: number;
  readonly connections: { readonly open: number; readonly total: number };
  /** For the next `times` requests with this method (connections, for a fault of those). Forgets other faults. */
  play(fault: Fault, times?: number, method?: string): void;
  /** No fault from now on. */
  behave(): void;
  present(certificate: Certificate): void;
  /** Nobody listens any more, and all sockets are closed. */
  refuse(): Promise<void>;
  /** Listens again, on the same port. */
  accept(): Promise<void>;
}

export interface FaultServerOptions {
  /** The owner of every account. */
  readonly ownerId: string;
  /** Then it speaks TLS. */
  readonly certificate?: Certificate;
}

export async function startFaultServer({ ownerId, certificate }: FaultServerOptions): Promise<FaultServer> {
  const requests: ReceivedRequest[] = [];
  const connections = { open: 0, total: 0 };
  const sockets = new Set<Socket>();
  let pipelined = 0;
  let presented = certificate;
  let script: { fault: Fault; left: number; method: string | undefined } | undefined;
  let minted = 0;

  /** The fault that is due, counted as played. */
  const next = (isDue: (fault: Fault, method: string | undefined) => boolean): Fault | undefined => {
    if (script === undefined || script.left < 1 || !isDue(script.fault, script.method)) {
      return undefined;
    }
    script.left -= 1;
    return script.fault;
  };

  const server = createServer({ allowHalfOpen: false }, (raw) => {
    connections.open += 1;
    connections.total += 1;
    sockets.add(raw);
    // A peer that resets is a part of the play.
    raw.on('error', () => undefined);
    raw.once('close', () => {
      connections.open -= 1;
      sockets.delete(raw);
    });
    raw.setNoDelay(true);
    const fault = next((candidate) => 'onConnection' in candidate);
    if (fault !== undefined && 'onConnection' in fault) {
      fault.onConnection(raw);
      return;
    }
    const socket = presented === undefined ? raw : secure(raw, presented);
    readRequests(socket, {
      onPipelined: () => {
        pipelined += 1;
      },
      onRequest: async (exchange) => {
        requests.push(exchange.request);
        const { method } = exchange.request;
        const played = next((candidate, only) => 'onRequest' in candidate && (only ?? method) === method);
        if (played !== undefined && 'onRequest' in played) {
          await played.onRequest(exchange);
        } else {
          exchange.socket.write(exchange.good);
        }
      },
      good: (request) => {
        minted += 1;
        return answerLikeStackOne(request, ownerId, minted);
      },
    });
  });
  await listen(server, 0);
  const port = portOf(server);
  return {
    url: `${certificate === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    requests,
    get pipelined() {
      return pipelined;
    },
    connections,
    play: (fault, times = Number.POSITIVE_INFINITY, method = undefined) => {
      script = { fault, left: times, method };
    },
    behave: () => {
      script = undefined;
    },
    present: (other) => {
      presented = other;
    },
    refuse: async () => {
      const closed = server.listening ? once(server, 'close') : undefined;
      server.close();
      for (const socket of sockets) {
        socket.destroy();
      }
      await closed;
    },
    accept: () => listen(server, port),
  };
}

async function listen(server: Server, port: number): Promise<void> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') {
    throw new Error('the server has no port');
  }
  return address.port;
}

function secure(raw: Socket, certificate: Certificate): Socket {
  const socket = new TLSSocket(raw, { isServer: true, secureContext: createSecureContext(certificate) });
  socket.on('error', () => undefined);
  return socket;
}

interface Reader {
  readonly good: (request: ReceivedRequest) => string;
  readonly onRequest: (exchange: Exchange) => Promise<void>;
  readonly onPipelined: () => void;
}

/** One request after the other, as undici writes them: a head, and a body of the length that the head tells. */
function readRequests(socket: Socket, { good, onRequest, onPipelined }: Reader): void {
  const gone = new AbortController();
  socket.once('close', () => gone.abort());
  let received = '';
  let nth = 0;
  let isAnswering = false;
  socket.on('data', (bytes: Buffer) => {
    received += bytes.toString('latin1');
    for (;;) {
      const end = received.indexOf('\r\n\r\n');
      const length = Number(/\r\ncontent-length: *(\d+)/i.exec(received)?.[1] ?? 0);
      if (end < 0 || received.length < end + 4 + length) {
        return;
      }
      const [method = '', path = ''] = received.split(' ', 2);
      const body = Buffer.from(received.slice(end + 4, end + 4 + length), 'latin1').toString();
      received = received.slice(end + 4 + length);
      const request = { method, path, body, gone: gone.signal };
      if (isAnswering) {
        onPipelined();
      }
      isAnswering = true;
      nth += 1;
      onRequest({ request, nth, socket, good: good(request) }).finally(() => {
        isAnswering = false;
      });
    }
  });
}

/** @param nth makes each token another one */
function answerLikeStackOne({ method, path, body }: ReceivedRequest, ownerId: string, nth: number): string {
  const { pathname } = new URL(path, 'http://upstream');
  if (method === 'POST' && pathname === '/connect_sessions') {
    const { origin_owner_id, origin_owner_name } = JSON.parse(body);
    const token = `session-${nth}-of-${origin_owner_id}`;
    return toHttp('201 Created', { id: nth, origin_owner_id, origin_owner_name, token });
  }
  const account = (id: string) => ({
    id,
    provider: 'hubspot',
    status: 'active',
    origin_owner_id: ownerId,
    created_at: '2026-01-01T00:00:00.000Z',
    updated_at: '2026-01-01T00:00:00.000Z',
  });
  const id = /^\/accounts\/([\w-]+)$/.exec(pathname)?.[1];
  if (id !== undefined) {
    return toHttp('200 OK', account(id));
  }
  if (pathname === '/accounts') {
    return toHttp('200 OK', [account('account-1')]);
  }
  if (pathname === '/auth_configs') {
    const data = [
      { connector_key: 'hubspot', connector_label: 'HubSpot', categories: ['crm'], active: true },
    ];
    return toHttp('200 OK', { page: 1, page_size: 100, total: data.length, data });
  }
  return toHttp('404 Not Found', { statusCode: 404, message: 'Not Found' });
}

/** A whole answer with a JSON body. */
export function toHttp(
  status: string,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): string {
  return toRawHttp(status, JSON.stringify(body), { 'content-type': 'application/json', ...headers });
}

/** A whole answer, with the length of its body unless the headers speak of that. */
export function toRawHttp(
  status: string,
  body: string,
  headers: Readonly<Record<string, string | undefined>> = {},
): string {
  const all = { 'content-length': String(Buffer.byteLength(body)), ...headers };
  const lines = Object.entries(all).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}: ${value}`],
  );
  return [`HTTP/1.1 ${status}`, ...lines, '', body].join('\r\n');
}
