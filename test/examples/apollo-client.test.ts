import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { describeInBrowser, focusWindow, seriousAccessibilityProblems } from '../support/browser.js';
import { acme, type Example, startExample } from '../support/example.js';
import { testScreens } from '../support/example-screens.js';
import { inPackage, readText } from '../support/package-files.js';

describeInBrowser('the Apollo Client example', ({ open, expectConsoleErrors }) => {
  let example: Example;
  beforeAll(async () => {
    example = await startExample('apollo-client');
  }, 300_000);
  beforeEach(() => example.control('POST', '/reset'));
  afterAll(() => example?.stop());

  const add = (account: object) => example.control('POST', '/accounts', { ...acme, ...account });
  const fail = (path: string, fault: object) => example.control('POST', '/faults', { match: { path }, ...fault });
  const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
  const row = (page: Page, name: string) => page.getByRole('listitem', { name, exact: true });
  const alert = (page: Page, text: string) => page.getByRole('alert').filter({ hasText: text });
  const visit = (options = {}) => open([example.url, example.emulatorUrl], '/', options);
  async function enterBambooHr(page: Page): Promise<void> {
    await page.locator('input[name=subdomain]').fill('acme');
    await page.locator('input[name=api_key]').fill('key-123456');
    await button(page, 'Connect').click();
  }

  // The first test: the server remembers the names for minutes.
  test('shows the accounts first without and then with the names of their providers', async () => {
    await add({ provider: 'personio' });
    await fail('/connector_profiles', { status: 400, times: 20 });
    const page = await visit();
    await row(page, 'personio').getByText('Connected').waitFor();
    await alert(page, 'StackOne rejected the request').nth(1).waitFor();
    await example.control('POST', '/reset');
    await add({ provider: 'personio' });
    // The server remembers the failure of the catalog for five seconds.
    await sleep(5_500);
    for (const left of [1, 0]) {
      await button(page, 'Try again').first().click();
      await alert(page, 'StackOne rejected the request').nth(left).waitFor({ state: 'detached' });
    }
    await row(page, 'Personio').waitFor();
    await button(page, 'Connect BambooHR').waitFor();
  });

  test('links an account and shows the state that the server returns', async () => {
    const page = await visit();
    await button(page, 'Connect BambooHR').click();
    await enterBambooHr(page);
    await page.getByRole('status').getByText('BambooHR is linked').waitFor();
    await row(page, 'BambooHR').getByText('Connected').waitFor();
    expect(await page.getByRole('dialog').count()).toBe(0);
    expect(await button(page, 'Connect BambooHR').count()).toBe(0);
    expect(await example.accounts()).toMatchObject([{ ...acme, provider: 'bamboohr', status: 'active' }]);
  });

  test('re-links an account that has stopped working', async () => {
    await add({ provider: 'personio', status: 'error' });
    const page = await visit();
    await button(page, 'Reconnect Personio').click();
    await page.locator('input[name=client_id]').fill('papi-2');
    await button(page, 'Connect').click();
    await row(page, 'Personio').getByText('Connected').waitFor();
    expect(await example.accounts()).toMatchObject([{ ...acme, provider: 'personio', status: 'active' }]);
  });

  test('reads the accounts again when the user returns and when the Hub closes', async () => {
    const page = await visit();
    await button(page, 'Connect BambooHR').waitFor();
    await add({ provider: 'personio' });
    await focusWindow(page);
    await row(page, 'Personio').getByText('Connected').waitFor();
    await button(page, 'Connect BambooHR').click();
    await page.locator('input[name=subdomain]').waitFor();
    await add({ provider: 'bamboohr' });
    await button(page, 'Cancel').click();
    await row(page, 'BambooHR').getByText('Connected').waitFor();
  });

  test('closes the Hub when its session expires, and shows a message', async () => {
    const page = await visit();
    await button(page, 'Connect BambooHR').click();
    await page.locator('input[name=subdomain]').waitFor();
    await page.clock.fastForward('02:00:00');
    await alert(page, 'The session has expired').waitFor();
    expect(await page.getByRole('dialog').count()).toBe(0);
  });

  test('does not rely on the Hub when the reported account does not work', async () => {
    // The Hub takes a refusal of what was entered for a success.
    expectConsoleErrors(/403/);
    await add({ provider: 'bamboohr', status: 'error' });
    const page = await visit();
    await button(page, 'Reconnect BambooHR').click();
    await page.locator('input[name=subdomain]').fill('acme');
    await fail('/hub/accounts', { status: 403, match: { method: 'PATCH', path: '/hub/accounts' } });
    await button(page, 'Connect').click();
    await alert(page, 'The account is not connected').waitFor();
    await button(page, 'Reconnect BambooHR').waitFor();
  });

  test('renews an expired access token without an error for the user', async () => {
    expectConsoleErrors(/401/);
    const page = await visit();
    await button(page, 'Connect BambooHR').waitFor();
    let tokens = 0;
    let refusals = 0;
    page.on('request', (request) => {
      if (new URL(request.url()).pathname === '/demo/token') tokens += 1;
    });
    await page.route('**/graphql', async (route) => {
      refusals += 1;
      const isOld = refusals === 1;
      await (isOld
        ? route.continue({ headers: { ...route.request().headers(), authorization: 'Bearer old' } })
        : route.continue());
    });
    await button(page, 'Connect BambooHR').click();
    await page.locator('input[name=subdomain]').waitFor();
    expect(tokens).toBe(1);
  });

  test('shows the messages of userErrors and the changed accounts', async () => {
    const page = await visit();
    await button(page, 'Connect BambooHR').waitFor();
    await add({ provider: 'bamboohr' });
    await button(page, 'Connect BambooHR').click();
    await alert(page, 'This tool is already linked').waitFor();
    await row(page, 'BambooHR').getByText('Connected').waitFor();
    await button(page, 'Close').click();
    expect(await page.getByRole('alert').count()).toBe(0);
  });

  test('shows a message when the server is overloaded and when it is not reachable', async () => {
    expectConsoleErrors(/503|ERR_FAILED/);
    const page = await visit();
    await button(page, 'Connect BambooHR').waitFor();
    const body = JSON.stringify({ errors: [{ message: 'Busy.', extensions: { code: 'OVERLOADED' } }] });
    await page.route('**/graphql', (route) => route.fulfill({ status: 503, contentType: 'application/json', body }));
    await button(page, 'Connect BambooHR').click();
    await alert(page, 'The server is busy Try again in a moment.').waitFor();
    await page.unroute('**/graphql');
    await page.route('**/graphql', (route) => route.abort());
    await button(page, 'Connect BambooHR').click();
    await alert(page, 'Check your internet connection').last().waitFor();
  });

  testScreens(async (width) => {
    await add({ provider: 'greenhouse', label: 'Recruiting' });
    await add({ provider: 'personio', status: 'error' });
    const page = await visit({ viewport: { width, height: 800 } });
    await button(page, 'Connect BambooHR').waitFor();
    return page;
  });

  test('asks before it updates a linked account, and names another one', async () => {
    await add({ provider: 'bamboohr', label: 'Berlin' });
    const page = await visit();
    await button(page, 'Update or add BambooHR').click();
    await button(page, 'Update this connection').waitFor();
    expect(await seriousAccessibilityProblems(page)).toEqual([]);
    await page.getByLabel('Name of another account').fill('Hamburg');
    await button(page, 'Connect another').click();
    await enterBambooHr(page);
    await row(page, 'BambooHR').getByText('Hamburg').waitFor();
    expect((await example.accounts()).map(({ label }) => label)).toEqual(['Berlin', 'Hamburg']);
  });

  test('builds for production', () => {
    expect(example.build()).toMatchObject({ status: 0, stdout: expect.stringContaining('built in') });
  }, 120_000);

  test('does not compile without a message for a code', () => {
    const folder = mkdtempSync(join(tmpdir(), 'apollo-client-'));
    const from = (path: string) => inPackage(`examples/apollo-client/${path}`);
    cpSync(from('src'), join(folder, 'src'), { recursive: true });
    cpSync(from('tsconfig.json'), join(folder, 'tsconfig.json'));
    symlinkSync(from('node_modules'), join(folder, 'node_modules'));
    const tsc = () => spawnSync('npx', ['tsc'], { cwd: folder, encoding: 'utf8' }).stdout;
    expect(tsc()).toBe('');
    const code = readText('examples/apollo-client/src/failure.ts');
    for (const forgotten of ['ACCOUNT_NOT_FOUND', 'RATE_LIMITED']) {
      const without = code.replace(`case '${forgotten}':`, '');
      writeFileSync(join(folder, 'src/failure.ts'), without);
      expect(tsc()).toContain(`Type '"${forgotten}"' does not satisfy the expected type 'never'`);
    }
    rmSync(folder, { recursive: true });
  }, 60_000);

  // The last test: the server keeps the pause.
  test('shows the message of a GraphQL error and how long to wait', async () => {
    const page = await visit();
    await button(page, 'Connect BambooHR').waitFor();
    await fail('/connect_sessions', { status: 429, headers: { 'retry-after': '30' } });
    await button(page, 'Connect BambooHR').click();
    await alert(page, 'Too many requests Try again in 30 seconds.').waitFor();
  });
});
