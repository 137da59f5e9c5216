import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Fault } from '../../emulator/src/index.js';
import { type CanaryApp, expectNoCanaries, secrets, startCanaryApp, valuesIn } from '../support/canary-app.js';
import { waitUntil } from '../support/wait.js';

let app: CanaryApp;
beforeAll(async () => {
  app = await startCanaryApp();
  const owner = { origin_owner_id: 'canary-owner-id', origin_owner_name: 'canary-owner-name' };
  app.emulator.addAccount({ ...owner, provider: 'bamboohr', label: 'canary-account-label' });
});
afterAll(() => app.stop());

const create = 'mutation { createConnectSession(label: "canary-label") { token authLinkUrl userErrors { code } } }';
const list = '{ linkedAccounts { nodes { id } } }';

/** A 429 blocks further calls for a while, and a success keeps the circuit breaker closed. */
const waitForRecovery = () =>
  waitUntil(async () => (await app.runOperation(list)).json.errors === undefined, 'a call to StackOne succeeds again');

describe('Content of StackOne’s response is in no response and no log line: status', () => {
  const text = secrets.upstreamBody;
  const faultOf = (status: number): Fault => ({
    kind: 'status',
    status,
    body: { message: text, token: `${text} `, error: [text], [text]: text, provider: text },
    headers: {
      'x-canary': secrets.upstreamHeader,
      'retry-after': '1',
      location: `/${secrets.upstreamHeader}`,
    },
  });

  it.each([200, 201, 301, 400, 401, 403, 404, 409, 418, 422, 429, 500, 503])('%d', async (status) => {
    for (const query of [create, list]) {
      app.emulator.failNext(faultOf(status), 2);
      const exchange = await app.runOperation(query);
      expectNoCanaries(app, exchange);
      expect(exchange.logged).toContain('"msg":"upstream"');
      await waitForRecovery();
    }
  });
});

describe('Session token and authLinkUrl', () => {
  it('are in the response to the caller and in no log line', async () => {
    const exchange = await app.runOperation(create);
    const [, token = '', link = ''] = /"token":"([^"]+)","authLinkUrl":"([^"]+)"/.exec(exchange.response) ?? [];
    expect(token.length).toBeGreaterThan(20);
    expect(link).toMatch(/^http/);
    app.ownerValues.push(token, link);
    expectNoCanaries(app, exchange);
  });
});

/** With aliases a client can put any field where a payload has its error codes. */
describe('Values in the response to the owner are in no log line', () => {
  it.each([
    ['as a field', 'ok', '{ viewer { ownerId ownerName username } linkedAccounts { nodes { label } } }'],
    ['aliased as the code of a user error', 'ok', '{ linkedAccounts { userErrors: nodes { code: label } } }'],
    [
      'message aliased as the code of a user error',
      'USER_ERROR',
      'mutation { createConnectSession(provider: "A") { userErrors { code: message } } }',
    ],
  ])('%s', async (_name, code, query) => {
    const exchange = await app.runOperation(query);
    expect(exchange.status).toBe(200);
    expect(exchange.response).toMatch(
      /canary-account-label|must be the key of a provider|This provider is not available/,
    );
    expectNoCanaries(app, exchange);
    expect(exchange.line).toMatchObject({ code });
  });
});

describe('Client errors that graphql-js or Apollo find during execution', () => {
  const runWithNull = (query: string) =>
    app.send({
      method: 'POST',
      path: '/graphql',
      headers: { authorization: `Bearer ${app.tokens[0]}`, 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables: { a: null } }),
    });

  it.each([
    'query ($a: ID = "canary-literal") { linkedAccount(id: $a) { id } }',
    'query ($a: Boolean = true) { viewer @skip(if: $a) { ownerId } }',
    'query ($a: LinkedAccountStatus = ACTIVE) { linkedAccounts(status: [ERROR, $a]) { nodes { id } } }',
  ])('null variable in a non-null position → BAD_USER_INPUT: %s', async (query) => {
    const sent = app.emulator.history.length;
    const exchange = await runWithNull(query);
    expectNoCanaries(app, exchange);
    expect(exchange.json.errors).toMatchObject([
      {
        message: expect.stringMatching(/does not match its type\.$/),
        extensions: { code: 'BAD_USER_INPUT' },
      },
    ]);
    expect(app.emulator.history).toHaveLength(sent);
  });

  it.each([
    ['batched operations', '[{"query":"{ __typename }"}]', {}],
    ['missing query', '{"variables":{}}', {}],
    ['unsupported Accept header', '{"query":"{ __typename }"}', { accept: 'text/html' }],
  ])('rejected by Apollo, logged with BAD_USER_INPUT: %s', async (_name, body, headers) => {
    const authorized = { authorization: `Bearer ${app.tokens[0]}`, 'content-type': 'application/json' };
    const request = { method: 'POST', path: '/graphql', headers: { ...authorized, ...headers }, body };
    const exchange = await app.send(request);
    expect(exchange.status).toBeGreaterThanOrEqual(400);
    expect(exchange.line).toMatchObject({ code: 'BAD_USER_INPUT', status: exchange.status });
  });
});

describe('All log lines of these tests', () => {
  it('contain no secret, and report the Redis outage without its URL', () => {
    expect(app.logs()).toContain('"alert":"redis-gone"');
    expect(valuesIn(app.logs(), [...Object.values(secrets), ...app.tokens, ...app.ownerValues])).toEqual([]);
  });
});
