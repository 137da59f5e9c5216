import { afterEach, describe, expect, it } from '@jest/globals';
import { acme, errorCode, signIn, startTestApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
afterEach(() => app.stop());

async function readiness(): Promise<readonly [status: number, body: unknown]> {
  const response = await fetch(`${app.url}/readyz`);
  return [response.status, await response.json()];
}
const readyWith = (upstream: string) => [200, { status: 'ready', upstream, auth: expect.any(String) }];

async function listProviders(): Promise<void> {
  await app.post({ query: '{ providers { key } }' }, await signIn(acme));
}

describe('GET /readyz stays 200 and reports StackOne as', () => {
  it('unknown before the first call, then ok, then misconfigured with an alert when the key is revoked, then ok', async () => {
    app = await startTestApp();
    expect(await readiness()).toEqual(readyWith('unknown'));
    await listProviders();
    expect(await readiness()).toEqual(readyWith('ok'));
    const query = '{ linkedAccounts { nodes { id } } }';
    app.emulator.failNext({ status: 500 }, 2);
    expect(errorCode(await app.post({ query }, await signIn(acme)))).toBe('UPSTREAM_UNAVAILABLE');
    // A single failure says nothing about the health of StackOne.
    expect(await readiness()).toEqual(readyWith('ok'));
    app.emulator.failNext({ status: 401 });
    await app.post({ query }, await signIn(acme));
    expect(await readiness()).toEqual(readyWith('misconfigured'));
    expect(app.logs()).toContain('"alert":"upstream-misconfigured"');
    await app.post({ query }, await signIn(acme));
    expect(await readiness()).toEqual(readyWith('ok'));
  });

  it('misconfigured, with an alert, when the API key was wrong from the start', async () => {
    app = await startTestApp({ STACKONE_API_KEY: 'another-key' });
    await listProviders();
    expect(await readiness()).toEqual(readyWith('misconfigured'));
    expect(app.logs()).toContain('"alert":"upstream-misconfigured"');
  });

  it('failing when it could not be reached yet, and unknown after an error that says nothing about it', async () => {
    app = await startTestApp({ STACKONE_BASE_URL: 'http://127.0.0.1:1' });
    await app.post({ query: '{ nothing }' }, await signIn(acme));
    expect(await readiness()).toEqual(readyWith('unknown'));
    await listProviders();
    expect(await readiness()).toEqual(readyWith('failing'));
  });
});
