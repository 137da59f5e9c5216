import { createServer } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import { listen } from '../support/listen.js';
import { acme, errorCode, globex, signIn, startTestApp, type TestApp } from '../support/test-app.js';

type Fault = Parameters<TestApp['emulator']['failNext']>[0];

const rounds = 2;
const callers = 20;

/** The same request of two owners, many at the same time and again after that. @returns the codes that occurred */
async function callManyTimes(call: (claims: typeof acme) => Promise<string>): Promise<string[]> {
  const codes = new Set<string>();
  for (let round = 1; round <= rounds; round++) {
    const results = await Promise.all(
      Array.from({ length: callers }, (_, caller) => call(caller % 2 === 0 ? acme : globex)),
    );
    for (const code of results) {
      codes.add(code);
    }
  }
  return [...codes];
}

describe('An outage of the provider catalog is not multiplied by 40 requests, and stops no session', () => {
  const shape = { total: 1, data: 'no list' };
  it.each<[string, Fault, number]>([
    ['404', { status: 404 }, 3],
    ['403', { status: 403 }, 1],
    ['500', { status: 500 }, 2],
    ['a response of the wrong shape', { status: 200, body: shape }, 1],
    ['a lost connection', { kind: 'reset' }, 2],
  ])('%s', async (_name, fault, maxRequests) => {
    const app = await startTestApp();
    try {
      for (const path of ['/connector_profiles', '/auth_configs', '/connectors']) {
        app.emulator.failNext({ ...fault, match: { path } }, 1000);
      }
      const run = (query: string) => async (claims: typeof acme) =>
        errorCode(await app.post({ query }, await signIn(claims))) ?? 'ok';
      const start = performance.now();
      const codes = await callManyTimes(run('{ providers { key } }'));
      expect(codes).toEqual([expect.stringMatching(/^UPSTREAM_/)]);
      const created = await callManyTimes(run('mutation { createConnectSession(provider: "bamboohr") { token } }'));
      expect(created).toEqual(['ok']);
      const catalogRequests = app.emulator.history.filter(({ path }) =>
        /^\/(connector_profiles|auth_configs|connectors)/.test(path),
      );
      // One load in five seconds, and one more for each further five seconds that a slow machine took.
      const loads = 1 + Math.floor((performance.now() - start) / 5_000);
      expect(catalogRequests.length).toBeLessThanOrEqual(loads * maxRequests);
    } finally {
      await app.stop();
    }
  });
});

describe('An outage of the issuer is not multiplied by 40 requests', () => {
  it.each<[string, number, string]>([
    ['500', 500, 'canary'],
    ['an empty key set', 200, '{"keys":[]}'],
    ['a body that is no key set', 200, '{'],
  ])('%s', async (_name, status, body) => {
    let requests = 0;
    const issuer = await listen(
      createServer((_request, response) => {
        requests += 1;
        response.writeHead(status, { 'content-type': 'application/json' }).end(body);
      }),
    );
    const app = await startTestApp({ AUTH_PUBLIC_KEY: undefined, AUTH_JWKS_URL: `${issuer.url}/jwks.json` });
    try {
      const start = performance.now();
      const codes = await callManyTimes(
        async (claims) => errorCode(await app.post({ query: '{ viewer { ownerId } }' }, await signIn(claims))) ?? 'ok',
      );
      expect(codes).toEqual(['AUTH_UNAVAILABLE']);
      expect(requests).toBeLessThanOrEqual(1 + Math.floor((performance.now() - start) / 5_000));
    } finally {
      await app.stop();
      await issuer.close();
    }
  });
});
