import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createBearerAuthentication } from '../../src/auth/authenticate.js';
import { type Environment, loadConfig } from '../../src/config/from-environment.js';
import { createLogger } from '../../src/observability/logger.js';
import { createObservability } from '../../src/observability/observability.js';
import { examine } from '../support/doctor.js';
import { providerTokens, readRecipes } from '../support/identity-providers.js';
import { type Listener, listen } from '../support/listen.js';
import { acme, signToken, type TokenOptions, testEnv } from '../support/test-env.js';

/** Nothing listens at the address of StackOne: these checks do not need it. */
const envOf = (env: Environment = {}): Environment => testEnv({ STACKONE_BASE_URL: 'http://127.0.0.1:1', ...env });
/** Claims that no setting names. Their values are in no output. */
const unknownClaims = {
  email: 'ada@acme.example',
  plan: 'canary-plan',
  roles: ['canary-role'],
  nested: { id: 'canary-id' },
};
const now = Math.floor(Date.now() / 1000);

/** The findings about the token and whom it stands for. */
async function examineToken(token: string, env: Environment = {}): Promise<string[]> {
  const lines = await examine(envOf(env), ['--token', '-'], token);
  return lines.filter((line) => /^\w+ (token|issuer|audience|claims|owner|grants):/.test(line));
}

async function isAccepted(token: string, env: Environment): Promise<boolean> {
  const config = loadConfig(envOf(env));
  const authenticate = createBearerAuthentication(config, createObservability(createLogger('silent'), config.apiKey));
  return authenticate(`Bearer ${token}`).then(
    () => true,
    () => false,
  );
}

/** Proves too that the doctor and the server agree. */
async function expectFindings(
  token: string,
  env: Environment,
  ...sentences: readonly (RegExp | string)[]
): Promise<void> {
  const lines = await examineToken(token, env);
  for (const sentence of sentences) {
    expect(lines).toContainEqual(expect.stringMatching(sentence));
  }
  const isRefused = lines.some((line) => line.startsWith('error '));
  expect([lines, isRefused]).toEqual([lines, !(await isAccepted(token, env))]);
}

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const secret = 'canary-secret-of-more-than-32-bytes';

describe('doctor › a token', () => {
  it('that is accepted: says who the caller is and what it may do, and the names of the claims', async () => {
    const token = await signToken({ ...acme, ...unknownClaims });
    expect(await examineToken(`Bearer ${token}\n`)).toEqual([
      expect.stringMatching(/^ok token: The signature is valid, and the token expires in (299|300) s\.$/),
      'ok issuer: The issuer and the audience are the configured ones.',
      'ok claims: The token has the claims iss, aud, sub, iat, exp, org_id, org_name, email, plan, roles, nested.',
      'ok owner: Owner id "org_acme", owner name "Acme Corporation", username "ada@acme.example".',
      'ok grants: The person may connect and delete accounts: all providers, any number of accounts.',
    ]);
  });

  it.each<
    [
      title: string,
      claims: Readonly<Record<string, unknown>>,
      env: Environment,
      options: TokenOptions,
      ...sentences: RegExp[],
    ]
  >([
    [
      'expired',
      { iat: now - 4000, exp: now - 3600 },
      {},
      {},
      /^error token: The server rejects this token: it expired \d+ seconds ago \(exp\)\. Fix: Pass a new token/,
      /^ok owner: /,
    ],
    [
      'not valid yet',
      { nbf: now + 3600 },
      {},
      {},
      /^error token: The server rejects this token: it is not valid for another \d+ seconds \(nbf\): check the clocks\./,
    ],
    ['without expiry', { exp: undefined }, {}, {}, /^error token: .* the claim exp is missing; the token has iss, /],
    [
      'for another audience',
      { aud: 'https://other.example' },
      {},
      {},
      /^error audience: .* the audience \(aud\) is "https:\/\/other\.example", AUTH_AUDIENCE is "https:\/\/api\.example"\. Fix: Set AUTH_AUDIENCE/,
    ],
    [
      'without audience',
      { aud: undefined },
      {},
      {},
      /^error audience: .* the audience \(aud\) is missing, .* Fix: .* set AUTH_AUDIENCE_CLAIM/,
    ],
    [
      'of another issuer, and for another audience',
      { iss: 'https://issuer.example/', aud: 'x' },
      {},
      {},
      /^error issuer: .* the issuer \(iss\) is "https:\/\/issuer\.example\/", AUTH_ISSUER is "https:\/\/issuer\.example"\. Fix: Set AUTH_ISSUER to the exact issuer of the token\. A slash at the end/,
      /^error audience: /,
    ],
    [
      'with another key',
      { iss: 'https://other.example' },
      {},
      { key: stranger.privateKey },
      /^error token: .* the signature is not from the configured key or is damaged\. Fix: Set the key, or the AUTH_JWKS_URL, of the tenant/,
      /^error issuer: /,
    ],
    [
      'with a key of another type',
      {},
      {},
      { key: rsa.privateKey, header: { alg: 'RS256' } },
      /^error token: .* the algorithm \(alg\) is "RS256", expected ES256, ES384, ES512\. Fix: Set the kind of key/,
    ],
    [
      'with a shared secret, where a public key is set',
      {},
      {},
      { key: new TextEncoder().encode(secret), header: { alg: 'HS256' } },
      /^error token: .* the algorithm \(alg\) is "HS256", .* Fix: .*AUTH_SECRET for HS256/,
    ],
    [
      'of another kind',
      {},
      {},
      { header: { typ: 'logout+jwt' } },
      /^error token: .* the type of token \(typ\) is "logout\+jwt", expected JWT or at\+jwt\. Fix: Pass the access token/,
    ],
    [
      'without an owner id',
      { org_id: undefined },
      {},
      {},
      /^error owner: .* the claim org_id is missing; the token has iss, aud, sub, iat, exp, org_name, email, plan, roles, nested\. Fix: Set OWNER_ID_CLAIM and OWNER_NAME_CLAIM/,
    ],
    [
      'without an owner name',
      { org_name: undefined },
      {},
      {},
      /^error owner: .* the claim org_name is missing; the token has iss/,
    ],
    [
      'with an owner id that is no text',
      { org_id: { secret: 'canary' } },
      {},
      {},
      /^error owner: .* the claim org_id is malformed: it is a value of type object/,
    ],
    [
      'without a username',
      { email: undefined },
      {},
      {},
      /^ok owner: .* username none: the claim email is missing or is not a string\.$/,
    ],
    [
      'that is too large',
      { filler: 'canary'.repeat(500) },
      { AUTH_MAX_TOKEN_BYTES: '2048' },
      {},
      /^error token: .* it is too large: it has \d+ bytes and AUTH_MAX_TOKEN_BYTES is 2048/,
    ],
    [
      'without the permission',
      { permissions: ['canary'] },
      { MANAGE_PERMISSION: 'integrations:manage' },
      {},
      /^warning grants: The token does not have the permission integrations:manage: the person can only read\. Fix: Set MANAGE_PERMISSION/,
    ],
    [
      'without a claim of grants',
      {},
      { PROVIDERS_CLAIM: 'apps' },
      {},
      /^warning grants: Nothing is allowed, because the claim apps is missing; the token has iss, .* Fix: .* If a configured claim is missing, nothing is allowed/,
    ],
    [
      'with a malformed claim of grants',
      { limit: 'canary' },
      { MAX_ACCOUNTS_CLAIM: 'limit' },
      {},
      /^warning grants: Nothing is allowed, because the claim limit is malformed/,
    ],
    [
      'with grants',
      { apps: 'bamboohr workday', limit: 3 },
      { PROVIDERS_CLAIM: 'apps', MAX_ACCOUNTS_CLAIM: 'limit' },
      {},
      /^ok grants: .* the providers bamboohr, workday, at most 3 accounts\.$/,
    ],
  ])('%s', async (_title, claims, env, options, ...sentences) => {
    const token = await signToken({ ...acme, ...unknownClaims, ...claims }, options);
    await expectFindings(token, env, ...sentences);
  });

  it('that is empty is not sent to a check', async () => {
    expect(await examineToken('')).toEqual([expect.stringContaining('error token: The token is empty. Fix: ')]);
  });

  it.each([
    ['canary', 'it is not a JWT: it has 1 parts instead of three'],
    ['canary.b.c.d.e', 'it is encrypted (JWE, five parts): send a signed JWT'],
    ['canary.canary.canary', 'it is not a valid signed JWT'],
  ])('%j is no token', async (token, reason) => {
    expect(await examineToken(token)).toEqual([
      expect.stringContaining(`error token: The server rejects this token: ${reason}`),
    ]);
  });
});

describe('doctor › the keys at AUTH_JWKS_URL', () => {
  let listener: Listener;
  const responses: Readonly<Record<string, readonly [status: number, body: object]>> = {
    '/jwks': [
      200,
      {
        keys: [
          { ...rsa.publicKey.export({ format: 'jwk' }), kid: 'a', alg: 'RS256' },
          { ...stranger.publicKey.export({ format: 'jwk' }), kid: 'b' },
        ],
      },
    ],
    '/discovery': [200, { issuer: 'canary', jwks_uri: 'https://canary.example' }],
    '/moved': [302, {}],
    '/missing': [404, {}],
  };
  beforeAll(async () => {
    listener = await listen(
      createServer(({ url = '' }, response) => {
        const [status, body] = responses[url] ?? [500, {}];
        response.writeHead(status, { 'content-type': 'application/json', location: '/jwks' }).end(JSON.stringify(body));
      }),
    );
  });
  afterAll(() => listener.close());
  const withJwks = (path: string): Environment => ({
    AUTH_PUBLIC_KEY: undefined,
    AUTH_JWKS_URL: `${listener.url}${path}`,
  });

  it.each([
    ['/jwks', 'ok keys: AUTH_JWKS_URL has 2 usable keys: RSA (RS256), EC P-256 (any algorithm).'],
    [
      '/discovery',
      'error keys: The response of AUTH_JWKS_URL is not a key set, or has no usable key. Fix: Set AUTH_JWKS_URL to the jwks_uri',
    ],
    [
      '/moved',
      'error keys: AUTH_JWKS_URL redirects (HTTP_302), and the server follows no redirect. Fix: Set it to the address',
    ],
    [
      '/missing',
      'error keys: AUTH_JWKS_URL does not return a key set (HTTP_404). Fix: Set AUTH_JWKS_URL to the jwks_uri',
    ],
  ])('%s', async (path, sentence) => {
    expect(await examine(envOf(withJwks(path)))).toContainEqual(expect.stringContaining(sentence));
  });

  it('that cannot be reached: the token is still read, and its signature is unknown', async () => {
    const env = { AUTH_PUBLIC_KEY: undefined, AUTH_JWKS_URL: 'http://127.0.0.1:1/jwks' };
    const token = await signToken({ ...acme, ...unknownClaims, org_id: undefined }, { header: { kid: 'a' } });
    const lines = await examine(envOf(env), ['--token', '-'], token);
    expect(lines).toContainEqual(
      expect.stringMatching(
        /^error keys: The identity provider at http:\/\/127\.0\.0\.1:1\/jwks cannot be reached \(ECONNREFUSED\)\. Fix: Check the host and the port in AUTH_JWKS_URL/,
      ),
    );
    expect(lines).toContainEqual(
      expect.stringMatching(
        /^unknown token: The signature was not checked: the keys at AUTH_JWKS_URL cannot be fetched/,
      ),
    );
    expect(lines).toContainEqual(expect.stringMatching(/^error owner: .* the claim org_id is missing/));
  });

  it('that belong to another tenant: the key of the token is not among them', async () => {
    const token = await signToken(acme, { key: stranger.privateKey, header: { kid: 'c' } });
    await expectFindings(
      token,
      withJwks('/jwks'),
      /^error token: .* AUTH_JWKS_URL has no key for the key id \(kid\) "c" and the algorithm \(alg\) "ES256"\. Fix: Set the key, or the AUTH_JWKS_URL/,
    );
  });
});

describe('doctor › tokens of identity providers', () => {
  const recipes = readRecipes(0);
  const sign = (name: string) => {
    const { claims = {}, header } = providerTokens[name] ?? {};
    return signToken({ ...claims, unknown: 'canary' }, { header: { kid: 'key', ...header } });
  };
  /** The keys are the test's, in place of those at the URL. */
  const recipeOf = (name: string): Record<string, string | undefined> => ({
    ...recipes.get(name),
    AUTH_JWKS_URL: undefined,
  });

  it.each(Object.entries(providerTokens))(
    '%s: with the settings of the documentation, says whom the server would see',
    async (name, { viewer }) => {
      await expectFindings(
        await sign(name),
        recipeOf(name),
        /^ok issuer: /,
        `^ok owner: Owner id "${viewer.ownerId}", owner name "${viewer.ownerName}"`,
      );
    },
  );

  it.each(Object.keys(providerTokens))(
    '%s: with the default claims, names the first claim that is missing and those that are there',
    async (name) => {
      const claims = providerTokens[name]?.claims ?? {};
      const { OWNER_ID_CLAIM, OWNER_NAME_CLAIM, AUTH_AUDIENCE_CLAIM, ...env } = recipeOf(name);
      const token = await sign(name);
      if (env['AUTH_ISSUER']?.includes('{tenantid}')) {
        const [, problem] = await examine(envOf(env), ['--token', '-'], token);
        expect(problem).toMatch(
          /^error configuration: OWNER_ID_CLAIM is not valid\. Fix: It must be tid when AUTH_ISSUER/,
        );
        return;
      }
      const missing = ['org_id', 'org_name'].find((claim) => !(claim in claims));
      const section = `The token looks like one of ${name.replace(/ with .*/, '')}: see its section there\\.$`;
      const owner = `^error owner: .* the claim ${missing} is missing; the token has .+ Fix: Set OWNER_ID_CLAIM .*${section}`;
      const audience = `^error audience: .* the audience \\(aud\\) is missing, .*${section}`;
      await expectFindings(
        token,
        env,
        missing === undefined ? /^ok owner: / : owner,
        AUTH_AUDIENCE_CLAIM === undefined ? /^ok issuer: / : audience,
      );
      const names = Object.keys(claims).filter((claim) => claims[claim] !== undefined);
      const listed = (await examineToken(token, env)).find((line) => line.startsWith('ok claims:')) ?? '';
      // At most twenty are listed.
      expect(names.slice(0, 15).filter((claim) => !listed.includes(claim))).toEqual([]);
    },
  );
});
