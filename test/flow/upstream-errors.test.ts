import { once } from 'node:events';
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Answer, acme, canaries, signIn, startTestApp, type TestApp } from '../support/test-app.js';

const canary = 'canary-from-upstream';
const said = { message: canary, error: { details: [canary] }, token: canary };
const query = 'mutation { createConnectSession { token authLinkUrl userErrors { code } } }';

// A new server for each test: what one fault leaves behind, such as a pause, must not reach the next.
let app: TestApp;
beforeEach(async () => {
  app = await startTestApp();
});
afterEach(() => app.stop());

type Fault = Parameters<TestApp['emulator']['failNext']>[0];

/** Twice, so that a second attempt fails as the first did. */
function spoil(fault: Fault, method = 'POST', path = '/connect_sessions'): void {
  app.emulator.failNext({ ...fault, match: { method, path } }, 2);
}

const mint = async (): Promise<Answer> => app.post({ query }, await signIn(acme));
const sent = (method: string, path: string) =>
  app.emulator.history.filter((request) => request.method === method && request.path === path);

/** One error with this code beside its field, also in the log; nothing of upstream's, and nothing of the key. */
async function expectError(answer: Answer, code: string, extensions: object = {}): Promise<void> {
  expect(answer.status).toBe(200);
  expect(answer.json.errors).toEqual([
    expect.objectContaining({ path: ['createConnectSession'], extensions: { code, ...extensions } }),
  ]);
  expect(answer.headers.get('cache-control')).toBe('no-store');
  await logged(`"code":"${code}"`);
  expectNoLeak(answer);
}

/** A request's line is written once its answer has left, which may be after it has arrived here. */
async function logged(part: string): Promise<void> {
  while (!app.logs().includes(part)) {
    await sleep(2);
  }
}

function expectNoLeak(answer: Answer): void {
  const key = Buffer.from(`${canaries.apiKey}:`).toString('base64').slice(0, 20);
  const seen = [answer.text, ...[...answer.headers].flat(), app.logs()].join('\n');
  for (const secret of [canary, '"token":"cut', 'Bad Gateway', canaries.apiKey, key]) {
    expect(seen).not.toContain(secret);
  }
  expect(answer.text).not.toContain(new URL(app.emulator.url).host);
}

/** The call fails with this code, after two attempts at most, and the next one succeeds. */
async function expectFailure(code: string, extensions: object = {}): Promise<void> {
  const answer = await mint();
  await expectError(answer, code, extensions);
  expect(answer.json.data).toBeNull();
  const attempts = sent('POST', '/connect_sessions').length;
  expect(attempts).toBeGreaterThanOrEqual(1);
  expect(attempts).toBeLessThanOrEqual(2);
  app.emulator.reset();
  await expectSuccess();
}

async function expectSuccess(): Promise<void> {
  const answer = await mint();
  expect(answer.json).toEqual({
    data: {
      createConnectSession: { token: expect.stringMatching(/^\S{16,}$/), authLinkUrl: null, userErrors: [] },
    },
  });
  expectNoLeak(answer);
}

describe('StackOne’s refusals become codes of ours, and the next good call succeeds, after', () => {
  it.each([
    [400, 'UPSTREAM_REJECTED'],
    [401, 'UPSTREAM_MISCONFIGURED'],
    [403, 'UPSTREAM_MISCONFIGURED'],
    [404, 'UPSTREAM_REJECTED'],
    [408, 'UPSTREAM_TIMEOUT'],
    [409, 'UPSTREAM_REJECTED'],
    [413, 'UPSTREAM_REJECTED'],
    [422, 'UPSTREAM_REJECTED'],
    [500, 'UPSTREAM_UNAVAILABLE'],
    [501, 'UPSTREAM_UNAVAILABLE'],
    [502, 'UPSTREAM_UNAVAILABLE'],
    [503, 'UPSTREAM_UNAVAILABLE'],
    [504, 'UPSTREAM_UNAVAILABLE'],
  ])('%i: %s', async (status, code) => {
    spoil({ status, body: said, headers: { 'x-canary': canary, 'set-cookie': `a=${canary}` } });
    await expectFailure(code);
  });

  it.each([401, 403])('%i, which is about our key: an alert, and not the caller’s 401', async (status) => {
    spoil({ status, body: said });
    const answer = await mint();
    expect(answer.headers.has('www-authenticate')).toBe(false);
    expect(answer.text).not.toContain('UNAUTHENTICATED');
    await logged('"alert":"upstream-misconfigured"');
    expect(sent('POST', '/connect_sessions')).toHaveLength(1);
  });
});

describe('A pause that StackOne asks for with 429 is told in whole seconds, from 1 to 3600, for', () => {
  it.each([
    [undefined, 60],
    ['7', 7],
    ['60', 60],
    ['3601', 3600],
    ['999999999', 3600],
  ])('a retry-after of %s: %i', async (retryAfter, retryAfterSeconds) => {
    const headers: Record<string, string> = retryAfter === undefined ? {} : { 'retry-after': retryAfter };
    spoil({ status: 429, body: said, headers });
    await expectError(await mint(), 'UPSTREAM_RATE_LIMITED', { retryAfterSeconds });
  });

  it.each(['', '-5', '99.5', '1e3', '0x10', 'soon', canary, '9'.repeat(40), 'Wed, 21 Oct 2099 07:28:00 GMT'])(
    'the odd retry-after “%s”',
    async (retryAfter) => {
      spoil({ status: 429, body: said, headers: { 'retry-after': retryAfter } });
      const answer = await mint();
      const seconds = answer.json.errors?.[0]?.extensions.retryAfterSeconds ?? 0;
      expect(Number.isInteger(seconds)).toBe(true);
      expect(seconds).toBeGreaterThanOrEqual(1);
      expect(seconds).toBeLessThanOrEqual(3600);
      await expectError(answer, 'UPSTREAM_RATE_LIMITED', { retryAfterSeconds: seconds });
    },
  );

  it('a retry-after of 0: 1, and once it is over calls succeed', async () => {
    spoil({ status: 429, body: said, headers: { 'retry-after': '0' } });
    await expectError(await mint(), 'UPSTREAM_RATE_LIMITED', { retryAfterSeconds: 1 });
    app.emulator.reset();
    while ((await mint()).json.errors !== undefined) {
      await sleep(50);
    }
    await expectSuccess();
  });
});

describe('What is no answer becomes a code of ours, and the next good call succeeds, after', () => {
  it.each<[string, Fault]>([
    ['a proxy’s page', { kind: 'html' }],
    ['a body that is cut', { kind: 'truncate' }],
    ['a connection that is cut', { kind: 'reset' }],
  ])('%s', async (_what, fault) => {
    spoil(fault);
    await expectFailure('UPSTREAM_UNAVAILABLE');
  });

  it('no answer at all, which is waited for no longer than the deadline', async () => {
    spoil({ kind: 'hang' });
    const start = performance.now();
    await expectError(await mint(), 'UPSTREAM_TIMEOUT');
    // 5 s for an attempt, 8 s for all of them; the rest is for a slow machine.
    expect(performance.now() - start).toBeLessThan(9_500);
    app.emulator.reset();
    await expectSuccess();
  });

  it.each([301, 302, 303, 307, 308])(
    'a redirect (%i), which is not followed: the key must not travel',
    async (status) => {
      let asked = 0;
      const elsewhere = createServer((_request, response) => {
        asked += 1;
        response.end();
      }).listen(0, '127.0.0.1');
      await once(elsewhere, 'listening');
      try {
        const address = elsewhere.address();
        const location = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/connect_sessions`;
        spoil({ status, body: said, headers: { location } });
        await expectFailure('UPSTREAM_UNAVAILABLE');
        expect(asked).toBe(0);
      } finally {
        elsewhere.close();
      }
    },
  );

  it('nobody listening', async () => {
    await app.emulator.stop();
    await expectError(await mint(), 'UPSTREAM_UNAVAILABLE');
  });
});
