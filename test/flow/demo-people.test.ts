import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { z } from 'zod';
import type { Demo } from '../../demo/start-demo.js';
import { startTestDemo } from '../support/demo.js';
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
