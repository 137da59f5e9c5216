import { createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { JWTPayload } from 'jose';
import { type Listener, listen } from '../support/listen.js';
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
  reason: string,
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
  await waitUntil(() => on.logs().includes('\n', logged), 'the request is logged');
  const line = on.logs().slice(logged);
  expect(JSON.parse(line)).toMatchObject({
    code: 'UNAUTHENTICATED',
    reason: expect.stringContaining(reason),
  });
  const parts = authorization?.match(/[\w-]{12,}/g)?.flatMap((part) => part.match(/.{12}/g) ?? []) ?? [];
  expect(parts.filter((part) => line.includes(part))).toEqual([]);
}

const notBearerToken = 'the Authorization header is not a bearer token';
const invalidSignature = 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED';
const algorithmNotAllowed = 'ERR_JOSE_ALG_NOT_ALLOWED';

describe('Invalid access token → the same UNAUTHENTICATED response, with nothing sent to StackOne', () => {
  it.each<[string, () => string | undefined | Promise<string>, string]>([
    ['no Authorization header', () => undefined, 'no Authorization header'],
    ['empty Authorization header', () => '', notBearerToken],
    ['Basic authentication', () => 'Basic Y2FuYXJ5OmNhbmFyeQ==', notBearerToken],
    ['two tokens', async () => `Bearer ${await signed({})},${await signed({})}`, notBearerToken],
    ['token with two parts', async () => bearer((await signed({})).replace(/\.[^.]+$/, '')), notBearerToken],
    ['token of 9 KiB', () => bearer(signed({ padding: 'x'.repeat(7_000) })), notBearerToken],
    ['token parts that are not JSON', () => 'Bearer canary-canary.canary-canary.canary-canary', 'ERR_JWS_INVALID'],
    ['truncated signature', async () => bearer((await signed({})).slice(0, -4)), invalidSignature],
    [
      'replaced payload',
      async () => bearer((await signed({})).replace(/\.[^.]+\./, `.${encode({ ...acme, org_id: 'org_globex' })}.`)),
      invalidSignature,
    ],
    ['signature of an unknown key', () => bearer(signed({}, {}, attackerKeys.privateKey)), invalidSignature],
    ['alg none with an empty signature', () => bearer(forge({ alg: 'none' }, () => '')), notBearerToken],
    ['alg none with a signature', () => bearer(forge({ alg: 'none' })), algorithmNotAllowed],
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
    ['another issuer', () => bearer(signed({ iss: 'https://issuer.example/' })), '(iss)'],
    ['no issuer', () => without('iss'), '(iss)'],
    ['another audience', () => bearer(signed({ aud: ['https://other.example'] })), '(aud)'],
    ['no audience', () => without('aud'), '(aud)'],
    ['expired token', () => bearer(signed({ exp: now() - 60 })), 'ERR_JWT_EXPIRED (exp)'],
    ['no expiry', () => without('exp'), '(exp)'],
    ['nbf in the future', () => bearer(signed({ nbf: now() + 60 })), '(nbf)'],
    ['logout token', () => bearer(signed({}, { typ: 'logout+jwt' })), 'another type of token'],
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
    ['no owner claim', () => without('org_id'), 'the claim org_id'],
    ['empty owner claim', () => bearer(signed({ org_id: '' })), 'the claim org_id'],
    ['owner claim that is a list', () => bearer(signed({ org_id: ['org_acme'] })), 'the claim org_id'],
    ['owner claim that is an object', () => bearer(signed({ org_id: { id: 'org_acme' } })), 'the claim org_id'],
    ['owner claim with a line break', () => bearer(signed({ org_id: 'org_acme\r\nx: 1' })), 'the claim org_id'],
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
  ])('%s', async (_name, token) => {
    await expectAccepted(app, token());
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
