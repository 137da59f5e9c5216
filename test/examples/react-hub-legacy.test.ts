import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { FrameLocator, Page } from 'playwright-core';
import { describeInBrowser, focusWindow } from '../support/browser.js';
import { acme, type Example, startExample } from '../support/example.js';
import { button } from '../support/hub-page.js';

describeInBrowser('the example with the older Hub', ({ open, expectConsoleErrors }) => {
  let example: Example;
  beforeAll(async () => {
    example = await startExample('react-hub-legacy');
  }, 300_000);
  beforeEach(() => example.control('POST', '/reset'));
  afterAll(() => example?.stop());

  const addAccount = (provider: string) =>
    example.control('POST', '/accounts', { ...acme, provider, status: 'expired' });
  const closeOverlay = (page: Page) => button(page, 'Close').click();
  const works = (page: Page, name: string) => page.getByRole('listitem', { name }).getByText('Connected').waitFor();

  async function visit(): Promise<Page> {
    const page = await open([example.url, example.emulatorUrl], '/');
    await button(page, 'Connect an account').waitFor();
    return page;
  }
  const hubOf = (page: Page) => page.frameLocator('dialog[open] iframe');
  const bambooHr = (hub: FrameLocator) => hub.getByRole('button', { name: /BambooHR/ });
  async function openHub(page: Page): Promise<FrameLocator> {
    await button(page, 'Connect an account').click();
    const hub = hubOf(page);
    await bambooHr(hub).click();
    await hub.locator('input[name=subdomain]').waitFor();
    return hub;
  }

  test('links an account and shows it after the server confirmed it, also after the Hub was closed once', async () => {
    const page = await visit();
    await openHub(page);
    await closeOverlay(page);
    expect(await example.accounts()).toEqual([]);
    const hub = await openHub(page);
    await hub.locator('input[name=subdomain]').fill('acme');
    await hub.locator('input[name=api_key]').fill('key-123456');
    await hub.getByRole('button', { name: 'Connect', exact: true }).click();
    await hub.getByText('Connection Successful').waitFor();
    await page.getByText('The account is connected.').waitFor();
    await closeOverlay(page);
    await works(page, 'bamboohr');
    expect(await example.accounts()).toMatchObject([{ ...acme, provider: 'bamboohr', status: 'active' }]);
  });

  test('finds an account that is approved after the Hub was closed', async () => {
    await addAccount('hubspot');
    const page = await visit();
    await button(page, 'Reconnect').click();
    const connect = hubOf(page).getByRole('button', { name: 'Connect', exact: true });
    const [popup] = await Promise.all([page.waitForEvent('popup'), connect.click()]);
    await popup.getByRole('button', { name: 'Approve' }).waitFor();
    await closeOverlay(page);
    await popup.getByRole('button', { name: 'Approve' }).click();
    await popup.getByRole('status').waitFor();
    await focusWindow(page);
    await works(page, 'hubspot');
  });

  test('does not show an account as linked when only the Hub reports it', async () => {
    expectConsoleErrors(/hub\/accounts/);
    await addAccount('personio');
    const page = await visit();
    await button(page, 'Reconnect').click();
    const hub = hubOf(page);
    await hub.locator('input[name=client_id]').fill('papi-2');
    const fault = { status: 401, match: { method: 'PATCH', path: '/hub/accounts' } };
    await example.control('POST', '/faults', fault);
    await hub.getByRole('button', { name: 'Connect', exact: true }).click();
    await hub.getByText('Connection Successful').waitFor();
    await closeOverlay(page);
    await page.getByRole('alert').getByText('The account is not connected').waitFor();
  });

  test('shows that the session expired, and that StackOne’s library could not be loaded', async () => {
    expectConsoleErrors(/ERR_FAILED|The Hub could not be loaded/);
    const page = await visit();
    await page.route('**/stackone/connect.js', (route) => route.abort(), { times: 1 });
    await button(page, 'Connect an account').click();
    await page.getByRole('alert').getByText('The connection window could not be loaded').waitFor();
    await button(page, 'Try again').click();
    // The Hub reports a request that its end cuts off as an error.
    await bambooHr(hubOf(page)).waitFor();
    await page.clock.fastForward(31 * 60_000);
    await closeOverlay(page);
    await page.getByRole('alert').getByText('The session has expired').waitFor();
  });

  test('compiles with the types of React 18 and builds for production', () => {
    expect(example.build()).toMatchObject({ status: 0, stdout: expect.stringContaining('built in') });
  }, 120_000);
});
