import { createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { JWTPayload } from 'jose';
import { acme, signToken, startTestApp, type TestApp } from '../support/test-app.js';

const trusted = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const trustedDer = trusted.publicKey.export({ type: 'spki', format: 'der' });
const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const pemOf = (key: KeyObject) => key.export({ type: 'spki', format: 'pem' }).toString();
const strangerJwk = { ...stranger.publicKey.export({ format: 'jwk' }), kid: 'stranger' };

/** Would hand out the stranger's key to whoever believes the header of a token. */
const asked: string[] = [];
const strangersServer = createServer((request, response) => {
  asked.push(request.url ?? '');
  response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys: [strangerJwk] }));
});

let app: TestApp;
let strangersUrl: string;
beforeAll(async () => {
  app = await startTestApp({ AUTH_PUBLIC_KEY: pemOf(trusted.publicKey) });
  await new Promise<void>((resolve) => strangersServer.listen(0, '127.0.0.1', resolve));
  const address = strangersServer.address();
  strangersUrl = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/jwks.json`;
});
afterAll(async () => {
  await app.stop();
  await new Promise((resolve) => strangersServer.close(resolve));
});
beforeEach(() => app.emulator.reset());

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const now = () => Math.floor(Date.now() / 1000);
const es256 = (input: string, key: KeyObject = trusted.privateKey) =>
  sign('sha256', Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url');
const hs256 = (input: string, secret: string | Buffer) =>
  createHmac('sha256', secret).update(input).digest('base64url');

const goodClaims = () => ({
  iss: 'https://issuer.example',
  aud: 'https://api.example',
  exp: now() + 300,
  ...acme,
});

/** A token put together by hand, as only an attacker would. */
function forge(
  header: Record<string, unknown>,
  signer: (input: string) => string = es256,
  payload: unknown = goodClaims(),
): string {
  const input = `${encode({ alg: 'ES256', typ: 'JWT', ...header })}.${encode(payload)}`;
  return `${input}.${signer(input)}`;
}

const without = (claim: string) => bearer(forge({}, es256, { ...goodClaims(), [claim]: undefined }));
const signed = (claims: JWTPayload, header: Record<string, unknown> = {}, key = trusted.privateKey) =>
  signToken({ ...acme, ...claims }, { key, header });
const bearer = async (token: string | Promise<string>) => `Bearer ${await token}`;
const byStranger = (input: string) => es256(input, stranger.privateKey);

const query = 'mutation { createConnectSession(provider: "bamboohr") { token userErrors { code } } }';
const unauthenticated =
  '{"errors":[{"message":"Sign in again: this request carries no valid access token.","extensions":{"code":"UNAUTHENTICATED"}}]}';

/** A request's line is written once its answer has left, which may be after it has arrived here. */
async function lineAfter(on: TestApp, position: number): Promise<string> {
  while (!on.logs().includes('\n', position)) {
    await sleep(2);
  }
  return on.logs().slice(position);
}

/** That there is the one answer, nothing upstream, and one line in the log with the reason and none of the token. */
async function expectRefusal(
  on: TestApp,
  authorization: string | undefined,
  reason: string,
  body: unknown = { query },
): Promise<void> {
  const logged = on.logs().length;
  const response = await on.post(body, authorization === undefined ? {} : { authorization });
  expect(response.text.trim()).toBe(unauthenticated);
  expect(response.status).toBe(401);
  expect(response.headers.get('www-authenticate')).toBe('Bearer');
  expect(response.headers.get('cache-control')).toBe('no-store');
  expect(on.emulator.history).toEqual([]);
  const line = await lineAfter(on, logged);
  expect(JSON.parse(line)).toMatchObject({
    code: 'UNAUTHENTICATED',
    reason: expect.stringContaining(reason),
  });
  const parts = authorization?.match(/[\w-]{12,}/g)?.flatMap((part) => part.match(/.{12}/g) ?? []) ?? [];
  expect(parts.filter((part) => line.includes(part))).toEqual([]);
}

const notBearer = 'the Authorization header is not a bearer token';
const badSignature = 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED';
const algorithm = 'ERR_JOSE_ALG_NOT_ALLOWED';

describe('The one answer of 401, byte for byte, and nothing upstream, is for a request', () => {
  it.each<[string, () => string | undefined | Promise<string>, string]>([
    ['without a token', () => undefined, 'no Authorization header'],
    ['with an empty header', () => '', notBearer],
    ['with a password', () => 'Basic Y2FuYXJ5OmNhbmFyeQ==', notBearer],
    ['with two tokens', async () => `Bearer ${await signed({})},${await signed({})}`, notBearer],
    ['with a token in two parts', async () => bearer((await signed({})).replace(/\.[^.]+$/, '')), notBearer],
    ['with a token of 9 KiB', () => bearer(signed({ padding: 'x'.repeat(7_000) })), notBearer],
    [
      'with no JSON in the token',
      () => 'Bearer canary-canary.canary-canary.canary-canary',
      'ERR_JWS_INVALID',
    ],
    ['whose signature is cut', async () => bearer((await signed({})).slice(0, -4)), badSignature],
    [
      'whose payload was exchanged',
      async () =>
        bearer((await signed({})).replace(/\.[^.]+\./, `.${encode({ ...acme, org_id: 'org_globex' })}.`)),
      badSignature,
    ],
    ['that is signed by a stranger', () => bearer(signed({}, {}, stranger.privateKey)), badSignature],
    ['that is not signed (alg none)', () => bearer(forge({ alg: 'none' }, () => '')), notBearer],
    ['that is signed by nothing (alg none)', () => bearer(forge({ alg: 'none' })), algorithm],
    [
      'that takes the public key’s text for a shared secret',
      () => bearer(forge({ alg: 'HS256' }, (input) => hs256(input, pemOf(trusted.publicKey)))),
      algorithm,
    ],
    [
      'that takes the public key’s bytes for a shared secret',
      () => bearer(forge({ alg: 'HS256' }, (input) => hs256(input, trustedDer))),
      algorithm,
    ],
    ['that is signed with RSA', () => bearer(signed({}, { alg: 'RS256' }, rsa.privateKey)), algorithm],
    ['of another issuer', () => bearer(signed({ iss: 'https://issuer.example/' })), '(iss)'],
    ['without an issuer', () => without('iss'), '(iss)'],
    ['for another audience', () => bearer(signed({ aud: ['https://other.example'] })), '(aud)'],
    ['without an audience', () => without('aud'), '(aud)'],
    ['that has expired', () => bearer(signed({ exp: now() - 60 })), 'ERR_JWT_EXPIRED (exp)'],
    ['that never expires', () => without('exp'), '(exp)'],
    ['that is not valid yet', () => bearer(signed({ nbf: now() + 60 })), '(nbf)'],
    ['that is a logout token', () => bearer(signed({}, { typ: 'logout+jwt' })), 'another type of token'],
    ['that brings its own key (jwk)', () => bearer(forge({ jwk: strangerJwk }, byStranger)), badSignature],
    [
      'that says where its key is (jku)',
      () => bearer(forge({ jku: strangersUrl }, byStranger)),
      badSignature,
    ],
    [
      'that says where its certificate is (x5u)',
      () => bearer(forge({ x5u: strangersUrl }, byStranger)),
      badSignature,
    ],
    [
      'with an extension that must be understood',
      () => bearer(forge({ crit: ['x'], x: 1 })),
      'ERR_JOSE_NOT_SUPPORTED',
    ],
    ['without an owner', () => without('org_id'), 'the claim org_id'],
    ['with an empty owner', () => bearer(signed({ org_id: '' })), 'the claim org_id'],
    ['with several owners', () => bearer(signed({ org_id: ['org_acme'] })), 'the claim org_id'],
    [
      'with an owner that is an object',
      () => bearer(signed({ org_id: { id: 'org_acme' } })),
      'the claim org_id',
    ],
    [
      'with a line break in the owner',
      () => bearer(signed({ org_id: 'org_acme\r\nx: 1' })),
      'the claim org_id',
    ],
  ])('%s', async (_what, authorization, reason) => {
    await expectRefusal(app, await authorization(), reason);
    expect(asked).toEqual([]);
  });

  it.each([
    ['to read the schema', '{ __schema { types { name } } }'],
    ['that is not GraphQL', '{ {'],
  ])('without a token %s', async (_what, text) => {
    await expectRefusal(app, undefined, 'no Authorization header', { query: text });
  });
});

async function expectAccepted(on: TestApp, token: Promise<string>): Promise<void> {
  const response = await on.post({ query: '{ viewer { ownerId } }' }, { authorization: await bearer(token) });
  expect(response.json).toEqual({ data: { viewer: { ownerId: 'org_acme' } } });
}

describe('A token is accepted', () => {
  it.each<[string, () => Promise<string>]>([
    ['that says nothing of its type', () => signed({}, { typ: undefined })],
    ['of type JWT', () => signed({}, { typ: 'JWT' })],
    ['of type at+jwt', () => signed({}, { typ: 'at+jwt' })],
    ['of type application/at+jwt', () => signed({}, { typ: 'application/at+jwt' })],
    ['that expired 3 s ago, within the tolerance', () => signed({ exp: now() - 3 })],
    ['that is valid in 3 s, within the tolerance', () => signed({ nbf: now() + 3 })],
    ['that was put together by hand', async () => forge({})],
  ])('%s', async (_what, token) => {
    await expectAccepted(app, token());
  });
});

describe('A token that was accepted a moment ago', () => {
  it('is refused once it has ended', async () => {
    // Clocks may differ by five seconds.
    const authorization = await bearer(signed({ exp: now() - 3 }));
    const send = () => app.post({ query: '{ viewer { ownerId } }' }, { authorization });
    expect((await send()).status).toBe(200);
    expect((await send()).status).toBe(200);
    await new Promise((resolve) => setTimeout(resolve, 3_100));
    expect((await send()).status).toBe(401);
  });

  it('does not vouch for one that differs in its signature', async () => {
    const token = await signed({});
    const send = (sent: string) =>
      app.post({ query: '{ viewer { ownerId } }' }, { authorization: `Bearer ${sent}` });
    expect((await send(token)).status).toBe(200);
    const [head, claims, signature = ''] = token.split('.');
    const other = (signature.startsWith('A') ? 'B' : 'A') + signature.slice(1);
    expect((await send(`${head}.${claims}.${other}`)).status).toBe(401);
  });
});

describe('With a shared secret', () => {
  const secret = 'canary-secret-of-more-than-32-bytes-canary-secret-of-more-than-64';
  const bytes = new TextEncoder().encode(secret);
  let sharing: TestApp;
  beforeAll(async () => {
    sharing = await startTestApp({ AUTH_PUBLIC_KEY: undefined, AUTH_SECRET: secret });
  });
  afterAll(() => sharing.stop());

  it.each(['HS256', 'HS384', 'HS512'])('a token that it signed with %s is accepted', async (alg) => {
    await expectAccepted(sharing, signToken(acme, { key: bytes, header: { alg } }));
  });

  it.each<[string, () => string | Promise<string>, string]>([
    ['with a key (ES256)', () => signed({}), algorithm],
    ['with a key (RS256)', () => signed({}, { alg: 'RS256' }, rsa.privateKey), algorithm],
    ['by nothing', () => forge({ alg: 'none' }), algorithm],
    ['with another secret', () => forge({ alg: 'HS256' }, (input) => hs256(input, 'another')), badSignature],
    ['with an empty secret', () => forge({ alg: 'HS256' }, (input) => hs256(input, '')), badSignature],
  ])('a token that was signed %s is refused', async (_what, token, reason) => {
    await expectRefusal(sharing, await bearer(token()), reason);
    expect(sharing.logs()).not.toContain('canary-secret');
  });
});

describe('With an RSA key', () => {
  let withRsa: TestApp;
  beforeAll(async () => {
    withRsa = await startTestApp({ AUTH_PUBLIC_KEY: pemOf(rsa.publicKey) });
  });
  afterAll(() => withRsa.stop());

  it.each(['RS256', 'PS512'])('a token that it signed with %s is accepted', async (alg) => {
    await expectAccepted(withRsa, signed({}, { alg }, rsa.privateKey));
  });

  it('neither an EC key’s token is accepted, nor one with the public key as secret', async () => {
    await expectRefusal(withRsa, await bearer(signed({})), algorithm);
    const confused = forge({ alg: 'HS256' }, (input) => hs256(input, pemOf(rsa.publicKey)));
    await expectRefusal(withRsa, await bearer(confused), algorithm);
  });
});
