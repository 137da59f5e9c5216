import { once, setMaxListeners } from 'node:events';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { type Exchange, type Fault, toHttp, toRawHttp } from './fault-server.js';

/** Every fault sends this value. No response and no log line may contain it. */
export const canary = 'canary-from-upstream';

const json = { 'content-type': 'application/json' };
const errorBody = { statusCode: 0, message: canary, errors: [canary], token: canary };

/** Upstream faults by name. The tests define the expected outcomes. */
export const faults = {
  'connection reset after connect': { onConnection: (socket) => void socket.resetAndDestroy() },
  // Reads, so that it notices when the peer closes.
  'TLS handshake without a response': { onConnection: (socket) => void socket.resume() },
  'plain HTTP on the TLS port': {
    onConnection: (socket) => {
      socket.once('data', () => socket.end(toRawHttp('400 Bad Request', canary)));
    },
  },
  'connection reset before the response': { onRequest: ({ socket }) => void socket.resetAndDestroy() },
  'connection closed before the response': { onRequest: ({ socket }) => void socket.end() },
  'no response': { onRequest: ({ request }) => untilClosed(request.closed) },
  'headers one byte at a time': {
    onRequest: (exchange) => drip(exchange, `${headOf(200)}x-padding: ${canary.padEnd(200)}\r\n\r\n`),
  },
  'body one byte at a time': {
    onRequest: (exchange) => {
      exchange.socket.write(`${headOf(200)}\r\n`);
      return drip(exchange, started());
    },
  },
  'stalled body': { onRequest: ({ socket, request }) => write(socket, unfinished(), request.closed) },
  '401 with a stalled body': {
    onRequest: ({ socket, request }) => write(socket, unfinished('401 Unauthorized'), request.closed),
  },

  'malformed status line': raw(`HTTP/1.1 2O1 ${canary}\r\n\r\n`),
  'response that is not HTTP': raw(`220 ${canary} ESMTP ready\r\n`),
  '101 Switching Protocols': raw(
    `HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: ${canary}\r\n\r\n${canary}`,
  ),
  'repeated 100 Continue': raw(`HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n`),
  'endless 103 Early Hints': {
    onRequest: async ({ socket, request: { closed } }) => {
      while (!closed.aborted && (socket.write('HTTP/1.1 103 Early Hints\r\n\r\n') || (await drained(socket, closed)))) {
        await sleep(0);
      }
    },
  },
  'response header of 64 KB': raw(toHttp('201 Created', errorBody, { 'x-padding': canary.padEnd(65_536, 'x') })),
  'two content-length headers': raw(
    `HTTP/1.1 201 Created\r\ncontent-type: application/json\r\ncontent-length: 2\r\ncontent-length: 60\r\n\r\n{}${canary}`,
  ),
  'content-length together with transfer-encoding: chunked': raw(
    `HTTP/1.1 201 Created\r\ncontent-type: application/json\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n`,
  ),
  '301 redirect': raw(toHttp('301 Moved Permanently', errorBody, { location: `/elsewhere?${canary}` })),
  '307 redirect': raw(toHttp('307 Temporary Redirect', errorBody, { location: '/elsewhere' })),

  'connection reset within the body': {
    onRequest: ({ socket }) => {
      socket.write(unfinished(), () => socket.resetAndDestroy());
    },
  },
  'connection closed within the body': { onRequest: ({ socket }) => void socket.end(unfinished()) },
  'truncated chunk': {
    onRequest: ({ socket }) => void socket.end(chunked(`ff\r\n{"token":"${canary}`)),
  },
  'chunked body without a last chunk': {
    onRequest: ({ socket }) => void socket.end(chunked(`8\r\n{"token"\r\n`)),
  },
  'invalid chunk size': raw(chunked(`zz\r\n{"token":"${canary}"}\r\n0\r\n\r\n`)),
  'HTML page with 502': raw(toRawHttp('502 Bad Gateway', `<h1>${canary}</h1>`, html())),
  'HTML page with 200': raw(toRawHttp('200 OK', `<h1>${canary}</h1>`, html())),
  'truncated JSON': raw(toRawHttp('201 Created', `{"token":"${canary}`, json)),
  'session without a token': session({}),
  'endless body': {
    onRequest: async ({ socket, request: { closed } }) => {
      socket.write(chunked(''));
      const chunk = `400\r\n${canary.padEnd(1024, 'x')}\r\n`;
      while (!closed.aborted && (socket.write(chunk) || (await drained(socket, closed)))) {
        await sleep(0);
      }
    },
  },
  'huge content-length': raw(toRawHttp('201 Created', `{"token":"${canary}`, huge())),
  '403 with a huge content-length': raw(toRawHttp('403 Forbidden', canary, huge())),
  'gzip bomb': {
    onRequest: ({ socket }) => {
      const bomb = gzipSync(Buffer.alloc(16 * 1024 * 1024, canary));
      const length = { 'content-length': String(bomb.length) };
      socket.write(toRawHttp('201 Created', '', { ...json, 'content-encoding': 'gzip', ...length }));
      socket.write(bomb);
    },
  },
} satisfies Readonly<Record<string, Fault>>;

export type FaultName = keyof typeof faults;

/** A response with this status and the canary in its reason phrase, headers and body. */
export function status(code: number, headers: Readonly<Record<string, string>> = {}): Fault {
  const canaryHeaders = { 'x-canary': canary, 'set-cookie': `a=${canary}` };
  const body = { ...errorBody, error: { details: [canary] }, statusCode: code };
  return raw(toHttp(`${code} ${canary}`, body, { ...canaryHeaders, ...headers }));
}

/** Responds to the first request on a socket and closes the socket at the second request. */
export const closedAtReuse: Fault = {
  onRequest: ({ requestNumber, socket, validResponse }) =>
    void (requestNumber === 1 ? socket.write(validResponse) : socket.destroy()),
};

/** Each response keeps the connection alive, but the socket closes around the time of the next request. */
export const closedAroundReuse: Fault = {
  onRequest: async ({ requestNumber, socket, validResponse }) => {
    socket.write(validResponse);
    // After 0 to 2 ms: before, during and after the next request.
    await sleep(requestNumber % 3);
    socket.end();
  },
};

const unrequested = toHttp('201 Created', { token: canary, origin_owner_id: 'org_acme' });

/** A second, unrequested response. @param delayMs delay after the first response; 0 sends both in one write */
export function unrequestedResponse(delayMs: number): Fault {
  return {
    onRequest: async ({ socket, validResponse }) => {
      socket.write(delayMs === 0 ? validResponse + unrequested : validResponse);
      if (delayMs > 0) {
        await sleep(delayMs);
        socket.write(unrequested);
      }
    },
  };
}

/** On a reused socket, another owner's response precedes the right one. */
export const precededResponse: Fault = {
  onRequest: ({ requestNumber, socket, validResponse }) =>
    void socket.write(requestNumber === 1 ? validResponse : unrequested + validResponse),
};

/** Valid responses in another order than the requests. Each head precedes its body by some milliseconds. */
export function reorderedResponses(): Fault {
  let count = 0;
  return {
    onRequest: async ({ socket, validResponse }) => {
      const bodyAt = validResponse.indexOf('\r\n\r\n') + 4;
      count += 1;
      socket.write(validResponse.slice(0, bodyAt));
      await sleep((count * 7) % 13);
      socket.write(validResponse.slice(bodyAt));
    },
  };
}

/** Valid responses, all of them after the signal is aborted. */
export function heldUntil(signal: AbortSignal): Fault {
  setMaxListeners(0, signal);
  return {
    onRequest: async ({ socket, validResponse }) => {
      await untilClosed(signal);
      socket.write(validResponse);
    },
  };
}

/** Of this number of requests, the last one gets a valid response and the others 503. */
export function oneValidOf(requests: number): Fault {
  let count = 0;
  return {
    onRequest: ({ socket, validResponse }) => {
      count += 1;
      socket.write(count % requests === 0 ? validResponse : toHttp('503 Service Unavailable', errorBody));
    },
  };
}

function raw(bytes: string): Fault {
  return { onRequest: ({ socket }) => void socket.write(bytes) };
}

function session(part: object): Fault {
  return raw(toHttp('201 Created', { id: 1, origin_owner_id: 'org_acme', label: canary, ...part }));
}

function html() {
  return { 'content-type': 'text/html' };
}

function huge() {
  return { ...json, 'content-length': '4000000000' };
}

/** The head of a JSON response, without the empty line that ends it. */
function headOf(length: number, statusLine = '201 Created'): string {
  return `HTTP/1.1 ${statusLine}\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n`;
}

function started(): string {
  return `{"token":"${canary.padEnd(150, 'x')}`;
}

function unfinished(statusLine?: string): string {
  return `${headOf(500, statusLine)}\r\n${started()}`;
}

function chunked(body: string): string {
  return `HTTP/1.1 201 Created\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n${body}`;
}

/** Fast enough for every idle timeout, and longer than the deadline in total. */
async function drip({ socket, request: { closed } }: Exchange, text: string): Promise<void> {
  for (const byte of text) {
    if (closed.aborted) {
      return;
    }
    socket.write(byte);
    await sleep(100);
  }
}

async function write(socket: Socket, text: string, closed: AbortSignal): Promise<void> {
  socket.write(text);
  await untilClosed(closed);
}

async function untilClosed(closed: AbortSignal): Promise<void> {
  if (!closed.aborted) {
    await once(closed, 'abort');
  }
}

/** @returns whether the socket is still open */
async function drained(socket: Socket, closed: AbortSignal): Promise<boolean> {
  await Promise.race([once(socket, 'drain', { signal: closed }).catch(() => undefined), untilClosed(closed)]);
  return !closed.aborted;
}
