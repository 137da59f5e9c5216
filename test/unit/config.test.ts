import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { format, inspect } from 'node:util';
import { afterAll, describe, expect, it } from '@jest/globals';
import { type Environment, loadConfig, Secret } from '../../src/config.js';

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

const demo: Environment = {};
const live: Environment = {
  STACKONE_API_KEY: 'canary-api-key',
  AUTH_PUBLIC_KEY: ecPem,
  AUTH_ISSUER: 'https://issuer.example',
  AUTH_AUDIENCE: 'https://api.example',
};
const withoutKeys: Environment = { ...live, AUTH_PUBLIC_KEY: undefined };
const production: Environment = { ...live, NODE_ENV: 'production' };

describe('loadConfig: defaults', () => {
  const session = { expiresInSeconds: 1800, metadata: undefined, allowAuthLinks: false };
  const quota = { perOwnerPerMinute: 30, totalPerMinute: 900, redisUrl: undefined };
  const http = { host: '127.0.0.1', port: 4000, metricsPort: undefined, corsOrigins: [] };
  const open = { introspection: true };

  it('demo, from an empty environment', () => {
    expect(loadConfig(demo)).toMatchObject({
      mode: 'demo',
      production: false,
      session,
      quota,
      ...open,
      http: { ...http, playground: true },
      logLevel: 'info',
      emulatorPort: 4010,
    });
  });

  it('server, from an API key and the token settings', () => {
    expect(loadConfig(live)).toMatchObject({
      mode: 'live',
      production: false,
      session,
      quota,
      ...open,
      http: { ...http, playground: true },
      logLevel: 'info',
      stackone: { baseUrl: 'https://api.stackone.com' },
      auth: {
        keys: { kind: 'publicKey' },
        issuer: 'https://issuer.example',
        audience: 'https://api.example',
        claims: { ownerId: 'org_id', ownerName: 'org_name', username: 'email' },
      },
    });
  });

  it('production: no introspection and no playground', () => {
    expect(loadConfig(production)).toMatchObject({
      production: true,
      introspection: false,
      http: { playground: false },
    });
  });
});

describe('loadConfig: accepted values', () => {
  it.each<[Record<string, string>, object]>([
    [{ SESSION_EXPIRES_IN_SECONDS: '60' }, { session: { expiresInSeconds: 60 } }],
    [{ SESSION_EXPIRES_IN_SECONDS: '86400' }, { session: { expiresInSeconds: 86_400 } }],
    [{ SESSION_METADATA: '{"plan":{"seats":3}}' }, { session: { metadata: { plan: { seats: 3 } } } }],
    [{ METRICS_PORT: '9464' }, { http: { metricsPort: 9464 } }],
    [{ RATE_LIMIT_PER_OWNER_PER_MINUTE: '1' }, { quota: { perOwnerPerMinute: 1 } }],
    [{ RATE_LIMIT_TOTAL_PER_MINUTE: '1000000' }, { quota: { totalPerMinute: 1_000_000 } }],
    [{ ALLOW_AUTH_LINKS: 'true' }, { session: { allowAuthLinks: true } }],
    [{ HOST: '::1', PORT: '0' }, { http: { host: '::1', port: 0 } }],
    [{ PORT: '65535', HOST: 'localhost' }, { http: { port: 65_535, host: 'localhost' } }],
    [
      { CORS_ORIGINS: 'https://a.example, http://localhost:3000' },
      { http: { corsOrigins: ['https://a.example', 'http://localhost:3000'] } },
    ],
    [
      { INTROSPECTION: 'false', PLAYGROUND: 'false' },
      { introspection: false, http: { playground: false } },
    ],
    [{ LOG_LEVEL: 'silent' }, { logLevel: 'silent' }],
    [{ STACKONE_BASE_URL: 'http://127.0.0.1:4010/' }, { stackone: { baseUrl: 'http://127.0.0.1:4010' } }],
    [
      { OWNER_ID_CLAIM: 'https://acme.example/org' },
      { auth: { claims: { ownerId: 'https://acme.example/org' } } },
    ],
    [
      { OWNER_NAME_CLAIM: 'o.slg', USERNAME_CLAIM: 'custom:name' },
      { auth: { claims: { ownerName: 'o.slg' } } },
    ],
  ])('%j', (env, expected) => {
    expect(loadConfig({ ...live, ...env })).toMatchObject(expected);
  });

  it('a JWKS URL, a secret of 32 bytes, and each type of public key', () => {
    const kindOf = (env: Environment) => loadConfig({ ...withoutKeys, ...env });
    const url = 'https://issuer.example/jwks.json';
    expect(kindOf({ AUTH_JWKS_URL: url })).toMatchObject({
      auth: { keys: { kind: 'jwks', url: new URL(url) } },
    });
    expect(kindOf({ AUTH_SECRET: 'ü'.repeat(16) })).toMatchObject({ auth: { keys: { kind: 'secret' } } });
    for (const pem of [ecPem, ecPem.replaceAll('\n', '\\n'), rsaPem, edPem]) {
      expect(kindOf({ AUTH_PUBLIC_KEY: pem })).toMatchObject({ auth: { keys: { kind: 'publicKey' } } });
    }
  });

  it('secrets and keys from files, without the newline at the end', () => {
    const config = loadConfig({
      STACKONE_API_KEY_FILE: file('api-key', 'canary-api-key\n'),
      AUTH_SECRET_FILE: file('secret', `${secret}\n`),
      AUTH_ISSUER: 'i',
      AUTH_AUDIENCE: 'a',
    });
    if (config.mode !== 'live' || config.auth.keys.kind !== 'secret') {
      throw new Error('The configuration has another mode');
    }
    expect(config.stackone.apiKey.reveal()).toBe('canary-api-key');
    expect(config.auth.keys.secret.reveal()).toBe(secret);
    const fromFile = loadConfig({ ...withoutKeys, AUTH_PUBLIC_KEY_FILE: file('key.pem', ecPem) });
    expect(fromFile).toMatchObject({ auth: { keys: { kind: 'publicKey' } } });
  });
});

describe('The loaded configuration', () => {
  it('is deeply frozen', () => {
    const config = loadConfig({
      ...live,
      SESSION_METADATA: '{"plan":{"seats":[3]}}',
      CORS_ORIGINS: 'https://a.example',
    });
    if (config.mode !== 'live') {
      throw new Error('The configuration has another mode');
    }
    const { session, quota, http, stackone, auth } = config;
    const parts = [
      config,
      session,
      quota,
      session.metadata?.['plan'],
      http,
      http.corsOrigins,
      stackone,
      auth,
      auth.keys,
      auth.claims,
    ];
    expect(parts.map(Object.isFrozen)).toEqual(parts.map(() => true));
  });

  it('contains no secret in JSON, inspect or an error cause', () => {
    const redis = { REDIS_URL: 'rediss://user:canary@redis.example:6380' };
    const config = loadConfig({ ...withoutKeys, ...redis, AUTH_SECRET: secret });
    const error = new Error('failed', { cause: config });
    const printed = [JSON.stringify(config), inspect(config, { depth: 9, showHidden: true }), inspect(error)];
    expect(printed.join()).not.toContain('canary');
    expect(printed[0]).toContain('[redacted]');
  });
});

describe('Secret', () => {
  const hidden = new Secret(secret);

  it.each<[string, string]>([
    ['String()', String(hidden)],
    ['a template literal', `${hidden}`],
    ['Array.join', ['', hidden].join('')],
    ['JSON', JSON.stringify(hidden).slice(1, -1)],
    ['inspect', inspect(hidden)],
    ['format %s', format('%s', hidden)],
    ['format %o', format('%o', hidden)],
    ['format %O', format('%O', hidden)],
    ['an error message', new Error(String(hidden)).message],
  ])('prints as [redacted] through %s', (_name, printed) => {
    expect(printed).toBe('[redacted]');
  });

  it('has no enumerable properties and exposes nothing when it is spread or cloned', () => {
    expect([Object.keys(hidden), { ...hidden }, structuredClone(hidden)]).toEqual([[], {}, {}]);
    expect(inspect(hidden, { customInspect: false, showHidden: true })).not.toContain('canary');
    expect(hidden.reveal()).toBe(secret);
  });
});
