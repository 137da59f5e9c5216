import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { format, inspect } from 'node:util';
import { afterAll, describe, expect, it } from '@jest/globals';
import { type Environment, loadApiKey, loadConfig } from '../../src/config/from-environment.js';
import { Secret } from '../../src/config/secret.js';
import { listSettings, summarizeConfig } from '../../src/config/setting-list.js';

const folder = mkdtempSync(join(tmpdir(), 'config-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const spki = { type: 'spki', format: 'pem' } as const;
const ecPem = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export(spki).toString();
const rsaPem = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export(spki).toString();
const edPem = generateKeyPairSync('ed25519').publicKey.export(spki).toString();
const secret = 'canary-secret-of-more-than-32-bytes';

const live: Environment = {
  STACKONE_API_KEY: 'canary-api-key',
  AUTH_PUBLIC_KEY: ecPem,
  AUTH_ISSUER: 'https://issuer.example',
  AUTH_AUDIENCE: 'https://api.example',
};
const withoutKeys: Environment = { ...live, AUTH_PUBLIC_KEY: undefined };
const production: Environment = { ...live, NODE_ENV: 'production' };

describe('loadConfig defaults', () => {
  const defaults = {
    sessionExpiresInSeconds: 1800,
    allowAuthLinks: false,
    rateLimitPerOwnerPerMinute: 30,
    rateLimitTotalPerMinute: 900,
    host: '127.0.0.1',
    port: 4000,
    corsOrigins: [],
    corsCredentials: false,
    keepAliveSeconds: 65,
    shutdownGraceSeconds: 5,
    shutdownTimeoutSeconds: 10,
    maxEventLoopDelayMs: 250,
    sweepIntervalSeconds: 300,
    trustedDocumentsOnly: false,
    subgraph: false,
    logLevel: 'info',
    baseUrl: 'https://api.stackone.com',
    noProxy: [],
    authIssuers: ['https://issuer.example'],
    authAudiences: ['https://api.example'],
    authAudienceClaim: 'aud',
    authMaxTokenBytes: 16_384,
    ownerIdClaim: 'org_id',
    ownerNameClaim: 'org_name',
    usernameClaim: 'email',
    auditLog: 'off',
  };

  it('are complete with a StackOne key and the source of access tokens', () => {
    const { apiKey, authPublicKey, ...rest } = loadConfig(live);
    expect(rest).toEqual({ ...defaults, production: false, introspection: true, playground: true });
    expect([apiKey.reveal(), authPublicKey?.asymmetricKeyType]).toEqual(['canary-api-key', 'ec']);
  });

  it('hide the schema and the playground in production', () => {
    const { apiKey, authPublicKey, ...rest } = loadConfig(production);
    expect(rest).toEqual({ ...defaults, production: true, introspection: false, playground: false });
  });
});

describe('loadConfig accepts', () => {
  it.each<[Record<string, string>, object]>([
    [{ SESSION_EXPIRES_IN_SECONDS: '60' }, { sessionExpiresInSeconds: 60 }],
    [{ SESSION_EXPIRES_IN_SECONDS: '86400' }, { sessionExpiresInSeconds: 86_400 }],
    [{ SESSION_METADATA: '{"plan":{"seats":3}}' }, { sessionMetadata: { plan: { seats: 3 } } }],
    [{ METRICS_PORT: '9464' }, { metricsPort: 9464 }],
    [{ RATE_LIMIT_PER_OWNER_PER_MINUTE: '1' }, { rateLimitPerOwnerPerMinute: 1 }],
    [{ RATE_LIMIT_TOTAL_PER_MINUTE: '1000000' }, { rateLimitTotalPerMinute: 1_000_000 }],
    [{ ALLOW_AUTH_LINKS: 'true' }, { allowAuthLinks: true }],
    [
      { HOST: '::1', PORT: '0' },
      { host: '::1', port: 0 },
    ],
    [
      { PORT: '65535', HOST: 'localhost' },
      { port: 65_535, host: 'localhost' },
    ],
    [
      { CORS_ORIGINS: 'https://a.example, http://localhost:3000' },
      { corsOrigins: ['https://a.example', 'http://localhost:3000'] },
    ],
    [
      { INTROSPECTION: 'false', PLAYGROUND: 'false' },
      { introspection: false, playground: false },
    ],
    [{ LOG_LEVEL: 'silent' }, { logLevel: 'silent' }],
    [
      { AUTH_ISSUER: 'https://a.example/, https://b.example' },
      { authIssuers: ['https://a.example/', 'https://b.example'] },
    ],
    [
      { AUTH_ISSUER: 'https://a.example/{tenantid}', OWNER_ID_CLAIM: 'tid' },
      { authIssuers: ['https://a.example/{tenantid}'] },
    ],
    [
      { AUTH_AUDIENCE: 'a,b', AUTH_AUDIENCE_CLAIM: 'client_id' },
      { authAudiences: ['a', 'b'], authAudienceClaim: 'client_id' },
    ],
    [{ AUTH_MAX_TOKEN_BYTES: '65536' }, { authMaxTokenBytes: 65_536 }],
    [{ NO_PROXY: 'a.example, .b.example 10.0.0.1:8080' }, { noProxy: ['a.example', '.b.example', '10.0.0.1:8080'] }],
    [{ NO_PROXY: ' ', no_proxy: 'a.example' }, { noProxy: ['a.example'] }],
    [{ NODE_ENV: 'production' }, { production: true, introspection: false }],
    [{ NODE_ENV: 'development' }, { production: false, introspection: true }],
    [{ SUBGRAPH: 'true' }, { subgraph: true }],
    [{ NODE_ENV: 'test' }, { production: false }],
    [{ CORS_CREDENTIALS: 'true' }, { corsCredentials: true }],
    [{ CORS_ORIGINS: 'http://[::1]:3000' }, { corsOrigins: ['http://[::1]:3000'] }],
    [{ KEEP_ALIVE_SECONDS: '620' }, { keepAliveSeconds: 620 }],
    [
      { SHUTDOWN_GRACE_SECONDS: '0', SHUTDOWN_TIMEOUT_SECONDS: '300' },
      { shutdownGraceSeconds: 0, shutdownTimeoutSeconds: 300 },
    ],
    [{ AUTH_PUBLIC_KEY: `${ecPem}\n` }, { production: false }],
    [{ AUTH_ISSUER: "it's" }, { authIssuers: ["it's"] }],
    [{ STACKONE_BASE_URL: 'http://127.0.0.1:4010/' }, { baseUrl: 'http://127.0.0.1:4010' }],
    [{ OWNER_ID_CLAIM: 'https://acme.example/org' }, { ownerIdClaim: 'https://acme.example/org' }],
    [
      { OWNER_NAME_CLAIM: 'o.slg', USERNAME_CLAIM: 'custom:name' },
      { ownerNameClaim: 'o.slg', usernameClaim: 'custom:name' },
    ],
  ])('%j', (env, expected) => {
    expect(loadConfig({ ...live, ...env })).toMatchObject(expected);
  });

  it('the address of a key set, a secret of 32 bytes, and each kind of public key', () => {
    const load = (env: Environment) => loadConfig({ ...withoutKeys, ...env });
    const url = 'https://issuer.example/jwks.json?appid=1';
    expect(load({ AUTH_JWKS_URL: url }).authJwksUrl).toEqual(new URL(url));
    expect(load({ AUTH_SECRET: 'ü'.repeat(16) }).authSecret?.reveal()).toBe('ü'.repeat(16));
    for (const pem of [ecPem, ecPem.replaceAll('\n', '\\n'), rsaPem, edPem]) {
      expect(load({ AUTH_PUBLIC_KEY: pem }).authPublicKey?.type).toBe('public');
    }
  });

  it.each(['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy'])('a proxy with its password in %s', (name) => {
    const proxy = 'http://user:p%40ss@proxy.example:3128';
    const { httpsProxy } = loadConfig({ ...live, HTTPS_PROXY: '', [name]: proxy });
    expect(httpsProxy?.reveal()).toBe(proxy);
  });

  it('the proxy for HTTPS rather than the one for HTTP', () => {
    const env = { HTTP_PROXY: 'http://canary.example', https_proxy: 'http://proxy.example' };
    expect(loadConfig({ ...live, ...env }).httpsProxy?.reveal()).toBe('http://proxy.example');
    expect(loadConfig({ ...live, HTTPS_PROXY: ' ' }).httpsProxy).toBeUndefined();
  });

  it('each secret and key from a file, without the newline at its end', () => {
    const { apiKey, authSecret } = loadConfig({
      STACKONE_API_KEY_FILE: file('api-key', 'canary-api-key\n'),
      AUTH_SECRET_FILE: file('secret', `${secret}\n`),
      AUTH_ISSUER: 'i',
      AUTH_AUDIENCE: 'a',
    });
    expect([apiKey.reveal(), authSecret?.reveal()]).toEqual(['canary-api-key', secret]);
    const fromFile = loadConfig({ ...withoutKeys, AUTH_PUBLIC_KEY_FILE: file('key.pem', ecPem) });
    expect(fromFile.authPublicKey?.type).toBe('public');
  });
});

describe('The summary of the configuration', () => {
  it('has the value of each variable, of EVENTS_URL its origin, and only says whether a secret, a key or the metadata is set', () => {
    const config = loadConfig({
      ...live,
      REDIS_URL: 'rediss://user:canary@redis.example:6380',
      SESSION_METADATA: '{"plan":"canary"}',
      CORS_ORIGINS: 'https://a.example, https://b.example',
      EVENTS_URL: 'https://hooks.example/catch/canary',
      EVENTS_SECRET: Buffer.alloc(24, 'canary').toString('base64'),
      PORT: '0',
    });
    const summary = summarizeConfig(config);
    expect(summary).toMatchObject({
      NODE_ENV: 'development',
      STACKONE_API_KEY: '[set]',
      STACKONE_BASE_URL: 'https://api.stackone.com',
      AUTH_PUBLIC_KEY: '[set]',
      AUTH_SECRET: '[not set]',
      AUTH_JWKS_URL: '[not set]',
      REDIS_URL: '[set]',
      SESSION_METADATA: '[set]',
      CORS_ORIGINS: 'https://a.example,https://b.example',
      EVENTS_URL: 'https://hooks.example',
      EVENTS_SECRET: '[set]',
      PORT: 0,
      INTROSPECTION: true,
    });
    expect(Object.keys(summary)).toEqual(listSettings().map(({ variable }) => variable));
    expect(JSON.stringify(summary)).not.toMatch(/canary|BEGIN/);
    const { AUTH_JWKS_URL, NODE_ENV } = summarizeConfig(
      loadConfig({ ...production, AUTH_PUBLIC_KEY: undefined, AUTH_JWKS_URL: 'https://issuer.example/jwks.json' }),
    );
    expect([AUTH_JWKS_URL, NODE_ENV]).toEqual(['https://issuer.example/jwks.json', 'production']);
  });
});

describe('loadApiKey', () => {
  it('needs the API key only, and reports one that is missing or not valid', () => {
    expect(loadApiKey({ STACKONE_API_KEY: 'canary-api-key' }).reveal()).toBe('canary-api-key');
    expect(loadApiKey({ STACKONE_API_KEY_FILE: file('key', 'canary-api-key\n') }).reveal()).toBe('canary-api-key');
    expect(() => loadApiKey({})).toThrow('STACKONE_API_KEY is missing');
    expect(() => loadApiKey({ STACKONE_API_KEY: 'canary ' })).toThrow('remove the spaces');
  });
});

describe('The configuration', () => {
  it('is frozen recursively', () => {
    const config = loadConfig({
      ...live,
      SESSION_METADATA: '{"plan":{"seats":[3]}}',
      CORS_ORIGINS: 'https://a.example',
    });
    const parts = [config, config.sessionMetadata, config.sessionMetadata?.['plan'], config.corsOrigins];
    expect(parts.map(Object.isFrozen)).toEqual(parts.map(() => true));
  });

  it('prints no secret, however it is printed', () => {
    const redis = {
      REDIS_URL: 'rediss://user:canary@redis.example:6380',
      HTTPS_PROXY: 'http://user:canary@proxy.example',
    };
    const config = loadConfig({ ...withoutKeys, ...redis, AUTH_SECRET: secret });
    const error = new Error('failed', { cause: config });
    const printed = [JSON.stringify(config), inspect(config, { depth: 9, showHidden: true }), inspect(error)];
    expect(printed.join()).not.toContain('canary');
    expect(printed[0]).toContain('[redacted]');
  });
});

describe('A secret', () => {
  const hidden = new Secret(secret);

  it.each<[string, string]>([
    ['String()', String(hidden)],
    ['a template', `${hidden}`],
    ['joining', ['', hidden].join('')],
    ['JSON', JSON.stringify(hidden).slice(1, -1)],
    ['inspect', inspect(hidden)],
    ['console’s %s', format('%s', hidden)],
    ['console’s %o', format('%o', hidden)],
    ['console’s %O', format('%O', hidden)],
    ['an error’s message', new Error(String(hidden)).message],
  ])('prints as [redacted] through %s', (_how, printed) => {
    expect(printed).toBe('[redacted]');
  });

  it('cannot be enumerated, spread or cloned', () => {
    expect([Object.keys(hidden), { ...hidden }, structuredClone(hidden)]).toEqual([[], {}, {}]);
    expect(inspect(hidden, { customInspect: false, showHidden: true })).not.toContain('canary');
    expect(hidden.reveal()).toBe(secret);
  });
});
