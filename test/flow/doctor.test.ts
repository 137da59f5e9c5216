import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type Emulator, startEmulator } from '../../emulator/src/index.js';
import type { Environment } from '../../src/config/from-environment.js';
import { listSettings } from '../../src/config/setting-list.js';
import { startConnectProxy } from '../support/connect-proxy.js';
import { examine, problemsOf } from '../support/doctor.js';
import { type Listener, listen } from '../support/listen.js';
import { canaries, sessionRequests, testEnv } from '../support/test-env.js';
import { createCertificates } from '../support/tls-certificates.js';

let emulator: Emulator;
const listeners: Listener[] = [];
/** Servers that are not StackOne. */
const elsewhere = { silent: '', redirect: '', html: '', tls: '', selfSigned: '' };
const webhookSecret = 'canary-webhook-secret';

beforeAll(async () => {
  emulator = await startEmulator({ apiKey: canaries.apiKey });
  const start = async (server: Parameters<typeof listen>[0]) => {
    const listener = await listen(server);
    listeners.push(listener);
    return listener;
  };
  const certificate = createCertificates().of('self-signed');
  const tls = await start(createTlsServer(certificate, (_request, response) => void response.end('{}')));
  const redirect = createServer(
    (_request, response) => void response.writeHead(301, { location: 'https://canary.example/canary' }).end(),
  );
  const html = createServer(
    (_request, response) => void response.writeHead(200, { 'content-type': 'text/html' }).end('<p>canary</p>'),
  );
  Object.assign(elsewhere, {
    silent: (await start(createServer(() => undefined))).url,
    redirect: (await start(redirect)).url,
    html: (await start(html)).url,
    tls: `http://127.0.0.1:${tls.port}`,
    selfSigned: `https://127.0.0.1:${tls.port}`,
  });
});
beforeEach(() => emulator.reset());
afterAll(async () => {
  await Promise.all([emulator.stop(), ...listeners.map(({ close }) => close())]);
});

/** A server that works. `env` changes variables. */
const envOf = (env: Environment = {}): Environment =>
  testEnv({ NODE_ENV: undefined, STACKONE_BASE_URL: emulator.url, STACKONE_WEBHOOK_SECRET: webhookSecret, ...env });
const production: Environment = { NODE_ENV: 'production', STACKONE_BASE_URL: undefined };

describe('doctor › a configuration that works', () => {
  it('has no error, says what it found, and sends no request that changes anything', async () => {
    const lines = await examine(envOf());
    expect(lines).toEqual([
      expect.stringMatching(/^(ok|warning) node: Node\.js /),
      'ok configuration: All settings are valid.',
      expect.stringMatching(/^warning configuration: NODE_ENV is not production/),
      `ok connection: StackOne responds at ${emulator.url} on this machine, without TLS.`,
      expect.stringMatching(/^ok clock: The clocks of this machine and of StackOne differ by \d s\.$/),
      'ok key: StackOne accepts the API key.',
      'ok scope: The key can read accounts.',
      expect.stringMatching(/^unknown region: 127\.0\.0\.1:\d+ is not a host of StackOne/),
      'ok catalog: 11 providers enabled in the StackOne project (GET /connector_profiles).',
      'ok endpoints: No deprecated endpoint of StackOne is in use.',
      expect.stringMatching(/^unknown project: .* Fix: Run the doctor with --mint/),
      'ok keys: AUTH_PUBLIC_KEY verifies access tokens: a key of the type EC (prime256v1).',
      'ok cors: CORS_ORIGINS is not set: only pages of the origin of the server can call it.',
      expect.stringMatching(/^ok redis: REDIS_URL is not set/),
      expect.stringMatching(
        /^unknown webhooks: STACKONE_WEBHOOK_SECRET is set\. Without REDIS_URL, only the instances/,
      ),
    ]);
    expect(emulator.history.map(({ method }) => method)).toEqual(emulator.history.map(() => 'GET'));
    // The way to StackOne is tried without the key.
    expect(emulator.history[0]?.headers['authorization']).toBeUndefined();
  });

  it('with --mint: creates one session of 60 seconds for no customer, and says which project the key belongs to', async () => {
    emulator.settings.projectId = 'staging-project';
    const lines = await examine(envOf(), ['--mint']);
    expect(lines).toContainEqual(expect.stringMatching(/^ok session: The key can create sessions/));
    expect(lines).toContainEqual(
      'ok project: The key belongs to the StackOne project "staging-project": compare it with the one you mean.',
    );
    expect(sessionRequests(emulator).map(({ body }) => body)).toEqual([
      expect.objectContaining({ expires_in: 60, origin_owner_id: 'stackone-connect-doctor' }),
    ]);
    expect(emulator.accounts()).toEqual([]);
  });
});

describe('doctor › a setting that is not valid', () => {
  /** All but a PEM block and the proxy, in which spaces are allowed. */
  const variables = listSettings().filter(
    ({ variable, otherVariables }) => otherVariables.length === 0 && variable !== 'AUTH_PUBLIC_KEY',
  );

  it.each(variables.map(({ variable }) => variable))('%s: names the variable and never its value', async (variable) => {
    const lines = await examine(envOf({ STACKONE_BASE_URL: 'http://127.0.0.1:1', [variable]: ' canary' }));
    expect(lines).toContainEqual(
      expect.stringMatching(new RegExp(`^error configuration: ${variable} is not valid\\. Fix: Remove the spaces`)),
    );
  });

  it.each<[Environment, string]>([
    [{ NODE_ENV: 'prod' }, 'NODE_ENV is not valid. Fix: It must be production, development or test.'],
    [{ STACKONE_API_KEY: undefined }, 'STACKONE_API_KEY is missing. Fix: Set it to your StackOne API key'],
    [{ STACKONE_API_KEY: '"canary"' }, 'STACKONE_API_KEY is not valid. Fix: Remove the quotes around its value.'],
    [{ STACKONE_API_KEY_FILE: '/canary' }, 'STACKONE_API_KEY and STACKONE_API_KEY_FILE are both set. Fix: Keep one'],
    [
      { ...production, STACKONE_BASE_URL: 'http://canary.example' },
      'STACKONE_BASE_URL is not valid. Fix: It must be an https URL',
    ],
    [
      { ...production, AUTH_PUBLIC_KEY: undefined, AUTH_JWKS_URL: 'http://canary.example/jwks' },
      'AUTH_JWKS_URL is not valid. Fix: It must be an https URL',
    ],
    [
      { AUTH_SECRET: 'canary-secret-of-more-than-32-bytes' },
      'More than one of AUTH_JWKS_URL, AUTH_PUBLIC_KEY and AUTH_SECRET is set. Fix: Set exactly one.',
    ],
    [
      { AUTH_PUBLIC_KEY: undefined, AUTH_SECRET: 'canary' },
      'AUTH_SECRET is not valid. Fix: It must be a secret of at least 32 bytes.',
    ],
    [{ AUTH_ISSUER: undefined }, 'AUTH_ISSUER is missing. Fix: Set it to the `iss` claim of your access tokens'],
    [{ AUTH_AUDIENCE: undefined }, 'AUTH_AUDIENCE is missing. Fix: Set it to the `aud` claim of your access tokens'],
    [
      { CORS_ORIGINS: 'https://canary.example/app' },
      'CORS_ORIGINS is not valid. Fix: It must be a comma-separated list of origins',
    ],
    [
      { REDIS_URL: 'canary:6379' },
      'REDIS_URL is not valid. Fix: It must be a URL that begins with redis: or rediss:, such as redis://:password@host:6379/0, with special characters percent-encoded.',
    ],
    [
      { SESSION_EXPIRES_IN_SECONDS: '30m' },
      'SESSION_EXPIRES_IN_SECONDS is not valid. Fix: It must be a whole number of seconds',
    ],
    [{ http_proxy: 'canary:3128' }, 'http_proxy is not valid. Fix: It must be an http or https URL of a proxy'],
    [{ PORT: '4321', METRICS_PORT: '4321' }, 'METRICS_PORT is not valid. Fix: It must be another port than PORT.'],
    [{ METRICS_PORT: 'tcp://10.0.0.1:9464' }, 'METRICS_PORT is not valid. Fix: Kubernetes has set it'],
    [{ EVENTS_URL: 'https://canary.example' }, 'EVENTS_URL and EVENTS_SECRET belong together. Fix: Set both, or none.'],
  ])('%j', async (env, sentence) => {
    const lines = await examine(envOf(env));
    expect(lines).toContainEqual(expect.stringContaining(`error configuration: ${sentence}`));
  });

  it('reports files without which the server does not start, and creates none', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'doctor-'));
    const documents = join(folder, 'documents.json');
    writeFileSync(documents, '["{ viewer');
    const files = async (env: Environment) => (await examine(envOf(env))).filter((line) => line.includes(' files: '));
    const fix = 'Fix: Create its folder, and allow the user of the server to write to it.';
    for (const path of [join(folder, 'missing', 'audit'), folder]) {
      expect(await files({ AUDIT_LOG: path })).toEqual([
        `error files: The file in AUDIT_LOG cannot be written: ${path}. ${fix}`,
      ]);
    }
    const audit = join(folder, 'audit');
    expect(await files({ AUDIT_LOG: audit, TRUSTED_DOCUMENTS_FILE: documents })).toEqual([
      `ok files: The file in AUDIT_LOG can be written: ${audit}.`,
      `error files: The file in TRUSTED_DOCUMENTS_FILE is not JSON: ${documents}. Fix: Correct the path or the file.`,
    ]);
    expect(existsSync(audit)).toBe(false);
    writeFileSync(documents, '["{ viewer { ownerId } }"]');
    expect(await files({ TRUSTED_DOCUMENTS_FILE: documents })).toEqual([
      `ok files: The file in TRUSTED_DOCUMENTS_FILE is JSON: ${documents}.`,
    ]);
    rmSync(documents);
    expect(await files({ TRUSTED_DOCUMENTS_FILE: documents })).toEqual([
      expect.stringContaining(`error files: The file in TRUSTED_DOCUMENTS_FILE cannot be read: ${documents}. Fix: `),
    ]);
    rmSync(folder, { recursive: true });
  });

  it('reports a variable that is probably misspelt', async () => {
    expect(await examine(envOf({ OWNER_CLAIM: 'canary' }))).toContainEqual(
      'warning variables: OWNER_CLAIM is not a setting of this server. Fix: Rename it to OWNER_ID_CLAIM if that is what you mean.',
    );
  });

  it('hides no problem of the other settings, and sends the key nowhere while STACKONE_BASE_URL is not valid', async () => {
    const wrong = {
      CORS_ORIGINS: '*',
      PORT: 'canary',
      STACKONE_WEBHOOK_SECRET: 'short',
      TRUSTED_DOCUMENTS_FILE: '/canary',
    };
    const lines = await examine(envOf({ ...wrong, REDIS_URL: 'redis://127.0.0.1:1', AUDIT_LOG: '/missing/audit' }));
    expect(lines).toContainEqual(expect.stringMatching(/^error files: The file in AUDIT_LOG cannot be written/));
    expect(lines).toContain('unknown files: Not checked. Missing or not valid: TRUSTED_DOCUMENTS_FILE.');
    expect(lines).toContainEqual(
      expect.stringMatching(/^warning webhooks: .* without a valid STACKONE_WEBHOOK_SECRET/),
    );
    expect(lines).toContain('ok key: StackOne accepts the API key.');
    expect(lines).toContain('unknown cors: Not checked. Missing or not valid: CORS_ORIGINS.');
    expect(lines).toContainEqual(
      expect.stringMatching(/^error redis: Redis at redis:\/\/127\.0\.0\.1:1 cannot be reached/),
    );
    // Required settings, and a pair that is no longer complete without its wrong half.
    const env = { STACKONE_API_KEY: undefined, AUTH_PUBLIC_KEY: undefined, AUTH_AUDIENCE: '' };
    const pair = { EVENTS_URL: 'https://canary.example', EVENTS_SECRET: 'canary' };
    const others = await examine(envOf({ ...env, ...pair, REDIS_URL: 'redis://127.0.0.1:1' }));
    expect(others).toContain('unknown stackone: Not checked. Missing or not valid: STACKONE_API_KEY.');
    expect(others).toContainEqual(
      expect.stringMatching(/^unknown keys: Not checked\. Missing or not valid: .*AUTH_AUD/),
    );
    expect(others).toContainEqual(expect.stringMatching(/^ok cors: /));
    expect(others).toContainEqual(expect.stringMatching(/^error redis: Redis at redis:\/\/127\.0\.0\.1:1 cannot/));
    // The proxy of the other programs of the machine.
    const proxy = await examine(envOf({ http_proxy: 'canary:3128', CORS_ORIGINS: 'https://app.example' }));
    expect(proxy).toContain('unknown stackone: Not checked. Missing or not valid: http_proxy.');
    expect(proxy).toContainEqual(expect.stringMatching(/^ok cors: /));
    const without = await examine(envOf({ STACKONE_BASE_URL: 'canary' }));
    expect(without).toContain('unknown stackone: Not checked. Missing or not valid: STACKONE_BASE_URL.');
    expect(without).toContainEqual(expect.stringMatching(/^ok keys: /));
    // The key that is not valid, and not one that is not needed with it.
    const jwks = { ...production, AUTH_PUBLIC_KEY: undefined, AUTH_JWKS_URL: 'http://canary.example' };
    expect(await examine(envOf({ ...jwks, HTTPS_PROXY: 'http://127.0.0.1:1' }))).toContain(
      'unknown keys: Not checked. Missing or not valid: AUTH_JWKS_URL.',
    );
  });
});

describe('doctor --embedded', () => {
  /** Without the clock: the Date header has whole seconds, so that two findings can differ. */
  const embedded = async (env: Environment) =>
    (await examine({ STACKONE_BASE_URL: emulator.url, ...env }, ['--embedded'])).filter(
      (line) => !line.includes(' clock: '),
    );

  it('requires and checks only the settings of startConnect', async () => {
    const lines = await embedded({ STACKONE_API_KEY: canaries.apiKey, NODE_ENV: 'development' });
    expect(problemsOf(lines).filter((line) => /^error|AUTH_/.test(line))).toEqual([]);
    expect(lines).toContain('ok key: StackOne accepts the API key.');
    expect(lines.filter((line) => / (keys|cors|token): /.test(line))).toEqual([]);
    const others = { AUTH_SECRET: 'canary', AUTH_JWKS_URL: 'canary', CORS_ORIGINS: 'canary', PORT: 'canary' };
    expect(await embedded({ STACKONE_API_KEY: canaries.apiKey, NODE_ENV: 'development', ...others })).toEqual(lines);
  });

  it('is in production mode without NODE_ENV, as startConnect without the option production', async () => {
    expect(await embedded({ STACKONE_API_KEY: canaries.apiKey })).toContainEqual(
      expect.stringMatching(/^error configuration: STACKONE_BASE_URL is not valid\. Fix: It must be an https URL/),
    );
    expect(emulator.history).toEqual([]);
  });
});

describe('doctor › StackOne', () => {
  /** The last three are about the environment of the doctor. */
  it.each<[title: string, env: Environment, change: () => void, sentence: RegExp]>([
    [
      'a key of another region',
      { STACKONE_API_KEY: 'canary-other-key' },
      () => undefined,
      /^error key: StackOne rejects the API key \(401\)\. Fix: Copy STACKONE_API_KEY again .* region of its project only: STACKONE_BASE_URL is http/,
    ],
    [
      'a key without the scope',
      {},
      () => Object.assign(emulator.settings, { keyScope: 'actions' }),
      /^error scope: The API key may not read accounts \(403\)\. Fix: Use a key with the scope "accounts"/,
    ],
    [
      'a key that can only read',
      {},
      () => Object.assign(emulator.settings, { keyScope: 'read-only' }),
      /^error session: The API key may not create sessions \(403\)\. Fix: Use a key with the scope "accounts"/,
    ],
    [
      'no enabled provider',
      {},
      () => Object.assign(emulator.settings, { enabledProviders: 'none' }),
      /^error catalog: The StackOne project of the key has no enabled provider \(GET \/connector_profiles\)\. Fix: Enable a provider in StackOne\. If some are enabled there, STACKONE_API_KEY belongs to another project/,
    ],
    [
      'a deprecated endpoint',
      {},
      () => Object.assign(emulator.settings, { catalogEndpoint: 'auth-configs' }),
      /^warning endpoints: The catalog comes from GET \/auth_configs, which StackOne has deprecated/,
    ],
    [
      'the oldest endpoint',
      {},
      () => Object.assign(emulator.settings, { catalogEndpoint: 'connectors-meta' }),
      /^warning endpoints: The catalog comes from GET \/connectors\/meta, which/,
    ],
    [
      'rows that cannot be read',
      {},
      () =>
        Object.assign(emulator.settings, {
          rawRows: { accounts: [], catalog: [{ connector_key: 5, secret: 'canary' }] },
        }),
      /^warning catalog: Some rows cannot be read and are left out: connector_key 1\./,
    ],
    [
      'the rate limit of the key',
      {},
      () => emulator.failNext({ status: 429, match: { path: '/accounts' } }, 9),
      /^unknown key: The rate limit of the API key is reached \(429\)/,
    ],
    [
      'an outage',
      {},
      () => emulator.failNext({ status: 500, match: { path: '/accounts' }, body: 'canary' }, 9),
      /^error key: The API key could not read accounts: GET \/accounts returned 500\. Fix: Check STACKONE_BASE_URL and the status of StackOne/,
    ],
    [
      'metadata that StackOne rejects',
      {},
      () => emulator.failNext({ status: 422, match: { path: '/connect_sessions' } }, 9),
      /^error session: StackOne rejects a new session \(422\)\. Fix: Check SESSION_METADATA, if it is set/,
    ],
    [
      'a clock that is 10 minutes behind',
      {},
      () => emulator.advance(600),
      /^error clock: The clock of this machine is (599|600|601) s behind that of StackOne\. Fix: Synchronize the clock/,
    ],
    [
      'a clock that is 10 minutes ahead',
      {},
      () => emulator.advance(-600),
      /^error clock: The clock of this machine is (599|600|601) s ahead of that of StackOne/,
    ],
    [
      'a clock that is 20 seconds behind',
      {},
      () => emulator.advance(20),
      /^warning clock: The clock of this machine is (19|20|21) s behind/,
    ],
  ])('%s', async (_title, env, change, sentence) => {
    change();
    expect(await examine(envOf(env), ['--mint'])).toContainEqual(expect.stringMatching(sentence));
  });

  it('a response without Date: the clock is unknown. One from a cache: its age is added', async () => {
    const dates: (string | undefined)[] = [];
    const cache = await listen(
      createServer((_request, response) => {
        const date = dates.shift();
        response.sendDate = false;
        response.writeHead(404, date === undefined ? {} : { date, age: '600' }).end();
      }),
    );
    listeners.push(cache);
    const env = envOf({ STACKONE_BASE_URL: cache.url });
    expect(await examine(env)).toContain(
      'unknown clock: The clock cannot be checked, because the response of StackOne has no Date header.',
    );
    dates[0] = new Date(Date.now() - 600_000).toUTCString();
    expect(await examine(env)).toContainEqual(expect.stringMatching(/^ok clock: /));
  });

  it('a project that is no plain text is not shown', async () => {
    for (const projectId of ['', 'a\u001b[31m', 'x'.repeat(101)]) {
      emulator.settings.projectId = projectId;
      expect(await examine(envOf(), ['--mint'])).toContain(
        'unknown project: StackOne did not state the project of the key.',
      );
    }
  });

  it('a wrong clock hides no problem of the key', async () => {
    emulator.advance(600);
    const lines = await examine(envOf({ STACKONE_API_KEY: 'canary-wrong' }));
    expect(lines).toContainEqual(expect.stringMatching(/^error clock: /));
    expect(lines).toContainEqual(expect.stringMatching(/^error key: StackOne rejects the API key \(401\)/));
  });

  it('names the key once when StackOne rejects it', async () => {
    const lines = await examine(envOf({ STACKONE_API_KEY: 'canary-other-key' }), ['--mint']);
    expect(lines.filter((line) => line.startsWith('error '))).toHaveLength(1);
    expect(lines).toContain('unknown catalog: Not checked, because StackOne rejects the API key (401).');
    expect(lines).toContain('unknown session: Not checked, because StackOne rejects the API key (401).');
  });

  it.each<[title: string, baseUrl: () => string, sentence: RegExp]>([
    [
      'a path that does not exist',
      () => `${emulator.url}/v9`,
      /^error key: http.*\/v9\/accounts does not exist \(404\)\. Fix: Check the path in STACKONE_BASE_URL/,
    ],
    [
      'https where http is spoken',
      () => emulator.url.replace('http:', 'https:'),
      /^error connection: StackOne at https.* does not speak TLS on this port .* Fix: Check the scheme and the port in STACKONE_BASE_URL/,
    ],
    [
      'http where https is spoken',
      () => elsewhere.tls,
      /^error connection: StackOne at http.* closes the connection without a response .* Fix: Check the scheme in STACKONE_BASE_URL/,
    ],
    [
      'a certificate that is not valid',
      () => elsewhere.selfSigned,
      /^error connection: StackOne at https.* has a TLS certificate that is not valid \([A-Z_]+\)\. Fix: .*NODE_EXTRA_CA_CERTS/,
    ],
    [
      'a host name that does not exist',
      () => 'http://stackone.invalid',
      /^error connection: StackOne at http:\/\/stackone\.invalid has a host name that cannot be resolved \(.*\)\. Fix: .* If this network needs a proxy, set HTTPS_PROXY/,
    ],
    [
      'a port where nothing listens',
      () => 'http://127.0.0.1:1',
      /^error connection: StackOne at http:\/\/127\.0\.0\.1:1 cannot be reached \(ECONNREFUSED\)\. Fix: Check the host and the port/,
    ],
    [
      'an address that redirects',
      () => elsewhere.redirect,
      /^error key: StackOne redirects \(301\), and the server follows no redirect\. Fix: Set STACKONE_BASE_URL to the address/,
    ],
    [
      'another program',
      () => elsewhere.html,
      /^error key: The API key could not read accounts: GET \/accounts returned an unusable response: 200 whose content type is not JSON/,
    ],
  ])('%s', async (_title, baseUrl, sentence) => {
    expect(await examine(envOf({ STACKONE_BASE_URL: baseUrl() }))).toContainEqual(expect.stringMatching(sentence));
  });

  it('a proxy that rejects its credentials, one that refuses the host, and one that is not there', async () => {
    const proxy = await startConnectProxy();
    const withProxy = (url: string) =>
      examine(envOf({ STACKONE_BASE_URL: 'http://stackone.example', HTTPS_PROXY: url }));
    const answer = (status: string) => proxy.setFault((socket) => void socket.end(`HTTP/1.1 ${status}\r\n\r\n`));
    const url = proxy.url.replace('//', '//user:canary@');
    answer('407 Proxy Authentication Required');
    expect(await withProxy(url)).toContainEqual(
      expect.stringMatching(
        /^error connection: The proxy in HTTPS_PROXY requires a user name .* Fix: Correct them in HTTPS_PROXY/,
      ),
    );
    answer('403 Forbidden');
    expect(await withProxy(url)).toContainEqual(
      expect.stringMatching(
        /^error connection: The proxy .* refuses the connection to StackOne \(REFUSED_403\)\. Fix: Allow stackone\.example/,
      ),
    );
    await proxy.stop();
    expect(await withProxy(url)).toContainEqual(
      expect.stringMatching(/^error connection: The proxy in HTTPS_PROXY cannot be reached \(ECONNREFUSED\)/),
    );
  });

  it('an address that never responds costs no other check its result', async () => {
    const lines = await examine(
      envOf({ STACKONE_BASE_URL: elsewhere.silent, CORS_ORIGINS: 'https://app.example.com' }),
    );
    expect(lines).toContainEqual(expect.stringMatching(/^error connection: StackOne at .* does not respond in time/));
    expect(lines).toContain('unknown key: Not checked, because StackOne cannot be reached.');
    expect(lines).toContain('ok cors: Pages of these origins can call the server: https://app.example.com.');
  });
});

describe('doctor › CORS, in production', () => {
  it('warns of origins without TLS', async () => {
    const env = {
      ...production,
      STACKONE_BASE_URL: 'https://127.0.0.1:1',
      CORS_ORIGINS: 'https://a.example,http://b.example',
    };
    expect(problemsOf(await examine(envOf(env)))).toContainEqual(
      expect.stringMatching(/^warning cors: http:\/\/b\.example is an origin without TLS/),
    );
  });
});
