import { createHmac, generateKeyPairSync, type KeyObject, randomUUID, sign } from 'node:crypto';
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { JWTPayload } from 'jose';
import { type Listener, listen } from '../support/listen.js';
import { exchangeRaw } from '../support/raw-http.js';
import { acme, signToken, startTestApp, type TestApp } from '../support/test-app.js';
import { waitUntil } from '../support/wait.js';

const trusted = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const trustedDer = trusted.publicKey.export({ type: 'spki', format: 'der' });
const attackerKeys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const pemOf = (key: KeyObject) => key.export({ type: 'spki', format: 'pem' }).toString();
const attackerJwk = { ...attackerKeys.publicKey.export({ format: 'jwk' }), kid: 'stranger' };

/** Serves the attacker's key set. The server must not fetch it for a token whose header points to it. */
const attackerRequests: string[] = [];
const attackerServer = createServer((request, response) => {
  attackerRequests.push(request.url ?? '');
  response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys: [attackerJwk] }));
});

let app: TestApp;
let attacker: Listener;
beforeAll(async () => {
  app = await startTestApp({ AUTH_PUBLIC_KEY: pemOf(trusted.publicKey) });
  attacker = await listen(attackerServer);
});
afterAll(async () => {
  await app.stop();
  await attacker.close();
});
beforeEach(() => app.emulator.reset());

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const now = () => Math.floor(Date.now() / 1000);
const es256 = (input: string, key: KeyObject = trusted.privateKey) =>
  sign('sha256', Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url');
const hs256 = (input: string, secret: string | Buffer) =>
  createHmac('sha256', secret).update(input).digest('base64url');

const validClaims = () => ({
  iss: 'https://issuer.example',
  aud: 'https://api.example',
  exp: now() + 300,
  ...acme,
});

/** Builds a token without the JWT library, as an attacker can. */
function forge(
  header: Record<string, unknown>,
  signer: (input: string) => string = es256,
  payload: unknown = validClaims(),
): string {
  const input = `${encode({ alg: 'ES256', typ: 'JWT', ...header })}.${encode(payload)}`;
  return `${input}.${signer(input)}`;
}

const without = (claim: string) => bearer(forge({}, es256, { ...validClaims(), [claim]: undefined }));
const signed = (claims: JWTPayload, header: Record<string, unknown> = {}, key = trusted.privateKey) =>
  signToken({ ...acme, ...claims }, { key, header });
const bearer = async (token: string | Promise<string>) => `Bearer ${await token}`;
const signByAttacker = (input: string) => es256(input, attackerKeys.privateKey);

const query = 'mutation { createConnectSession(provider: "bamboohr") { token userErrors { code } } }';
const unauthenticatedBody =
  '{"errors":[{"message":"Sign in again: the request has no valid access token.","extensions":{"code":"UNAUTHENTICATED"}}]}';

/** Expects the same 401 response, no StackOne request, and a log line with the reason and no part of the token. */
async function expectUnauthenticated(
  on: TestApp,
  authorization: string | undefined,
  reason: string | RegExp,
  body: unknown = { query },
): Promise<void> {
  const logged = on.logs().length;
  const response = await on.post(body, authorization === undefined ? {} : { authorization });
  expect(response.text.trim()).toBe(unauthenticatedBody);
  expect(response.status).toBe(401);
  expect(response.headers.get('www-authenticate')).toBe('Bearer');
  expect(response.headers.get('cache-control')).toBe('no-store');
  expect(on.emulator.history).toEqual([]);
  // The server may write the log line after it has sent the response.
  const lines = () => on.logs().slice(logged).split('\n');
  await waitUntil(() => lines().some((line) => line.includes('"msg":"request"')), 'the request is logged');
  const requestLine = lines().find((line) => line.includes('"msg":"request"')) ?? '';
  expect(JSON.parse(requestLine)).toMatchObject({
    level: 'info',
    code: 'UNAUTHENTICATED',
    reason: reason instanceof RegExp ? expect.stringMatching(reason) : expect.stringContaining(reason),
  });
  const parts = authorization?.match(/[\w-]{12,}/g)?.flatMap((part) => part.match(/.{12}/g) ?? []) ?? [];
  expect(parts.filter((part) => lines().join().includes(part))).toEqual([]);
}

const notBearerToken = 'the Authorization header is not "Bearer" and one token';
const invalidSignature = 'the signature is not from the configured key or is damaged';
const algorithmNotAllowed = 'the algorithm (alg) is ';
const signedParts = (count: number) => `it is not a JWT: it has ${count} parts instead of three`;

describe('Invalid access token → the same UNAUTHENTICATED response, with nothing sent to StackOne', () => {
  it.each<[string, () => string | undefined | Promise<string>, string | RegExp]>([
    ['no Authorization header', () => undefined, 'no Authorization header'],
    ['empty Authorization header', () => '', notBearerToken],
    ['Basic authentication', () => 'Basic Y2FuYXJ5OmNhbmFyeQ==', notBearerToken],
    ['two tokens', async () => `Bearer ${await signed({})},${await signed({})}`, notBearerToken],
    ['the token without its scheme', () => signed({}), notBearerToken],
    ['opaque token', () => 'Bearer canary-canary-canary', signedParts(1)],
    ['token with two parts', async () => bearer((await signed({})).replace(/\.[^.]+$/, '')), signedParts(2)],
    [
      'encrypted token (JWE)',
      () => `Bearer ${encode({ alg: 'RSA-OAEP', enc: 'A256GCM' })}.canarykey.canaryiv.canarytext.canarytag`,
      'it is encrypted (JWE, five parts): send a signed JWT',
    ],
    [
      'token that is too large',
      () => `Bearer ${'x'.repeat(16_385)}`,
      'has 16385 bytes and AUTH_MAX_TOKEN_BYTES is 16384',
    ],
    [
      'token parts that are not JSON',
      () => 'Bearer canary-canary.canary-canary.canary-canary',
      'it is not a valid signed JWT (ERR_JWS_INVALID)',
    ],
    ['truncated signature', async () => bearer((await signed({})).slice(0, -4)), invalidSignature],
    [
      'replaced payload',
      async () => bearer((await signed({})).replace(/\.[^.]+\./, `.${encode({ ...acme, org_id: 'org_globex' })}.`)),
      invalidSignature,
    ],
    ['signature of an unknown key', () => bearer(signed({}, {}, attackerKeys.privateKey)), invalidSignature],
    ['alg none with an empty signature', () => bearer(forge({ alg: 'none' }, () => '')), 'a part is empty'],
    [
      'alg none with a signature',
      () => bearer(forge({ alg: 'none' })),
      'the algorithm (alg) is "none", expected ES256, ',
    ],
    [
      'HS256 with the public key’s PEM as the secret',
      () => bearer(forge({ alg: 'HS256' }, (input) => hs256(input, pemOf(trusted.publicKey)))),
      algorithmNotAllowed,
    ],
    [
      'HS256 with the public key’s DER as the secret',
      () => bearer(forge({ alg: 'HS256' }, (input) => hs256(input, trustedDer))),
      algorithmNotAllowed,
    ],
    ['RSA signature', () => bearer(signed({}, { alg: 'RS256' }, rsa.privateKey)), algorithmNotAllowed],
    [
      'another issuer',
      () => bearer(signed({ iss: 'https://issuer.example/' })),
      'the issuer (iss) is "https://issuer.example/", AUTH_ISSUER is "https://issuer.example"',
    ],
    [
      'issuer that is no text',
      () => bearer(forge({}, es256, { ...validClaims(), iss: [validClaims().iss] })),
      '(iss) is a list',
    ],
    ['no issuer', () => without('iss'), 'the issuer (iss) is missing, AUTH_ISSUER is "https://issuer.example"'],
    [
      'another audience',
      () => bearer(signed({ aud: ['https://other.example', 'canary'.repeat(20)] })),
      `the audience (aud) is "https://other.example", "${'canary'.repeat(16)}cana…", AUTH_AUDIENCE is "https://api.example"`,
    ],
    ['empty list of audiences', () => bearer(signed({ aud: [] })), 'the audience (aud) is an empty list'],
    ['no audience', () => without('aud'), 'the audience (aud) is missing, AUTH_AUDIENCE is "https://api.example"'],
    ['expired token', () => bearer(signed({ exp: now() - 600 })), /it expired 6\d\d seconds ago \(exp\)$/],
    ['no expiry', () => without('exp'), 'the claim exp is missing; the token has iss, aud, org_id, org_name, email'],
    [
      'expiry that is no number',
      () => bearer(forge({}, es256, { ...validClaims(), exp: 'soon' })),
      'the claim exp is malformed',
    ],
    [
      'nbf in the future',
      () => bearer(signed({ nbf: now() + 590 })),
      /not valid for another 5\d\d seconds \(nbf\): check the clocks$/,
    ],
    [
      'logout token',
      () => bearer(signed({}, { typ: 'logout+jwt' })),
      'the type of token (typ) is "logout+jwt", expected JWT or at+jwt',
    ],
    ['own key in the header (jwk)', () => bearer(forge({ jwk: attackerJwk }, signByAttacker)), invalidSignature],
    [
      'key URL in the header (jku)',
      () => bearer(forge({ jku: `${attacker.url}/jwks.json` }, signByAttacker)),
      invalidSignature,
    ],
    [
      'certificate URL in the header (x5u)',
      () => bearer(forge({ x5u: `${attacker.url}/jwks.json` }, signByAttacker)),
      invalidSignature,
    ],
    ['unsupported critical extension (crit)', () => bearer(forge({ crit: ['x'], x: 1 })), 'ERR_JOSE_NOT_SUPPORTED'],
    [
      'no owner claim',
      () => without('org_id'),
      'the claim org_id is missing; the token has iss, aud, exp, org_name, email',
    ],
    [
      'no owner name',
      () => without('org_name'),
      'the claim org_name is missing; the token has iss, aud, exp, org_id, email',
    ],
    ['empty owner claim', () => bearer(signed({ org_id: '' })), 'the claim org_id is malformed: it is empty'],
    ['owner claim that is null', () => bearer(signed({ org_id: null })), 'the claim org_id is malformed: it is null'],
    [
      'owner claim that is a list',
      () => bearer(signed({ org_id: ['org_acme'] })),
      'the claim org_id is malformed: it is a list',
    ],
    [
      'owner claim that is an object',
      () => bearer(signed({ org_id: { id: 'org_acme' } })),
      'org_id is malformed: it is a value of type object',
    ],
    [
      'owner claim with a line break',
      () => bearer(signed({ org_id: 'org_acme\r\nx: 1' })),
      'org_id is malformed: its 14 characters are too many, or one is not allowed',
    ],
  ])('%s', async (_name, authorization, reason) => {
    await expectUnauthenticated(app, await authorization(), reason);
    expect(attackerRequests).toEqual([]);
  });

  it.each([
    ['introspection', '{ __schema { types { name } } }'],
    ['a document that is not GraphQL', '{ {'],
  ])('no access token, %s', async (_name, text) => {
    await expectUnauthenticated(app, undefined, 'no Authorization header', { query: text });
  });
});

/** `POST /graphql` with header lines as they are written here, which `fetch` would normalize. */
async function sendRaw(url: string, headers: readonly string[]): Promise<string> {
  const body = '{"query":"{ viewer { ownerId } }"}';
  const fixed = ['host: a', 'connection: close', 'content-type: application/json', `content-length: ${body.length}`];
  const head = ['POST /graphql HTTP/1.1', ...fixed, ...headers].join('\r\n');
  return (await exchangeRaw(url, `${head}\r\n\r\n${body}`)).response;
}

async function expectAccepted(on: TestApp, token: Promise<string>): Promise<void> {
  const response = await on.post({ query: '{ viewer { ownerId } }' }, { authorization: await bearer(token) });
  expect(response.json).toEqual({ data: { viewer: { ownerId: 'org_acme' } } });
}

describe('Accepted access token', () => {
  it.each<[string, () => Promise<string>]>([
    ['without typ', () => signed({}, { typ: undefined })],
    ['typ JWT', () => signed({}, { typ: 'JWT' })],
    ['typ at+jwt', () => signed({}, { typ: 'at+jwt' })],
    ['typ application/at+jwt', () => signed({}, { typ: 'application/at+jwt' })],
    ['expired 3 s ago, within the clock tolerance', () => signed({ exp: now() - 3 })],
    ['valid in 3 s, within the clock tolerance', () => signed({ nbf: now() + 3 })],
    ['built without the JWT library', async () => forge({})],
    [
      'with 200 groups, as large as Microsoft Entra ID makes them',
      () => signed({ groups: Array(200).fill(randomUUID()) }),
    ],
  ])('%s', async (_name, token) => {
    await expectAccepted(app, token());
  });

  it.each([
    ['two spaces', 'Bearer  {token}'],
    ['a tab', 'Bearer\t{token}'],
    ['a scheme in lower case', 'bearer {token}'],
    ['spaces around', '  Bearer {token} \t'],
  ])('with %s in the header', async (_name, header) => {
    const authorization = header.replace('{token}', await signed({}));
    const response = await sendRaw(app.url, [`authorization: ${authorization}`]);
    expect(response).toMatch(/^HTTP\/1.1 200 /);
  });
});

describe('Two Authorization headers → 401, with nothing sent to StackOne', () => {
  it.each<[string, (own: string, other: string) => string[]]>([
    ['a valid one and one of another customer', (own, other) => [own, other]],
    ['the same one twice', (own) => [own, own]],
    ['a valid one and an empty one', (own) => [own, '']],
  ])('%s', async (_name, choose) => {
    const own = await bearer(signed({}));
    const other = await bearer(signed({ org_id: 'org_globex', org_name: 'Globex' }));
    const headers = choose(own, other).map((value) => `authorization: ${value}`);
    for (const order of [headers, headers.toReversed()]) {
      expect(await sendRaw(app.url, order)).toMatch(/^HTTP\/1.1 401 .*"UNAUTHENTICATED"/s);
    }
    expect(app.emulator.history).toEqual([]);
  });
});

describe('The log explains rejected tokens at level warn', () => {
  const warnings = (on: TestApp) =>
    on
      .logs()
      .split('\n')
      .filter((line) => line.includes('"msg":"access token rejected"'))
      .map((line): unknown => JSON.parse(line));

  it('once a minute for each kind of problem, with the number of tokens since', async () => {
    const fresh = await startTestApp({ AUTH_PUBLIC_KEY: pemOf(trusted.publicKey) });
    const clock = performance.now.bind(performance);
    try {
      const send = async (authorization: string) => {
        expect((await fresh.post({ query }, { authorization })).status).toBe(401);
      };
      const wrongIssuer = await bearer(signed({ iss: 'https://other.example' }));
      const forged = await bearer(forge({}, signByAttacker));
      for (const authorization of [...Array(20).fill(wrongIssuer), forged]) {
        await send(authorization);
      }
      const issuer = {
        level: 'warn',
        time: expect.any(String),
        kind: 'issuer',
        reason:
          'access token rejected: the issuer (iss) is "https://other.example", AUTH_ISSUER is "https://issuer.example"',
        msg: 'access token rejected',
      };
      const signature = expect.objectContaining({ level: 'warn', kind: 'signature' });
      expect(warnings(fresh)).toEqual([issuer, signature]);
      jest.spyOn(performance, 'now').mockImplementation(() => clock() + 61_000);
      await send(wrongIssuer);
      expect(warnings(fresh)).toEqual([issuer, signature, { ...issuer, unlogged: 19 }]);
      expect(fresh.emulator.history).toEqual([]);
    } finally {
      jest.restoreAllMocks();
      await fresh.stop();
    }
  });

  it('not for requests without a token', async () => {
    const before = warnings(app).length;
    await expectUnauthenticated(app, undefined, 'no Authorization header');
    expect(warnings(app)).toHaveLength(before);
  });

  it('quotes at most 100 visible characters of a value', async () => {
    const iss = `\r\n\u001b[31m${'é'.repeat(200)}`;
    const quoted = `(iss) is "???[31m${'?'.repeat(93)}…"`;
    await expectUnauthenticated(app, await bearer(signed({ iss })), quoted);
  });

  it('lists at most 20 names of claims and 5 audiences', async () => {
    const names = Array.from({ length: 30 }, (_, index) => `claim_${index}`);
    const claims = { ...validClaims(), org_id: undefined, ...Object.fromEntries(names.map((name) => [name, 1])) };
    await expectUnauthenticated(app, await bearer(forge({}, es256, claims)), ', claim_14, …');
    const listed = '"claim_0", "claim_1", "claim_2", "claim_3", "claim_4", …, AUTH_AUDIENCE';
    await expectUnauthenticated(app, await bearer(signed({ aud: names })), listed);
  });
});

describe('Several issuers and audiences', () => {
  let several: TestApp;
  const tid = '72f988bf-86f1-41af-91ab-2d7cd011db47';
  const tenantIssuer = (id: string) => `https://login.microsoftonline.com/${id}/v2.0`;
  beforeAll(async () => {
    several = await startTestApp({
      AUTH_PUBLIC_KEY: pemOf(trusted.publicKey),
      AUTH_ISSUER: `https://issuer.example, ${tenantIssuer('{tenantid}')}`,
      AUTH_AUDIENCE: 'https://api.example,api://second',
      OWNER_ID_CLAIM: 'tid',
    });
  });
  afterAll(() => several.stop());

  it.each<[string, JWTPayload]>([
    ['the first issuer and the second audience', { tid, aud: 'api://second' }],
    ['one of several audiences of the token', { tid, aud: ['other', 'https://api.example'] }],
    ['the issuer of its tenant', { tid, iss: tenantIssuer(tid) }],
  ])('accepts a token with %s', async (_name, claims) => {
    const response = await several.post(
      { query: '{ viewer { ownerId } }' },
      { authorization: await bearer(signed(claims)) },
    );
    expect(response.json).toEqual({ data: { viewer: { ownerId: tid } } });
  });

  it.each<[string, JWTPayload]>([
    ['the placeholder itself', { tid, iss: tenantIssuer('{tenantid}') }],
    ['the placeholder as its tenant', { tid: '{tenantid}', iss: tenantIssuer('{tenantid}') }],
    ['the issuer of another tenant', { tid, iss: tenantIssuer('00000000-0000-0000-0000-000000000000') }],
    ['no tenant', { iss: tenantIssuer(tid) }],
    ['a tenant that is no id', { tid: 'x/../y', iss: tenantIssuer('x/../y') }],
    ['a tenant that is a list', { tid: [tid], iss: tenantIssuer(tid) }],
    ['the list of issuers as its issuer', { tid, iss: `https://issuer.example, ${tenantIssuer('{tenantid}')}` }],
  ])('rejects a token with %s', async (_name, claims) => {
    await expectUnauthenticated(several, await bearer(signed(claims)), 'the issuer (iss) is ');
  });

  it('names all of them when a token has none', async () => {
    const authorization = await bearer(signed({ tid, aud: 'other' }));
    await expectUnauthenticated(
      several,
      authorization,
      '"other", AUTH_AUDIENCE is "https://api.example", "api://second"',
    );
  });
});

describe('AUTH_MAX_TOKEN_BYTES', () => {
  it('is the largest token, whatever other headers a request has', async () => {
    const limited = await startTestApp({
      AUTH_PUBLIC_KEY: pemOf(trusted.publicKey),
      AUTH_MAX_TOKEN_BYTES: '65536',
    });
    try {
      const token = await signed({ padding: 'x'.repeat(48_000) });
      expect(token.length).toBeGreaterThan(64_000);
      const post = (headers: Record<string, string>) => limited.post({ query: '{ viewer { ownerId } }' }, headers);
      expect((await post({ authorization: `Bearer ${token}`, 'x-other': 'x'.repeat(15_000) })).status).toBe(200);
      const tooLarge = await post({ authorization: `Bearer ${token}`, 'x-other': 'x'.repeat(20_000) });
      expect([tooLarge.status, tooLarge.text]).toEqual([431, expect.stringContaining('The limit is 81920 bytes.')]);
      await expectUnauthenticated(limited, `Bearer ${'x'.repeat(65_537)}`, 'AUTH_MAX_TOKEN_BYTES is 65536');
    } finally {
      await limited.stop();
    }
  });
});

describe('Token cache', () => {
  it('rejects a cached token after it expires', async () => {
    // The clock tolerance is five seconds.
    const authorization = await bearer(signed({ exp: now() - 3 }));
    const send = () => app.post({ query: '{ viewer { ownerId } }' }, { authorization });
    expect((await send()).status).toBe(200);
    expect((await send()).status).toBe(200);
    await sleep(3_100);
    expect((await send()).status).toBe(401);
  });

  it('rejects a token with another signature than the cached one', async () => {
    const token = await signed({});
    const send = (sent: string) => app.post({ query: '{ viewer { ownerId } }' }, { authorization: `Bearer ${sent}` });
    expect((await send(token)).status).toBe(200);
    const [head, claims, signature = ''] = token.split('.');
    const other = (signature.startsWith('A') ? 'B' : 'A') + signature.slice(1);
    expect((await send(`${head}.${claims}.${other}`)).status).toBe(401);
  });
});

describe('AUTH_SECRET', () => {
  const secret = 'canary-secret-of-more-than-32-bytes-canary-secret-of-more-than-64';
  const bytes = new TextEncoder().encode(secret);
  let withSecret: TestApp;
  beforeAll(async () => {
    withSecret = await startTestApp({ AUTH_PUBLIC_KEY: undefined, AUTH_SECRET: secret });
  });
  afterAll(() => withSecret.stop());

  it.each(['HS256', 'HS384', 'HS512'])('accepts a token signed with the secret (%s)', async (alg) => {
    await expectAccepted(withSecret, signToken(acme, { key: bytes, header: { alg } }));
  });

  it.each<[string, () => string | Promise<string>, string]>([
    ['EC key (ES256)', () => signed({}), algorithmNotAllowed],
    ['RSA key (RS256)', () => signed({}, { alg: 'RS256' }, rsa.privateKey), algorithmNotAllowed],
    ['alg none', () => forge({ alg: 'none' }), algorithmNotAllowed],
    ['another secret', () => forge({ alg: 'HS256' }, (input) => hs256(input, 'another')), invalidSignature],
    ['empty secret', () => forge({ alg: 'HS256' }, (input) => hs256(input, '')), invalidSignature],
  ])('rejects a token signed with another key: %s', async (_name, token, reason) => {
    await expectUnauthenticated(withSecret, await bearer(token()), reason);
    expect(withSecret.logs()).not.toContain('canary-secret');
  });
});

describe('AUTH_PUBLIC_KEY with an RSA key', () => {
  let withRsa: TestApp;
  beforeAll(async () => {
    withRsa = await startTestApp({ AUTH_PUBLIC_KEY: pemOf(rsa.publicKey) });
  });
  afterAll(() => withRsa.stop());

  it.each(['RS256', 'PS512'])('accepts a token signed with the private key (%s)', async (alg) => {
    await expectAccepted(withRsa, signed({}, { alg }, rsa.privateKey));
  });

  it('rejects a token of an EC key and an HS256 token with the public key as the secret', async () => {
    await expectUnauthenticated(withRsa, await bearer(signed({})), algorithmNotAllowed);
    const keyConfusion = forge({ alg: 'HS256' }, (input) => hs256(input, pemOf(rsa.publicKey)));
    await expectUnauthenticated(withRsa, await bearer(keyConfusion), algorithmNotAllowed);
  });
});
