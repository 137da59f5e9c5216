import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { exchangeRaw, openSocket, type RawExchange } from '../support/raw-http.js';
import { acme, signIn, startTestApp, type TestApp } from '../support/test-app.js';
import { waitUntil } from '../support/wait.js';

let app: TestApp;
let authorization: string;
let slowResults: Promise<Map<string, RawExchange>>;
beforeAll(async () => {
  app = await startTestApp();
  ({ authorization } = await signIn(acme));
  // These take 15 s. The other tests run at the same time.
  slowResults = waitForAll(slowClients());
});
afterEach(() => app.emulator.reset());
afterAll(() => app.stop());

const operation = JSON.stringify({ query: '{ viewer { ownerId } }' });
const createSession = JSON.stringify({ query: 'mutation { createConnectSession { token } }' });
const head = (target: string, ...lines: string[]) =>
  [
    `POST ${target} HTTP/1.1`,
    'Host: a',
    `Authorization: ${authorization}`,
    'Content-Type: application/json',
    ...lines,
    '',
    '',
  ].join('\r\n');
const post = (body: string, ...lines: string[]) =>
  `${head('/graphql', `Content-Length: ${body.length}`, ...lines)}${body}`;

const exchange = (bytes: string, drip?: string) => exchangeRaw(app.url, bytes, drip);

async function waitForAll(
  clients: readonly (readonly [string, Promise<RawExchange>])[],
): Promise<Map<string, RawExchange>> {
  return new Map(await Promise.all(clients.map(async ([name, result]) => [name, await result] as const)));
}

const parseJson = (text: string): unknown => JSON.parse(text);

/** The statuses of all responses, and the body of the last one. */
function parseResponses(response: string) {
  return {
    statuses: [...response.matchAll(/^HTTP\/1\.1 (\d{3})/gm)].map((match) => Number(match[1])),
    body: parseJson(response.slice(response.lastIndexOf('\r\n\r\n') + 4)),
  };
}

const errorBody = {
  errors: [{ message: expect.stringMatching(/\S/), extensions: { code: 'BAD_USER_INPUT' } }],
};

function expectRejected(response: string, ...statuses: number[]): void {
  expect(parseResponses(response)).toEqual({ statuses, body: errorBody });
  expect(response).toMatch(/^cache-control: no-store\r$/im);
  expect(response).toMatch(/^content-type: application\/json; charset=utf-8\r$/im);
  expect(app.emulator.history).toEqual([]);
}

describe('400 connections with incomplete headers', () => {
  it('do not delay another client, which is served while all of them wait', async () => {
    const held: Socket[] = Array.from({ length: 400 }, () => openSocket(app.url));
    await Promise.all(held.map((socket) => once(socket, 'connect')));
    for (const socket of held) {
      socket.write('POST /graphql HTTP/1.1\r\nHost: a\r\nX-Slow: ');
    }
    expect((await app.post(operation, { authorization })).status).toBe(200);
    expect(held.filter((socket) => socket.destroyed)).toEqual([]);
    for (const socket of held) {
      socket.destroy();
    }
  });
});

describe('Pipelined requests on one connection', () => {
  it('get their responses in order', async () => {
    const aliases = ['a', 'b', 'c', 'd', 'e'];
    const bodies = aliases.map((alias) => JSON.stringify({ query: `{ ${alias}: __typename }` }));
    const last = post(operation, 'Connection: close');
    const { response } = await exchange(bodies.map((body) => post(body)).join('') + last);
    expect([...response.matchAll(/"data":\{"(\w+)"/g)].map((match) => match[1])).toEqual([...aliases, 'viewer']);
    expect(parseResponses(response).statuses).toEqual(Array(6).fill(200));
  });
});

describe('Request smuggling → 400 as JSON, before routing, and the connection closes', () => {
  const lengths = (...lines: string[]) => `${head('/graphql', ...lines)}`;
  const smuggledRequest = post(createSession);

  it.each<[string, () => string]>([
    [
      'content-length before transfer-encoding: chunked',
      () => `${lengths('Content-Length: 4', 'Transfer-Encoding: chunked')}0\r\n\r\n${smuggledRequest}`,
    ],
    [
      'transfer-encoding: chunked before content-length',
      () => `${lengths('Transfer-Encoding: chunked', 'Content-Length: 5')}0\r\n\r\n${smuggledRequest}`,
    ],
    [
      'two different content-length headers',
      () => `${lengths('Content-Length: 0', `Content-Length: ${smuggledRequest.length}`)}${smuggledRequest}`,
    ],
    [
      'the same content-length header twice',
      () => `${lengths('Content-Length: 2', 'Content-Length: 2')}{}${smuggledRequest}`,
    ],
    ['list in content-length', () => `${lengths('Content-Length: 0, 2')}{}${smuggledRequest}`],
    ['content-length with a sign', () => `${lengths('Content-Length: +2')}{}${smuggledRequest}`],
    ['content-length that is not a decimal number', () => `${lengths('Content-Length: 0x2')}{}${smuggledRequest}`],
    ['unknown transfer-encoding', () => `${lengths('Transfer-Encoding: xchunked')}0\r\n\r\n${smuggledRequest}`],
    [
      'transfer-encoding with identity after chunked',
      () => `${lengths('Transfer-Encoding: chunked, identity')}0\r\n\r\n${smuggledRequest}`,
    ],
    ['space before the colon of a header', () => `${lengths('Content-Length : 0')}${smuggledRequest}`],
    ['folded header', () => `${lengths('X: a', ' Content-Length: 0')}${smuggledRequest}`],
    ['line feed without a carriage return', () => `${lengths('X: a\nContent-Length: 0')}${smuggledRequest}`],
    ['NUL in a header', () => `${lengths('X: \0', 'Content-Length: 0')}${smuggledRequest}`],
  ])('%s', async (_name, write) => {
    const { response } = await exchange(write());
    expectRejected(response, 400);
  });

  it('invalid chunk size', async () => {
    const { response } = await exchange(`${lengths('Transfer-Encoding: chunked')}xyz\r\n${smuggledRequest}`);
    expectRejected(response, 400);
  });
});

describe('A client that still sends when it is refused reads the response: a proxy would take a reset for an outage', () => {
  it('body of more than 16 KiB → 413, and the connection can be used again', async () => {
    const socket = openSocket(app.url);
    let response = '';
    socket.on('data', (text) => {
      response += text;
    });
    socket.write(`${head('/graphql', 'Content-Length: 200000')}${' '.repeat(100_000)}`);
    await waitUntil(() => response.includes('16 KiB'), 'the refusal');
    socket.write(`${' '.repeat(100_000)}${post(operation, 'Connection: close')}`);
    await once(socket, 'close');
    expect(response).toMatch(/^HTTP\/1\.1 413 .*HTTP\/1\.1 200 .*"viewer"/s);
  });

  it.each([
    ['bytes that are not HTTP', 400, 'POST /\u00e9 HTTP/1.1\r\n\r\n'],
    ['headers of more than 32 KiB', 431, `POST / HTTP/1.1\r\nX: ${'x'.repeat(40_000)}\r\n\r\n`],
  ])('%s → %d, and the connection is not reset', async (_name, status, request) => {
    const socket = connect({ port: Number(new URL(app.url).port), host: '127.0.0.1', allowHalfOpen: true });
    let response = '';
    socket.setEncoding('utf8').on('data', (text) => {
      response += text;
    });
    socket.write(request);
    await once(socket, 'end');
    const closed = once(socket, 'close');
    for (let part = 0; part < 5; part += 1) {
      socket.write('x'.repeat(20_000));
      await sleep(20);
    }
    socket.end();
    await closed;
    expectRejected(response, status);
  });
});

it('A client that is refused and keeps its connection loses it after a few seconds', async () => {
  const socket = connect({ port: Number(new URL(app.url).port), host: '127.0.0.1', allowHalfOpen: true });
  const closed = new Promise((resolve) => socket.on('error', () => {}).on('close', resolve));
  socket.resume().write('POST /\u00e9 HTTP/1.1\r\n\r\n');
  // The kernel reports the end of a connection to a client that writes.
  const timer = setInterval(() => socket.write('x'), 100);
  await closed;
  clearInterval(timer);
});

describe('Request target', () => {
  const close = () => ['Connection: close', `Content-Length: ${operation.length}`];

  it('absolute URL: the host is ignored', async () => {
    const { response } = await exchange(head('http://evil.example/graphql', ...close()) + operation);
    expect(parseResponses(response)).toEqual({
      statuses: [200],
      body: { data: { viewer: { ownerId: 'org_acme' } } },
    });
    const other = await exchange(head('http://evil.example/', ...close()) + operation);
    expectRejected(other.response, 404);
    expect(response + other.response).not.toContain('evil');
  });

  it('without a Host header: the request is served', async () => {
    const { response } = await exchange('GET /livez HTTP/1.1\r\nConnection: close\r\n\r\n');
    expect(parseResponses(response)).toEqual({ statuses: [200], body: { status: 'ok' } });
  });

  it('15 KB → 404, more than 32 KB → 431', async () => {
    const long = `/${'canary'.repeat(2_500)}`;
    const notFound = await exchange(head(long, ...close()) + operation);
    expectRejected(notFound.response, 404);
    const tooLong = await exchange(head(`${long}${long}${long}`, ...close()) + operation);
    expectRejected(tooLong.response, 431);
    expect(notFound.response + tooLong.response).not.toContain('canary');
  });
});

describe('Character encoding of a JSON body', () => {
  const utf8 = new TextEncoder();
  const withBytes = (...bytes: number[]) =>
    Buffer.concat([
      utf8.encode('{"query":"{ __typename }","extensions":{"x":"'),
      Buffer.from(bytes),
      utf8.encode('"}}'),
    ]);
  const send = (type: string, body: Uint8Array<ArrayBuffer>) =>
    fetch(`${app.url}/graphql`, { method: 'POST', headers: { authorization, 'content-type': type }, body });

  it.each<[string, number, string, Uint8Array<ArrayBuffer>]>([
    ['byte order mark', 400, 'application/json', utf8.encode(`\ufeff${operation}`)],
    ['invalid first byte', 400, 'application/json', withBytes(0xff)],
    ['truncated character', 400, 'application/json', withBytes(0xe2, 0x82)],
    ['overlong encoding', 400, 'application/json', withBytes(0xc0, 0xaf)],
    ['encoded surrogate', 400, 'application/json', withBytes(0xed, 0xa0, 0x80)],
    ['UTF-16 without a charset', 400, 'application/json', Buffer.from(operation, 'utf16le')],
    ['UTF-16 with charset=utf-16', 415, 'application/json; charset=utf-16', Buffer.from(operation, 'utf16le')],
    ['UTF-8 with charset=utf-16', 415, 'application/json; charset=utf-16', utf8.encode(operation)],
    ['charset="iso-8859-1"', 415, 'application/json;charset="iso-8859-1"', utf8.encode(operation)],
    ['two charsets', 415, 'application/json; charset=utf-8; charset=utf-7', utf8.encode(operation)],
  ])('%s → %i', async (_name, status, type, body) => {
    const response = await send(type, body);
    expect([response.status, await response.json()]).toEqual([status, errorBody]);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(app.emulator.history).toEqual([]);
  });

  it.each(['application/json', 'application/json; charset=utf-8', 'Application/JSON;Charset="UTF-8"'])(
    'accepts %s',
    async (type) => {
      const response = await send(type, utf8.encode(operation));
      expect([response.status, await response.json()]).toEqual([200, { data: { viewer: { ownerId: 'org_acme' } } }]);
    },
  );
});

/** These tests are last: the others run while these wait. */
const slowTests: readonly (readonly [name: string, limitSeconds: number])[] = [
  ['incomplete headers', 10],
  ['headers one byte at a time', 10],
  ['no bytes', 10],
  ['incomplete body', 15],
  ['body one byte at a time', 15],
];

function slowClients(): (readonly [string, Promise<RawExchange>])[] {
  const half = 'POST /graphql HTTP/1.1\r\nHost: a\r\nX-Slow: ';
  const body = `${head('/graphql', `Content-Length: ${createSession.length}`)}${createSession.slice(0, 10)}`;
  const exchanges = [
    exchange(half),
    exchange(half, 'a'),
    exchange(''),
    exchange(body),
    exchange(body, createSession.slice(10, 20)),
  ];
  return slowTests.map(([name], index) => [name, exchanges[index] ?? Promise.reject(new Error(name))]);
}

describe('Slow client → 408 as JSON', () => {
  it.each(slowTests)('%s, after %d seconds', async (name, limitSeconds) => {
    const { response, seconds } = (await slowResults).get(name) ?? { response: '', seconds: 0 };
    expectRejected(response, 408);
    expect(seconds).toBeGreaterThan(limitSeconds - 0.5);
    expect(seconds).toBeLessThan(limitSeconds + 4);
  });
});
