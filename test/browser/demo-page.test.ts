import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { BrowserContextOptions, Page, Route } from 'playwright-core';
import type { Demo } from '../../demo/start-demo.js';
import { tenants } from '../../demo/tenants.js';
import {
  describeInBrowser,
  focusedName,
  focusWindow,
  overflowPixels,
  seriousAccessibilityProblems,
} from '../support/browser.js';
import { startTestDemo } from '../support/demo.js';

const ownerOf = ({ ownerId, ownerName }: (typeof tenants)[keyof typeof tenants]) => ({
  origin_owner_id: ownerId,
  origin_owner_name: ownerName,
});

// The product's page, the real Hub and the real server; of StackOne only the emulator.
describeInBrowser('the demo page', ({ open, expectConsoleErrors }) => {
  let demo: Demo;

  beforeEach(async () => {
    demo = await startTestDemo();
  });
  afterEach(() => demo.stop());

  const visit = (path = '/', options?: BrowserContextOptions) =>
    open([demo.url, demo.emulator.url], path, options);

  async function openPage(path?: string, options?: BrowserContextOptions): Promise<Page> {
    const page = await visit(path, options);
    await page.getByRole('heading', { name: 'All integrations' }).waitFor();
    return page;
  }

  const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
  const row = (page: Page, name: string) => page.getByRole('listitem', { name, exact: true });
  const dialog = (page: Page) => page.locator('#connect-dialog');
  const connectInHub = (page: Page) => button(page, 'Connect').click();
  const shows = (page: Page, text: string | RegExp) => page.getByText(text).first().waitFor();
  const rowNames = (page: Page) =>
    page.locator('.account').evaluateAll((rows) => rows.map((element) => element.getAttribute('aria-label')));
  const countCalls = (method: string, path: string) =>
    demo.emulator.history.filter((call) => call.method === method && call.path === path).length;
  const accountsOf = (provider: string) =>
    demo.emulator.accounts().filter((account) => account.provider === provider);

  async function fillBambooHr(page: Page): Promise<void> {
    await page.locator('input[name=subdomain]').fill('acme');
    await page.locator('input[name=api_key]').fill('key-123456');
  }

  async function comeBack(page: Page): Promise<void> {
    await focusWindow(page);
    await page.clock.fastForward(5_000);
  }

  async function openConsent(page: Page): Promise<Page> {
    await button(page, 'Connect').waitFor();
    const [popup] = await Promise.all([page.waitForEvent('popup'), connectInHub(page)]);
    await popup.getByRole('button', { name: 'Approve' }).waitFor();
    return popup;
  }

  async function decide(page: Page, popup: Page, decision: 'Approve' | 'Deny'): Promise<void> {
    await popup.getByRole('button', { name: decision }).click();
    await popup.getByRole('status').waitFor();
    // The Hub asks every two seconds whether it is decided.
    await page.clock.fastForward(2_000);
  }

  test('links an account, from the click to the row that the server has confirmed', async () => {
    const page = await openPage();
    const requests: string[] = [];
    page.on('request', (request) => requests.push(request.url()));
    await page.reload();
    await row(page, 'HubSpot').waitFor();
    // Nothing of what only a connection needs: neither a session nor the Hub, which is large.
    expect(requests).not.toContain(`${demo.url}/demo/hub.js`);
    expect(countCalls('POST', '/connect_sessions')).toBe(0);
    await button(page, 'Connect BambooHR').click();
    await fillBambooHr(page);
    expect(requests).toContain(`${demo.url}/demo/hub.js`);
    await connectInHub(page);
    await shows(page, 'Connection Successful');
    await shows(page, 'BambooHR is connected, confirmed by the server.');
    await row(page, 'BambooHR').getByText('Connected · confirmed by the server').waitFor();
    expect(await dialog(page).isVisible()).toBe(false);
    expect(accountsOf('bamboohr')).toMatchObject([{ ...ownerOf(tenants.acme), status: 'active' }]);
  });

  test('links a provider that asks for consent, once it is approved', async () => {
    const page = await openPage();
    await button(page, 'Connect Slack').click();
    const popup = await openConsent(page);
    await decide(page, popup, 'Approve');
    await shows(page, 'Slack is connected, confirmed by the server.');
    expect(accountsOf('slack')).toMatchObject([{ ...ownerOf(tenants.acme), status: 'active' }]);
  });

  test('re-links the account whose sign-in has expired, and no longer asks for it', async () => {
    const [before] = accountsOf('hubspot');
    const page = await openPage();
    await row(page, 'HubSpot').getByText('HubSpot no longer accepts the stored sign-in.').waitFor();
    await button(page, 'Reconnect HubSpot').click();
    const popup = await openConsent(page);
    await decide(page, popup, 'Approve');
    await row(page, 'HubSpot').getByText('Connected · confirmed by the server').waitFor();
    await dialog(page).waitFor({ state: 'hidden' });
    expect(accountsOf('hubspot')).toMatchObject([{ id: before?.id, status: 'active' }]);
    expect(await button(page, 'Reconnect HubSpot').count()).toBe(0);
    // Its button is gone: the focus is on the row.
    expect(await focusedName(page)).toBe('HubSpot');
  });

  test('leaves an account as it was when consent is denied, and says so', async () => {
    const page = await openPage();
    await button(page, 'Reconnect HubSpot').click();
    const popup = await openConsent(page);
    await decide(page, popup, 'Deny');
    await shows(page, 'Access to HubSpot was not allowed for Acme Corporation.');
    await button(page, 'Close').click();
    await row(page, 'HubSpot').getByText('Sign-in has expired').waitFor();
    expect(accountsOf('hubspot')).toMatchObject([{ status: 'expired' }]);
  });

  test('hears of an account that is approved after the dialog was closed', async () => {
    const page = await openPage();
    await button(page, 'Connect Slack').click();
    const popup = await openConsent(page);
    await button(page, 'Close').click();
    await popup.getByRole('button', { name: 'Approve' }).click();
    await popup.getByRole('status').waitFor();
    await comeBack(page);
    await shows(page, 'Slack is connected, confirmed by the server.');
    await row(page, 'Slack').getByText('Connected · confirmed by the server').waitFor();
  });

  test('shows in words why a provider refused the credentials, and links nothing', async () => {
    expectConsoleErrors(/hub\/accounts/);
    const page = await openPage();
    await button(page, 'Connect Personio').click();
    await page.locator('input[name=client_id]').fill('papi-1');
    await page.locator('input[name=client_secret]').fill('wrong');
    await connectInHub(page);
    await shows(page, /Personio refused these credentials: Client secret is not valid/);
    expect(accountsOf('personio')).toEqual([]);
    await page.keyboard.press('Escape');
    await dialog(page).waitFor({ state: 'hidden' });
    expect(await row(page, 'Personio').count()).toBe(0);
  });

  test('does not call an account connected when the Hub does and the server does not', async () => {
    expectConsoleErrors(/hub\/accounts/);
    const account = { provider: 'bamboohr', ...ownerOf(tenants.acme), status: 'error' };
    demo.emulator.addAccount(account);
    const page = await openPage();
    await button(page, 'Reconnect BambooHR').click();
    await page.locator('input[name=subdomain]').fill('acme-uk');
    // With a 401 here the Hub shows "Connection Successful".
    demo.emulator.failNext({ status: 401, match: { method: 'PATCH', path: '/hub/accounts' } });
    await connectInHub(page);
    await shows(page, 'This is not connected yet');
    expect(await page.getByText('Connection Successful').count()).toBe(0);
    await button(page, 'Close').click();
    await row(page, 'BambooHR').getByText('Has stopped working').waitFor();
    expect(await page.getByText('confirmed by the server').count()).toBe(0);
  });

  test('offers to ask again when the server cannot confirm', async () => {
    const page = await openPage();
    await button(page, 'Connect BambooHR').click();
    await fillBambooHr(page);
    failAccounts();
    await connectInHub(page);
    await shows(page, 'This could not be confirmed');
    await untilGone(page, 'Check again');
    await row(page, 'BambooHR').getByText('Connected · confirmed by the server').waitFor();
  });

  /** As many failures as the server does not hide with a second try, and fewer than make it stop calling. */
  const failAccounts = () =>
    demo.emulator.failNext({ status: 503, match: { method: 'GET', path: '/accounts' } }, 2);

  /** Presses a button until it has gone: the server may try several times behind one press. */
  async function untilGone(page: Page, name: string): Promise<void> {
    for (let presses = 0; presses < 12 && (await button(page, name).isVisible()); presses += 1) {
      const response = page.waitForResponse((response) => response.url().endsWith('/graphql'));
      await button(page, name).click();
      await response;
      await page.waitForTimeout(50);
    }
    expect(await button(page, name).isVisible()).toBe(false);
  }

  test('shows in words why the server refused to begin, and reads the accounts again', async () => {
    const [account] = accountsOf('hubspot');
    const page = await openPage();
    demo.emulator.updateAccount(account?.id ?? '', { origin_owner_id: 'somebody-else' });
    await button(page, 'Reconnect HubSpot').click();
    await dialog(page).getByRole('alert').getByText('This could not be started').waitFor();
    expect(countCalls('POST', '/connect_sessions')).toBe(0);
    await button(page, 'Close').click();
    await row(page, 'HubSpot').waitFor({ state: 'detached' });
  });

  test('says how long to wait when StackOne asks for a pause', async () => {
    const page = await openPage();
    const pause = { status: 429, headers: { 'retry-after': '7' } };
    demo.emulator.failNext({ ...pause, match: { path: '/connect_sessions' } }, 6);
    await button(page, 'Connect BambooHR').click();
    await dialog(page).getByRole('alert').getByText('StackOne asks for a pause').waitFor();
    await shows(page, /Try again in \d seconds?\./);
  });

  test('shows each customer its own accounts, and keeps the choice over a reload', async () => {
    const page = await openPage();
    const links = await page.getByRole('navigation', { name: 'Customer' }).getByRole('link').all();
    const addresses = await Promise.all(links.map((link) => link.getAttribute('href')));
    expect(addresses).toEqual(Object.keys(tenants).map((key) => `?tenant=${key}`));
    expect(await rowNames(page)).toEqual(['HubSpot', 'Greenhouse “Recruiting”']);
    await page.getByRole('link', { name: 'Globex' }).click();
    await row(page, 'Workday “Head office”').waitFor();
    await page.reload();
    await page.getByText('hank@globex.example').first().waitFor();
    expect(await rowNames(page)).toEqual(['Workday “Head office”']);
  });

  test('links an account for the customer that is chosen, and for no other', async () => {
    const page = await openPage('/?tenant=globex');
    await button(page, 'Connect BambooHR').click();
    await fillBambooHr(page);
    await connectInHub(page);
    await row(page, 'BambooHR').waitFor();
    expect(accountsOf('bamboohr')).toMatchObject([ownerOf(tenants.globex)]);
    const acme = await openPage('/?tenant=acme');
    expect(await rowNames(acme)).toEqual(['HubSpot', 'Greenhouse “Recruiting”']);
  });

  /** Time goes on for the page and for StackOne alike. */
  async function passMinutes(page: Page, minutes: number): Promise<void> {
    demo.emulator.advance(minutes * 60);
    await page.clock.fastForward(minutes * 60_000);
  }

  test('renews a session before it ends, as long as nobody has touched the Hub', async () => {
    const page = await openPage();
    await button(page, 'Connect BambooHR').click();
    await page.locator('input[name=subdomain]').waitFor();
    const renewal = page.waitForResponse((response) => response.url().endsWith('/graphql'));
    await passMinutes(page, 29.6);
    await (await renewal).finished();
    expect(countCalls('POST', '/connect_sessions')).toBe(2);
    await passMinutes(page, 2);
    await fillBambooHr(page);
    await connectInHub(page);
    await row(page, 'BambooHR').waitFor();
  });

  test('leaves alone what somebody has typed, and says when it took too long', async () => {
    const page = await openPage();
    await button(page, 'Connect BambooHR').click();
    await page.locator('input[name=subdomain]').fill('acme');
    await passMinutes(page, 29.6);
    expect(await page.locator('input[name=subdomain]').inputValue()).toBe('acme');
    expect(countCalls('POST', '/connect_sessions')).toBe(1);
    await passMinutes(page, 1);
    await shows(page, 'This took too long');
    expect(await page.getByText('No configured integrations').count()).toBe(0);
    await button(page, 'Start again').click();
    await fillBambooHr(page);
    await connectInHub(page);
    await row(page, 'BambooHR').waitFor();
  });

  test('goes on with a fresh access token when the old one has ended', async () => {
    expectConsoleErrors(/401/);
    const page = await openPage();
    const spoil = (route: Route) =>
      route.continue({ headers: { ...route.request().headers(), authorization: 'Bearer ended' } });
    await page.route('**/graphql', spoil, { times: 1 });
    await button(page, 'Connect BambooHR').click();
    await page.locator('input[name=subdomain]').waitFor();
  });

  test('asks before it disconnects, and does it only after a yes', async () => {
    const page = await openPage();
    await button(page, 'Disconnect Greenhouse “Recruiting”').click();
    await button(page, 'Keep it').click();
    expect(accountsOf('greenhouse')).toHaveLength(1);
    await button(page, 'Disconnect Greenhouse “Recruiting”').click();
    await button(page, 'Disconnect').click();
    await shows(page, 'Greenhouse “Recruiting” is disconnected.');
    expect(accountsOf('greenhouse')).toEqual([]);
    expect(await rowNames(page)).toEqual(['HubSpot']);
    expect(await focusedName(page)).toBe('Your connections');
  });

  test('says why an account was not disconnected, and keeps it', async () => {
    const page = await openPage();
    await button(page, 'Disconnect HubSpot').click();
    demo.emulator.failNext({ status: 503 }, 9);
    await button(page, 'Disconnect').click();
    await page.locator('#removal-dialog').getByText('StackOne cannot be reached.').waitFor();
    expect(accountsOf('hubspot')).toHaveLength(1);
  });

  test('connects another account of a provider, with a name that tells them apart', async () => {
    const page = await openPage();
    await button(page, 'Connect another Greenhouse').click();
    await page.getByLabel('Name this account').fill('Berlin');
    await page.keyboard.press('Enter');
    await page.locator('input[name=api_key]').fill('key-123456');
    await connectInHub(page);
    await row(page, 'Greenhouse “Berlin”').waitFor();
    expect(accountsOf('greenhouse').map(({ label }) => label)).toEqual(['Recruiting', 'Berlin']);
  });

  test('opens the Hub with the providers of the chosen category, or with all of them', async () => {
    const page = await openPage();
    await page.getByRole('radio', { name: 'HR' }).check({ force: true });
    await button(page, 'Browse all HR tools').click();
    const choices = dialog(page).locator('stackone-hub');
    await choices.getByText('Personio').waitFor();
    expect(await choices.getByText('Slack').count()).toBe(0);
    await button(page, 'Close').click();
    await page.getByRole('radio', { name: 'All' }).check({ force: true });
    await button(page, 'Browse all tools').click();
    await choices.getByRole('button', { name: /Greenhouse/ }).waitFor();
    await choices.getByRole('button', { name: /Slack/ }).waitFor();
  });

  test('finds a provider by its name, and offers the way back when nothing matches', async () => {
    const page = await openPage();
    const names = () => page.locator('.card:not(.browse) h3').allTextContents();
    await page.getByRole('searchbox').fill('hub');
    expect(await names()).toEqual(['HubSpot']);
    await page.getByRole('searchbox').fill('nothing like it');
    await shows(page, 'No integration matches');
    await button(page, 'Show all integrations').click();
    expect(await names()).toContain('Workday');
  });

  test('says that StackOne cannot be reached, and shows the page after Try again', async () => {
    failAccounts();
    const page = await visit();
    await page.getByRole('alert').getByText('StackOne cannot be reached').waitFor();
    await untilGone(page, 'Try again');
    await row(page, 'HubSpot').waitFor();
  });

  test('keeps what it shows when a later reading fails, and says that it may be old', async () => {
    const page = await openPage();
    failAccounts();
    await comeBack(page);
    await shows(page, /What you see may be out of date/);
    expect(await rowNames(page)).toHaveLength(2);
    await untilGone(page, 'Try again');
    expect(await page.getByText('may be out of date').count()).toBe(0);
  });

  test('says that the product cannot be reached when the server is gone', async () => {
    expectConsoleErrors(/ERR_CONNECTION_REFUSED|ERR_FAILED/);
    const page = await openPage();
    await page.route('**/graphql', (route) => route.abort());
    await button(page, 'Connect BambooHR').click();
    await dialog(page).getByText('Orchard cannot be reached').waitFor();
  });

  test('reads the accounts again when the window gets the focus back', async () => {
    const page = await openPage();
    demo.emulator.addAccount({ provider: 'jira', ...ownerOf(tenants.acme), label: 'From elsewhere' });
    await comeBack(page);
    await row(page, 'Jira “From elsewhere”').waitFor();
  });

  test('invites a customer that has nothing connected yet', async () => {
    demo.emulator.reset();
    const page = await openPage();
    await shows(page, 'Nothing is connected yet');
  });

  async function tabTo(page: Page, name: string): Promise<void> {
    for (let presses = 0; presses < 40; presses += 1) {
      if ((await focusedName(page)) === name) return;
      await page.keyboard.press('Tab');
    }
    throw new Error(`${name} cannot be reached with Tab`);
  }

  test('can be used with the keyboard alone, and gives the focus back', async () => {
    const page = await openPage();
    await tabTo(page, 'Connect BambooHR');
    await page.keyboard.press('Enter');
    await page.locator('input[name=subdomain]').waitFor();
    await page.keyboard.press('Escape');
    await dialog(page).waitFor({ state: 'hidden' });
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
    await dialog(page).waitFor({ state: 'hidden' });
    expect(await focusedName(page)).toBe('Connect another BambooHR');
  });

  test.each([
    ['light', 1280],
    ['light', 390],
    ['dark', 1280],
    ['dark', 390],
  ] as const)('has no serious accessibility problem, %s at %i pixels', async (colorScheme, width) => {
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
    await button(page, 'Disconnect HubSpot').click();
    expect(await seriousAccessibilityProblems(page)).toEqual([]);
    demo.emulator.failNext({ status: 503 }, 9);
    await page.reload();
    await page.getByRole('alert').waitFor();
    expect(await seriousAccessibilityProblems(page)).toEqual([]);
    expect(await overflowPixels(page)).toBe(0);
  });
});
