import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { describeInBrowser, seriousAccessibilityProblems } from '../support/browser.js';
import { acme, type Example, startExample } from '../support/example.js';
import { button, fillBambooHr, waitForText } from '../support/hub-page.js';

describeInBrowser('the Apollo Client example', ({ open, expectConsoleErrors }) => {
  let example: Example;
  beforeAll(async () => {
    example = await startExample('apollo-client');
  }, 300_000);
  beforeEach(() => example.control('POST', '/reset'));
  afterAll(() => example?.stop());

  const row = (page: Page, name: string) => page.getByRole('listitem', { name, exact: true });
  const visit = () => open([example.url, example.emulatorUrl], '/');

  test('links an account and shows the state that the server returns', async () => {
    const page = await visit();
    await button(page, 'Connect BambooHR').click();
    await fillBambooHr(page);
    await button(page, 'Connect').click();
    await waitForText(page, 'The account is connected.');
    await row(page, 'BambooHR').getByText('Connected').waitFor();
    expect(await seriousAccessibilityProblems(page)).toEqual([]);
    expect(await example.accounts()).toMatchObject([{ ...acme, provider: 'bamboohr', status: 'active' }]);
  });

  test('does not rely on the Hub when the reported account does not work', async () => {
    // The Hub takes a refusal of what was entered for a success.
    expectConsoleErrors(/403/);
    await example.control('POST', '/accounts', { ...acme, provider: 'bamboohr', status: 'error' });
    const page = await visit();
    await button(page, 'Reconnect BambooHR').click();
    await page.locator('input[name=subdomain]').fill('acme');
    await example.control('POST', '/faults', { status: 403, match: { method: 'PATCH', path: '/hub/accounts' } });
    await button(page, 'Connect').click();
    await waitForText(page, 'The account is not connected.');
    await button(page, 'Reconnect BambooHR').waitFor();
  });

  test('renews an expired access token without an error for the user, and shows the message of an error', async () => {
    expectConsoleErrors(/401/);
    const page = await visit();
    await button(page, 'Connect BambooHR').waitFor();
    const old = { authorization: 'Bearer old' };
    await page.route('**/graphql', (route) => route.continue({ headers: { ...route.request().headers(), ...old } }), {
      times: 1,
    });
    const renewed = page.waitForRequest('**/demo/token?*');
    await example.control('POST', '/faults', { status: 400, match: { path: '/connect_sessions' } });
    await button(page, 'Connect BambooHR').click();
    await renewed;
    await waitForText(page, /StackOne/);
  });

  test('generates its types and builds for production', () => {
    expect(example.build()).toMatchObject({ status: 0, stdout: expect.stringContaining('built in') });
  }, 120_000);
});
