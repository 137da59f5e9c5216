import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Connections, type SendingLimits } from '../../src/http/plugins/connections.js';
import { type Listener, listen } from '../support/listen.js';
import { openSocket } from '../support/raw-http.js';
import { waitUntil } from '../support/wait.js';

/** Many times what the kernel keeps for a connection. */
const responseBytes = 48 * 1024 * 1024;
const unlimited: SendingLimits = { timeoutMs: 60_000, maxWaitingBytes: Number.POSITIVE_INFINITY, intervalMs: 20 };

let server: Listener;
let closed: string[];
const sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) {
    socket.destroy();
  }
  await server.close();
});

/** A server with these limits that responds to each path with many bytes. `closed` lists the paths whose connection was closed. */
async function start(limits: Partial<SendingLimits>): Promise<void> {
  const paths: string[] = [];
  closed = paths;
  const body = Buffer.alloc(responseBytes);
  const http = createServer((request, response) => {
    connections.requestStarted(request);
    request.socket.once('close', () => paths.push(request.url ?? ''));
    response.once('close', () => connections.requestClosed(request));
    response.end(body);
  });
  const connections = new Connections(http, { ...unlimited, ...limits });
  server = await listen(http);
}

async function request(path: string): Promise<Socket> {
  const socket = openSocket(server.url);
  sockets.push(socket);
  socket.pause();
  socket.write(`GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`);
  await once(socket, 'connect');
  return socket;
}

describe('A client that does not read its response', () => {
  it('loses its connection after the time limit', async () => {
    await start({ timeoutMs: 200 });
    await request('/unread');
    await waitUntil(() => closed.length > 0, 'the connection is closed');
    expect(closed).toEqual(['/unread']);
  });

  it('loses its connection although it reads a little from time to time', async () => {
    await start({ timeoutMs: 500 });
    const socket = await request('/dripping');
    const timer = setInterval(() => socket.read(1), 20);
    await waitUntil(() => closed.length > 0, 'the connection is closed');
    clearInterval(timer);
  });

  it('loses its connection before others do when too many bytes wait', async () => {
    await start({ maxWaitingBytes: 2.5 * responseBytes });
    for (const path of ['/first', '/second']) {
      await request(path);
      await sleep(100);
    }
    expect(closed).toEqual([]);
    await request('/third');
    await waitUntil(() => closed.length > 0, 'a connection is closed');
    await sleep(100);
    expect(closed).toEqual(['/first']);
  });
});

describe('A client that reads', () => {
  it('keeps its connection, however long it is idle afterwards', async () => {
    await start({ timeoutMs: 4_000, maxWaitingBytes: 2 * responseBytes });
    const socket = await request('/read');
    socket.setEncoding('latin1').resume();
    let received = 0;
    socket.on('data', (chunk: string) => {
      received += chunk.length;
    });
    await waitUntil(() => received > responseBytes, 'the response has arrived');
    await sleep(4_300);
    expect([closed, socket.destroyed]).toEqual([[], false]);
  });
});
