import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { BrowserContextOptions, Page, Route } from 'playwright-core';
import type { Demo } from '../../demo/start-demo.js';
import { tenants } from '../../demo/tenants.js';
import {
  accessibilityCases,
  describeInBrowser,
  focusedName,
  focusWindow,
  overflowPixels,
  seriousAccessibilityProblems,
} from '../support/browser.js';
import { startTestDemo, tenantOwner } from '../support/demo.js';
import {
  button,
  fillBambooHr,
  openConsent,
  passMinutes,
  waitForFirstReads,
  waitForGraphqlResponse,
  waitForRenewal,
  waitForText,
} from '../support/hub-page.js';
import { sessionRequests } from '../support/test-env.js';

// The demo page, the real Hub and the real server, with the emulator in place of StackOne.
describeInBrowser('the demo page', ({ open, expectConsoleErrors }) => {
  let demo: Demo;

  beforeEach(async () => {
    demo = await startTestDemo();
  });
  afterEach(() => demo.stop());

  const visit = (path = '/', options?: BrowserContextOptions) => open([demo.url, demo.emulator.url], path, options);

  async function openPage(path?: string, options?: BrowserContextOptions): Promise<Page> {
    const page = await visit(path, options);
    await page.getByRole('heading', { name: 'All integrations' }).waitFor();
    await waitForFirstReads(demo);
    return page;
  }

  const row = (page: Page, name: string) => page.getByRole('listitem', { name, exact: true });
  const dialog = (page: Page) => page.locator('dialog.stackone-connect');
  const connectInHub = (page: Page) => button(page, 'Connect').click();
  const rowNames = (page: Page) =>
    page
      .locator('.stackone-connect-account')
      .evaluateAll((rows) => rows.map((element) => element.getAttribute('aria-label')));
  const createdSessions = () => sessionRequests(demo.emulator).length;
  const accountsOf = (provider: string) => demo.emulator.accounts().filter((account) => account.provider === provider);

  async function returnToPage(page: Page): Promise<void> {
    await focusWindow(page);
    await page.clock.fastForward(5_000);
  }

  async function decide(page: Page, popup: Page, decision: 'Approve' | 'Deny'): Promise<void> {
    await popup.getByRole('button', { name: decision }).click();
    await popup.getByRole('status').waitFor();
    // The Hub polls the attempt every two seconds.
    await page.clock.fastForward(2_000);
  }

  test('links an account and shows it in a row that the server has confirmed', async () => {
    const page = await openPage();
    const requests: string[] = [];
    page.on('request', (request) => requests.push(request.url()));
    await page.reload();
    await row(page, 'HubSpot').waitFor();
    // Neither a session nor the Hub script, which is large, is needed before the first connection.
    expect(requests).not.toContain(`${demo.url}/demo/hub.js`);
    expect(createdSessions()).toBe(0);
    await button(page, 'Connect BambooHR').click();
    await fillBambooHr(page);
    expect(requests).toContain(`${demo.url}/demo/hub.js`);
    await connectInHub(page);
    await waitForText(page, 'Connection Successful');
    await waitForText(page, 'BambooHR is connected.');
    await row(page, 'BambooHR').getByText('Connected · verified').waitFor();
    expect(await dialog(page).count()).toBe(0);
    expect(accountsOf('bamboohr')).toMatchObject([{ ...tenantOwner(), status: 'active' }]);
  });

  test('links an OAuth provider after approval', async () => {
    const page = await openPage();
    await button(page, 'Connect Slack').click();
    const popup = await openConsent(page);
    await decide(page, popup, 'Approve');
    await waitForText(page, 'Slack is connected.');
    expect(accountsOf('slack')).toMatchObject([{ ...tenantOwner(), status: 'active' }]);
  });

  test('re-links an account with an expired sign-in, and returns the focus to its row', async () => {
    const [before] = accountsOf('hubspot');
    const page = await openPage();
    await row(page, 'HubSpot').getByText('HubSpot no longer accepts the stored credentials.').waitFor();
    await button(page, 'Reconnect HubSpot').click();
    const popup = await openConsent(page);
    await decide(page, popup, 'Approve');
    await row(page, 'HubSpot').getByText('Connected · verified').waitFor();
    await dialog(page).waitFor({ state: 'detached' });
    expect(accountsOf('hubspot')).toMatchObject([{ id: before?.id, status: 'active' }]);
    expect(await focusedName(page)).toBe('HubSpot');
  });

  test('leaves an account unchanged and shows a message when consent is denied', async () => {
    const page = await openPage();
    await button(page, 'Reconnect HubSpot').click();
    const popup = await openConsent(page);
    await decide(page, popup, 'Deny');
    await waitForText(page, 'Access to HubSpot was denied for Acme Corporation.');
    await button(page, 'Close').click();
    await row(page, 'HubSpot').getByText('Sign-in expired').waitFor();
    expect(accountsOf('hubspot')).toMatchObject([{ status: 'expired' }]);
  });

  test('shows an account that is approved after the dialog was closed', async () => {
    const page = await openPage();
    await button(page, 'Connect Slack').click();
    const popup = await openConsent(page);
    await button(page, 'Close').click();
    await popup.getByRole('button', { name: 'Approve' }).click();
    await popup.getByRole('status').waitFor();
    await returnToPage(page);
    await waitForText(page, 'Slack is connected.');
    await row(page, 'Slack').getByText('Connected · verified').waitFor();
  });

  test('shows why a provider rejected the credentials, and links no account', async () => {
    expectConsoleErrors(/hub\/accounts/);
    const page = await openPage();
    await button(page, 'Connect Personio').click();
    await page.locator('input[name=client_id]').fill('papi-1');
    await page.locator('input[name=client_secret]').fill('wrong');
    await connectInHub(page);
    await waitForText(page, /Personio rejected these credentials: Client secret is not valid/);
    expect(accountsOf('personio')).toEqual([]);
    await page.keyboard.press('Escape');
    await dialog(page).waitFor({ state: 'detached' });
    expect(await row(page, 'Personio').count()).toBe(0);
  });

  test('does not show an account as connected when the Hub reports success and the server does not confirm it', async () => {
    expectConsoleErrors(/hub\/accounts/);
    const account = { provider: 'bamboohr', ...tenantOwner(), status: 'error' };
    demo.emulator.addAccount(account);
    const page = await openPage();
    await button(page, 'Reconnect BambooHR').click();
    await page.locator('input[name=subdomain]').fill('acme-uk');
    // With a 401 here the Hub shows "Connection Successful".
    demo.emulator.failNext({ status: 401, match: { method: 'PATCH', path: '/hub/accounts' } });
    await connectInHub(page);
    await waitForText(page, 'The account is not connected');
    expect(await page.getByText('Connection Successful').count()).toBe(0);
    await button(page, 'Close').click();
    await row(page, 'BambooHR').getByText('Not working').waitFor();
    expect(await page.getByText(/· verified|is connected\./).count()).toBe(0);
  });

  test('offers to check again when the confirmation fails', async () => {
    const page = await openPage();
    await button(page, 'Connect BambooHR').click();
    await fillBambooHr(page);
    failAccountList();
    await connectInHub(page);
    await waitForText(page, 'The connection could not be confirmed');
    await pressUntilGone(page, 'Check again');
    await row(page, 'BambooHR').getByText('Connected · verified').waitFor();
  });

  /** Enough for several reads: the page reads the accounts at the start, after a failure and when its stream opens. */
  const failAccountList = () => {
    // The server reads an account after each webhook, and would use up a failure.
    demo.emulator.settings.webhookFault = 'drop';
    demo.emulator.failNext({ status: 503, match: { method: 'GET', path: '/accounts' } }, 8);
  };

  /** Presses a button until it disappears: a press may fail because of the injected failures. */
  async function pressUntilGone(page: Page, name: string): Promise<void> {
    for (let presses = 0; presses < 12 && (await button(page, name).isVisible()); presses += 1) {
      const response = waitForGraphqlResponse(page);
      await button(page, name).click();
      await response;
      await page.waitForTimeout(50);
    }
    expect(await button(page, name).isVisible()).toBe(false);
  }

  test('shows why the server rejected the session, and refreshes the accounts', async () => {
    const [account] = accountsOf('hubspot');
    const page = await openPage();
    demo.emulator.updateAccount(account?.id ?? '', { origin_owner_id: 'another-owner' });
    await button(page, 'Reconnect HubSpot').click();
    await dialog(page).getByRole('alert').getByText('The connection could not be started').waitFor();
    expect(createdSessions()).toBe(0);
    await button(page, 'Close').click();
    await row(page, 'HubSpot').waitFor({ state: 'detached' });
  });

  test('shows how long to wait when StackOne’s rate limit is reached', async () => {
    const page = await openPage();
    const pause = { status: 429, headers: { 'retry-after': '7' } };
    demo.emulator.failNext({ ...pause, match: { path: '/connect_sessions' } }, 6);
    await button(page, 'Connect BambooHR').click();
    await dialog(page).getByRole('alert').getByText('StackOne is busy').waitFor();
    await waitForText(page, /Try again in \d seconds?\./);
  });

  test('shows each customer its own accounts, and keeps the selected customer after a reload', async () => {
    const page = await openPage();
    const links = await page.getByRole('navigation', { name: 'Customer' }).getByRole('link').all();
    const addresses = await Promise.all(links.map((link) => link.getAttribute('href')));
    const customers = addresses.filter((address) => !address?.includes('person='));
    expect(customers).toEqual(Object.keys(tenants).map((key) => `?tenant=${key}`));
    expect(await rowNames(page)).toEqual(['HubSpot', 'Greenhouse “Recruiting”']);
    await page.getByRole('link', { name: 'Globex' }).click();
    await row(page, 'Workday “Head office”').waitFor();
    await page.reload();
    await page.getByText('hank@globex.example').first().waitFor();
    expect(await rowNames(page)).toEqual(['Workday “Head office”']);
  });

  test('links an account for the selected customer only', async () => {
    const page = await openPage('/?tenant=globex');
    await button(page, 'Connect BambooHR').click();
    await fillBambooHr(page);
    await connectInHub(page);
    await row(page, 'BambooHR').waitFor();
    expect(accountsOf('bamboohr')).toMatchObject([tenantOwner(tenants.globex)]);
    const acme = await openPage('/?tenant=acme');
    expect(await rowNames(acme)).toEqual(['HubSpot', 'Greenhouse “Recruiting”']);
  });

  test('renews a session before it expires while the Hub is untouched', async () => {
    const page = await openPage();
    await button(page, 'Connect BambooHR').click();
    await page.locator('input[name=subdomain]').waitFor();
    await waitForRenewal(page, demo);
    expect(createdSessions()).toBe(2);
    await passMinutes(page, demo, 2);
    await fillBambooHr(page);
    await connectInHub(page);
    await row(page, 'BambooHR').waitFor();
  });

  test('keeps the user’s input instead of renewing the session, and shows a message when the session expires', async () => {
    const page = await openPage();
    await button(page, 'Connect BambooHR').click();
    await page.locator('input[name=subdomain]').fill('acme');
    await passMinutes(page, demo, 29.6);
    expect(await page.locator('input[name=subdomain]').inputValue()).toBe('acme');
    expect(createdSessions()).toBe(1);
    await passMinutes(page, demo, 1);
    await waitForText(page, 'The session has expired');
    expect(await page.getByText('No configured integrations').count()).toBe(0);
    await button(page, 'Try again').click();
    await fillBambooHr(page);
    await connectInHub(page);
    await row(page, 'BambooHR').waitFor();
  });

  test('continues with a new access token when the old one has expired', async () => {
    expectConsoleErrors(/401/);
    const page = await openPage();
    const expireToken = (route: Route) =>
      route.continue({ headers: { ...route.request().headers(), authorization: 'Bearer expired' } });
    await page.route('**/graphql', expireToken, { times: 1 });
    await button(page, 'Connect BambooHR').click();
    await page.locator('input[name=subdomain]').waitFor();
  });

  test('disconnects an account only after confirmation', async () => {
    const page = await openPage();
    await button(page, 'Disconnect: Greenhouse “Recruiting”').click();
    await button(page, 'Cancel').click();
    expect(accountsOf('greenhouse')).toHaveLength(1);
    await button(page, 'Disconnect: Greenhouse “Recruiting”').click();
    await button(page, 'Disconnect').click();
    await waitForText(page, 'Greenhouse “Recruiting” is disconnected.');
    expect(accountsOf('greenhouse')).toEqual([]);
    expect(await rowNames(page)).toEqual(['HubSpot']);
    expect(await focusedName(page)).toBe('Your connections');
  });

  test('shows why an account was not disconnected, and keeps it', async () => {
    const page = await openPage();
    await button(page, 'Disconnect: HubSpot').click();
    demo.emulator.failNext({ status: 503 }, 9);
    await button(page, 'Disconnect').click();
    await page.getByRole('alertdialog').getByText('StackOne cannot be reached.').waitFor();
    expect(accountsOf('hubspot')).toHaveLength(1);
  });

  test('connects a second account of a provider with a name', async () => {
    const page = await openPage();
    await button(page, 'Add another: Greenhouse').click();
    await page.getByLabel('Name of another account').fill('Berlin');
    await page.keyboard.press('Enter');
    await page.locator('input[name=api_key]').fill('key-123456');
    await connectInHub(page);
    await row(page, 'Greenhouse “Berlin”').waitFor();
    expect(accountsOf('greenhouse').map(({ label }) => label)).toEqual(['Recruiting', 'Berlin']);
  });

  test('opens the Hub with the providers of the selected category, or with all providers', async () => {
    const page = await openPage();
    await page.getByRole('radio', { name: 'HR' }).check({ force: true });
    await button(page, 'Browse: HR').click();
    const choices = dialog(page).locator('stackone-hub');
    await choices.getByText('Personio').waitFor();
    expect(await choices.getByText('Slack').count()).toBe(0);
    await button(page, 'Close').click();
    await page.getByRole('radio', { name: 'All' }).check({ force: true });
    await button(page, 'Browse: All integrations').click();
    await choices.getByRole('button', { name: /Greenhouse/ }).waitFor();
    await choices.getByRole('button', { name: /Slack/ }).waitFor();
  });

  test('finds a provider by name, and offers to show all when nothing matches', async () => {
    const page = await openPage();
    const names = () => page.locator('.stackone-connect-card:not(.stackone-connect-extra) h3').allTextContents();
    await page.getByRole('searchbox').fill('hub');
    expect(await names()).toEqual(['HubSpot']);
    await page.getByRole('searchbox').fill('nothing like it');
    await waitForText(page, 'No matching integrations');
    await button(page, 'Show all integrations').click();
    expect(await names()).toContain('Workday');
  });

  test('shows that StackOne is unreachable, and loads after Try again', async () => {
    failAccountList();
    const page = await visit();
    await page.getByRole('alert').getByText('StackOne cannot be reached').waitFor();
    await pressUntilGone(page, 'Try again');
    await row(page, 'HubSpot').waitFor();
  });

  test('keeps the accounts when a refresh fails, and shows that they may be outdated', async () => {
    const page = await openPage();
    failAccountList();
    await returnToPage(page);
    await waitForText(page, /This list may be out of date/);
    expect(await rowNames(page)).toHaveLength(2);
    await pressUntilGone(page, 'Try again');
    expect(await page.getByText('may be out of date').count()).toBe(0);
  });

  test('shows that the server is unreachable', async () => {
    expectConsoleErrors(/ERR_CONNECTION_REFUSED|ERR_FAILED/);
    const page = await openPage();
    await page.route('**/graphql', (route) => route.abort());
    await button(page, 'Connect BambooHR').click();
    await dialog(page).getByText('The server cannot be reached').waitFor();
  });

  test('refreshes the accounts when the window gets the focus', async () => {
    const page = await openPage();
    demo.emulator.addAccount({ provider: 'jira', ...tenantOwner(), label: 'From elsewhere' });
    await returnToPage(page);
    await row(page, 'Jira “From elsewhere”').waitFor();
  });

  test('shows an empty state for a customer without accounts', async () => {
    demo.emulator.reset();
    const page = await openPage();
    await waitForText(page, 'No connections yet');
  });

  async function tabTo(page: Page, name: string): Promise<void> {
    for (let presses = 0; presses < 40; presses += 1) {
      if ((await focusedName(page)) === name) {
        return;
      }
      await page.keyboard.press('Tab');
    }
    throw new Error(`${name} cannot be reached with Tab`);
  }

  test('works with the keyboard only, and restores the focus', async () => {
    const page = await openPage();
    await tabTo(page, 'Connect BambooHR');
    await page.keyboard.press('Enter');
    await page.locator('input[name=subdomain]').waitFor();
    await page.keyboard.press('Escape');
    await dialog(page).waitFor({ state: 'detached' });
    expect(await focusedName(page)).toBe('Connect BambooHR');
    await page.keyboard.press('Enter');
    await page.locator('input[name=subdomain]').waitFor();
    await tabTo(page, 'subdomain');
    await page.keyboard.type('acme');
    await tabTo(page, 'api_key');
    await page.keyboard.type('key-123456');
    await tabTo(page, 'Connect');
    await page.keyboard.press('Enter');
    await row(page, 'BambooHR').waitFor();
    await dialog(page).waitFor({ state: 'detached' });
    expect(await focusedName(page)).toBe('Add another: BambooHR');
  });

  test.each(accessibilityCases)('has no serious accessibility problem, %s at %i pixels', async (colorScheme, width) => {
    const page = await openPage('/', {
      colorScheme,
      viewport: { width, height: 844 },
      reducedMotion: 'reduce',
    });
    expect(await seriousAccessibilityProblems(page)).toEqual([]);
    expect(await overflowPixels(page)).toBe(0);
    await button(page, 'Connect BambooHR').click();
    await page.locator('input[name=subdomain]').waitFor();
    expect(await seriousAccessibilityProblems(page)).toEqual([]);
    await button(page, 'Close').click();
    await button(page, 'Disconnect: HubSpot').click();
    expect(await seriousAccessibilityProblems(page)).toEqual([]);
    demo.emulator.failNext({ status: 503 }, 9);
    await page.reload();
    await page.getByRole('alert').waitFor();
    expect(await seriousAccessibilityProblems(page)).toEqual([]);
    expect(await overflowPixels(page)).toBe(0);
  });
});
