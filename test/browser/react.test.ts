import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import type { Demo } from '../../demo/start-demo.js';
import {
  accessibilityCases,
  describeInBrowser,
  focusedName,
  focusWindow,
  overflowPixels,
  seriousAccessibilityProblems,
} from '../support/browser.js';
import { startTestDemo, tenantOwner } from '../support/demo.js';
import { type Frontend, startFrontend } from '../support/frontend.js';
import {
  button,
  fillBambooHr,
  openConsent,
  passMinutes,
  waitForGraphqlResponse,
  waitForRenewal,
  waitForText,
} from '../support/hub-page.js';
import { sessionRequests } from '../support/test-env.js';

// The real server, the real Hub, and a page with every React component.
describeInBrowser('the React components', ({ open, expectConsoleErrors }) => {
  let demo: Demo;
  let site: Frontend;

  beforeEach(async () => {
    demo = await startTestDemo();
    site = await startFrontend('react-page.tsx', demo.url);
  });
  afterEach(async () => {
    await site.stop();
    await demo.stop();
  });

  async function visit(parameters: Record<string, string> = {}, width = 1280): Promise<Page> {
    const query = new URLSearchParams({ hub: demo.emulator.url, ...parameters });
    const viewport = { width, height: 800 };
    const page = await open([site.url, demo.emulator.url], `/?${query}`, { viewport });
    await page.getByRole('heading', { name: 'Integrations' }).waitFor();
    return page;
  }

  const dialog = (page: Page, name: string) => page.getByRole('dialog', { name, exact: true });
  const createdSessions = () => sessionRequests(demo.emulator).length;

  test('the open dialog of ConnectButton follows a changed language of the page', async () => {
    const page = await visit();
    await button(page, 'Connect BambooHR').click();
    const status = dialog(page, 'Connect BambooHR').getByRole('status');
    await status.getByText('Your sign-in details go directly to StackOne.').waitFor();
    await page.evaluate(`document.documentElement.lang = 'de'`);
    await status.getByText('Ihre Zugangsdaten gehen direkt an StackOne.').waitFor();
  });

  test('ConnectButton links an account, and closes its dialog before it calls onLinked', async () => {
    const page = await visit();
    expect(createdSessions()).toBe(0);
    await button(page, 'Connect BambooHR').click();
    await dialog(page, 'Connect BambooHR').waitFor();
    await fillBambooHr(page);
    await button(page, 'Connect').click();
    await waitForText(page, 'Connection Successful');
    await dialog(page, 'Connect BambooHR').getByRole('status').getByText('Connected.').waitFor();
    expect(await page.getByText('BambooHR is linked').count()).toBe(0);
    await waitForText(page, 'BambooHR is linked: ACTIVE');
    expect(await page.getByRole('dialog').count()).toBe(1);
    expect(createdSessions()).toBe(1);
    expect(demo.emulator.accounts().at(-1)).toMatchObject({
      ...tenantOwner(),
      provider: 'bamboohr',
      status: 'active',
    });
  });

  test('keeps the focus in the dialog, and restores it on Escape and on Close', async () => {
    const page = await visit();
    for (const closeDialog of [() => page.keyboard.press('Escape'), () => button(page, 'Close').click()]) {
      await button(page, 'Connect BambooHR').click();
      await page.locator('input[name=subdomain]').waitFor();
      expect(await focusedName(page)).toBe('Connect BambooHR');
      for (let presses = 0; presses < 12; presses += 1) {
        await page.keyboard.press('Tab');
        expect(['Start', 'Unmount all']).not.toContain(await focusedName(page));
      }
      await closeDialog();
      await dialog(page, 'Connect BambooHR').waitFor({ state: 'detached' });
      expect(await focusedName(page)).toBe('Connect BambooHR');
    }
    expect(createdSessions()).toBe(2);
  });

  test('moves the focus to the title, also in a browser such as Firefox, where `showModal` prefers a button', async () => {
    const page = await visit();
    await page.evaluate(`{
      const { showModal } = HTMLDialogElement.prototype;
      HTMLDialogElement.prototype.showModal = function () {
        showModal.call(this);
        this.querySelector('button').focus();
      };
    }`);
    await button(page, 'Connect BambooHR').click();
    await page.locator('input[name=subdomain]').waitFor();
    expect(await focusedName(page)).toBe('Connect BambooHR');
  });

  test('calls the latest onLinked for an account that is approved after the dialog was closed', async () => {
    const page = await visit();
    for (const count of [1, 2]) {
      await button(page, 'Connect Slack').click();
      const popup = await openConsent(page);
      await button(page, 'Close').click();
      await popup.getByRole('button', { name: 'Approve' }).click();
      await popup.getByRole('status').waitFor();
      await focusWindow(page);
      await waitForText(page, `${count} times linked`);
      // The Hub reuses an open popup.
      await popup.close();
    }
  });

  test('asks whether to update a linked account or to connect another one, and creates no session before', async () => {
    const [first, second] = [
      demo.emulator.addAccount({ provider: 'bamboohr', ...tenantOwner(), label: 'Berlin office' }),
      demo.emulator.addAccount({ provider: 'bamboohr', ...tenantOwner() }),
    ];
    const page = await visit();
    await button(page, 'Connect BambooHR').click();
    await waitForText(page, 'There is a connection already');
    await waitForText(page, 'Berlin office');
    await waitForText(page, `(…${second.id.slice(-4)})`);
    expect(createdSessions()).toBe(0);
    await button(page, 'Update this connection: Berlin office').click();
    await page.locator('input[name=subdomain]').waitFor();
    expect(sessionRequests(demo.emulator)).toMatchObject([{ body: { account_id: first.id } }]);
    await button(page, 'Close').click();
    await button(page, 'Connect BambooHR').click();
    await page.getByLabel('Name of another account').fill(' Hamburg ');
    await page.keyboard.press('Enter');
    await fillBambooHr(page);
    await button(page, 'Connect').click();
    await waitForText(page, 'BambooHR is linked: ACTIVE');
    const accounts = demo.emulator.accounts().filter(({ provider }) => provider === 'bamboohr');
    expect(accounts.map(({ label }) => label)).toEqual(['Berlin office', null, 'Hamburg']);
  });

  test('the first account of a provider can get a name', async () => {
    const page = await visit();
    await button(page, 'Connect BambooHR').click();
    await page.locator('input[name=subdomain]').waitFor();
    await button(page, 'Name this account').click();
    await page.getByLabel('Name of this account').fill('Berlin office');
    await button(page, 'Continue').click();
    await fillBambooHr(page);
    await button(page, 'Connect').click();
    await waitForText(page, 'BambooHR is linked: ACTIVE');
    expect(demo.emulator.accounts().at(-1)).toMatchObject({ provider: 'bamboohr', label: 'Berlin office' });
  });

  test('a list of the Hub can be used in the dialog, and is removed with it', async () => {
    const page = await visit();
    await button(page, 'Connect Lever').click();
    const field = page.locator('[data-malachite-dropdown-trigger]');
    const list = page.locator('[data-malachite-overlay]');
    await field.click();
    await list.getByText('Sandbox').click();
    await field.getByText('Sandbox').waitFor();
    await field.click();
    await list.waitFor();
    // A press of the mouse or of Escape would close the list first.
    await dialog(page, 'Connect Lever').getByRole('button', { name: 'Close' }).dispatchEvent('click');
    await dialog(page, 'Connect Lever').waitFor({ state: 'detached' });
    await list.waitFor({ state: 'detached' });
  });

  test('a Hub that cannot be rendered is a failure of the connection, and the page stays', async () => {
    expectConsoleErrors(/The Hub is broken|HubBoundary/);
    const page = await visit();
    await button(page, 'Connect with a broken Hub').click();
    await waitForText(page, 'The connection window could not be loaded');
    await button(page, 'Close').click();
    await page.getByRole('heading', { name: 'Integrations' }).waitFor();
  });

  test('shows why the session could not be created, and tries again', async () => {
    const page = await visit();
    await button(page, 'Connect an unknown provider').click();
    await page.getByRole('alert').getByRole('heading', { name: 'The connection could not be started' }).waitFor();
    await button(page, 'Try again').click();
    await waitForText(page, 'The connection could not be started');
    expect(await focusedName(page)).toBe('Connect an unknown provider');
    expect(createdSessions()).toBe(0);
  });

  test('shows how long to wait after a rate limit, and that the server is unreachable', async () => {
    expectConsoleErrors(/ERR_FAILED/);
    const page = await visit();
    const pause = { status: 429, headers: { 'retry-after': '7' } };
    demo.emulator.failNext({ ...pause, match: { path: '/connect_sessions' } }, 6);
    await button(page, 'Connect BambooHR').click();
    await waitForText(page, /Try again in \d seconds?\./);
    await page.route('**/graphql', (route) => route.abort());
    await button(page, 'Try again').click();
    await waitForText(page, 'The server cannot be reached');
  });

  test('shows that the Hub failed to load, and loads it again', async () => {
    expectConsoleErrors(/The Hub could not be loaded/);
    const page = await visit();
    await button(page, 'Connect later').click();
    await waitForText(page, 'The connection window could not be loaded');
    await button(page, 'Try again').click();
    await page.locator('input[name=subdomain]').waitFor();
  });

  test('does not show an account as connected when the Hub reports success and the server does not confirm it', async () => {
    expectConsoleErrors(/hub\/accounts/);
    const account = demo.emulator.addAccount({ provider: 'bamboohr', ...tenantOwner(), status: 'error' });
    const page = await visit({ account: account.id });
    await button(page, 'Reconnect').click();
    await dialog(page, 'Reconnect your account').waitFor();
    await page.locator('input[name=subdomain]').fill('acme-uk');
    demo.emulator.failNext({ status: 403, match: { method: 'PATCH', path: '/hub/accounts' } });
    await button(page, 'Connect').click();
    await waitForText(page, 'The account is not connected');
    expect(await page.getByText('Connection Successful').count()).toBe(0);
  });

  test('offers to check again when the confirmation fails', async () => {
    const page = await visit();
    await button(page, 'Connect BambooHR').click();
    await page.locator('input[name=subdomain]').waitFor();
    // The client reads the accounts at the first input.
    const listed = waitForGraphqlResponse(page);
    await fillBambooHr(page);
    await listed;
    // The server reads an account after each webhook, and would use up the failure.
    demo.emulator.settings.webhookFault = 'drop';
    demo.emulator.failNext({ status: 400, match: { method: 'GET', path: '/accounts' } });
    await button(page, 'Connect').click();
    await waitForText(page, 'The connection could not be confirmed');
    await button(page, 'Check again').click();
    await waitForText(page, 'BambooHR is linked: ACTIVE');
  });

  test('renews the session of an untouched Hub with a new Hub element', async () => {
    const page = await visit();
    await button(page, 'Connect BambooHR').click();
    await page.locator('input[name=subdomain]').waitFor();
    await waitForRenewal(page, demo);
    expect(createdSessions()).toBe(2);
    await passMinutes(page, demo, 2);
    await fillBambooHr(page);
    await button(page, 'Connect').click();
    await waitForText(page, 'BambooHR is linked: ACTIVE');
  });

  test('keeps the user’s input instead of renewing the session, and shows a message when the session expires', async () => {
    const page = await visit();
    await button(page, 'Connect BambooHR').click();
    await page.locator('input[name=subdomain]').fill('acme');
    await passMinutes(page, demo, 29.6);
    expect(await page.locator('input[name=subdomain]').inputValue()).toBe('acme');
    await passMinutes(page, demo, 1);
    await waitForText(page, 'The session has expired');
    expect(await page.getByText('No configured integrations').count()).toBe(0);
    await button(page, 'Try again').click();
    await page.locator('input[name=subdomain]').waitFor();
    expect(createdSessions()).toBe(2);
  });

  test('uses custom labels and class names', async () => {
    const page = await visit();
    await button(page, 'Verbinden').click();
    await page.getByRole('heading', { name: 'Nein: refused' }).waitFor();
    expect(await button(page, 'Noch einmal').getAttribute('class')).toContain('mine-too');
    expect(await dialog(page, 'Verbinden').getAttribute('class')).toContain('mine');
    await button(page, 'Schließen').click();
  });

  test('useConnect supports a custom dialog with the web component as the Hub', async () => {
    const page = await visit();
    await button(page, 'Start').click();
    await page.locator('input[name=client_id]').fill('papi-1');
    await page.locator('input[name=client_secret]').fill('papi-secret');
    await button(page, 'Connect').click();
    // The function of the latest render is called.
    await waitForText(page, 'personio is linked at start 1');
    await page.getByRole('status').getByText('linked', { exact: true }).waitFor();
    // The Hub's close button, whose event must not close the page's dialog.
    await page.locator('stackone-hub').getByRole('button').last().click();
    await page.getByRole('status').getByText('closed', { exact: true }).waitFor();
    expect(await page.getByText('Closed 0 times').count()).toBe(1);
  });

  test('unmounting stops the flow: no requests and no dialog', async () => {
    const page = await visit();
    await button(page, 'Start').click();
    await page.locator('input[name=client_id]').waitFor();
    await button(page, 'Unmount all').click();
    await passMinutes(page, demo, 29.6);
    await passMinutes(page, demo, 2);
    expect(createdSessions()).toBe(1);
    expect(await page.getByRole('dialog').count()).toBe(0);
  });

  test.each(accessibilityCases)('has no serious accessibility problem, %s at %i pixels', async (theme, width) => {
    const page = await visit({ theme }, width);
    await button(page, 'Connect BambooHR').click();
    await page.locator('input[name=subdomain]').waitFor();
    expect(await seriousAccessibilityProblems(page)).toEqual([]);
    await button(page, 'Close').click();
    await button(page, 'Connect an unknown provider').click();
    await page.getByRole('alert').waitFor();
    expect(await seriousAccessibilityProblems(page)).toEqual([]);
    expect(await overflowPixels(page)).toBe(0);
  });
});
