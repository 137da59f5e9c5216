import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { acme, signIn, startTestApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
let authorization: string;
let slow: Promise<Map<string, Ending>>;
beforeAll(async () => {
  app = await startTestApp();
  ({ authorization } = await signIn(acme));
  // They take a quarter of a minute, during which the other tests run.
  slow = waitForAll(slowClients());
});
afterEach(() => app.emulator.reset());
afterAll(() => app.stop());

const operation = JSON.stringify({ query: '{ viewer { ownerId } }' });
const minting = JSON.stringify({ query: 'mutation { createConnectSession { token } }' });
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

interface Ending {
  readonly response: string;
  readonly seconds: number;
}

const open = () =>
  connect(Number(new URL(app.url).port), '127.0.0.1')
    .setEncoding('utf8')
    .on('error', () => undefined);

/** Everything that comes until the server closes. `drip` is sent on, a byte every half second. */
async function untilClosed(bytes: string, drip = ''): Promise<Ending> {
  const startedAt = performance.now();
  const socket = open();
  let response = '';
  socket.on('data', (chunk) => {
    response += chunk;
  });
  socket.write(bytes);
  let sent = 0;
  const timer = setInterval(() => drip !== '' && socket.write(drip.charAt(sent++ % drip.length)), 500);
  await once(socket, 'close');
  clearInterval(timer);
  return { response, seconds: (performance.now() - startedAt) / 1000 };
}

async function waitForAll(
  clients: readonly (readonly [string, Promise<Ending>])[],
): Promise<Map<string, Ending>> {
  return new Map(await Promise.all(clients.map(async ([what, ending]) => [what, await ending] as const)));
}

/** Status lines of all answers, and the body of the last one. */
function read(response: string) {
  return {
    statuses: [...response.matchAll(/^HTTP\/1\.1 (\d{3})/gm)].map((match) => Number(match[1])),
    body: JSON.parse(response.slice(response.lastIndexOf('\r\n\r\n') + 4)) as unknown,
  };
}

const refused = {
  errors: [{ message: expect.stringMatching(/\S/), extensions: { code: 'BAD_USER_INPUT' } }],
};

function expectRefusal(response: string, ...statuses: number[]): void {
  expect(read(response)).toEqual({ statuses, body: refused });
  expect(response).toMatch(/^cache-control: no-store\r$/im);
  expect(response).toMatch(/^content-type: application\/json; charset=utf-8\r$/im);
  expect(app.emulator.history).toEqual([]);
}

describe('400 connections whose headers never end', () => {
  it('keep nobody else from being answered at once', async () => {
    const held: Socket[] = Array.from({ length: 400 }, open);
    await Promise.all(held.map((socket) => once(socket, 'connect')));
    for (const socket of held) {
      socket.write('POST /graphql HTTP/1.1\r\nHost: a\r\nX-Slow: ');
    }
    const startedAt = performance.now();
    for (let turn = 0; turn < 5; turn++) {
      expect((await app.post(operation, { authorization })).status).toBe(200);
    }
    expect(performance.now() - startedAt).toBeLessThan(2_500);
    expect(held.filter((socket) => socket.destroyed)).toEqual([]);
    for (const socket of held) {
      socket.destroy();
    }
  });
});

describe('Requests one behind the other on a connection', () => {
  it('are each answered, in their order', async () => {
    const aliases = ['a', 'b', 'c', 'd', 'e'];
    const bodies = aliases.map((alias) => JSON.stringify({ query: `{ ${alias}: __typename }` }));
    const last = post(operation, 'Connection: close');
    const { response } = await untilClosed(bodies.map((body) => post(body)).join('') + last);
    expect([...response.matchAll(/"data":\{"(\w+)"/g)].map((match) => match[1])).toEqual([
      ...aliases,
      'viewer',
    ]);
    expect(read(response).statuses).toEqual(Array(6).fill(200));
  });
});

describe('Refused in JSON, before any route sees it and with the connection closed, is a request with', () => {
  const lengths = (...lines: string[]) => `${head('/graphql', ...lines)}`;
  const smuggled = post(minting);

  it.each<[string, () => string]>([
    [
      'a length and chunks',
      () => `${lengths('Content-Length: 4', 'Transfer-Encoding: chunked')}0\r\n\r\n${smuggled}`,
    ],
    [
      'chunks and a length',
      () => `${lengths('Transfer-Encoding: chunked', 'Content-Length: 5')}0\r\n\r\n${smuggled}`,
    ],
    ['two lengths', () => `${lengths('Content-Length: 0', `Content-Length: ${smuggled.length}`)}${smuggled}`],
    ['the same length twice', () => `${lengths('Content-Length: 2', 'Content-Length: 2')}{}${smuggled}`],
    ['a list of lengths', () => `${lengths('Content-Length: 0, 2')}{}${smuggled}`],
    ['a length with a sign', () => `${lengths('Content-Length: +2')}{}${smuggled}`],
    ['a length that is no number', () => `${lengths('Content-Length: 0x2')}{}${smuggled}`],
    [
      'an encoding that is not chunked',
      () => `${lengths('Transfer-Encoding: xchunked')}0\r\n\r\n${smuggled}`,
    ],
    [
      'an encoding after chunked',
      () => `${lengths('Transfer-Encoding: chunked, identity')}0\r\n\r\n${smuggled}`,
    ],
    ['a space before a colon', () => `${lengths('Content-Length : 0')}${smuggled}`],
    ['a header that is folded', () => `${lengths('X: a', ' Content-Length: 0')}${smuggled}`],
    ['a line end without a carriage return', () => `${lengths('X: a\nContent-Length: 0')}${smuggled}`],
    ['a zero byte in a header', () => `${lengths('X: \0', 'Content-Length: 0')}${smuggled}`],
  ])('%s', async (_what, write) => {
    const { response } = await untilClosed(write());
    expectRefusal(response, 400);
  });

  it('a chunk whose size is no number', async () => {
    const { response } = await untilClosed(`${lengths('Transfer-Encoding: chunked')}xyz\r\n${smuggled}`);
    expectRefusal(response, 400);
  });
});

describe('The target of a request', () => {
  const close = () => ['Connection: close', `Content-Length: ${operation.length}`];

  it('may be a whole address, and the host in it means nothing', async () => {
    const { response } = await untilClosed(head('http://evil.example/graphql', ...close()) + operation);
    expect(read(response)).toEqual({ statuses: [200], body: { data: { viewer: { ownerId: 'org_acme' } } } });
    const other = await untilClosed(head('http://evil.example/', ...close()) + operation);
    expectRefusal(other.response, 404);
    expect(response + other.response).not.toContain('evil');
  });

  it('may be 15 KB long and is then not found, and is refused beyond 16 KB', async () => {
    const long = `/${'canary'.repeat(2_500)}`;
    const found = await untilClosed(head(long, ...close()) + operation);
    expectRefusal(found.response, 404);
    const tooLong = await untilClosed(head(`${long}${long}`, ...close()) + operation);
    expectRefusal(tooLong.response, 431);
    expect(found.response + tooLong.response).not.toContain('canary');
  });
});

describe('A body of JSON', () => {
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
    ['a byte order mark', 400, 'application/json', utf8.encode(`\ufeff${operation}`)],
    ['a byte that begins nothing', 400, 'application/json', withBytes(0xff)],
    ['a character that is cut off', 400, 'application/json', withBytes(0xe2, 0x82)],
    ['a character in too many bytes', 400, 'application/json', withBytes(0xc0, 0xaf)],
    ['half a surrogate pair in three bytes', 400, 'application/json', withBytes(0xed, 0xa0, 0x80)],
    ['UTF-16 that is not told', 400, 'application/json', Buffer.from(operation, 'utf16le')],
    ['UTF-16 that is told', 415, 'application/json; charset=utf-16', Buffer.from(operation, 'utf16le')],
    ['UTF-16 that is told and untrue', 415, 'application/json; charset=utf-16', utf8.encode(operation)],
    ['Latin 1', 415, 'application/json;charset="iso-8859-1"', utf8.encode(operation)],
    ['two charsets', 415, 'application/json; charset=utf-8; charset=utf-7', utf8.encode(operation)],
  ])('with %s is refused', async (_what, status, type, body) => {
    const response = await send(type, body);
    expect([response.status, await response.json()]).toEqual([status, refused]);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(app.emulator.history).toEqual([]);
  });

  it.each(['application/json', 'application/json; charset=utf-8', 'Application/JSON;Charset="UTF-8"'])(
    'is taken as %s',
    async (type) => {
      const response = await send(type, utf8.encode(operation));
      expect([response.status, await response.json()]).toEqual([
        200,
        { data: { viewer: { ownerId: 'org_acme' } } },
      ]);
    },
  );
});

/** Last, because all the others run while these wait. */
const slowTests: readonly (readonly [what: string, limitSeconds: number])[] = [
  ['headers that stop', 10],
  ['headers that come byte by byte', 10],
  ['nothing at all', 10],
  ['a body that stops', 15],
  ['a body that comes byte by byte', 15],
];

function slowClients(): (readonly [string, Promise<Ending>])[] {
  const half = 'POST /graphql HTTP/1.1\r\nHost: a\r\nX-Slow: ';
  const body = `${head('/graphql', `Content-Length: ${minting.length}`)}${minting.slice(0, 10)}`;
  const writes = [
    untilClosed(half),
    untilClosed(half, 'a'),
    untilClosed(''),
    untilClosed(body),
    untilClosed(body, minting.slice(10, 20)),
  ];
  return slowTests.map(([what], index) => [what, writes[index] ?? Promise.reject(new Error(what))]);
}

describe('A client is given up, in JSON, that sends', () => {
  it.each(slowTests)('%s, after %d seconds', async (what, limitSeconds) => {
    const { response, seconds } = (await slow).get(what) ?? { response: '', seconds: 0 };
    expectRefusal(response, 408);
    expect(seconds).toBeGreaterThan(limitSeconds - 0.5);
    expect(seconds).toBeLessThan(limitSeconds + 4);
  });
});
