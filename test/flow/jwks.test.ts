import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { createServer, type RequestListener, type Server } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { acme, type GraphQLResponse, signToken, startTestApp, type TestApp } from '../support/test-app.js';

const first = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const second = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const toJwk = (key: KeyObject, kid: string) => ({ ...key.export({ format: 'jwk' }), kid, use: 'sig' });
const jwks = {
  first: toJwk(first.publicKey, 'first'),
  second: toJwk(second.publicKey, 'second'),
  rsa: toJwk(rsa.publicKey, 'rsa'),
  shared: {
    kty: 'oct',
    kid: 'shared',
    k: Buffer.from('canary-shared-secret-of-32-bytes').toString('base64url'),
  },
};

const answerWith =
  (status: number, type: string, body: string, headers: Record<string, string> = {}): RequestListener =>
  (_request, response) =>
    void response.writeHead(status, { 'content-type': type, ...headers }).end(body);
const keySet = (...keys: object[]) => answerWith(200, 'application/json', JSON.stringify({ keys }));

/** An identity provider, whose answer each test chooses, and another server that must see nothing. */
const issuer = { response: keySet(jwks.first), requests: 0, url: '' };
const elsewhere = { requests: 0, url: '' };
const servers: Server[] = [
  createServer((request, response) => {
    issuer.requests += 1;
    issuer.response(request, response);
  }),
  createServer((request, response) => {
    elsewhere.requests += 1;
    keySet(jwks.first)(request, response);
  }),
];

async function listen(server: Server | undefined): Promise<string> {
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  const address = server?.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/jwks.json`;
}

beforeAll(async () => {
  issuer.url = await listen(servers[0]);
  elsewhere.url = await listen(servers[1]);
});
afterAll(async () => {
  for (const server of servers) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

let app: TestApp;
beforeEach(async () => {
  Object.assign(issuer, { response: keySet(jwks.first), requests: 0 });
  app = await startTestApp({ AUTH_PUBLIC_KEY: undefined, AUTH_JWKS_URL: issuer.url });
});
afterEach(async () => {
  jest.restoreAllMocks();
  await app.stop();
});

/** Both clocks go on by this much; minutes of waiting are the one thing here that cannot be run. */
function passTime(seconds: number): void {
  const [wall, monotonic] = [Date.now, performance.now.bind(performance)];
  jest.spyOn(Date, 'now').mockImplementation(() => wall() + seconds * 1000);
  jest.spyOn(performance, 'now').mockImplementation(() => monotonic() + seconds * 1000);
}

interface Signer {
  readonly kid?: string | undefined;
  readonly alg?: string;
  readonly key?: KeyObject | Uint8Array;
}
async function mint({
  kid = 'first',
  alg = 'ES256',
  key = first.privateKey,
}: Signer = {}): Promise<GraphQLResponse> {
  const token = await signToken(acme, { key, header: { alg, kid: kid === '' ? undefined : kid } });
  const query = 'mutation { createConnectSession { token } }';
  return app.post({ query }, { authorization: `Bearer ${token}` });
}

const bySecond: Signer = { kid: 'second', key: second.privateKey };
const accepted = { data: { createConnectSession: { token: expect.stringMatching(/^\S{16,}$/) } } };
const codesOf = (response: GraphQLResponse) => [
  response.status,
  ...(response.json.errors ?? []).map((e) => e.extensions.code),
];

function expectNothingUpstream(): void {
  expect(app.emulator.history).toEqual([]);
}

describe('With keys from an address', () => {
  it('a token that one of them signed is accepted, and the keys are fetched once for many', async () => {
    const responses = await Promise.all(Array.from({ length: 10 }, () => mint()));
    responses.push(await mint());
    expect(responses.map(({ json }) => json)).toEqual(responses.map(() => accepted));
    expect(issuer.requests).toBe(1);
  });

  it('a token without a key id is accepted where there is one key', async () => {
    expect((await mint({ kid: '' })).json).toEqual(accepted);
  });

  it('each key is used for its own kind of algorithm', async () => {
    issuer.response = keySet(jwks.first, jwks.rsa);
    expect((await mint({ kid: 'rsa', alg: 'RS256', key: rsa.privateKey })).json).toEqual(accepted);
    expect((await mint()).json).toEqual(accepted);
  });

  it('a new key is found without a restart, and a withdrawn one is no longer trusted', async () => {
    expect((await mint()).json).toEqual(accepted);
    issuer.response = keySet(jwks.second);
    passTime(60);
    expect((await mint(bySecond)).json).toEqual(accepted);
    expect(codesOf(await mint())).toEqual([401, 'UNAUTHENTICATED']);
  });

  it('unknown key ids are refused, and do not make this server ask for the keys again and again', async () => {
    expect((await mint()).json).toEqual(accepted);
    app.emulator.reset();
    for (let i = 0; i < 20; i++) {
      const response = await mint({ kid: `unknown-${i}` });
      expect(codesOf(response)).toEqual([401, 'UNAUTHENTICATED']);
    }
    expect(issuer.requests).toBeLessThanOrEqual(2);
    expectNothingUpstream();
  });

  it.each<[string, Signer]>([
    ['that another key signed', { key: second.privateKey }],
    ['whose key id is unknown', { kid: 'unknown' }],
    ['without a key id, where there are several keys', { kid: '' }],
    [
      'that takes the public key’s text for a shared secret',
      { alg: 'HS256', key: Buffer.from(jwks.first.x ?? '') },
    ],
    [
      'that is signed with a shared secret among the keys',
      { kid: 'shared', alg: 'HS256', key: Buffer.from(jwks.shared.k, 'base64url') },
    ],
  ])('a token %s is refused with 401', async (_what, signer) => {
    issuer.response = keySet(jwks.first, jwks.second, jwks.shared);
    const response = await mint(signer);
    expect(codesOf(response)).toEqual([401, 'UNAUTHENTICATED']);
    expect(response.headers.get('www-authenticate')).toBe('Bearer');
    expectNothingUpstream();
  });
});

async function expectUnavailable(signer?: Signer): Promise<void> {
  const response = await mint(signer);
  expect(codesOf(response)).toEqual([503, 'AUTH_UNAVAILABLE']);
  expect(response.headers.get('cache-control')).toBe('no-store');
  expect(response.headers.has('www-authenticate')).toBe(false);
  expect(response.text).not.toContain('canary');
  // A request's line is written once its answer has left, which may be after it has arrived here.
  while (!app.logs().includes('"code":"AUTH_UNAVAILABLE"')) {
    await sleep(2);
  }
  expect(app.logs()).not.toMatch(/canary(?!-stackone)|eyJ/);
  expectNothingUpstream();
}

describe('While the keys cannot be had, the answer is 503 and not 401, and nothing goes upstream:', () => {
  const json = 'application/json';
  it.each<[string, () => RequestListener]>([
    ['a status of 500', () => answerWith(500, json, '{"keys":[],"x":"canary"}')],
    ['a status of 404', () => answerWith(404, json, '{"x":"canary"}')],
    ['a status of 204', () => answerWith(204, json, '')],
    ['a page', () => answerWith(200, 'text/html', '<h1>canary</h1>')],
    ['half of a key set', () => answerWith(200, json, '{"keys":[{"kty":"canary')],
    ['something other than a key set', () => answerWith(200, json, '{"canary":[]}')],
    ['a list', () => answerWith(200, json, '["canary"]')],
    ['a connection that is cut', () => (request) => void request.socket.resetAndDestroy()],
  ])('%s', async (_what, response) => {
    issuer.response = response();
    await expectUnavailable();
    await expectUnavailable({ kid: 'unknown' });
    issuer.response = keySet(jwks.first);
    passTime(60);
    expect((await mint()).json).toEqual(accepted);
  });

  it.each([301, 302, 303, 307, 308])('a redirect (%i), which is not followed', async (status) => {
    issuer.response = answerWith(status, json, '', { location: elsewhere.url });
    await expectUnavailable();
    expect(issuer.requests).toBeGreaterThanOrEqual(1);
    expect(elsewhere.requests).toBe(0);
  });

  it('nobody listens', async () => {
    await app.stop();
    const nobody = createServer();
    const url = await listen(nobody);
    await new Promise((resolve) => nobody.close(resolve));
    app = await startTestApp({ AUTH_PUBLIC_KEY: undefined, AUTH_JWKS_URL: url });
    await expectUnavailable();
  });

  it('no answer at all, which is waited for no longer than a few seconds', async () => {
    issuer.response = () => undefined;
    const start = performance.now();
    await expectUnavailable();
    expect(performance.now() - start).toBeLessThan(8_000);
  });
});

describe('When the address fails later,', () => {
  beforeEach(async () => {
    expect((await mint()).json).toEqual(accepted);
    app.emulator.reset();
    issuer.response = answerWith(500, 'text/html', 'canary');
  });

  it('the last good keys are used for up to an hour', async () => {
    passTime(59 * 60);
    expect((await mint()).json).toEqual(accepted);
  });

  it('the last good keys are used no longer than an hour', async () => {
    passTime(61 * 60);
    await expectUnavailable();
  });

  it('a failure is remembered for a few seconds, so that the issuer is not asked for each request', async () => {
    passTime(61 * 60);
    const before = issuer.requests;
    for (let i = 0; i < 10; i++) {
      await expectUnavailable();
    }
    expect(issuer.requests - before).toBeLessThanOrEqual(2);
  });
});
