import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, describe, expect, it } from '@jest/globals';
import { ConfigError } from '../../src/config/config-error.js';
import { type Environment, loadConfig } from '../../src/config/from-environment.js';
import { listSettings } from '../../src/config/setting-list.js';

const variableNames = listSettings().flatMap(({ variable, fileVariable }) =>
  fileVariable === undefined ? [variable] : [variable, fileVariable],
);

const folder = mkdtempSync(join(tmpdir(), 'config-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const spki = { type: 'spki', format: 'pem' } as const;
const pkcs8 = { type: 'pkcs8', format: 'pem' } as const;
const ec = generateKeyPairSync('ec', {
  namedCurve: 'P-256',
  publicKeyEncoding: spki,
  privateKeyEncoding: pkcs8,
});
const pemOf = (pair: { publicKey: { export(options: typeof spki): string | Buffer } }) =>
  pair.publicKey.export(spki).toString();
const secret = 'canary-secret-of-more-than-32-bytes';

const live: Environment = {
  STACKONE_API_KEY: 'canary-api-key',
  AUTH_PUBLIC_KEY: ec.publicKey,
  AUTH_ISSUER: 'https://issuer.example',
  AUTH_AUDIENCE: 'https://api.example',
};
const withoutKeys: Environment = { ...live, AUTH_PUBLIC_KEY: undefined };
const production: Environment = { ...live, NODE_ENV: 'production' };
const productionWithoutKeys: Environment = { ...withoutKeys, NODE_ENV: 'production' };

/** Values that a variable refuses, with a space between them. `canary` must not come back in the message. */
const malformed: Readonly<Record<string, string>> = {
  SESSION_EXPIRES_IN_SECONDS: '59 86401 1800.5 1e3 -60 canary 0x708 999999999999999999999',
  SESSION_METADATA: '["canary"] null "canary" 3 {"canary": canary',
  ALLOW_AUTH_LINKS: 'TRUE yes 1 canary',
  INTROSPECTION: 'FALSE no 0 canary',
  SUBGRAPH: 'yes 1 canary',
  PLAYGROUND: 'True on canary',
  HOST: 'http://canary canary/8 canary_host',
  PORT: '65536 -1 80.5 0x50 canary',
  METRICS_PORT: '65536 -1 canary',
  RATE_LIMIT_PER_OWNER_PER_MINUTE: '0 -1 1.5 1000001 canary',
  RATE_LIMIT_TOTAL_PER_MINUTE: '0 -1 1.5 1000001 canary',
  REDIS_URL:
    'canary redis:canary http://u:canary@a redis:// redis://:canary%zz@a redis://canary%@a redis://a/canary redis://a/0/1',
  CORS_ORIGINS:
    '* null canary https://canary/ https://canary/x https://a.example, ftp://canary https://u:canary@a https://*.canary https://* https://canary-*.example https://{canary}.example https://Canary https://canary:443 https://canary:',
  CORS_CREDENTIALS: 'TRUE include canary',
  KEEP_ALIVE_SECONDS: '0 3601 1.5 65s canary',
  SHUTDOWN_GRACE_SECONDS: '-1 301 1.5 5s canary',
  SHUTDOWN_TIMEOUT_SECONDS: '0 301 1.5 canary',
  LOG_LEVEL: 'INFO warning canary',
  NODE_ENV: 'Production PRODUCTION prod staging live true productions canary',
  STACKONE_API_KEY: 'canäry',
  STACKONE_API_KEY_FILE: '/nowhere/canary',
  STACKONE_BASE_URL: 'canary ftp://canary https://u:canary@a https://a/?canary https://a/#canary',
  AUTH_JWKS_URL: 'canary //canary file:///canary https://canary@a https://a/#canary',
  AUTH_PUBLIC_KEY: 'canary -----BEGIN -----BEGIN\\nPUBLIC\\nKEY-----',
  AUTH_PUBLIC_KEY_FILE: '/nowhere/canary',
  AUTH_SECRET: 'canary of-31-bytes-canary-canary-canar',
  AUTH_SECRET_FILE: '/nowhere/canary',
  AUTH_AUDIENCE_CLAIM: 'canäry',
  AUTH_MAX_TOKEN_BYTES: '1023 65537 16k canary',
  HTTPS_PROXY:
    'canary canary:3128 socks5://canary ftp://canary http://canary/path http://canary/?q http://canary/#f http://u:canary%zz@a http://canary%ff@a',
  OWNER_ID_CLAIM: `canäry ${'c'.repeat(129)}`,
  OWNER_NAME_CLAIM: 'canäry',
  STACKONE_WEBHOOK_SECRET: 'canary1 canäry-secret',
  STACKONE_WEBHOOK_SECRET_PREVIOUS: 'canary1 canäry-secret',
  MAX_EVENT_LOOP_DELAY_MS: '49 10001 canary',
  SWEEP_INTERVAL_SECONDS: '59 86401 canary',
  TRUSTED_DOCUMENTS_FILE: 'canary canary.graphql',
  TRUSTED_DOCUMENTS_ONLY: 'TRUE canary',
  EVENTS_URL: 'canary ftp://canary https://canary@a https://a/?canary',
  EVENTS_SECRET: `canary whsec_canary ${'ä'.repeat(40)}`,
  USERNAME_CLAIM: 'canäry',
  AUDIT_LOG: 'canary',
  MANAGE_PERMISSION: 'canäry',
  PERMISSIONS_CLAIM: 'canäry',
  PROVIDERS_CLAIM: 'canäry',
  MAX_ACCOUNTS_CLAIM: 'canäry',
};
const canary = /can[aä]ry/i;

/** An environment in which this variable counts. */
function settingOf(name: string, value: string): Environment {
  if (name === 'STACKONE_API_KEY_FILE') return { ...live, STACKONE_API_KEY: undefined, [name]: value };
  return { ...(/^AUTH_(JWKS|PUBLIC|SECRET)/.test(name) ? withoutKeys : live), ...partnerOf(name), [name]: value };
}

/** Variables that are valid together only. */
function partnerOf(name: string): Environment {
  if (name === 'EVENTS_URL') return { EVENTS_SECRET: `whsec_${'a'.repeat(32)}` };
  return name.startsWith('EVENTS_SECRET') ? { EVENTS_URL: 'https://product.example/events' } : {};
}

function refusalOf(env: Environment): ConfigError {
  try {
    loadConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error('this environment was accepted');
}

/** That there is no other problem than this, and that it quotes nothing, however the error is printed. */
function expectOnlyProblem(env: Environment, problem: string): void {
  const error = refusalOf(env);
  expect(error.problems).toEqual([expect.stringContaining(problem)]);
  expect(error.message).toContain(problem);
  expect(inspect(error, { depth: 9 })).not.toMatch(/can[aä]ry|BEGIN/);
}

describe('loadConfig rejects, as the only problem and without quoting the value,', () => {
  it.each(Object.entries(malformed).flatMap(([name, values]) => values.split(' ').map((value) => [name, value])))(
    '%s=%s',
    (name = '', value = '') => {
      expectOnlyProblem(settingOf(name, value), `${name} `);
    },
  );

  it.each([
    ['STACKONE_API_KEY', 'canary key'],
    ['STACKONE_API_KEY', 'canary\nkey'],
    ['SESSION_EXPIRES_IN_SECONDS', ' 1800'],
    ['HOST', 'canary host'],
    ['REDIS_URL', 'redis://canary host'],
    ['AUTH_ISSUER', 'https://canary issuer'],
    ['AUTH_ISSUER', 'https://canary.example,'],
    ['AUTH_AUDIENCE', 'canary audience'],
    ['AUTH_AUDIENCE', 'canary,,canary'],
    ['OWNER_ID_CLAIM', 'canary id'],
    ['OWNER_NAME_CLAIM', 'canary\n'],
    ['USERNAME_CLAIM', 'canary\tname'],
  ])('%s=%j', (name, value) => {
    expectOnlyProblem(settingOf(name, value), `${name} is not valid`);
  });

  it.each([
    ['a private key', ec.privateKey],
    ['a private key in one line', ec.privateKey.replaceAll('\n', '\\n')],
    ['a certificate', ec.publicKey.replaceAll('PUBLIC KEY', 'CERTIFICATE')],
    ['a key that is cut off', ec.publicKey.slice(0, 60)],
    ['an RSA key of 1024 bits', pemOf(generateKeyPairSync('rsa', { modulusLength: 1024 }))],
    ['a key for key agreement, which cannot sign', pemOf(generateKeyPairSync('x25519'))],
    ['a curve that is not allowed for tokens', pemOf(generateKeyPairSync('ec', { namedCurve: 'secp256k1' }))],
  ])('%s as AUTH_PUBLIC_KEY, or in its file', (_what, pem) => {
    expectOnlyProblem({ ...withoutKeys, AUTH_PUBLIC_KEY: pem }, 'AUTH_PUBLIC_KEY is not valid');
    const path = file('canary.pem', pem);
    expectOnlyProblem({ ...withoutKeys, AUTH_PUBLIC_KEY_FILE: path }, 'AUTH_PUBLIC_KEY is not valid');
  });

  it.each(variableNames.filter((name) => !['HTTPS_PROXY', 'NO_PROXY'].includes(name)))('an empty %s', (name) => {
    for (const empty of ['', '  ']) {
      expectOnlyProblem(settingOf(name, empty), `${name} is set but empty: set a value or unset it`);
    }
  });

  const expectSpaceProblem = (name: string, text: string) =>
    expectOnlyProblem(
      settingOf(name, text),
      `${name} is not valid: remove the spaces and line ends around its value. It must be `,
    );
  const expectQuoteProblem = (name: string, text: string) =>
    expectOnlyProblem(settingOf(name, text), `${name} is not valid: remove the quotes around its value. It must be `);

  it.each(variableNames.filter((name) => !['AUTH_PUBLIC_KEY', 'HTTPS_PROXY', 'NO_PROXY'].includes(name)))(
    'a line end or quotes around the value of %s',
    (name) => {
      expectSpaceProblem(name, 'canary\r');
      expectQuoteProblem(name, '"canary"');
    },
  );

  it.each(['canary ', ' canary', 'canary\r', 'canary\n', 'canary\r\n', '\tcanary', '\ufeffcanary'])(
    'spaces and line ends around a value: %j',
    (text) => expectSpaceProblem('AUTH_SECRET', text),
  );

  it.each(['"canary"', "'canary'", '`canary`', '“canary”', '""'])('quotes around a value: %s', (text) =>
    expectQuoteProblem('AUTH_SECRET', text),
  );

  it('quotes around a public key, or in the file of a secret', () => {
    expectOnlyProblem({ ...withoutKeys, AUTH_PUBLIC_KEY: `"${ec.publicKey}"\n` }, 'remove the quotes');
    const quoted = file('canary-quoted', `"${secret}"\n`);
    expectOnlyProblem({ ...withoutKeys, AUTH_SECRET_FILE: quoted }, 'AUTH_SECRET_FILE is not valid: remove the quotes');
  });

  it.each(['https_proxy', 'HTTP_PROXY', 'http_proxy'])('a proxy without a scheme in %s, by this name', (name) => {
    expectOnlyProblem({ ...live, [name]: 'canary:3128' }, `${name} is not valid: it must be an http or https URL`);
  });

  it.each(['production ', 'production\r', '"production"', ' production', 'Production', 'prod', 'staging'])(
    'NODE_ENV=%j, and says what is allowed',
    (value) => {
      expectOnlyProblem({ ...live, NODE_ENV: value }, 'ust be production, development or test');
    },
  );

  it('the address that Kubernetes sets for a service with the name of a setting, and says how to prevent it', () => {
    for (const name of ['METRICS_PORT', 'PORT']) {
      expectOnlyProblem({ ...live, [name]: 'tcp://10.0.0.1:9090' }, 'set enableServiceLinks: false in the pod');
    }
  });

  it.each(['STACKONE_API_KEY_FILE', 'AUTH_PUBLIC_KEY_FILE', 'AUTH_SECRET_FILE'])(
    'an empty file, or a folder, in %s',
    (name) => {
      expectOnlyProblem(settingOf(name, file('canary-empty', ' \n')), `${name} points to an empty file`);
      expectOnlyProblem(settingOf(name, folder), `${name} points to a file that cannot be read`);
    },
  );

  const keyFile = file('canary-key.pem', ec.publicKey);
  const shortFile = file('canary-short', 'canary');
  const jwks = { AUTH_JWKS_URL: 'https://issuer.example/jwks.json' };
  it.each<[string, Environment, string]>([
    ['no issuer', { ...live, AUTH_ISSUER: undefined }, 'AUTH_ISSUER is missing'],
    ['no audience', { ...live, AUTH_AUDIENCE: undefined }, 'AUTH_AUDIENCE is missing'],
    [
      'the issuers of all tenants with an owner that a tenant can choose',
      { ...live, AUTH_ISSUER: 'https://a.example, https://b.example/{tenantid}' },
      'OWNER_ID_CLAIM is not valid: it must be tid',
    ],
    [
      'a placeholder in an issuer that stands for nothing',
      { ...live, AUTH_ISSUER: 'https://login.example/{tenantId}/v2.0', OWNER_ID_CLAIM: 'tid' },
      'AUTH_ISSUER is not valid: it must have no placeholder but {tenantid}',
    ],
    ['no source of keys', withoutKeys, 'None of AUTH_JWKS_URL'],
    ['a public key beside a key set', { ...live, ...jwks }, 'More than one of AUTH_JWKS_URL'],
    ['a public key beside a secret', { ...live, AUTH_SECRET: secret }, 'More than one of AUTH_JWKS_URL'],
    ['a secret beside a key set', { ...withoutKeys, ...jwks, AUTH_SECRET: secret }, 'More than one'],
    ['a StackOne key and its file', { ...live, STACKONE_API_KEY_FILE: keyFile }, 'are both set'],
    ['a public key and its file', { ...live, AUTH_PUBLIC_KEY_FILE: keyFile }, 'are both set'],
    ['a secret and its file', { ...withoutKeys, AUTH_SECRET: secret, AUTH_SECRET_FILE: keyFile }, 'both set'],
    ['a short secret in a file', { ...withoutKeys, AUTH_SECRET_FILE: shortFile }, 'AUTH_SECRET is not valid'],
    ['no StackOne key', { ...live, STACKONE_API_KEY: undefined }, 'STACKONE_API_KEY is missing'],
    [
      'http to StackOne in production',
      { ...production, STACKONE_BASE_URL: 'http://canary' },
      'an https URL without credentials, query or fragment. For plain http in development, set NODE_ENV=development',
    ],
    ['http to keys in production', { ...productionWithoutKeys, AUTH_JWKS_URL: 'http://canary' }, 'an https URL'],
    [
      'metrics on the port of the server',
      { ...live, PORT: '4321', METRICS_PORT: '4321' },
      'METRICS_PORT is not valid: it must be another port than PORT',
    ],
    ['a place for events without a secret', { ...live, EVENTS_URL: 'https://a.example' }, 'belong together'],
    ['a short secret in production', { ...productionWithoutKeys, AUTH_SECRET: 'canary' }, 'AUTH_SECRET is not valid'],
    ['an empty secret in production', { ...productionWithoutKeys, AUTH_SECRET: '' }, 'AUTH_SECRET is set but empty'],
  ])('%s', (_what, env, problem) => {
    expectOnlyProblem(env, problem);
  });
});

describe('loadConfig reports', () => {
  it('all problems at once, in one message without values', () => {
    const wrong = Object.entries(malformed).map(([name, values]) => [
      name,
      values.split(' ').find((value) => canary.test(value)),
    ]);
    const error = refusalOf(Object.fromEntries(wrong));
    for (const name of Object.keys(malformed)) {
      expect(error.message).toContain(name);
    }
    expect(error.message).toContain('AUTH_ISSUER is missing');
    expect(error.message).toContain('AUTH_AUDIENCE is missing');
    expect(error.message).toContain(`${error.problems.length} problem(s)`);
    expect(inspect(error, { depth: 9 })).not.toMatch(canary);
  });

  it('what is wrong with each variable that has a format', () => {
    const free = ['AUTH_ISSUER', 'AUTH_AUDIENCE', 'NO_PROXY'];
    expect(
      variableNames.filter(
        (name) => !(name in malformed || name.replace(/_FILE$/, '') in malformed || free.includes(name)),
      ),
    ).toEqual([]);
  });
});
