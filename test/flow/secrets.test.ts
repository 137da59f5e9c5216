import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Fault } from '../../emulator/index.js';
import {
  type CanaryApp,
  expectNoCanaries,
  type RecordedExchange,
  secrets,
  startCanaryApp,
  valuesIn,
} from '../support/canary-app.js';

let app: CanaryApp;
beforeAll(async () => {
  app = await startCanaryApp();
  const owner = { origin_owner_id: 'canary-owner-id', origin_owner_name: 'canary-owner-name' };
  app.emulator.addAccount({ ...owner, provider: 'bamboohr', label: 'canary-account-label' });
});
afterAll(() => app.stop());

const create =
  'mutation { createConnectSession(label: "canary-label") { token authLinkUrl userErrors { code } } }';
const list = '{ linkedAccounts { nodes { id } } }';

/** After a 429 there is a pause; and what succeeds keeps the breaker closed. */
async function untilStackOneIsCalled(): Promise<void> {
  let seen: RecordedExchange;
  do {
    seen = await app.runOperation(list);
  } while (seen.json.errors !== undefined);
}

describe('What StackOne says is in no answer and in no line of the log, when it answers', () => {
  const words = secrets.upstreamBody;
  const faultOf = (status: number): Fault => ({
    kind: 'status',
    status,
    body: { message: words, token: `${words} `, error: [words], [words]: words, provider: words },
    headers: {
      'x-canary': secrets.upstreamHeader,
      'retry-after': '1',
      location: `/${secrets.upstreamHeader}`,
    },
  });

  it.each([200, 201, 301, 400, 401, 403, 404, 409, 418, 422, 429, 500, 503])('%d', async (status) => {
    for (const query of [create, list]) {
      app.emulator.failNext(faultOf(status), 2);
      const seen = await app.runOperation(query);
      expectNoCanaries(app, seen);
      expect(seen.logged).toContain('"msg":"upstream"');
      await untilStackOneIsCalled();
    }
  });
});

describe('A session token and its link', () => {
  it('are in the answer to who asked for them, and in no line of the log', async () => {
    const seen = await app.runOperation(create);
    const [, token = '', link = ''] = /"token":"([^"]+)","authLinkUrl":"([^"]+)"/.exec(seen.response) ?? [];
    expect(token.length).toBeGreaterThan(20);
    expect(link).toMatch(/^http/);
    app.ownerValues.push(token, link);
    expectNoCanaries(app, seen);
  });
});

/** With aliases a client can put anything where a payload has its codes. */
describe('What an owner reads is in no line of the log, also when it is asked for', () => {
  it.each([
    ['by its name', 'ok', '{ viewer { ownerId ownerName username } linkedAccounts { nodes { label } } }'],
    ['as the code of a user error', 'ok', '{ linkedAccounts { userErrors: nodes { code: label } } }'],
    [
      'as the message of a user error',
      'USER_ERROR',
      'mutation { createConnectSession(provider: "A") { userErrors { code: message } } }',
    ],
  ])('%s', async (_how, code, query) => {
    const seen = await app.runOperation(query);
    expect(seen.status).toBe(200);
    expect(seen.response).toMatch(/canary-account-label|A provider is a key/);
    expectNoCanaries(app, seen);
    expect(seen.line).toMatchObject({ code });
  });
});

describe('What a client makes graphql-js find only when it runs the operation', () => {
  const nullFor = (query: string) =>
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
  ])('is its mistake and not this server’s: %s', async (query) => {
    const sent = app.emulator.history.length;
    const seen = await nullFor(query);
    expectNoCanaries(app, seen);
    expect(seen.json.errors).toMatchObject([
      { message: expect.stringMatching(/does not fit its type\.$/), extensions: { code: 'BAD_USER_INPUT' } },
    ]);
    expect(app.emulator.history).toHaveLength(sent);
  });

  it.each([
    ['a batch', '[{"query":"{ __typename }"}]', {}],
    ['no query', '{"variables":{}}', {}],
    ['a form of answer that there is not', '{"query":"{ __typename }"}', { accept: 'text/html' }],
  ])('or that Apollo refuses without it has a code in the log too: %s', async (_what, body, headers) => {
    const authorized = { authorization: `Bearer ${app.tokens[0]}`, 'content-type': 'application/json' };
    const request = { method: 'POST', path: '/graphql', headers: { ...authorized, ...headers }, body };
    const seen = await app.send(request);
    expect(seen.status).toBeGreaterThanOrEqual(400);
    expect(seen.line).toMatchObject({ code: 'BAD_USER_INPUT', status: seen.status });
  });
});

describe('Everything that was logged meanwhile', () => {
  it('holds none of the secrets either, and the loss of Redis without its address', () => {
    expect(app.logs()).toContain('"alert":"redis-gone"');
    expect(valuesIn(app.logs(), [...Object.values(secrets), ...app.tokens, ...app.ownerValues])).toEqual([]);
  });
});
