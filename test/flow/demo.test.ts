import { networkInterfaces } from 'node:os';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { z } from 'zod';
import { type Demo, startDemo } from '../../demo/start-demo.js';
import { startTestDemo } from '../support/demo.js';
import { exchangeRaw } from '../support/raw-http.js';
import { sessionRequests } from '../support/test-env.js';

let demo: Demo;
beforeAll(async () => {
  demo = await startTestDemo();
});
afterAll(() => demo.stop());

const tokenShape = z.object({ token: z.string() });

async function run(person: string, query: string): Promise<unknown> {
  const { token } = tokenShape.parse(await (await fetch(`${demo.url}/demo/token?${person}`)).json());
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  return (await fetch(`${demo.url}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query }) })).json();
}

const connect = (provider: string) =>
  `mutation { createConnectSession(provider: "${provider}") { mode userErrors { code } } }`;
const created = (mode: string) => ({ data: { createConnectSession: { mode, userErrors: [] } } });
const refused = (code: string) => ({ data: { createConnectSession: { mode: null, userErrors: [{ code }] } } });

it('The demo lets the default people of Acme and Globex manage accounts without a limit', async () => {
  for (const person of ['tenant=acme', 'tenant=globex']) {
    expect(await run(person, '{ viewer { canManage maxLinkedAccounts } }')).toEqual({
      data: { viewer: { canManage: true, maxLinkedAccounts: null } },
    });
    expect(await run(person, connect('bamboohr'))).toEqual(created('LINK'));
    expect(await run(person, 'mutation { createConnectSession { mode userErrors { code } } }')).toEqual(
      created('LINK'),
    );
  }
});

it('The demo lets Sam read the accounts of Acme, and change none of them', async () => {
  const before = sessionRequests(demo.emulator).length;
  expect(
    await run('tenant=acme&person=sam', '{ viewer { canManage } linkedAccounts { nodes { providerKey } } }'),
  ).toEqual({
    data: {
      viewer: { canManage: false },
      linkedAccounts: { nodes: expect.arrayContaining([{ providerKey: 'greenhouse' }]) },
    },
  });
  expect(await run('tenant=acme&person=sam', connect('bamboohr'))).toMatchObject({
    errors: [{ extensions: { code: 'FORBIDDEN' } }],
  });
  expect(sessionRequests(demo.emulator)).toHaveLength(before);
});

it('The demo has a customer with few providers and two accounts', async () => {
  expect(await run('tenant=initech', connect('hubspot'))).toEqual(refused('PROVIDER_NOT_ALLOWED'));
  expect(await run('tenant=initech', connect('bamboohr'))).toEqual(created('LINK'));
  demo.emulator.addAccount({ provider: 'bamboohr', origin_owner_id: 'org_initech', origin_owner_name: 'Initech' });
  expect(await run('tenant=initech', connect('personio'))).toEqual(refused('ACCOUNT_LIMIT_REACHED'));
  expect(await run('tenant=initech', connect('docebo'))).toEqual(created('RELINK'));
});

const send = (url: string, line: string, headers: readonly string[], body = '') =>
  exchangeRaw(url, [`${line} HTTP/1.1`, ...headers, 'Connection: close', '', body].join('\r\n'));
const get = async (name: string, path: string) =>
  (await send(demo.url, `GET ${path}`, [`Host: ${name}:${new URL(demo.url).port}`])).response;
const tokenPath = '/demo/token?tenant=acme';

it.each(['localhost', '127.0.0.1', '[::1]'])('A page of %s gets an access token', async (name) => {
  expect(await get(name, tokenPath)).toContain('"token"');
});

it.each(['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example'])(
  'A page whose name %s resolves to this machine gets neither an access token nor a session',
  async (name) => {
    const { url, apiKey } = demo.emulator;
    const body = JSON.stringify({ origin_owner_id: 'org_acme', origin_owner_name: 'Acme Corporation' });
    const headers = [
      `Host: ${name}:${new URL(url).port}`,
      'User-Agent: browser',
      `Authorization: Basic ${Buffer.from(`${apiKey}:`).toString('base64')}`,
      'Content-Type: application/json',
      `Content-Length: ${body.length}`,
    ];
    const create = async (...further: string[]) =>
      (await send(url, 'POST /connect_sessions', [...headers, ...further], body)).response;
    expect(await create()).toContain('"token"');
    // Browsers send it with each POST request.
    const refused = [await get(name, tokenPath), await get(name, '/'), await create(`Origin: http://${name}`)];
    for (const response of refused) {
      expect(response).toMatch(/^HTTP\/1.1 403 /);
      expect(response).not.toContain('"token"');
    }
  },
);

const hasIpv6 = Object.values(networkInterfaces()).some((list) => list?.some(({ family }) => family === 'IPv6'));
const addresses = ['localhost', '127.0.0.1', ...(hasIpv6 ? ['[::1]'] : [])];

it.each(hasIpv6 ? ['::', '127.0.0.1'] : ['127.0.0.1'])(
  'With HOST=%s, the page of the demo names a Hub URL that works, whatever address the browser uses',
  async (host) => {
    const env = { HOST: host, DEMO_ALLOW_NETWORK: 'true', PORT: '0', EMULATOR_PORT: '0', LOG_LEVEL: 'silent' };
    const other = await startDemo(env);
    try {
      const { port } = new URL(other.url);
      for (const address of host === '::' ? addresses : ['127.0.0.1']) {
        const page = await fetch(`http://${address}:${port}/`);
        const hubUrl = /hub[\w-]*=?"?[^>]*?(http:\/\/[^"<\s]+)/i.exec(await page.text())?.[1] ?? '';
        expect(new URL(hubUrl).port).toBe(new URL(other.emulator.url).port);
        expect(page.headers.get('content-security-policy')).toContain(`connect-src 'self' ${hubUrl}`);
        // Any response of the emulator shows that the URL leads to it.
        expect((await fetch(`${hubUrl}/connectors/meta`)).status).toBe(401);
      }
    } finally {
      await other.stop();
    }
  },
);
