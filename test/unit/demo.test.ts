import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { fastify } from 'fastify';
import { jwtVerify } from 'jose';
import { addBreakRoute } from '../../demo/break-account.js';
import { addIdentityRoutes, createDemoIdentity } from '../../demo/identity.js';
import { loadDemoConfig } from '../../demo/start-demo.js';
import { seedAccounts } from '../../demo/tenants.js';
import { startEmulator } from '../../emulator/src/index.js';
import { toCaller } from '../../src/auth/claims.js';
import { ConfigError } from '../../src/config/config-error.js';
import type { Environment } from '../../src/config/from-environment.js';
import type { Grants } from '../../src/domain/grants.js';

function problemsOf(env: Environment): readonly string[] {
  try {
    loadDemoConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) {
      expect(inspect(error, { depth: 9 })).not.toContain('canary');
      return error.problems;
    }
    throw error;
  }
  return [];
}

describe('The demo starts', () => {
  it('without any variable, with the emulator on port 4010', () => {
    const { config, emulatorPort } = loadDemoConfig({});
    expect([emulatorPort, config.baseUrl]).toEqual([4010, 'http://127.0.0.1:4010']);
  });

  it('with the settings of the server that it does not set itself', () => {
    const { config, emulatorPort } = loadDemoConfig({ PORT: '0', EMULATOR_PORT: '65535', LOG_LEVEL: 'warn' });
    expect([config.port, config.logLevel, emulatorPort]).toEqual([0, 'warn', 65_535]);
  });
});

describe('The demo on the network', () => {
  it.each(['0.0.0.0', '::', '192.0.2.1', 'canary.example', '127.0.0.1.example', 'localhost.example'])(
    'does not start with HOST=%s alone, and says why',
    (host) => {
      const problem = expect.stringMatching(/^HOST opens the demo to the network.*DEMO_ALLOW_NETWORK=true/);
      expect(problemsOf({ HOST: host })).toEqual([problem]);
      expect(problemsOf({ HOST: host, DEMO_ALLOW_NETWORK: 'false' })).toEqual([problem]);
      expect(problemsOf({ HOST: host, DEMO_ALLOW_NETWORK: 'true' })).toEqual([]);
    },
  );

  it.each(['localhost', '127.0.0.1', '127.1.2.3', '::1'])('is not HOST=%s', (host) => {
    expect(problemsOf({ HOST: host })).toEqual([]);
  });
});

describe('The demo does not start', () => {
  it.each(['', 'yes', 'TRUE', 'true ', 'canary'])('with DEMO_ALLOW_NETWORK=%j', (value) => {
    expect(problemsOf({ DEMO_ALLOW_NETWORK: value, HOST: '0.0.0.0' })).toEqual([
      expect.stringContaining('DEMO_ALLOW_NETWORK is not valid'),
    ]);
  });

  it('in production', () => {
    expect(problemsOf({ NODE_ENV: 'production' })).toEqual([
      expect.stringContaining('STACKONE_API_KEY is missing: the demo does not run in production'),
    ]);
  });

  it.each([
    'STACKONE_BASE_URL',
    'AUTH_JWKS_URL',
    'AUTH_PUBLIC_KEY',
    'AUTH_PUBLIC_KEY_FILE',
    'AUTH_SECRET',
    'AUTH_SECRET_FILE',
    'AUTH_ISSUER',
    'AUTH_AUDIENCE',
    'STACKONE_WEBHOOK_SECRET',
    'STACKONE_WEBHOOK_SECRET_FILE',
    'STACKONE_WEBHOOK_SECRET_PREVIOUS',
    'OWNER_ID_CLAIM',
    'OWNER_NAME_CLAIM',
    'USERNAME_CLAIM',
    'PERMISSIONS_CLAIM',
    'MANAGE_PERMISSION',
    'PROVIDERS_CLAIM',
    'MAX_ACCOUNTS_CLAIM',
  ])('with %s, which requires a StackOne key', (name) => {
    expect(problemsOf({ [name]: 'canary' })).toEqual([
      expect.stringContaining(`${name} is set but STACKONE_API_KEY is not`),
    ]);
  });

  it.each(['production ', 'prod'])('with NODE_ENV=%j', (environment) => {
    expect(problemsOf({ NODE_ENV: environment })).toEqual([expect.stringContaining('NODE_ENV is not valid')]);
  });

  it.each(['65536', '-1', '1.5', 'canary', '', ' '])('with EMULATOR_PORT=%j', (port) => {
    expect(problemsOf({ EMULATOR_PORT: port })).toEqual([expect.stringContaining('EMULATOR_PORT is not valid')]);
  });
});

describe('GET /demo/token', () => {
  const server = fastify();
  const identity = createDemoIdentity();
  addIdentityRoutes(server, identity);
  const request = (query: string) => server.inject(`/demo/token${query}`);
  const everything = { canManage: true, providers: null, maxAccounts: null };

  it.each<[string, string, Grants]>([
    ['?tenant=acme', 'ada@acme.example', everything],
    ['?tenant=acme&person=ada', 'ada@acme.example', everything],
    ['?tenant=acme&person=sam', 'sam@acme.example', { ...everything, canManage: false }],
    ['?tenant=globex', 'hank@globex.example', everything],
    [
      '?tenant=initech',
      'joanna@initech.example',
      { canManage: true, providers: ['bamboohr', 'personio', 'docebo'], maxAccounts: 2 },
    ],
  ])('%s signs in %s with the grants of the demo', async (query, username, grants) => {
    const response = await request(query);
    expect([response.statusCode, response.json()]).toEqual([200, expect.objectContaining({ username })]);
    const { payload } = await jwtVerify(response.json().token, identity.publicKey);
    const reasons: string[] = [];
    const caller = toCaller(payload, loadDemoConfig({}).config, (_grant, reason) => reasons.push(reason));
    expect(caller).toMatchObject({ username, grants });
    expect(reasons).toEqual([]);
  });

  it.each([
    ...['', '?tenant=', '?tenant=canary', '?tenant=toString', '?tenant=acme&tenant=globex', '?person=ada'],
    ...['?tenant=acme&person=', '?tenant=acme&person=canary', '?tenant=globex&person=sam'],
    ...['?tenant=acme&person=sam@acme.example', '?tenant=acme&person=sam&person=sam'],
  ])('rejects the parameters "%s"', async (query) => {
    const response = await request(query);
    expect(response.statusCode).toBe(400);
    expect(response.body).not.toContain('canary');
  });
});

describe('POST /demo/break-account', () => {
  it('breaks one active account of the customer, and no account for a request that a page of another site can send', async () => {
    const emulator = await startEmulator();
    seedAccounts(emulator);
    const server = fastify();
    addBreakRoute(server, emulator);
    const statuses = () => emulator.accounts().map(({ status }) => status);
    const send = (payload: string, type: string) =>
      server.inject({ method: 'POST', url: '/demo/break-account', payload, headers: { 'content-type': type } });
    const seeded = statuses();
    for (const [payload, type] of [
      ['{"tenant":"acme"}', 'text/plain'],
      ['tenant=acme', 'application/x-www-form-urlencoded'],
      ['{"tenant":"canary"}', 'application/json'],
      ['{"tenant":["acme"]}', 'application/json'],
      ['{}', 'application/json'],
    ] as const) {
      expect((await send(payload, type)).statusCode).toBeGreaterThanOrEqual(400);
    }
    expect(statuses()).toEqual(seeded);
    const [first] = emulator.accounts();
    expect((await send('{"tenant":"acme"}', 'application/json')).json()).toEqual({ accountId: first?.id });
    expect((await send('{"tenant":"acme"}', 'application/json')).json()).toEqual({ accountId: null });
    expect([seeded, statuses()]).toEqual([
      ['active', 'expired', 'active', 'active'],
      ['error', 'expired', 'active', 'active'],
    ]);
    await server.close();
    await emulator.stop();
  });
});
