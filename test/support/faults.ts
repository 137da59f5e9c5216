import { once, setMaxListeners } from 'node:events';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { type Exchange, type Fault, toHttp, toRawHttp } from './fault-server.js';

/** It is in whatever a fault sends: none of it may come out again, in an answer or in a log. */
export const canary = 'canary-from-upstream';

const json = { 'content-type': 'application/json' };
const refusal = { statusCode: 0, message: canary, errors: [canary], token: canary };

/** What can go wrong with an upstream, by name. How it must end is told by the tests. */
export const faults = {
  'reset as soon as connected': { onConnection: (socket) => void socket.resetAndDestroy() },
  // Reads, so that it sees the other side close.
  'a TLS handshake that is never answered': { onConnection: (socket) => void socket.resume() },
  'plain HTTP on the TLS port': {
    onConnection: (socket) => {
      socket.once('data', () => socket.end(toRawHttp('400 Bad Request', canary)));
    },
  },
  'a reset before the answer': { onRequest: ({ socket }) => void socket.resetAndDestroy() },
  'a close before the answer': { onRequest: ({ socket }) => void socket.end() },
  'no answer at all': { onRequest: ({ request }) => untilGone(request.gone) },
  'headers one byte at a time': {
    onRequest: (exchange) => drip(exchange, `${headOf(200)}x-padding: ${canary.padEnd(200)}\r\n\r\n`),
  },
  'a body one byte at a time': {
    onRequest: (exchange) => {
      exchange.socket.write(`${headOf(200)}\r\n`);
      return drip(exchange, started());
    },
  },
  'a body that stalls': { onRequest: ({ socket, request }) => write(socket, unfinished(), request.gone) },
  'a refusal whose body stalls': {
    onRequest: ({ socket, request }) => write(socket, unfinished('401 Unauthorized'), request.gone),
  },

  'a bad status line': raw(`HTTP/1.1 2O1 ${canary}\r\n\r\n`),
  'what is not HTTP': raw(`220 ${canary} ESMTP ready\r\n`),
  '101': raw(
    `HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: ${canary}\r\n\r\n${canary}`,
  ),
  '100 for ever': raw(`HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n`),
  'a header of 64 KB': raw(toHttp('201 Created', refusal, { 'x-padding': canary.padEnd(65_536, 'x') })),
  'two content lengths': raw(
    `HTTP/1.1 201 Created\r\ncontent-type: application/json\r\ncontent-length: 2\r\ncontent-length: 60\r\n\r\n{}${canary}`,
  ),
  'a content length and chunks': raw(
    `HTTP/1.1 201 Created\r\ncontent-type: application/json\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n`,
  ),
  'a moved address': raw(toHttp('301 Moved Permanently', refusal, { location: `/elsewhere?${canary}` })),
  'a temporary redirect': raw(toHttp('307 Temporary Redirect', refusal, { location: '/elsewhere' })),

  'a reset inside the body': {
    onRequest: ({ socket }) => {
      socket.write(unfinished(), () => socket.resetAndDestroy());
    },
  },
  'a close inside the body': { onRequest: ({ socket }) => void socket.end(unfinished()) },
  'a chunk that is cut': {
    onRequest: ({ socket }) => void socket.end(chunked(`ff\r\n{"token":"${canary}`)),
  },
  'chunks without an end': {
    onRequest: ({ socket }) => void socket.end(chunked(`8\r\n{"token"\r\n`)),
  },
  'garbage for a chunk': raw(chunked(`zz\r\n{"token":"${canary}"}\r\n0\r\n\r\n`)),
  'a proxy’s page with 502': raw(toRawHttp('502 Bad Gateway', `<h1>${canary}</h1>`, html())),
  'a page with 200': raw(toRawHttp('200 OK', `<h1>${canary}</h1>`, html())),
  'an empty 201': raw(toRawHttp('201 Created', '', json)),
  'a 204': raw('HTTP/1.1 204 No Content\r\n\r\n'),
  'half a JSON': raw(toRawHttp('201 Created', `{"token":"${canary}`, json)),
  'no token': session({}),
  'a token that is null': session({ token: null }),
  'a token that is empty': session({ token: '' }),
  'a token that is a number': session({ token: 4_242 }),
  'a token that is an object': session({ token: { value: canary } }),
  'a list': raw(toHttp('201 Created', [refusal])),
  'a token by way of __proto__': raw(
    toRawHttp('201 Created', `{"__proto__":{"token":"${canary}"},"origin_owner_id":"org_acme"}`, json),
  ),
  'another owner’s session': raw(toHttp('201 Created', { token: canary, origin_owner_id: 'org_globex' })),
  'a body that never ends': {
    onRequest: async ({ socket, request: { gone } }) => {
      socket.write(chunked(''));
      const chunk = `400\r\n${canary.padEnd(1024, 'x')}\r\n`;
      while (!gone.aborted && (socket.write(chunk) || (await drained(socket, gone)))) {
        await sleep(0);
      }
    },
  },
  'a huge content length': raw(toRawHttp('201 Created', `{"token":"${canary}`, huge())),
  'a refusal of a huge length': raw(toRawHttp('403 Forbidden', canary, huge())),
  'a gzip bomb': {
    onRequest: ({ socket }) => {
      const bomb = gzipSync(Buffer.alloc(16 * 1024 * 1024, canary));
      const length = { 'content-length': String(bomb.length) };
      socket.write(toRawHttp('201 Created', '', { ...json, 'content-encoding': 'gzip', ...length }));
      socket.write(bomb);
    },
  },
  'bytes that are not UTF-8': {
    onRequest: ({ socket }) => {
      const body = Buffer.from(`{"token":"${canary}","origin_owner_id":"org_acme","label":"é"}`, 'latin1');
      socket.write(toRawHttp('201 Created', '', { ...json, 'content-length': String(body.length) }));
      socket.write(body);
    },
  },
} satisfies Readonly<Record<string, Fault>>;

export type FaultName = keyof typeof faults;

/** An answer with this status, whose body says a lot. */
export function status(code: number, headers: Readonly<Record<string, string>> = {}): Fault {
  return raw(toHttp(`${code} ${canary}`, { ...refusal, statusCode: code }, headers));
}

/** The first request on a socket is answered, and the next one finds the socket just closed. */
export const closedAtReuse: Fault = {
  onRequest: ({ nth, socket, good }) => void (nth === 1 ? socket.write(good) : socket.destroy()),
};

/** Each answer says that the socket stays open, and the socket is closed some time around the next request. */
export const closedAroundReuse: Fault = {
  onRequest: async ({ nth, socket, good }) => {
    socket.write(good);
    // From at once to two milliseconds later: before, while and after the next request is on its way.
    await sleep(nth % 3);
    socket.end();
  },
};

const stray = toHttp('201 Created', { token: canary, origin_owner_id: 'org_acme' });

/** @param delayMs how long after the good answer the other comes; 0 is in the same bytes */
export function secondAnswer(delayMs: number): Fault {
  return {
    onRequest: async ({ socket, good }) => {
      socket.write(delayMs === 0 ? good + stray : good);
      if (delayMs > 0) {
        await sleep(delayMs);
        socket.write(stray);
      }
    },
  };
}

/** On a socket that is used again, an answer to somebody else comes before the right one. */
export const overtakenAnswer: Fault = {
  onRequest: ({ nth, socket, good }) => void socket.write(nth === 1 ? good : stray + good),
};

/** Good answers, in another order than the requests; each head long before its body, so that more could be sent. */
export function shuffledAnswers(): Fault {
  let count = 0;
  return {
    onRequest: async ({ socket, good }) => {
      const bodyAt = good.indexOf('\r\n\r\n') + 4;
      count += 1;
      socket.write(good.slice(0, bodyAt));
      await sleep((count * 7) % 13);
      socket.write(good.slice(bodyAt));
    },
  };
}

/** Good answers, all of them once the signal is aborted. */
export function heldUntil(signal: AbortSignal): Fault {
  setMaxListeners(0, signal);
  return {
    onRequest: async ({ socket, good }) => {
      await untilGone(signal);
      socket.write(good);
    },
  };
}

/** Of so many requests in a row all but the last are answered with 503. */
export function oneGoodOf(many: number): Fault {
  let count = 0;
  return {
    onRequest: ({ socket, good }) => {
      count += 1;
      socket.write(count % many === 0 ? good : toHttp('503 Service Unavailable', refusal));
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

/** The head of an answer with 500 bytes of JSON, its last line still open. */
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

/** Fast enough that no timeout between two bytes is ever reached, and longer than any deadline. */
async function drip({ socket, request: { gone } }: Exchange, text: string): Promise<void> {
  for (const byte of text) {
    if (gone.aborted) {
      return;
    }
    socket.write(byte);
    await sleep(100);
  }
}

async function write(socket: Socket, text: string, gone: AbortSignal): Promise<void> {
  socket.write(text);
  await untilGone(gone);
}

async function untilGone(gone: AbortSignal): Promise<void> {
  if (!gone.aborted) {
    await once(gone, 'abort');
  }
}

/** @returns whether the socket is still there */
async function drained(socket: Socket, gone: AbortSignal): Promise<boolean> {
  await Promise.race([once(socket, 'drain', { signal: gone }).catch(() => undefined), untilGone(gone)]);
  return !gone.aborted;
}
