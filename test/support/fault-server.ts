import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { createSecureContext, TLSSocket } from 'node:tls';
import { listen } from './listen.js';
import type { Certificate } from './tls-certificates.js';

/** A received request, its socket, and the valid response to it. */
export interface Exchange {
  readonly request: ReceivedRequest;
  /** 1 for the first request on its socket. */
  readonly requestNumber: number;
  readonly socket: Socket;
  /** StackOne's response as raw HTTP. */
  readonly validResponse: string;
}

interface ReceivedRequest {
  readonly method: string;
  /** With the query string. */
  readonly path: string;
  readonly body: string;
  /** Aborted when its socket closes. */
  readonly closed: AbortSignal;
}

/** Replaces the response, or with `onConnection` the whole connection. */
export type Fault =
  | { readonly onConnection: (socket: Socket) => void }
  | { readonly onRequest: (exchange: Exchange) => void | Promise<void> };

/**
 * An upstream over raw sockets, which can violate HTTP. Without a fault it responds like StackOne to the calls
 * of this project. It has no state: every account id exists.
 */
export interface FaultServer {
  readonly url: string;
  readonly requests: readonly ReceivedRequest[];
  /** Number of requests that arrived before the previous request on the same socket had its response. */
  readonly pipelined: number;
  readonly connections: { readonly open: number; readonly total: number };
  /**
   * Injects the fault into the next `times` requests with this method, or into the next connections. Replaces an
   * earlier fault.
   */
  injectFault(fault: Fault, times?: number, method?: string): void;
  /** Removes the fault. */
  clearFault(): void;
  setCertificate(certificate: Certificate): void;
  /** Stops listening and closes all sockets. */
  stopListening(): Promise<void>;
  /** Listens again, on the same port. */
  startListening(): Promise<void>;
}

export interface FaultServerOptions {
  /** The owner of every account. */
  readonly ownerId: string;
  /** Uses TLS with this certificate. */
  readonly certificate?: Certificate;
}

export async function startFaultServer({ ownerId, certificate }: FaultServerOptions): Promise<FaultServer> {
  const requests: ReceivedRequest[] = [];
  const connections = { open: 0, total: 0 };
  const sockets = new Set<Socket>();
  let pipelined = 0;
  let currentCertificate = certificate;
  let injected: { fault: Fault; remaining: number; method: string | undefined } | undefined;
  let created = 0;

  /** The fault for this connection or request, if one is pending. Counts it. */
  const takeFault = (matches: (fault: Fault, method: string | undefined) => boolean): Fault | undefined => {
    if (injected === undefined || injected.remaining < 1 || !matches(injected.fault, injected.method)) {
      return undefined;
    }
    injected.remaining -= 1;
    return injected.fault;
  };

  const server = createServer({ allowHalfOpen: false }, (raw) => {
    connections.open += 1;
    connections.total += 1;
    sockets.add(raw);
    // The peer may reset the connection.
    raw.on('error', () => undefined);
    raw.once('close', () => {
      connections.open -= 1;
      sockets.delete(raw);
    });
    raw.setNoDelay(true);
    const fault = takeFault((candidate) => 'onConnection' in candidate);
    if (fault !== undefined && 'onConnection' in fault) {
      fault.onConnection(raw);
      return;
    }
    const socket = currentCertificate === undefined ? raw : secure(raw, currentCertificate);
    readRequests(socket, {
      onPipelined: () => {
        pipelined += 1;
      },
      onRequest: async (exchange) => {
        requests.push(exchange.request);
        const { method } = exchange.request;
        const requestFault = takeFault((candidate, only) => 'onRequest' in candidate && (only ?? method) === method);
        if (requestFault !== undefined && 'onRequest' in requestFault) {
          await requestFault.onRequest(exchange);
        } else {
          exchange.socket.write(exchange.validResponse);
        }
      },
      validResponse: (request) => {
        created += 1;
        return stackOneResponse(request, ownerId, created);
      },
    });
  });
  const { port } = await listen(server);
  return {
    url: `${certificate === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    requests,
    get pipelined() {
      return pipelined;
    },
    connections,
    injectFault: (fault, times = Number.POSITIVE_INFINITY, method = undefined) => {
      injected = { fault, remaining: times, method };
    },
    clearFault: () => {
      injected = undefined;
    },
    setCertificate: (other) => {
      currentCertificate = other;
    },
    stopListening: async () => {
      const closed = server.listening ? once(server, 'close') : undefined;
      server.close();
      for (const socket of sockets) {
        socket.destroy();
      }
      await closed;
    },
    startListening: async () => {
      await listen(server, port);
    },
  };
}

function secure(raw: Socket, certificate: Certificate): Socket {
  const socket = new TLSSocket(raw, { isServer: true, secureContext: createSecureContext(certificate) });
  socket.on('error', () => undefined);
  return socket;
}

interface Reader {
  readonly validResponse: (request: ReceivedRequest) => string;
  readonly onRequest: (exchange: Exchange) => Promise<void>;
  readonly onPipelined: () => void;
}

/** Parses one request after the other, as undici writes them: a head with `content-length`, and a body. */
function readRequests(socket: Socket, { validResponse, onRequest, onPipelined }: Reader): void {
  const closed = new AbortController();
  socket.once('close', () => closed.abort());
  let received = '';
  let requestNumber = 0;
  let isResponding = false;
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
      const request = { method, path, body, closed: closed.signal };
      if (isResponding) {
        onPipelined();
      }
      isResponding = true;
      requestNumber += 1;
      onRequest({ request, requestNumber, socket, validResponse: validResponse(request) }).finally(() => {
        isResponding = false;
      });
    }
  });
}

/** @param sessionNumber makes each token unique */
function stackOneResponse({ method, path, body }: ReceivedRequest, ownerId: string, sessionNumber: number): string {
  const { pathname } = new URL(path, 'http://upstream');
  if (method === 'POST' && pathname === '/connect_sessions') {
    const { origin_owner_id, origin_owner_name } = JSON.parse(body);
    const token = `session-${sessionNumber}-of-${origin_owner_id}`;
    return toHttp('201 Created', { id: sessionNumber, origin_owner_id, origin_owner_name, token });
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
  if (pathname === '/connector_profiles') {
    const data = [{ connector_key: 'hubspot', connector_label: 'HubSpot', categories: ['crm'], active: true }];
    return toHttp('200 OK', { page: 1, page_size: 100, total: data.length, data });
  }
  return toHttp('404 Not Found', { statusCode: 404, message: 'Not Found' });
}

/** A complete HTTP response with a JSON body. */
export function toHttp(status: string, body: unknown, headers: Readonly<Record<string, string>> = {}): string {
  return toRawHttp(status, JSON.stringify(body), { 'content-type': 'application/json', ...headers });
}

/** A complete HTTP response, with `content-length` unless the headers set or omit it. */
export function toRawHttp(
  status: string,
  body: string,
  headers: Readonly<Record<string, string | undefined>> = {},
): string {
  const all = { 'content-length': String(Buffer.byteLength(body)), ...headers };
  const lines = Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : [`${name}: ${value}`]));
  return [`HTTP/1.1 ${status}`, ...lines, '', body].join('\r\n');
}
