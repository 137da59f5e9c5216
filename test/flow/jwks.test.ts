import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { createServer, type RequestListener } from 'node:http';

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { createBearerAuthentication } from '../../src/auth/authenticate.js';
import { createLogger } from '../../src/observability/logger.js';
import { createObservability } from '../../src/observability/observability.js';
import { type Listener, listen } from '../support/listen.js';
import { acme, type GraphQLResponse, signToken, startTestApp, type TestApp, testConfig } from '../support/test-app.js';
import { waitUntil } from '../support/wait.js';

const first = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const second = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' });
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

/** Not a point of the curve. */
const malformed = { ...jwks.first, kid: 'malformed', x: 'canary' };

const respondWith =
  (status: number, type: string, body: string, headers: Record<string, string> = {}): RequestListener =>
  (_request, response) =>
    void response.writeHead(status, { 'content-type': type, ...headers }).end(body);
const keySet = (...keys: object[]) => respondWith(200, 'application/json', JSON.stringify({ keys }));

/** An identity provider whose response each test chooses, and a server that must receive no request. */
const issuer = { response: keySet(jwks.first), requests: 0, url: '' };
const elsewhere = { requests: 0, url: '' };
const issuerServer = createServer((request, response) => {
  issuer.requests += 1;
  issuer.response(request, response);
});
const elsewhereServer = createServer((request, response) => {
  elsewhere.requests += 1;
  keySet(jwks.first)(request, response);
});

let listeners: readonly Listener[] = [];
beforeAll(async () => {
  const [issuerListener, elsewhereListener] = await Promise.all([listen(issuerServer), listen(elsewhereServer)]);
  listeners = [issuerListener, elsewhereListener];
  issuer.url = `${issuerListener.url}/jwks.json?appid=1`;
  elsewhere.url = `${elsewhereListener.url}/jwks.json`;
});
afterAll(() => Promise.all(listeners.map(({ close }) => close())));

let app: TestApp;
beforeEach(async () => {
  Object.assign(issuer, { response: keySet(jwks.first), requests: 0 });
  app = await startTestApp({ AUTH_PUBLIC_KEY: undefined, AUTH_JWKS_URL: issuer.url, METRICS_PORT: '0' });
});
afterEach(async () => {
  jest.restoreAllMocks();
  Object.assign(clocks, { aheadMs: 0, backMs: 0 });
  await app.stop();
});

const clocks = { wall: Date.now, monotonic: performance.now.bind(performance), aheadMs: 0, backMs: 0 };

/** Advances the wall clock and the monotonic clock, until the end of the test. */
function passTime(seconds: number): void {
  clocks.aheadMs += seconds * 1000;
  jest.spyOn(Date, 'now').mockImplementation(() => clocks.wall() + clocks.aheadMs - clocks.backMs);
  jest.spyOn(performance, 'now').mockImplementation(() => clocks.monotonic() + clocks.aheadMs);
}

interface Signer {
  readonly kid?: string | undefined;
  readonly alg?: string;
  readonly key?: KeyObject | Uint8Array;
}
async function createSession({
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

describe('AUTH_JWKS_URL', () => {
  it('accepts a token of a key in the set, and fetches the set once for concurrent requests', async () => {
    const responses = await Promise.all(Array.from({ length: 10 }, () => createSession()));
    responses.push(await createSession());
    expect(responses.map(({ json }) => json)).toEqual(responses.map(() => accepted));
    expect(issuer.requests).toBe(1);
  });

  it('requests the key set with the query of its URL, and without a content encoding', async () => {
    let received: readonly unknown[] = [];
    issuer.response = (request, response) => {
      received = [request.url, request.headers['accept-encoding']];
      keySet(jwks.first)(request, response);
    };
    expect((await createSession()).json).toEqual(accepted);
    expect(received).toEqual(['/jwks.json?appid=1', 'identity']);
  });

  it('reads a key set with a byte order mark', async () => {
    issuer.response = (_request, response) => {
      response.end(`\ufeff${JSON.stringify({ keys: [jwks.first] })}`);
    };
    expect((await createSession()).json).toEqual(accepted);
  });

  it('accepts a token without a key id when the set has one key', async () => {
    expect((await createSession({ kid: '' })).json).toEqual(accepted);
  });

  it.each<[string, object[]]>([
    ['no key has a key id', [jwks.first, jwks.second].map((key) => ({ ...key, kid: undefined }))],
    ['all keys have a key id', [jwks.second, jwks.first]],
    ['one key is malformed', [{ ...jwks.second, x: 'canary' }, jwks.second, jwks.first]],
    ['another key has another algorithm', [jwks.rsa, jwks.shared, jwks.second, jwks.first]],
  ])('accepts a token without a key id when the set has several keys and %s', async (_what, keys) => {
    issuer.response = keySet(...keys);
    expect((await createSession({ kid: '' })).json).toEqual(accepted);
    expect((await createSession({ kid: '', key: second.privateKey })).json).toEqual(accepted);
    expect(issuer.requests).toBe(1);
  });

  it('accepts a token without a key id although another key of the set is too short to verify with', async () => {
    const short = generateKeyPairSync('rsa', { modulusLength: 1024 });
    issuer.response = keySet(toJwk(short.publicKey, 'short'), jwks.rsa);
    expect((await createSession({ kid: '', alg: 'RS256', key: rsa.privateKey })).json).toEqual(accepted);
  });

  it('tries at most ten keys for a token without a key id', async () => {
    issuer.response = keySet(...Array.from({ length: 10 }, () => jwks.second), jwks.first);
    expect(codesOf(await createSession({ kid: '' }))).toEqual([401, 'UNAUTHENTICATED']);
    expectNothingUpstream();
  });

  it('uses each key with its own algorithm', async () => {
    issuer.response = keySet(jwks.first, jwks.rsa);
    expect((await createSession({ kid: 'rsa', alg: 'RS256', key: rsa.privateKey })).json).toEqual(accepted);
    expect((await createSession()).json).toEqual(accepted);
  });

  it('finds a new key without a restart, and rejects a removed key', async () => {
    expect((await createSession()).json).toEqual(accepted);
    issuer.response = keySet(jwks.second);
    passTime(60);
    expect((await createSession(bySecond)).json).toEqual(accepted);
    expect(codesOf(await createSession())).toEqual([401, 'UNAUTHENTICATED']);
  });

  it('rejects unknown key ids without fetching the set for each of them', async () => {
    expect((await createSession()).json).toEqual(accepted);
    app.emulator.reset();
    for (let i = 0; i < 20; i++) {
      const response = await createSession({ kid: `unknown-${i}` });
      expect(codesOf(response)).toEqual([401, 'UNAUTHENTICATED']);
    }
    expect(issuer.requests).toBeLessThanOrEqual(2);
    expectNothingUpstream();
  });

  it('rejects a token that names a malformed key, without an effect on other keys, old and new ones', async () => {
    issuer.response = keySet(malformed, jwks.first);
    const byMalformed: Signer = { kid: 'malformed', key: first.privateKey };
    expect(codesOf(await createSession(byMalformed))).toEqual([401, 'UNAUTHENTICATED']);
    expect((await createSession()).json).toEqual(accepted);
    issuer.response = keySet(malformed, jwks.first, jwks.second);
    passTime(60);
    expect(codesOf(await createSession(byMalformed))).toEqual([401, 'UNAUTHENTICATED']);
    expect((await createSession(bySecond)).json).toEqual(accepted);
    expect(app.logs()).not.toContain('"alert"');
  });

  it.each<[string, Signer]>([
    ['signed by another key', { key: second.privateKey }],
    ['with an unknown key id', { kid: 'unknown' }],
    ['without a key id that no key of the set has signed', { kid: '', key: stranger.privateKey }],
    ['signed with HS256 and the public key as the secret', { alg: 'HS256', key: Buffer.from(jwks.first.x ?? '') }],
    [
      'signed with a symmetric key of the set',
      { kid: 'shared', alg: 'HS256', key: Buffer.from(jwks.shared.k, 'base64url') },
    ],
  ])('rejects a token %s with 401', async (_name, signer) => {
    issuer.response = keySet(jwks.first, jwks.second, jwks.shared);
    const response = await createSession(signer);
    expect(codesOf(response)).toEqual([401, 'UNAUTHENTICATED']);
    expect(response.headers.get('www-authenticate')).toBe('Bearer');
    expectNothingUpstream();
  });
});

async function expectUnavailable(signer?: Signer): Promise<void> {
  const response = await createSession(signer);
  expect(codesOf(response)).toEqual([503, 'AUTH_UNAVAILABLE']);
  expect(response.headers.get('cache-control')).toBe('no-store');
  expect(response.headers.has('www-authenticate')).toBe(false);
  expect(response.text).not.toContain('canary');
  // The server may write the log line after it has sent the response.
  await waitUntil(() => app.logs().includes('"code":"AUTH_UNAVAILABLE"'), 'the request is logged');
  expect(app.logs()).not.toMatch(/canary(?!-stackone)|eyJ/);
  expectNothingUpstream();
}

describe('The wall clock is set back by an hour', () => {
  beforeEach(async () => {
    expect((await createSession()).json).toEqual(accepted);
    clocks.backMs = 60 * 60_000;
    app.emulator.reset();
  });

  it('rejects a token of a revoked key after eleven minutes', async () => {
    issuer.response = keySet(jwks.second);
    passTime(11 * 60);
    expect(codesOf(await createSession())).toEqual([401, 'UNAUTHENTICATED']);
    expectNothingUpstream();
  });

  it('does not use the last keys for more than one hour', async () => {
    issuer.response = respondWith(500, 'text/html', 'canary');
    passTime(61 * 60);
    await expectUnavailable();
  });
});

it('The log names the key id and the algorithm that no key of the set has', async () => {
  await createSession({ kid: 'canary\r\n'.repeat(50) });
  await waitUntil(() => app.logs().includes('AUTH_JWKS_URL has no key'), 'the reason is logged');
  const kid = 'canary??'.repeat(50).slice(0, 100);
  const reason = `AUTH_JWKS_URL has no key for the key id (kid) "${kid}…" and the algorithm (alg) "ES256"`;
  expect(app.logs()).toContain(JSON.stringify(reason).slice(1, -1));
});

describe('Key set not available → 503 AUTH_UNAVAILABLE instead of 401, with nothing sent to StackOne', () => {
  const json = 'application/json';
  it.each<[string, () => RequestListener]>([
    ['status 500', () => respondWith(500, json, '{"keys":[],"x":"canary"}')],
    ['status 404', () => respondWith(404, json, '{"x":"canary"}')],
    ['status 204', () => respondWith(204, json, '')],
    ['HTML page', () => respondWith(200, 'text/html', '<h1>canary</h1>')],
    ['truncated key set', () => respondWith(200, json, '{"keys":[{"kty":"canary')],
    ['JSON that is not a key set', () => respondWith(200, json, '{"canary":[]}')],
    ['JSON list', () => respondWith(200, json, '["canary"]')],
    ['more than 512 KiB', () => respondWith(200, json, JSON.stringify({ keys: [jwks.first], x: 'x'.repeat(525_000) }))],
    ['key set without keys', () => keySet()],
    ['key set with a malformed key only', () => keySet(malformed)],
    ['key set with a private key only', () => keySet({ ...first.privateKey.export({ format: 'jwk' }), kid: 'first' })],
    [
      'key set with a key for encryption only',
      () => keySet({ ...jwks.rsa, kid: 'first', use: 'enc', alg: 'RSA-OAEP' }),
    ],
    ['key set with a key of a signature algorithm, for encryption only', () => keySet({ ...jwks.first, use: 'enc' })],
    ['key set with a symmetric key only', () => keySet({ ...jwks.shared, kid: 'first' })],
    ['key set with values that are no keys', () => keySet(['canary'], { kty: 7 })],
    ['connection reset', () => (request) => void request.socket.resetAndDestroy()],
  ])('%s', async (_name, response) => {
    issuer.response = response();
    await expectUnavailable();
    await expectUnavailable({ kid: 'unknown' });
    issuer.response = keySet(jwks.first);
    passTime(60);
    expect((await createSession()).json).toEqual(accepted);
  });

  it.each([301, 302, 303, 307, 308])('redirect %i, which is not followed', async (status) => {
    issuer.response = respondWith(status, json, '', { location: elsewhere.url });
    await expectUnavailable();
    expect(issuer.requests).toBeGreaterThanOrEqual(1);
    expect(elsewhere.requests).toBe(0);
  });

  it('connection refused', async () => {
    await app.stop();
    const { url, close } = await listen(createServer());
    await close();
    app = await startTestApp({ AUTH_PUBLIC_KEY: undefined, AUTH_JWKS_URL: `${url}/jwks.json` });
    await expectUnavailable();
  });

  it('body without an end: the connection is closed after 512 KiB', async () => {
    let sent = 0;
    let closed = false;
    issuer.response = (_request, response) => {
      const chunk = Buffer.alloc(64 * 1024, ' ');
      const write = () => {
        while (!closed && response.write(chunk)) {
          sent += chunk.length;
        }
      };
      response.once('close', () => {
        closed = true;
      });
      response.writeHead(200, { 'content-type': json }).on('drain', write);
      write();
    };
    await expectUnavailable();
    await waitUntil(() => closed, 'the connection is closed');
    // More than is read can wait in the buffers of the sockets.
    expect(sent).toBeLessThan(32 * 1024 * 1024);
    expect(app.logs()).toContain('OVERSIZED');
  });

  it('no response: the error is returned within a few seconds', async () => {
    issuer.response = () => undefined;
    const start = performance.now();
    await expectUnavailable();
    expect(performance.now() - start).toBeLessThan(8_000);
  });
});

describe('Key set not available after it was fetched once', () => {
  beforeEach(async () => {
    expect((await createSession()).json).toEqual(accepted);
    app.emulator.reset();
    issuer.response = respondWith(500, 'text/html', 'canary');
  });

  it('keeps the last keys for up to one hour', async () => {
    passTime(59 * 60);
    expect((await createSession()).json).toEqual(accepted);
  });

  it('accepts a token without a key id by any of the last keys', async () => {
    issuer.response = keySet(jwks.second, jwks.first);
    passTime(11 * 60);
    expect((await createSession(bySecond)).json).toEqual(accepted);
    issuer.response = respondWith(500, 'text/html', 'canary');
    passTime(11 * 60);
    expect((await createSession({ kid: '' })).json).toEqual(accepted);
    expect((await createSession({ kid: '', key: second.privateKey })).json).toEqual(accepted);
  });

  it('logs the alert jwks-stale once per outage, and sets connect_jwks_stale until the URL works again', async () => {
    const isStale = async () => /^connect_jwks_stale (\d)$/m.exec(await app.metrics())?.[1];
    const alerts = () =>
      app
        .logs()
        .split('\n')
        .filter((line) => line.includes('"alert"'))
        .map((line): unknown => JSON.parse(line));
    const alert = {
      level: 'error',
      time: expect.any(String),
      alert: 'jwks-stale',
      reason: 'HTTP_500',
      msg: expect.stringContaining('last good keys stay in use'),
    };
    expect([await isStale(), alerts()]).toEqual(['0', []]);
    for (const outage of [1, 2]) {
      const expected = Array.from({ length: outage }, () => alert);
      for (let request = 0; request < 3; request++) {
        // Longer than the keys are fresh, and than a failure is remembered: each request calls the URL again.
        passTime(11 * 60);
        const before = issuer.requests;
        expect((await createSession()).json).toEqual(accepted);
        expect(issuer.requests).toBe(before + 1);
        expect([await isStale(), alerts()]).toEqual(['1', expected]);
      }
      issuer.response = keySet(jwks.first);
      passTime(60);
      expect((await createSession()).json).toEqual(accepted);
      expect([await isStale(), alerts()]).toEqual(['0', expected]);
      issuer.response = respondWith(500, 'text/html', 'canary');
    }
  });

  it('keeps connect_jwks_stale at 0 when there are no keys to use', async () => {
    passTime(61 * 60);
    await expectUnavailable();
    expect(await app.metrics()).toMatch(/^connect_jwks_stale 0$/m);
    expect(app.logs()).not.toContain('jwks-stale');
  });

  it('keeps the last keys when the key set is empty or has no usable key, and finds new keys afterwards', async () => {
    for (const unusable of [keySet(), keySet(malformed), keySet({ ...jwks.shared, kid: 'second' })]) {
      issuer.response = unusable;
      passTime(11 * 60);
      expect((await createSession()).json).toEqual(accepted);
      app.emulator.reset();
      await expectUnavailable(bySecond);
    }
    issuer.response = keySet(jwks.second);
    passTime(60);
    expect((await createSession(bySecond)).json).toEqual(accepted);
  });

  it('does not use the last keys for more than one hour', async () => {
    passTime(61 * 60);
    await expectUnavailable();
  });

  it('logs the alert jwks-unavailable once when there are no keys to use', async () => {
    passTime(61 * 60);
    for (let request = 0; request < 3; request++) {
      await expectUnavailable();
      passTime(60);
    }
    expect(app.logs().match(/"alert":"\S+?","reason":"\w+"/g)).toEqual([
      '"alert":"jwks-unavailable","reason":"HTTP_500"',
    ]);
  });

  it('makes one request wait for a URL that does not respond, and no other', async () => {
    passTime(11 * 60);
    expect((await createSession()).json).toEqual(accepted);
    const before = issuer.requests;
    const asked = new Promise<() => void>((resolve) => {
      issuer.response = (request, response) => resolve(() => keySet(jwks.first)(request, response));
    });
    passTime(6);
    let isWaiting = true;
    const waiting = createSession().finally(() => {
      isWaiting = false;
    });
    const respond = await asked;
    const others = [await createSession(), await createSession()];
    expect([isWaiting, ...others.map(({ json }) => json)]).toEqual([true, accepted, accepted]);
    expect(issuer.requests).toBe(before + 1);
    respond();
    expect((await waiting).json).toEqual(accepted);
  });

  it('caches the failure for a few seconds instead of calling the issuer for each request', async () => {
    passTime(61 * 60);
    const before = issuer.requests;
    for (let i = 0; i < 10; i++) {
      await expectUnavailable();
    }
    expect(issuer.requests - before).toBeLessThanOrEqual(2);
  });
});

describe('The health of authentication', () => {
  const readHealth = async (env: Record<string, string | undefined>) => {
    const config = testConfig(env);
    const observability = createObservability(createLogger('silent'), config.apiKey);
    const authenticate = createBearerAuthentication(config, observability);
    const state = async (response: RequestListener) => {
      issuer.response = response;
      passTime(2 * 60 * 60);
      const token = await signToken(acme, { key: first.privateKey, header: { kid: 'first' } });
      await authenticate(`Bearer ${token}`).catch(() => undefined);
      return observability.health.auth;
    };
    return { initially: observability.health.auth, state };
  };

  it('is unknown until the URL is called, failing while it fails, and ok when it works', async () => {
    const { initially, state } = await readHealth({ AUTH_PUBLIC_KEY: undefined, AUTH_JWKS_URL: issuer.url });
    expect(initially).toBe('unknown');
    expect(await state(respondWith(404, 'text/html', ''))).toBe('failing');
    expect(await state(keySet(jwks.first))).toBe('ok');
    expect(await state(keySet(jwks.second))).toBe('ok');
    expect(await state(respondWith(500, 'text/html', ''))).toBe('failing');
  });

  it('is ok from the start with a public key', async () => {
    expect((await readHealth({})).initially).toBe('ok');
  });
});
